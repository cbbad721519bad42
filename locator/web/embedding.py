"""An organization's own list for its own site: the one page of ours that others may frame."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from csp.constants import NONE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from locator import search
from locator.web import presenting
from locator.web.guards import View, look

THEMES = ("auto", "light", "dark")
MOST = 40  # services
# Nothing runs in it and nothing is sent from it, so that there is nothing to trick a visitor into from outside.
POLICY = {"frame-ancestors": ["*"], "script-src": [NONE], "connect-src": [NONE], "form-action": [NONE]}
framable: Callable[[View], View] = csp_replace(POLICY)  # type: ignore[assignment]  # knows views without arguments


@look
@framable
def embed(request: HttpRequest, organization_id: UUID) -> HttpResponse:
    """Show what an organization offers now; the same for one that has nothing listed and for one there never was.

    A mistake in the address is said in the frame, where whoever put it there reads it.
    """
    theme = request.GET.get("theme", "auto")
    context: dict[str, Any] = {"theme": theme if theme in THEMES else "auto", "rows": [], "themes": THEMES}
    if theme not in THEMES or set(request.GET) - {"theme"}:
        return _answer(request, context | {"mistaken": True}, 400)
    found = search.services_of(organization_id, MOST + 1)
    now, clock = timezone.now(), presenting.clock_of(None)
    context["rows"] = [presenting.result(row, now, clock) for row in found[:MOST]]
    if found:
        context |= {"organization": found[0].shown["organization"]["name"], "more": len(found) > MOST}
    return _answer(request, context, 200 if found else 404)


def _answer(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, "web/embed.html", context, status=status)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
