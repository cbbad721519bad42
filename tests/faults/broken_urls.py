"""The map of the site, with addresses that break while they hold what a visitor typed."""

import time

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from locator.models import Report, Service
from tests.shipped_urls import handler400, handler403, handler404, handler500
from tests.shipped_urls import urlpatterns as shipped


def _said(request: HttpRequest) -> str:
    return request.POST.get("near", "") or request.GET.get("near", "")


def stuck(request: HttpRequest) -> HttpResponse:
    """Hold a worker for longer than it may be held."""
    said = _said(request)
    time.sleep(20)
    return HttpResponse(said)


def fault(request: HttpRequest) -> HttpResponse:
    raise ValueError(f"no such place: {_said(request)}")


def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation(_said(request))


def denied(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied(_said(request))


def row(request: HttpRequest) -> HttpResponse:
    """Break a CHECK constraint: PostgreSQL's DETAIL says the whole row."""
    Report.objects.create(service=Service.objects.all()[0], kind=_said(request)[:15], day="2026-05-03")
    return HttpResponse()


def cast(request: HttpRequest) -> HttpResponse:
    """Ask for a number that is none: PostgreSQL's error has the words in its own first line."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text::int", [_said(request)])
    return HttpResponse()


def slow(request: HttpRequest) -> HttpResponse:
    """Run into the statement timeout with the words among the values."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(10), %s::text", [_said(request)])
    return HttpResponse()


urlpatterns = [
    *(path(f"broken/{view.__name__}/", view) for view in (stuck, fault, suspicious, denied, row, cast, slow)),
    *shipped,
]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
