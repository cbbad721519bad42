"""How much a network may ask for in a minute, so that nobody takes the site from everybody (SAFETY R30, R42).

One is about what a page costs. What costs more may use half of a minute's limit and no more: the other half is
left to people behind the same address who read. Who comes from an address that nobody told us is not counted.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from locator.api.problems import FOR_PROGRAMS, problem
from locator.callers import ONION, Counts, network
from locator.web.guards import wait_page

MINUTE = 60
COUNTS = Counts(MINUTE, cells=65_536)  # of all workers: made here, before gunicorn forks
# By name of the route and method; what is not here costs one.
COSTS: dict[tuple[str | None, str | None], int] = {
    ("results", "GET"): 2,
    ("area", "GET"): 2,
    ("api_services", "GET"): 2,
    ("api_services_search", "POST"): 2,
    ("api_export", "GET"): 100,
    ("card_pdf", "POST"): 50,
    ("wrong", "POST"): 10,
    ("add", "POST"): 10,
    ("add_form", "POST"): 10,
    ("give_words", "POST"): 10,
    ("by_words", "POST"): 10,
    ("by_words_form", "POST"): 10,
    ("account_login", "POST"): 10,
}


class Limits:
    """Answer 429 to a network that has asked for too much in this minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        most = most_of(who := network(request))
        return self.get_response(request) if _spent(who, 1, most) else too_much(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Count what is left of the cost, now that it is known which page it is."""
        name = request.resolver_match.url_name if request.resolver_match else None
        method = "GET" if request.method == "HEAD" else request.method  # the same work
        more = COSTS.get((name, method), 1) - 1
        if not more:
            return None
        most = most_of(who := network(request)) // 2
        return None if _spent(who, more, most) else too_much(request)


def most_of(who: str) -> int:
    """Return what a network may ask for in a minute."""
    most: int = settings.LIMIT_ONION if who == ONION else settings.LIMIT_A_NETWORK
    return most


def _spent(who: str, cost: int, most: int) -> bool:
    return not who or COUNTS.spend(who, cost, each=most)


def too_much(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(FOR_PROGRAMS):
        words = "Your network asks for more than it may in a minute. Files with everything are at /api/v1/export/."
        response = problem(429, "Too many requests", words)
    else:
        response = wait_page(request)
    response.headers["Retry-After"] = str(COUNTS.left())
    return response
