"""One view for lists, one for one thing, one for the start: which, the table of endpoints says."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

from locator.api.open_referral import asking, describing
from locator.api.open_referral.asking import Asked
from locator.api.open_referral.endpoints import ENDPOINTS, Endpoint, Form
from locator.api.views import ANY, Catalogue, to_one_at_a_time
from locator.exchange.open_referral.terms import TAXONOMIES, taxonomy_object, terms
from locator.search import NoSuchPage, standard

UK_PROFILE = "https://github.com/OpenReferralUK/uk-profile/blob/main/docs/index.md"
ABOUT = "Support for sex workers. An answer that nobody confirmed is not here."


class JSONAlone(DefaultContentNegotiation):
    """Leave `format` to the standard's own parameter."""

    def select_renderer(self, _request: Any, renderers: Any, _suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class Standard(Catalogue):
    """A view of one of the two standards."""

    schema = None  # the standards have documents of their own
    content_negotiation_class: Any = JSONAlone
    known = ANY
    uk = False
    endpoint: Endpoint = ENDPOINTS["services"]  # the addresses say which


class Start(Standard):
    """What this is, which version, and where its additions are explained."""

    def get(self, request: Request) -> HttpResponse:
        asking.asked(dict(request.query_params.lists()), ())
        guide = request.build_absolute_uri(reverse("hsds_profile"))
        publisher = {"name": settings.OPERATOR_NAME, "email": settings.OPERATOR_EMAIL}
        about = {
            "version": "HSDS-UK-3.0" if self.uk else "3.2",
            "profile": UK_PROFILE if self.uk else guide,
            "openapi_url": request.build_absolute_uri(reverse("oruk_openapi" if self.uk else "hsds_openapi")),
            "description": ABOUT,
            "data_guide": guide,
            "publisher": {key: value for key, value in publisher.items() if value},
        }
        return _json({key: value for key, value in about.items() if value})


class Described(Standard):
    """The OpenAPI document of the standard as it is here."""

    def get(self, request: Request) -> HttpResponse:
        asking.asked(dict(request.query_params.lists()), ())
        here = request.build_absolute_uri(reverse("oruk" if self.uk else "hsds")).rstrip("/")
        return _json({**describing.document(uk=self.uk), "servers": [{"url": here}]})


class Many(Standard):
    """A list: a page of it, or all of it line by line."""

    def get(self, request: Request) -> HttpResponseBase:
        return self._answer(dict(request.query_params.lists()))

    def _answer(self, words: dict[str, list[str]]) -> HttpResponseBase:
        asked = asking.asked(words, self.endpoint.takes_uk if self.uk else self.endpoint.takes)
        keys = self.endpoint.find(asked)
        form = Form(asked["full"], asked["minimal"], asked["full_service"], self.uk)
        if asked["format"] == "ndjson":
            return StreamingHttpResponse(
                to_one_at_a_time(self._lines(keys, form), ""), content_type="application/x-ndjson"
            )
        return _json(self._page(keys, asked, form))

    def _page(self, keys: Any, asked: Asked, form: Form) -> dict[str, Any]:
        total, page, size = standard.count(keys), asked["page"], asked["per_page"]
        last = max(1, -(-total // size))
        if page > last:
            raise NoSuchPage(last)
        contents = self.endpoint.write(list(keys[(page - 1) * size : page * size]), form)
        return {
            "total_items": total,
            "total_pages": last,
            "page_number": page,
            "size": len(contents),
            "first_page": page == 1,
            "last_page": page == last,
            "empty": not contents,
            "contents": contents,
        }

    def _lines(self, keys: Any, form: Form) -> Iterator[str]:
        for batch in standard.batches(keys):
            for document in self.endpoint.write(batch, form):
                yield f"{_written(document)}\n"


class AlsoPosted(Many):
    """The same asked in a body, for what people look for: it stands in no address and no log."""

    http_method_names = ["get", "head", "post"]

    def post(self, request: Request) -> HttpResponseBase:
        asking.asked(dict(request.query_params.lists()), ())
        return self._answer(asking.of_body(request.data))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if request.method == "POST":
            response.headers["Cache-Control"] = "no-store"
            for name in ("Access-Control-Allow-Origin", "Cross-Origin-Resource-Policy"):
                del response.headers[name]
        return response


class One(Standard):
    """One thing with all that hangs on it."""

    def get(self, request: Request, key: str) -> HttpResponse:
        takes = {"full_service"} & (set() if self.uk else self.endpoint.takes)
        asked = asking.asked(dict(request.query_params.lists()), takes)
        try:
            found = self.endpoint.one(UUID(key), Form(full=True, full_service=asked["full_service"], uk=self.uk))
        except ValueError as problem:
            raise Http404 from problem
        if not found:
            raise Http404
        return _json(found[0])


def _json(document: dict[str, Any]) -> HttpResponse:
    return HttpResponse(_written(document), content_type="application/json")


def _written(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Show what we add to the standard, for who writes programs; in English."""
    taxonomies = [
        {**taxonomy_object(key), "terms": [term for term in terms().values() if term.taxonomy == key]}
        for key in TAXONOMIES
    ]
    return render(request, "web/hsds_profile.html", {"taxonomies": taxonomies, "endpoints": list(ENDPOINTS)})
