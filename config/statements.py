"""On SQLite, too, no statement runs longer than two seconds for a visitor (SAFETY R43).

SQLite asks after each 10,000 of its steps whether to go on, which took no time that could be measured. Waiting for
somebody who writes is no step, so it is not cut short.
"""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpRequest, HttpResponse

from locator.portal.middleware import is_team

STEPS = 10_000


class Statements:
    """Let a statement of a public page end with OperationalError where it takes too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if connection.vendor != "sqlite" or not settings.STATEMENT_TIMEOUT_MS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_team(request):
            return self.get_response(request)
        try:
            with connection.execute_wrapper(_timed):
                return self.get_response(request)
        finally:
            if connection.connection is not None:
                connection.connection.set_progress_handler(None, 0)


def _timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
    ends = time.monotonic() + settings.STATEMENT_TIMEOUT_MS / 1000
    context["connection"].connection.set_progress_handler(lambda: time.monotonic() > ends, STEPS)
    return execute(sql, params, many, context)
