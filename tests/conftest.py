"""The cast and the props: who acts, and how a service comes to be listed in a test."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import translation

from config.catalogues import compile_all
from locator import moderation
from locator.models import Basis, Inclusion, Place, Service
from locator.rules import Actor, Role

Document = dict[str, Any]
MakeService = Callable[..., Service]
ASKED_ON = date(2026, 5, 3)
UNTIL = float(os.environ.get("UNTIL", "inf"))  # no test begins later; of time.perf_counter, where nobody travels
NO_TIME = "no time was left"
# Streets of cities that the tests search near; rounded, so that nothing real is meant.
SPOTS = {
    "manchester": ("Manchester", "GB", 53.48, -2.24, "manchester-gb"),
    "salford": ("Salford", "GB", 53.49, -2.29, "salford-gb"),
    "london": ("London", "GB", 51.51, -0.12, "london-gb"),
    "berlin": ("Berlin", "DE", 52.52, 13.41, "berlin-de"),
    "bishkek": ("Bishkek", "KG", 42.87, 74.59, "bishkek-kg"),
}


def pytest_configure(config: pytest.Config) -> None:
    """Compile the catalogues once, before workers start."""
    if not hasattr(config, "workerinput"):
        compile_all()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    if time.perf_counter() > UNTIL:
        pytest.skip(NO_TIME)


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Return a function that has a figure printed below the results, from whichever worker measured it."""
    return lambda words: record_property("figure", words)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, words in getattr(report, "user_properties", []):
            if name == "figure" and report.when == "call":
                terminalreporter.write_line(f"  {words}")
    left_out = sum(NO_TIME in str(report.longrepr) for report in terminalreporter.getreports("skipped"))
    if left_out:
        terminalreporter.write_line(f"NOT RUN: {left_out} tests, because {NO_TIME} on this machine.")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the real gazetteer's towns of 15,000 people and more, once for all tests."""
    with django_db_blocker.unblock():
        if not Place.objects.exists():
            call_command("load_gazetteer", smallest=15000, verbosity=0, stdout=_Silence())
    yield
    # A visitor's two seconds may be too few to drop a database on a busy machine.
    connection.settings_dict["OPTIONS"].pop("options", None)


@pytest.fixture(scope="module")
def everything(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the starter listings and the invented ones once for a module; its tests leave them as they are."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_seeds", stdout=_Silence())
        call_command("load_demo", stdout=_Silence())
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def static_files_as_they_are(settings: Any) -> None:
    """Serve static files by their own names: `collectstatic` has not run."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.STATIC_ROOT = settings.STATICFILES_DIRS[0]
    settings.WHITENOISE_AUTOREFRESH = True  # or each browser of a test begins by looking through all of them
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a good one takes its time


MESSAGE_SECRET = "a secret that two machines share, and nobody else"


@pytest.fixture(autouse=True)
def a_number_is_connected(settings: Any) -> None:
    """Answer messages, and as many as the harnesses ask."""
    settings.MESSAGE_SECRET = settings.MESSAGE_TWILIO_TOKEN = MESSAGE_SECRET
    settings.MESSAGES_A_DAY = settings.MESSAGES_A_CALLER = 1_000_000


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Begin each test in English, whatever language the page before it was in: Django leaves it switched on."""
    with translation.override("en"):
        yield


@pytest.fixture
def manchester(transactional_db: None) -> None:
    """Other tests that end their transactions leave no place behind."""
    where = {"latitude": 53.48, "longitude": -2.24, "precision_km": 1, "reach_km": 8, "timezone": "Europe/London"}
    of = {"id": 2643123, "name": "Manchester", "kind": "city", "country": "GB", "population": 395_000}
    Place.objects.get_or_create(slug="manchester-gb", defaults=where | of)


FRIDAY_NIGHT = "2026-11-27T23:30"  # in Manchester, in winter: UTC


def utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.fixture
def friday_night(db: None) -> Iterator[None]:
    with time_machine.travel(utc(FRIDAY_NIGHT), tick=False):
        yield


class _Silence:
    def write(self, _text: str) -> None:
        pass


@pytest.fixture
def visitor() -> Client:
    return Client()


@pytest.fixture
def partner() -> Actor:
    return Actor("Paula", Role.PARTNER)


@pytest.fixture
def moderator() -> Actor:
    return Actor("Mo", Role.MODERATOR)


@pytest.fixture
def second() -> Actor:
    return Actor("Ada", Role.MODERATOR)


@pytest.fixture
def operator() -> Actor:
    return Actor("Olu", Role.OPERATOR)


def an_id(*words: object) -> str:
    """Return the same UUID for the same words, in every run."""
    return str(uuid5(NAMESPACE_URL, "/".join(str(word) for word in words)))


def place_at(spot: str, name: str, *, address: str = "1 Example Street") -> tuple[Document, Document]:
    """Return a place with a public address, and how much of it is public."""
    city, country, latitude, longitude, _slug = SPOTS[spot]
    row_id = an_id("place", name, spot, address)
    location = {
        "id": row_id,
        "location_type": "physical",
        "latitude": latitude,
        "longitude": longitude,
        "addresses": [{"address_1": address, "city": city, "country": country, "address_type": "physical"}],
    }
    return location, {"id": row_id, "address_visibility": "public"}


def area_at(spot: str, name: str) -> tuple[Document, Document]:
    """Return a place that shows only its area."""
    row_id = an_id("area", name, spot)
    disclosed = {"id": row_id, "address_visibility": "area", "area": SPOTS[spot][4]}
    return {"id": row_id, "location_type": "physical"}, disclosed


def a_document(name: str = "Tuesday room", **parts: Any) -> Document:
    """Return the document of a service: listed, in Manchester, a drop-in, nothing known about it.

    `hours` are rules of its first place, on London's clock; `at` names spots with an address, `areas` spots that
    show only the area, `serves` makes it remote;
    `yes`, `no`, `declined` and `said` name questions, `said` as yes in a document nobody checked.
    """
    organization = parts.pop("organization", "Example group")
    spots, areas, serves = parts.pop("at", None), parts.pop("areas", []), parts.pop("serves", None)
    if spots is None:
        spots = [] if areas or serves is not None else ["manchester"]
    places = [place_at(spot, name) for spot in spots] + [area_at(spot, name) for spot in areas]
    brolly: Document = {
        "status": parts.pop("status", "listed"),
        "types": parts.pop("types", ["drop-in"]),
        "facts": _facts(parts, organization),
        "locations": [disclosed for _location, disclosed in places],
    }
    document: Document = {
        "id": an_id("service", name),
        "name": name,
        "status": "active",
        "organization": {"id": an_id("organization", organization), "name": organization},
        "languages": [{"code": code} for code in parts.pop("languages", ["en"])],
        "service_at_locations": [
            {"id": an_id("at", location["id"]), "location": location} for location, _disclosed in places
        ],
        "brolly": brolly,
    }
    if serves is not None:
        document["service_areas"] = [{"id": an_id(name, covers), "name": covers} for covers in serves]
        brolly["areas"] = [{"id": an_id(name, covers), "covers": covers} for covers in serves]
    if "hours" in parts:
        rules = [{"id": an_id("hours", name, n), **rule} for n, rule in enumerate(parts.pop("hours"))]
        document["service_at_locations"][0]["schedules"] = rules
        brolly["locations"][0]["timezone"] = "Europe/London"
    brolly.update(parts.pop("brolly", {}))
    _contacts(document, parts)
    return document | parts


def _facts(parts: Document, organization: str) -> list[Document]:
    """Return the facts; those about a place are about the first one."""
    answers = [(key, "yes", Basis.ORGANIZATION) for key in parts.pop("yes", [])]
    answers += [(key, "no", Basis.ORGANIZATION) for key in parts.pop("no", [])]
    answers += [(key, "declined", Basis.ORGANIZATION) for key in parts.pop("declined", [])]
    answers += [(key, "yes", Basis.SOURCE) for key in parts.pop("said", [])]
    return [
        {
            "question": key,
            "answer": said,
            "basis": basis.value,
            "stated_by": organization,
            "stated_on": "2026-05-03",
        }
        for key, said, basis in answers
    ]


def _contacts(document: Document, parts: Document) -> None:
    """Add `phone` (confirmed), `unchecked_phone`, `text` and `chat` to the document."""
    kinds = [("phone", "voice", True), ("unchecked_phone", "voice", False), ("text", "text", True)]
    for part, kind, confirmed in kinds:
        if part in parts:
            row_id = an_id(document["name"], part)
            document.setdefault("phones", []).append({"id": row_id, "number": parts.pop(part), "type": kind})
            document["brolly"].setdefault("phones", []).append(
                {"id": row_id, "country": "GB", **_checked(confirmed)}
            )
    if "chat" in parts:
        row_id = an_id(document["name"], "chat")
        document["additional_urls"] = [{"id": row_id, "url": parts.pop("chat")}]
        document["brolly"]["links"] = [{"id": row_id, "kind": "chat", **_checked(True)}]


def _checked(confirmed: bool) -> Document:
    return {"confirmed_by": "Olu", "confirmed_on": ASKED_ON.isoformat()} if confirmed else {}


def about_place(document: Document) -> Document:
    """Make the facts that are about a place be about the document's first one."""
    from locator.models.questions import BY_KEY

    for fact in document["brolly"].get("facts", []):
        if BY_KEY[fact["question"]].of_place:
            fact["location"] = document["service_at_locations"][0]["location"]["id"]
    return document


def let_in(document: Document) -> None:
    """Decide that an organization belongs in the directory, as a moderator would before its first listing."""
    of, mo = document["organization"], Actor("Mo", Role.MODERATOR)
    if not Inclusion.objects.filter(organization_id=of["id"]).exists():
        moderation.decide_inclusion(of["id"], name=of["name"], included=True, reason="We know them", by=mo)


def publish(document: Document) -> Service:
    """Propose and approve a document, as a partner and one moderator would, or two of a new organization."""
    change = moderation.propose(about_place(document), by=Actor("Paula", Role.PARTNER))
    let_in(document)
    if moderation.approve(change, by=Actor("Mo", Role.MODERATOR)).state == "waiting":
        moderation.approve(change, by=Actor("Ada", Role.MODERATOR))
    return Service.objects.get(id=document["id"])


@pytest.fixture
def make_service(db: None) -> MakeService:
    """Return a function that lists a service; takes what `a_document` takes."""

    def make(name: str = "Tuesday room", **parts: Any) -> Service:
        return publish(a_document(name, **parts))

    return make
