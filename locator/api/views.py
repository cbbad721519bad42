"""Read-only views. What is asked goes to `search`; what is wrong comes back as a problem document."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from rest_framework.exceptions import Throttled
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from locator import geocoding, search
from locator.api import schema
from locator.api.problems import place, problem
from locator.api.renderers import CSVAnswer, GeoJSONAnswer, JSONAnswer
from locator.exchange.exporting import row_json
from locator.exchange.pacing import Busy, Piece, in_turn
from locator.geocoding import PlaceProblem
from locator.models.questions import BY_KEY
from locator.search import changes as feed
from locator.search.form import LISTS

ORGANIZATIONS_PAGE = 50
AGAIN_S = 30  # a worker is ended when it is busy for longer (config/gunicorn.py)


class Negotiation(DefaultContentNegotiation):
    """Say that a format is unknown, instead of "not found"."""

    def filter_renderers(self, renderers: Any, format: str) -> Any:  # noqa: A002  (DRF's name)
        try:
            return super().filter_renderers(renderers, format)
        except Http404 as problem:
            raise ValidationError({"format": ["This can be json, geojson or csv."]}) from problem


@method_decorator(conditional_page, name="dispatch")
class Catalogue(APIView):
    """A view that anybody may read from anywhere: revalidated by ETag, open to other sites' pages."""

    content_negotiation_class = Negotiation
    http_method_names = ["get", "head"]
    known: tuple[str, ...] = ()  # the parameters it takes

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        unknown = set(request.query_params) - {*self.known, "format"}
        if self.known is not ANY and unknown:
            raise ValidationError({name: ["There is no such parameter."] for name in sorted(unknown)})

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


ANY: tuple[str, ...] = ("*",)  # `search` knows the parameters and refuses others


def to_one_at_a_time(pieces: Iterable[Piece], nothing: Piece) -> Iterator[Piece]:
    """Return what is as long as the directory, unless another worker is sending such: then 429.

    Not 503: for that, a proxy serves a page that it has saved.
    """
    try:
        return in_turn(pieces, nothing)
    except Busy as problem:
        words = "Everything is sent to one at a time, and somebody is being sent it."
        raise Throttled(AGAIN_S, words) from problem


class Services(Catalogue):
    renderer_classes = [JSONAnswer, GeoJSONAnswer, CSVAnswer]
    known = ANY

    @schema.services
    def get(self, request: Request) -> Response:
        asked = {name: request.query_params.getlist(name) for name in request.query_params if name != "format"}
        answer = search.search(asked)
        return Response({"answer": answer, "links": _links(request, answer)})


def _links(request: Request, answer: search.Answer) -> dict[str, str | None]:
    return page_links(request, answer.asked["page"], answer.pages)


def page_number(request: Request, pages: int) -> int:
    """Return which of some pages is asked for; raise NoSuchPage after the last."""
    page = request.query_params.get("page", "1")
    if not (page.isascii() and page.isdigit() and 1 <= int(page) <= 10_000):
        raise ValidationError({"page": ["This has to be a whole number from 1."]})
    if int(page) > max(1, pages):
        raise search.NoSuchPage(max(1, pages))
    return int(page)


def page_links(request: Request, page: int, pages: int) -> dict[str, str | None]:
    """Return the addresses of the pages beside one."""
    return {
        "next": _page_link(request, page + 1) if page < pages else None,
        "previous": _page_link(request, page - 1) if page > 1 else None,
    }


def _page_link(request: Request, page: int) -> str:
    query = request.query_params.copy()
    query["page"] = str(page)
    return f"{request.build_absolute_uri(request.path)}?{urlencode(list(query.lists()), doseq=True)}"


class ServicesSearch(APIView):
    """The same in the body of a POST, for tools that people use: nothing asked stands in an address."""

    renderer_classes = [JSONAnswer]
    http_method_names = ["post"]

    @schema.services_search
    def post(self, request: Request) -> Response:
        if not isinstance(request.data, dict):
            raise ValidationError({"body": ["Send one JSON object."]})
        answer = search.search(_as_asked(request.data))
        return Response({"answer": answer, "links": {"next": None, "previous": None}})


JSON_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("near", "area", "open", "open_at", "q", "ordering"), (str,)),
    **dict.fromkeys(("lat", "lng", "radius_km"), (int, float)),
    **dict.fromkeys(("page", "page_size"), (int,)),
    **dict.fromkeys(LISTS, (list,)),
    **dict.fromkeys((*BY_KEY, "include_unconfirmed"), (bool,)),
}


def _as_asked(body: dict[str, Any]) -> dict[str, list[str]]:
    """Return a JSON question as the words that stand for it in an address; raise ValidationError by name."""
    asked, wrong = {}, {}
    for name, value in body.items():
        fits = type(value) in JSON_TYPES.get(name, (type(value),))  # `search` refuses names nobody knows
        if not fits or (type(value) is list and not all(type(word) is str for word in value)):
            wrong[name] = ["This is of another kind than the API's document says."]
        elif type(value) is bool:
            asked[name] = ["true" if value else "false"]
        else:
            asked[name] = [str(word) for word in value] if type(value) is list else [str(value)]
    if wrong:
        raise ValidationError(wrong)
    return asked


class ServiceDetail(Catalogue):
    @schema.service
    def get(self, request: Request, key: str) -> HttpResponse:
        rows = search.listings_of(key)
        if not rows:
            return _moved(request, key)
        first = json.loads(row_json(rows[0]))
        first["locations"] = [row.shown["location"] for row in rows]
        return Response({name: value for name, value in first.items() if name not in {"distance_km", "confirmed"}})


def _moved(request: Request, key: str) -> HttpResponse:
    """Answer with the address of the service that this one turned out to be; raise Http404 where there is none."""
    to = search.moved_to(key)
    if not to:
        raise Http404
    query = request.query_params.urlencode()
    return HttpResponsePermanentRedirect(reverse("api_service", args=[to]) + (f"?{query}" if query else ""))


class Organizations(Catalogue):
    known = ("page",)

    @schema.organizations
    def get(self, request: Request) -> Response:
        asked = page_number(request, 10_000)
        total, found = search.organizations(asked, ORGANIZATIONS_PAGE)
        pages = -(-total // ORGANIZATIONS_PAGE)
        links = page_links(request, page_number(request, pages), pages)
        return Response({"count": total, **links, "results": found})


class OrganizationDetail(Catalogue):
    @schema.organization
    def get(self, _request: Request, key: str) -> Response:
        found = search.organization(key)
        if found is None:
            raise Http404
        return Response(found)


class Changes(Catalogue):
    known = ("after", "page_size")

    @schema.changes
    def get(self, request: Request) -> HttpResponse:
        after, size = request.query_params.get("after", ""), request.query_params.get("page_size", str(feed.USUAL))
        if not (size.isascii() and size.isdigit() and 1 <= int(size[:4]) <= feed.LARGEST and len(size) < 4):
            raise ValidationError({"page_size": [f"This has to be a whole number from 1 to {feed.LARGEST}."]})
        if "after" in request.query_params and not after:
            raise ValidationError({"after": ["Leave it out to begin."]})
        found = feed.changes(after, int(size))
        address = request.build_absolute_uri(request.path)
        onward = urlencode({"after": found.cursor, "page_size": size})
        return Response(
            {
                "cursor": found.cursor,
                "next": f"{address}?{onward}" if found.more else None,
                "results": [_change(request, told) for told in found.rows],
            }
        )


def _change(request: Request, told: feed.Told) -> dict[str, str]:
    """Return an entry; of what was withdrawn its id alone, and where it went."""
    entry = {"id": str(told.service_id), "kind": told.kind, "at": told.on.isoformat()}
    if told.kind != "withdrawn":
        return entry | {"service": _detail(request, told.service_id)}
    return entry | ({"moved_to": _detail(request, told.moved_to)} if told.moved_to else {})


def _detail(request: Request, key: UUID) -> str:
    return request.build_absolute_uri(reverse("api_service", args=[key]))


class Terms(Catalogue):
    @schema.terms
    def get(self, _request: Request) -> Response:
        return Response(schema.vocabularies(search.languages_offered()))


class Places(Catalogue):
    known = ("q",)

    @schema.places
    def get(self, request: Request) -> Response:
        try:
            found = geocoding.suggest(request.query_params.get("q", ""))
        except PlaceProblem as wrong:
            raise ValidationError({"q": [str(wrong)]}) from wrong
        return Response({"results": [place(row) for row in found]})


class Nowhere(APIView):
    """Any other address under /api/."""

    schema = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return problem(404, "Not found", "There is nothing at this address. See /api/docs/.")
