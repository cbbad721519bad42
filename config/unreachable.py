"""What is answered while the database is not: 503, for which a proxy has a saved copy (SAFETY R41, R44)."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from locator.api.problems import FOR_PROGRAMS, problem
from locator.web.guards import problem_page

RETRY_AFTER_S = 60
logger = logging.getLogger(__name__)


def is_of_the_database(problem: BaseException | None) -> bool:
    return isinstance(problem, OperationalError | InterfaceError)


def unreachable(request: HttpRequest) -> HttpResponse:
    """Say that the database did not answer, and when to ask again."""
    words = _("This cannot be done just now. Nothing you typed was kept. Please try again in a few minutes.")
    if request.path.startswith(FOR_PROGRAMS):
        response = problem(503, "Not reachable", "The database did not answer. Try again in a minute.")
    else:
        response = problem_page(request, 503, _("The site cannot be reached just now"), words)
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


class Unreachable:
    """Answer what a view could not because its database did not; config.errors does for what is before views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not is_of_the_database(exception):
            return None
        logger.error("The database did not answer.", exc_info=exception)
        return unreachable(request)
