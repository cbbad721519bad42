"""Errors as RFC 9457 problem details, in words a person can act on."""

import json
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils.encoding import force_str
from rest_framework.exceptions import APIException, ParseError

from locator.geocoding import Found
from locator.search import NoSuchPage, unknown_place
from locator.search.changes import Forgotten

START_ANEW = (
    "Some of what came after it is not known here any more. Start anew: drop your copy and ask without `after`."
)


def problem(status: int, title: str, detail: str, *, kind: str = "", **members: Any) -> HttpResponse:
    """Return a problem document; `kind` names ours, others are plain HTTP."""
    body = {
        "type": f"urn:brolly:{kind}" if kind else "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
    }
    return HttpResponse(json.dumps(body | members), status=status, content_type="application/problem+json")


def answer(exception: Exception, _context: dict[str, Any]) -> HttpResponse | None:
    """Turn what a view raised into a problem; None for what is a fault of ours."""
    if isinstance(exception, ValidationError):
        return _invalid(exception)
    if isinstance(exception, NoSuchPage):
        return problem(404, "No such page", f"The last page is {exception.last}.", kind="no-such-page")
    if isinstance(exception, Forgotten):
        return problem(410, "This cursor is too old", START_ANEW, kind="start-anew")
    if isinstance(exception, Http404):
        return problem(404, "Not found", "There is nothing at this address.")
    if isinstance(exception, APIException):
        return problem(exception.status_code, HTTPStatus(exception.status_code).phrase, _detail(exception))
    return None


def _detail(exception: APIException) -> str:
    """Return DRF's words; it puts a malformed body into them, which is not ours to repeat."""
    return "The body is no JSON." if isinstance(exception, ParseError) else force_str(exception.detail)


def _invalid(exception: ValidationError) -> HttpResponse:
    unknown = unknown_place(exception)
    if unknown:
        detail = force_str(unknown.message)
        return problem(
            422,
            "Unknown place",
            detail,
            kind="unknown-place",
            suggestions=[place(p) for p in unknown.alternatives],
        )
    errors = {name: [force_str(words) for words in found] for name, found in exception.message_dict.items()}
    detail = " ".join(f"{name}: {words}" for name, found in errors.items() for words in found)
    return problem(400, "This cannot be asked", detail, kind="invalid-question", errors=errors)


def place(found: Found) -> dict[str, Any]:
    """Return a place as the API shows it; its label, given as `near`, means the same place."""
    return {
        "name": found.name,
        "label": found.label,
        "country": found.country,
        "latitude": found.latitude,
        "longitude": found.longitude,
        "kind": found.kind,
        "precision_km": found.precision_km,
        "area": found.slug or None,
    }
