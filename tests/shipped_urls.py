"""The map of the site, with one address that breaks."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as shipped


def fault(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(1 / 0))


urlpatterns = [path("fault/", fault), *shipped]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
