"""Errors as RFC 9457 problem details, in words a person can act on."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from math import ceil
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.http import Http404, HttpResponse
from django.utils.encoding import force_str
from rest_framework.exceptions import APIException, ParseError
from rest_framework.exceptions import ValidationError as Invalid

from locator.geocoding import Found
from locator.search import NoSuchPage, unknown_place
from locator.search.changes import Forgotten

FOR_PROGRAMS = ("/api/", "/hsds/", "/oruk/")  # where an error is a problem document, and no page
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
    if isinstance(exception, RequestDataTooBig):
        most = f"A body can have {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes."
        return problem(413, HTTPStatus.REQUEST_ENTITY_TOO_LARGE.phrase, most)
    return _of_http(exception) if isinstance(exception, APIException) else None


def _of_http(exception: APIException) -> HttpResponse:
    """Return an error of HTTP itself, with what it says about how, or when, to ask again; or of a document."""
    if isinstance(exception, Invalid):
        return _wrong_document(exception)
    status = exception.status_code
    response = problem(status, HTTPStatus(status).phrase, _detail(exception))
    wait, header = getattr(exception, "wait", None), getattr(exception, "auth_header", None)  # DRF's own
    if wait is not None:
        response.headers["Retry-After"] = str(ceil(wait))
    if header:
        response.headers["WWW-Authenticate"] = header
    return response


def _wrong_document(exception: Invalid) -> HttpResponse:
    errors: dict[str, list[str]] = {}
    for name, words in _leaves(exception.detail, ""):
        errors.setdefault(name or "document", []).append(words)
    detail = " ".join(f"{name}: {words}" for name, found in errors.items() for words in found)
    return problem(400, "This is no document of ours", detail, kind="invalid-document", errors=errors)


def _leaves(detail: Any, before: str) -> Iterator[tuple[str, str]]:
    """Yield each thing that is wrong, with where: `phones.0.number`."""
    if isinstance(detail, dict):
        for name, part in detail.items():
            where = before if name == "non_field_errors" else f"{before}.{name}".lstrip(".")
            yield from _leaves(part, where)
    elif isinstance(detail, list) and any(isinstance(part, (dict, list)) for part in detail):
        for number, part in enumerate(detail):
            yield from _leaves(part, f"{before}.{number}".lstrip("."))
    else:
        for words in detail if isinstance(detail, list) else [detail]:
            yield before, force_str(words)


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
