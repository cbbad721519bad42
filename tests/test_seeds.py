"""The starter listings: all that the founding texts name, nothing that they do not say, nothing unchecked."""

import json
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from locator.models import Organization, Service
from locator.models.questions import QUESTIONS
from tests.conftest import a_document, publish
from tests.test_web import searched, text

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("seeds")]

NOW, ONCE = "active", "inactive"
# Organization → text, tense, where it is as the text says, kinds of help, what the text says yes to.
ROWS: dict[str, tuple[str, str, str, str, str]] = {
    "UK Network of Sex Work Projects": (
        "000", NOW, "country:GB online", "counselling drop-in helpline housing legal", "free",
    ),
    "Sex Workers Anonymous": ("000", NOW, "country:GB", "counselling drop-in housing legal", "free"),
    "SWARM": (
        "000", NOW, "london-gb", "counselling peer-support", "free id_free registration_free walk_in",
    ),
    "Streets of London": (
        "000", NOW, "london-gb", "counselling peer-support", "free id_free registration_free walk_in",
    ),
    "Strippers4Strippers": ("000", NOW, "", "counselling", "free"),
    "r/sexwork": ("000", NOW, "online", "online-community", ""),
    "National Ugly Mugs": ("001", NOW, "country:GB", "therapist-directory", ""),
    "Pineapple Support Society": ("001", NOW, "online", "therapist-directory", ""),
    "Pink Life LGBTI Solidarity Association": ("001", NOW, "country:TR", "therapist-directory", ""),
    "Roter Stöckelschuh": ("001", NOW, "country:DE", "therapist-directory", ""),
    "Hydra": ("001", NOW, "berlin-de", "workshops", "free peer_led"),
    "trans sex works*": ("001", NOW, "berlin-de", "rest-space", "trans_welcome"),
    "Sex Work Polska": ("001", NOW, "country:PL", "counselling", "free"),
    "Espaço Intendente": (
        "001", NOW, "country:PT", "counselling health", "any_migration_status anonymous free trans_welcome",
    ),
    "Tais Plus": ("001", ONCE, "country:KG", "counselling", "free peer_led"),
    "RFSL": ("001", ONCE, "country:SE online", "counselling supplies trans-health", "free trans_welcome"),
    "ESWA": ("001", ONCE, "continent:EU online", "peer-support workshops", ""),
    "Kyrgyz Indigo": ("001", ONCE, "country:KG", "advocacy", ""),
    "Kindman & Co.": ("002", NOW, "los-angeles-us online", "counselling", "non_judgmental"),
}  # fmt: skip
WITHOUT_SERVICE = ["Red Umbrella Sweden", "OTRAS", "Collectif des femmes de Strasbourg Saint-Denis"]

FILE: dict[str, Any] = json.loads((configured.BASE_DIR / "seeds" / "listings.json").read_text(encoding="utf-8"))
SERVICES: list[dict[str, Any]] = FILE["services"]
SHORT_IDS = {service["name"]: service["brolly"]["short_id"] for service in SERVICES}
LIST = "/api/v1/services/"
NUMBER = re.compile(r"0800\s*121\s*6654|\+?44\s*800\s*121\s*6654|8001216654|1216654")


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the starter listings once, as `make run` does: the tests here only look at them."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_seeds", stdout=StringIO())
        yield
        transaction.set_rollback(True)


def page(name: str) -> str:
    return text(Client().get(f"/s/{SHORT_IDS[name]}/"))


def shown() -> list[dict[str, Any]]:
    """Return every starter listing as a program gets it."""
    found = [Client().get(f"{LIST}{short_id}/").json() for short_id in SHORT_IDS.values()]
    assert all("answers" in row for row in found)
    return found


def of(name: str) -> list[dict[str, Any]]:
    return [service for service in SERVICES if service["organization"]["name"] == name]


def where(service: dict[str, Any]) -> set[str]:
    brolly = service["brolly"]
    areas = {row["covers"] for row in brolly.get("areas", [])}
    return areas | {row.get("area", "online") for row in brolly.get("locations", [])}


# What is there


@pytest.mark.parametrize("name", ROWS)
def test_an_organization_of_the_texts_is_there_as_they_say_it(name: str) -> None:
    source, tense, place, kinds, yes = ROWS[name]
    services = of(name)
    facts = [fact for service in services for fact in service["brolly"].get("facts", [])]
    assert {service["brolly"]["source"].split(",")[0] for service in services} == {f"founding text {source}"}
    assert {service["status"] for service in services} == {tense}
    assert set().union(*map(where, services)) == set(place.split())
    assert {kind for service in services for kind in service["brolly"]["types"]} == set(kinds.split())
    assert {(fact["question"], fact["answer"]) for fact in facts} == {(key, "yes") for key in yes.split()}


def test_nobody_else_is_there() -> None:
    assert {service["organization"]["name"] for service in SERVICES} == set(ROWS)
    assert {organization["name"] for organization in FILE["organizations"]} == set(WITHOUT_SERVICE)


def test_each_text_is_named_where_the_listings_come_from() -> None:
    sources = (configured.BASE_DIR / "seeds" / "SOURCES.md").read_text(encoding="utf-8")
    assert all(f"| {number} |" in sources for number in ("000", "001", "002", "003", "004"))


def test_nothing_about_a_place_is_finer_than_the_text() -> None:
    for service in SERVICES:
        for row in service.get("service_at_locations", []):
            assert set(row) == {"id", "location"}
            assert set(row["location"]) == {"id", "location_type"}


def test_the_training_is_a_term_that_a_listing_can_name_and_no_listing(visitor: Client) -> None:
    assert visitor.get(LIST, {"q": "equitable"}).json()["count"] == 0
    therapist = a_document("Therapy", types=["counselling"])
    therapist["brolly"]["credentials"] = ["equitable-care-certification"]
    publish(therapist)
    assert "Training they named: Equitable Care Certification" in text(
        visitor.get(f"/s/{Service.objects.get(name='Therapy').short_id}/")
    )


# What a visitor sees


def test_rest_near_berlin_is_found(visitor: Client) -> None:
    found = searched(visitor, near="Berlin", need="rest-space")
    assert found.status_code == 200
    assert "trans sex works*: space to rest" in text(found)


def test_rest_near_berlin_without_id_is_confirmed_by_nobody_and_no_dead_end(visitor: Client) -> None:
    found = searched(visitor, near="Berlin", need="rest-space", id_free="true")
    assert found.status_code == 200
    assert "We know of no service here that matches all of this" in text(found)
    more = re.search(r'href="(/f/[\w-]+/)"[^>]*>Without “No ID asked” there is 1 more', found.content.decode())
    assert more
    assert "trans sex works*: space to rest" in text(visitor.get(more[1]))


def test_rest_near_berlin_for_trans_people_stands_among_what_a_document_says(visitor: Client) -> None:
    found = text(searched(visitor, near="Berlin", need="rest-space", trans_welcome="true"))
    assert "Nobody has confirmed a service here that matches all of this" in found
    assert "trans sex works*: space to rest" in found.split("Said in a document, not checked with them")[1]


def test_no_id_near_london_is_only_said_in_a_document(visitor: Client) -> None:
    found = text(searched(visitor, near="London", id_free="true"))
    assert "0 services" in found
    assert "SWARM: counselling and peer support" in found.split("Said in a document, not checked with them")[1]


@pytest.mark.parametrize("question", [question.key for question in QUESTIONS])
def test_no_filter_matches_what_a_document_says(question: str) -> None:
    assert Client().get(LIST, {question: "true"}).json()["count"] == 0


def test_every_answer_is_a_documents() -> None:
    bases = {fact.get("basis") for row in shown() for fact in row["answers"].values()}
    assert bases == {None, "source"}  # None: nobody said


def test_no_number_link_or_address_is_shown() -> None:
    for row in shown():
        assert (row["phones"], row["links"]) == ([], [])
        for location in row["locations"]:
            assert not set(location) & {"address_1", "city", "postal_code", "latitude", "longitude"}


@pytest.mark.parametrize("kind", ["json", "geojson", "csv"])
def test_the_printed_number_is_in_no_file(kind: str) -> None:
    listed = Client().get(LIST, {"page_size": "100", "format": kind}).content.decode()
    assert "UK Network of Sex Work Projects: helpline" in listed
    assert not NUMBER.search(listed)


def test_the_printed_number_is_on_no_page_but_its_being_printed_is_said() -> None:
    for name, short_id in SHORT_IDS.items():
        assert not NUMBER.search(Client().get(f"/s/{short_id}/").content.decode()), name
    line = page("UK Network of Sex Work Projects: helpline")
    assert "Nobody has checked who answers, so we do not show it" in line


def test_no_unchecked_line_is_on_the_start_page(visitor: Client) -> None:
    for path in ["/", "/first-contact/", "/safety/", "/nothing/"]:
        seen = visitor.get(path).content.decode()
        assert "Network" not in seen
        assert not NUMBER.search(seen)


def test_every_page_says_that_nobody_asked_them_and_how_to_take_it_away() -> None:
    for name in SHORT_IDS:
        seen = page(name)
        assert "Nobody has asked the organization yet" in seen, name
        assert "Is this you? Ask us to correct or remove it" in seen, name


def test_a_page_without_a_way_to_get_in_touch_is_a_page(visitor: Client) -> None:
    seen = visitor.get(f"/s/{SHORT_IDS['trans sex works*: space to rest']}/")
    assert seen.status_code == 200
    assert "We know of no way to get in touch with them yet" in text(seen)
    assert "What you can do: ask at another service near you" in text(seen)


@pytest.mark.parametrize("name", ["Hydra: workshops", "Tais Plus: counselling"])
def test_that_sex_workers_run_it_is_theirs_to_say(name: str) -> None:
    assert "it is run by sex workers" not in page(name)
    assert "Is it run by sex workers?" in page(name)  # among what we do not know


def test_who_leads_an_organization_is_said_in_no_words_either() -> None:
    words = [row.get("description", "") for row in [*FILE["organizations"], *SERVICES]]
    assert not [line for line in words if re.search(r"\bled\b|\blead\b|run by", line)]


def test_help_that_may_depend_on_leaving_the_work_says_so() -> None:
    for service in of("Sex Workers Anonymous"):
        assert "not known whether help depends on leaving the work" in page(service["name"])


def test_therapy_whose_cost_is_not_said_is_not_free() -> None:
    seen = page("Kindman & Co.: therapy")
    assert "it is free of charge" not in seen
    assert "It does not say what therapy costs" in seen


@pytest.mark.parametrize("name", [s["name"] for s in SERVICES if s["status"] == ONCE])
def test_what_was_offered_once_is_no_offer(name: str) -> None:
    assert "This was offered in the past" in page(name)
    assert SHORT_IDS[name] not in [row["short_id"] for row in Client().get(LIST).json()["results"]]


def test_an_organization_without_a_service_is_known_and_not_shown() -> None:
    assert Organization.objects.filter(name__in=WITHOUT_SERVICE).count() == 3
    seen = Client().get("/api/v1/organizations/").content.decode()
    assert "SWARM" in seen
    assert not [name for name in WITHOUT_SERVICE if name in seen]
