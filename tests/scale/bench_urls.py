"""The map of the site, with a view that does nothing, to compare with, and one that tells the worker's memory."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as shipped


def empty(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def memory(_request: HttpRequest) -> HttpResponse:
    """Tell the kilobytes that this process holds now (VmRSS) and held at most (VmHWM), as Linux counts them."""
    lines = [line.split() for line in Path("/proc/self/status").read_text().splitlines()]
    return JsonResponse({line[0][:-1]: int(line[1]) for line in lines if line[0] in {"VmRSS:", "VmHWM:"}})


urlpatterns = [path("empty/", empty), path("memory/", memory), *shipped]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
