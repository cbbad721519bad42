"""What an organization's program does with a key: read its own services whole, and propose changes to them.

A session opens nothing here and a key nothing elsewhere. All that is proposed waits for a person (decision 30).
"""

import json
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, ParseError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from locator import keys, moderation, rules
from locator.api import key_schema as schema
from locator.api.parsers import FlatJSON, MergePatch
from locator.api.problems import problem
from locator.api.views import page_links, page_number
from locator.rules import Actor, Refused

A_PAGE = 50
NO_KEY = "Send a key that works: Authorization: Bearer brolly_…"


class ByKey(BaseAuthentication):
    """A key in its header. Without one, and with any that does not work, the answer is the same."""

    def authenticate(self, request: Request) -> tuple[Actor, str]:
        kind, _space, key = request.headers.get("Authorization", "").partition(" ")
        row = keys.find(key.strip()) if kind.lower() == "bearer" else None
        if row is None:
            raise AuthenticationFailed(NO_KEY)
        return rules.actor_of_key(row), row.prefix

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="changes"'


class EachKey(SimpleRateThrottle):
    """So often a key may ask, counted in the memory of each worker."""

    scope, rate = "key", "120/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"{self.scope}:{request.auth}"


class EachProposal(EachKey):
    scope, rate = "proposal", "300/hour"

    def allow_request(self, request: Request, view: APIView) -> bool:
        return request.method != "POST" or super().allow_request(request, view)


class WithKey(APIView):
    """A view for programs with a key. What they read is nobody else's, and is kept in no cache."""

    authentication_classes = [ByKey]
    throttle_classes = [EachKey, EachProposal]
    parser_classes = [FlatJSON, MergePatch]
    http_method_names = ["get", "head"]
    known: tuple[str, ...] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a key in an address before anything else, and without repeating it."""
        asked = dict(request.query_params.lists())
        if any(keys.looks_like_one(words) for name, values in asked.items() for words in (name, *values)):
            words = "No key in an address: those are written down. End this one, and send a new one in a header."
            raise ValidationError({"key": [words]})
        super().initial(request, *args, **kwargs)
        unknown = sorted(set(asked) - set(self.known))
        if unknown:
            raise ValidationError({name: ["There is no such parameter."] for name in unknown})

    def handle_exception(self, exception: Exception) -> Any:
        if isinstance(exception, moderation.Outdated):
            return problem(412, "Read it again", str(exception), kind="outdated")
        if isinstance(exception, Refused):
            return problem(403, "Refused", str(exception), kind="refused")
        return super().handle_exception(exception)


def _by(request: Request) -> Actor:
    actor: Any = request.user
    assert isinstance(actor, Actor)  # noqa: S101  # nosec B101  # or `initial` had refused
    return actor


class OwnServices(WithKey):
    known = ("page",)

    @schema.own_services
    def get(self, request: Request) -> HttpResponse:
        ids = list(rules.services_of(_by(request)).values_list("id", flat=True))
        page = page_number(request, -(-len(ids) // A_PAGE))
        shown = moderation.drafts_of(ids[(page - 1) * A_PAGE : page * A_PAGE])
        results = [
            {"etag": f'"{moderation.mark(document)}"', "document": document}
            for document in map(moderation.for_program, shown.values())
        ]
        links = page_links(request, page, -(-len(ids) // A_PAGE))
        return _json({"count": len(ids), **links, "results": results})


class OwnService(WithKey):
    @schema.own_service
    def get(self, request: Request, key: str) -> HttpResponse:
        found = moderation.shown_to(_by(request), key)
        if found is None:
            raise Http404
        return _with_mark(_json(found[0]), found[1])


class Proposals(WithKey):
    http_method_names = ["post"]

    @schema.propose
    def post(self, request: Request) -> HttpResponse:
        """Propose a new service, or an edit of what was read: the headers say which."""
        try:
            found = self._propose(request)
        except RecursionError as deep:
            raise ParseError from deep
        if isinstance(found, HttpResponse):
            return found
        if found is None:
            raise Http404
        if found.change is None:
            return _json({"id": None, "state": "unchanged"})
        response = _json(_state(found.change), status=201 if found.is_new else 200)
        response.headers["Location"] = reverse("api_proposal", args=[found.change.id])
        shown = moderation.shown_to(_by(request), str(found.change.subject_id))
        return _with_mark(response, shown[1]) if shown else response

    def _propose(self, request: Request) -> moderation.Proposed | HttpResponse | None:
        sent: Any = request.data
        if keys.looks_like_one(json.dumps(sent)):
            raise ValidationError({"document": ["A key stands in it. End that key: what is proposed is kept."]})
        merges = (request.content_type or "").partition(";")[0].strip().lower() == MergePatch.media_type
        seen, new = request.headers.get("If-Match", ""), request.headers.get("If-None-Match", "")
        if new == "*" and not seen and not merges:
            return moderation.propose_new(sent, by=_by(request))
        if not seen or new:
            words = "Send the ETag of what you read as If-Match; for a new service, whole, If-None-Match: *."
            return problem(428, "Say what you read", words, kind="precondition-required")
        if not isinstance(sent, dict) or not isinstance(sent.get("id"), str):
            raise ValidationError({"id": ["This is needed, and has to be a text."]})
        edit = (lambda known: merged(known, sent)) if merges else (lambda _known: sent)
        return moderation.propose_edit(sent["id"], edit, seen=seen.strip().strip('"'), by=_by(request))


class Proposal(WithKey):
    @schema.proposal
    def get(self, request: Request, change_id: UUID) -> HttpResponse:
        own = rules.changes_of(_by(request)).filter(author_account=_by(request).account)
        found = own.filter(id=change_id).first()
        if found is None:
            raise Http404
        return _json(_state(found))


def merged(known: Any, patch: Any) -> Any:
    """Return what a merge patch makes of a document (RFC 7396): null takes away, a list is replaced whole."""
    if not isinstance(patch, dict):
        return patch
    found = dict(known) if isinstance(known, dict) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = merged(found.get(name), value)
    return found


def _state(change: Any) -> dict[str, Any]:
    """Return what became of a proposal."""
    return {
        "id": str(change.id),
        "service": str(change.subject_id),
        "state": change.state,
        "proposed_at": change.proposed_at.isoformat(),
        "decided_at": change.decided_at.isoformat() if change.decided_at else None,
        "reason": change.reason,
        "document": moderation.for_program(change.document),
    }


def _json(found: Any, *, status: int = 200) -> HttpResponse:
    return HttpResponse(json.dumps(found, ensure_ascii=False), status=status, content_type="application/json")


def _with_mark(response: HttpResponse, mark: str) -> HttpResponse:
    response.headers["ETag"] = f'"{mark}"'
    return response
