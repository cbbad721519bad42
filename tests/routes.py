"""Every public address with real arguments: what the harnesses ask, and what they must not forget."""

import hmac
import json
import re
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from config.catalogues import TRANSLATED
from locator.exchange.four_words import said
from locator.exchange.open_referral.terms import TAXONOMIES, made, terms
from locator.exchange.packages.public import DOWNLOADS
from locator.hsds.vocabulary import CHANNELS, TYPES
from locator.models import Listing
from locator.models.questions import COSTS, QUESTIONS
from locator.sealing import seal
from locator.search.form import OPEN
from tests.conftest import MESSAGE_SECRET
from tests.world import World


@dataclass(frozen=True)
class Ask:
    """One request."""

    path: str
    method: str = "GET"
    form: dict[str, Any] | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: str = ""
    content_type: str = "application/json"

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.form or self.body or ''}"

    def send(self, client: Client) -> Any:
        if self.form is not None:
            return client.post(self.path, self.form, headers=self.headers)
        content = json.dumps(self.body) if self.body is not None else self.raw
        return whole(
            client.generic(self.method, self.path, content, content_type=self.content_type, headers=self.headers)
        )


class Message(Ask):
    """A text message, signed when it is sent: a signature is good for five minutes."""

    def __init__(self, text: str, scheme: str = "plain") -> None:
        super().__init__(f"/message/{scheme}/", "POST", raw=text)

    def send(self, client: Client) -> Any:
        return signed(self.raw, scheme=self.path.split("/")[2]).send(client)


def signed(text: str, number: str = "+44 7700 900123", scheme: str = "plain") -> Ask:
    """Return a text message as an operator's phone company hands it over."""
    names = {"plain": ("from", "text"), "twilio": ("From", "Body")}[scheme]
    fields, path = dict(zip(names, (number, text), strict=True)), f"/message/{scheme}/"
    raw, stamp, key = urlencode(fields), str(int(time.time())), MESSAGE_SECRET.encode()
    if scheme == "twilio":
        said = f"http://testserver{path}" + "".join(name + value for name, value in sorted(fields.items()))
        headers = {"x-twilio-signature": b64encode(hmac.digest(key, said.encode(), "sha1")).decode()}
    else:
        mark = hmac.digest(key, f"{stamp}.{raw}".encode(), "sha256").hex()
        headers = {"x-message-timestamp": stamp, "x-message-signature": mark}
    return Ask(path, "POST", headers=headers, raw=raw, content_type="application/x-www-form-urlencoded")


def whole(response: Any) -> Any:
    """Return a response that came line by line as one that is there at once."""
    if not response.streaming:
        return response
    return HttpResponse(response.getvalue(), status=response.status_code, headers=dict(response.items()))


def patterns() -> list[str]:
    """Return every route of the program, as written in the URLconf."""

    def walk(resolver: URLResolver, before: str) -> Iterator[str]:
        for entry in resolver.url_patterns:
            route = before + str(entry.pattern)
            if isinstance(entry, URLPattern):
                yield route
            else:
                yield from walk(entry, route)

    return list(walk(get_resolver(), ""))


WORDS = ["lantern", "sam", "council", "children", "draft", "flat", "romanian", "zzzzzz"]
API = "/api/v1/services/"


def searches() -> list[dict[str, str]]:
    """Return questions that use each filter, order, page and error once."""
    near = {"near": "Manchester"}
    asked: list[dict[str, str]] = [
        near,
        {},
        {"near": "Berlin"},
        {"near": "United Kingdom"},
        {"area": "salford-gb"},
    ]
    asked += [{"lat": "53.48", "lng": "-2.24", "radius_km": km} for km in ("0.1", "1", "5", "200")]
    asked += [{**near, question.key: "true"} for question in QUESTIONS]
    asked += [{**near, "need": kind.code} for kind in TYPES[::4]]
    asked += [{**near, "cost": cost.key} for cost in COSTS] + [{**near, "language": "ro,de"}]
    asked += [{**near, "channel": channel.code} for channel in CHANNELS]
    asked += [{**near, "ordering": order} for order in ("distance", "checked", "name")] + [{"ordering": "checked"}]
    asked += [{**near, "open": when} for when in OPEN] + [{**near, "open_at": "FR 23:30"}, {"open": "now"}]
    asked += [{**near, "open": "now", "id_free": "true"}, {"ordering": "soonest"}, {**near, "ordering": "soonest"}]
    asked += [{**near, "q": word} for word in WORDS] + [{"q": word} for word in WORDS]
    asked += [{**near, "include_unconfirmed": "true", "free": "true"}, {**near, "page_size": "1", "page": "2"}]
    asked += [{**near, "page": "9"}, {"near": "Liverpol"}, {"near": ""}, {**near, "radius_km": "999"}, {"x": "1"}]
    return asked


def cases(world: World) -> dict[str, list[Ask]]:
    """Return the requests of each route, the portal's too, as somebody who is not signed in would send them."""
    return {**public_cases(world), **of_team()}


def public_cases(world: World) -> dict[str, list[Ask]]:
    """Return the requests of each route; a route without any fails the harness by name."""
    asked = searches()
    listed = [service.short_id for service in world.listed.values()]
    hidden = [service.short_id for service in world.hidden.values()]
    ids = [str(service.id) for service in [*world.listed.values(), *world.hidden.values()]]
    organization = str(next(iter(world.listed.values())).organization_id)
    as_lists = [{name: [value] for name, value in question.items()} for question in asked]
    return {
        "": [
            *(Ask(path) for path in ("/", "/?near=Manchester", *(f"/{code}/" for code in TRANSLATED))),
            Ask("/", "POST"),
            Ask("/", headers={"accept-language": "ro;q=0.9, ru;q=0.8"}),
        ],
        "find/": [
            Ask("/find/"),
            Ask("/find/?near=Manchester"),
            Ask("/find/", form={"near": "Manchester", "id_free": "true"}),
            Ask("/find/", form={"near": "Manchester"}, headers={"sec-fetch-site": "cross-site"}),
            Ask("/find/", form={"from": "nonsense"}),
            Ask("/find/", form={"near": "x" * 9000}),
        ],
        "find/search/": [
            Ask("/find/search/"),
            Ask("/find/search/", form={"near": "Manchester", "id_free": "true"}),
        ],
        "find/here/": [Ask("/find/here/"), Ask("/th/find/here/")],
        "f/<str:sealed>/": [Ask(f"/f/{seal(question)}/") for question in as_lists[::5]] + [Ask("/f/nonsense/")],
        "f/<str:sealed>/map/": [Ask(f"/f/{seal(question)}/map/") for question in as_lists[:8]]
        + [Ask("/f/nonsense/map/")],
        "in/<slug:area>/notes.html": [
            *(Ask(f"{before}/in/manchester-gb/notes.html") for before in ("", "/ar", "/th")),
            Ask("/in/atlantis-gb/notes.html"),
            Ask("/in/manchester-gb/notes.html?q=x"),
        ],
        "in/<slug:area>/notes.txt": [
            *(Ask(f"{before}/in/manchester-gb/notes.txt") for before in ("", "/ar", "/zh-hans")),
            Ask("/in/atlantis-gb/notes.txt"),
        ],
        "in/<slug:area>/map/": [Ask("/in/manchester-gb/map/"), Ask("/in/atlantis-gb/map/")],
        "s/<slug:short_id>/times.ics": [Ask(f"/s/{key}/times.ics") for key in [*listed, *hidden, "nothere2"]],
        "s/<slug:short_id>/map/": [Ask(f"/s/{short_id}/map/") for short_id in [*listed, *hidden, "nothere2"]],
        "s/<slug:short_id>/wrong/": [Ask(f"/s/{short_id}/wrong/") for short_id in [*listed, *hidden, "nothere2"]]
        + [Ask(f"/s/{short_id}/wrong/", form={"kind": "closed"}) for short_id in [*listed, *hidden]]
        + [Ask(f"/s/{listed[0]}/wrong/", form={"kind": "nonsense"})],
        "s/<slug:short_id>/yours/": [Ask(f"/s/{short_id}/yours/") for short_id in [*listed, *hidden, "nothere2"]],
        "s/<slug:short_id>/wrong/sent/": [
            Ask(f"/s/{short_id}/wrong/sent/") for short_id in [*listed, *hidden, "nothere2"]
        ],
        "in/<slug:area>/": [
            *(Ask(path) for path in ("/in/manchester-gb/", "/ar/in/manchester-gb/", "/in/atlantis-gb/")),
            Ask("/in/manchester-gb/?q=x"),
        ],
        "s/<slug:short_id>/": [Ask(f"/s/{short_id}/") for short_id in [*listed, *hidden, "nothere2"]]
        + [Ask(f"/ro/s/{short_id}/") for short_id in listed],
        "now/": [Ask("/now/"), Ask("/ar/now/")],
        "now/<slug:country>/": [Ask(f"/now/{country}/") for country in ("gb", "de", "GB", "xx")],
        "now/<slug:country>/<slug:language>/": [Ask("/now/gb/en/"), Ask("/now/gb/ro/"), Ask("/now/gb/xx/")],
        "card/": [
            *(Ask(path) for path in ("/card/", "/ar/card/", "/card/?id=x")),
            Ask("/card/", form={"id": [*listed, *hidden], "names": "plain"}),
            Ask("/card/", form={"first": ",".join(listed)}),
            Ask("/card/", form={"id": listed}, headers={"sec-fetch-site": "cross-site"}),
            Ask("/card/", form={"id": "x" * 9000}),
        ],
        # What is on a PDF is what is on the page, which is asked below; here is what needs no drawing.
        "card/pdf/": [Ask("/card/pdf/"), Ask("/card/pdf/", form={"id": hidden})],
        "card/<str:sealed>/": [Ask(f"/card/{seal(question)}/") for question in _lists(listed, hidden)]
        + [Ask("/card/nonsense/"), Ask(f"/card/{seal({'near': ['Leeds']})}/"), Ask(f"/ar/card/{seal({})}/")],
        "list/": [
            *(Ask(path) for path in ("/list/", "/ar/list/")),
            Ask("/list/", form={"words": said(7, "latin")}),
            Ask("/list/", form={"words": "lantern sam council draft"}),
            Ask("/list/", form={"words": ""}),
        ],
        "list/search/": [Ask("/list/search/"), Ask("/list/search/", form={"words": said(8, "thai")})],
        "list/words/": [
            Ask("/list/words/", form={"id": [*listed, *hidden]}),
            Ask("/list/words/", form={"id": hidden}),
            Ask("/list/words/"),
        ],
        "list/again/<slug:why>/": [
            Ask(f"/list/again/{why}/") for why in ("words", "1", "misheard", "none", "wait", "x")
        ],
        "add/": [
            Ask("/add/"),
            Ask("/add/", form={"name": "A new room", "where": "Leeds", "how": "went"}),
            Ask("/add/", form={"name": "A new room"}),
            Ask("/add/", form={"name": "x" * 201, "where": "Leeds", "how": "went"}),
        ],
        "add/search/": [
            Ask("/add/search/"),
            Ask("/add/search/", form={"name": "A new room", "where": "Leeds", "how": "went"}),
        ],
        "add/again/<slug:missing>/": [Ask("/add/again/name-how/"), Ask("/add/again/nonsense/")],
        "add/sent/": [Ask("/add/sent/")],
        "embed/<uuid:organization_id>/": [
            *(Ask(f"/embed/{organization}/{theme}") for theme in ("", "?theme=dark", "?theme=red")),
            *(Ask(f"/{code}/embed/{organization}/") for code in ("ar", "ro")),
            Ask(f"/embed/{ABSENT}/"),
        ],
        "first-contact/": [Ask("/first-contact/")],
        "safety/": [Ask("/safety/")],
        "who-is-listed/": [Ask("/who-is-listed/")],
        "about/": [Ask("/about/")],
        "message/<slug:scheme>/": [
            *(Message(text) for text in ("Manchester", "lantern Manchester", "HELPLINE", "stop", "Newport", "zz")),
            Message("адвокат Манчестер", "twilio"),
            Ask("/message/plain/"),
            Ask("/message/plain/", form={"from": "1", "text": "Manchester"}),
            Ask("/message/pigeon/", form={}),
        ],
        "healthz": [Ask("/healthz")],
        "api/v1/services/": [Ask(f"{API}?{_query(question)}") for question in asked]
        + [Ask(f"{API}?near=Manchester&format={kind}") for kind in ("json", "geojson", "csv", "xml")]
        + [Ask(API, "POST"), Ask(API, "HEAD"), Ask(API, "TRACE")],
        "api/v1/services/search/": [Ask(f"{API}search/", "POST", body=question) for question in asked[3::9]]
        + [Ask(f"{API}search/"), Ask(f"{API}search/", "POST", body=[1])],
        "api/v1/services/<str:key>/": [Ask(f"{API}{key}/") for key in [*listed, *hidden, *ids, "nothere2"]],
        "api/v1/organizations/": [Ask("/api/v1/organizations/"), Ask("/api/v1/organizations/?page=2")],
        "api/v1/organizations/<str:key>/": [
            Ask(f"/api/v1/organizations/{key}/") for key in (organization, "x", ids[0])
        ],
        "api/v1/changes/": [
            Ask(f"/api/v1/changes/{query}")
            for query in ("", "?page_size=2", "?after=3-0", "?after=1-0&page_size=1", "?after=9999-0", "?after=x")
        ],
        "api/v1/terms/": [Ask("/api/v1/terms/")],
        "api/v1/places/": [Ask(f"/api/v1/places/?q={word}") for word in ("manch", "lantern", "")],
        "api/v1/export/<str:name>": [Ask(f"/api/v1/export/{name}") for name in [*DOWNLOADS, "nope.zip"]]
        + [Ask("/api/v1/export/hsds.json", method) for method in ("HEAD", "POST")],
        **with_a_key(ids),
        "api/schema/": [Ask("/api/schema/")],
        "api/docs/": [Ask("/api/docs/"), Ask("/api/docs/", "POST")],
        "api/<path:rest>": [Ask("/api/nope/")],
        **of_standards(world),
        "(none)": [
            *(Ask(path) for path in ("/nope/", "/ar/nope/", "/xx/", "/s/UPPER/x/")),
            Ask("/", headers={"host": "evil.example"}),
        ],
    }


def _lists(listed: list[str], hidden: list[str]) -> list[dict[str, list[str]]]:
    """Return lists as forms seal them: of what is listed and what is not, in every size, saying all they can."""
    every = {"chosen": ["1"], "field": ["where", "when", "touch", "answers", "code"]}
    found = [
        every | {"id": [*listed, *hidden, "nothere2"], "size": [size]} for size in ("pocket", "a5", "a4", "large")
    ]
    found += [every | {"id": listed, "names": ["plain"], "language": [code]} for code in ("en", "ar", "th")]
    found += [every | {"id": [*listed, *hidden], "view": ["compare"], "beside": [",".join([*hidden, *listed])]}]
    return [*found, every | {"id": hidden, "words": ["1234567890"]}, {"chosen": ["1"]}]


def with_a_key(ids: list[str]) -> dict[str, list[Ask]]:
    """Return the requests of what needs a key, as somebody who has none would send them."""
    own, proposed, wrong = "/api/v1/own/services/", "/api/v1/changes/proposed/", f"Bearer brolly_{'0' * 46}"
    document = {"id": ids[0], "description": "Soup."}
    kinds: list[dict[str, str]] = [{}, {"authorization": wrong}, {"if-match": '"x"', "authorization": wrong}]
    return {
        "api/v1/own/services/": [Ask(own, headers=headers) for headers in kinds] + [Ask(f"{own}?page=2")],
        "api/v1/own/services/<str:key>/": [Ask(f"{own}{key}/", headers=kinds[1]) for key in [*ids, "x"]],
        "api/v1/changes/proposed/": [Ask(proposed, "POST", body=document, headers=headers) for headers in kinds]
        + [Ask(proposed), Ask(proposed, "POST", body={**document, "id": "x"}, headers={"if-none-match": "*"})],
        "api/v1/changes/proposed/<uuid:change_id>/": [Ask(f"{proposed}{key}/") for key in ids[:2]],
    }


HSDS, ORUK = "/hsds/3.2", "/oruk/3.0"


def of_standards(world: World) -> dict[str, list[Ask]]:
    """Return the requests of both standards' routes; of each list with what narrows it, in pages and in lines."""
    services = [*world.listed.values(), *world.hidden.values()]
    ids = {
        "services": [str(service.id) for service in services],
        "service_at_locations": [str(row) for row in Listing.objects.order_by("id").values_list("id", flat=True)],
        "organizations": [str(services[0].organization_id)],
        "taxonomies": [made("taxonomy", "access")],
        "taxonomy_terms": list(terms())[:1],
    }
    found = {
        "hsds/3.2/": [Ask(f"{HSDS}/"), Ask(HSDS), Ask(f"{HSDS}/?x=1")],
        "hsds/3.2/openapi.json": [Ask(f"{HSDS}/openapi.json"), Ask(f"{HSDS}/openapi.json?x=1")],
        "oruk/3.0/openapi.json": [Ask(f"{ORUK}/openapi.json")],
        "hsds/3.2/profile/": [Ask(f"{HSDS}/profile/")],
        "hsds/3.2/<path:rest>": [Ask(f"{HSDS}/nope")],
        "oruk/3.0/": [Ask(f"{ORUK}/")],
        "oruk/3.0/<path:rest>": [Ask(f"{ORUK}/organizations")],
    }
    for name, keys in ids.items():
        for root in (HSDS, ORUK):
            if root == ORUK and name == "organizations":
                continue
            before = f"{root[1:]}/^{name}"
            found[f"{before}/?$"] = [Ask(f"{root}/{name}{query}") for query in narrowed(root, name)]
            found[f"{before}/(?P<key>[^/]+)/?$"] = [Ask(f"{root}/{name}/{key}") for key in [*keys, ABSENT, "x"]]
        found[f"hsds/3.2/^{name}/?$"] += [Ask(f"{HSDS}/{name}", "POST", body={"search": "lantern"})]
    return found


def narrowed(root: str, name: str) -> list[str]:
    """Return the questions to ask of a list."""
    asked = ["", "?nope=1", "?format=ndjson"]
    if not name.startswith("taxonom"):
        asked += ["?per_page=2&page=2", "?search=room", "?search=council", "?page=99"]
    if name in {"services", "service_at_locations"}:
        answer, no = made("term", "access", "id-free"), made("term", "access", "id-free-no")
        asked += [f"?taxonomy_term_id={answer}", f"?taxonomy_term_id={no}"]
        asked += [f"?taxonomy_id={made('taxonomy', key)}" for key in TAXONOMIES]
        asked += ["?modified_after=2026-01-01&full=true", "?minimal=true"] if root == HSDS else ["?day=FR"]
    if name == "organizations":
        asked += ["?full=true", "?full_service=true"]
    if name == "service_at_locations":
        asked += [f"?postcode=Manchester&proximity={metres}" for metres in (100, 1000, 200_000)]
    return asked


ABSENT = "00000000-0000-4000-8000-000000000000"
SAMPLES = {"slug": "nothere2", "str": "nothing", "int": "1", "uuid": ABSENT}


def of_team() -> dict[str, list[Ask]]:
    """Return a request of somebody who is not signed in for every route of the portal, by its pattern."""
    found = {}
    for route in patterns():
        if route.startswith("team/"):
            path = re.sub(r"<(\w+):\w+>", lambda converter: SAMPLES[converter[1]], route)
            found[route] = [Ask(f"/{path}"), Ask(f"/{path}", form={})]
    return found


def _query(question: dict[str, str]) -> str:
    return urlencode(question)


def visible(response: HttpResponse) -> tuple[int, bytes, tuple[tuple[str, str], ...]]:
    """Return what whoever asked can see of a response."""
    body = re.sub(rb'(name="csrfmiddlewaretoken" value=)"[^"]+"', rb"\1", response.content)
    return response.status_code, body, tuple(response.headers.items())
