"""Errors outside any view: a problem document for programs, a page everywhere else."""

import sys

from django.http import HttpRequest, HttpResponse

from config.unreachable import is_of_the_database, unreachable
from locator.api.problems import FOR_PROGRAMS, problem
from locator.web import views


def _api(request: HttpRequest) -> bool:
    return request.path.startswith(FOR_PROGRAMS)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _api(request):
        return problem(400, "Bad request", "This could not be read.")
    return views.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return views.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return views.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what nobody caught; a session or a key that could not be looked up is no fault of ours."""
    if is_of_the_database(sys.exc_info()[1]):
        return unreachable(request)
    if _api(request):
        return problem(500, "Our fault", "Something broke on our side. Please try again in a minute.")
    return views.server_error(request)
