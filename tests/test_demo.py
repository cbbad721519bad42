"""The invented listings: everything a listing can say occurs in them, and nothing of them is real."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from typing import Any

import phonenumbers
import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from locator.hsds.vocabulary import CHANNELS, TYPES
from locator.models import Change, Listing, Service
from locator.models.questions import QUESTIONS
from tests.test_web import searched, text

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]

FILES = sorted((configured.BASE_DIR / "fixtures" / "demo").glob("*.json"))
SERVICES: list[dict[str, Any]] = [
    service for path in FILES for service in json.loads(path.read_text(encoding="utf-8"))["services"]
]
# What Ofcom keeps free for drama, as a phone dials it: "Telephone numbers for use in TV and radio drama".
DRAMA = re.compile(
    r"\+44(?:2079460|1134960|1144960|1154960|1164960|1174960|1184960|1214960|1314960|1414960|1514960|1614960"
    r"|1914980|2896496|2920180|7700900|8081570|9098790|3069990)[0-9]{3}"
)
NOBODYS_HOST = re.compile(r"(?:https://|mailto:[\w.-]+@)(?:[\w-]+\.)?example\.(?:org|com|net)(?:/[\w/.-]*)?")
LIST = "/api/v1/services/"


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the invented listings once, as `make demo` does: the tests here only look at them."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def shown(loaded: None) -> list[dict[str, Any]]:
    """Return every invented listing as a program gets it, each service once."""
    pages = [Client().get(LIST, {"page_size": "100", "page": page}).json() for page in ("1", "2")]
    return [row for page in pages for row in page["results"]]


def often(found: Counter[str], wanted: list[str]) -> dict[str, int]:
    """Return what of the wanted occurs fewer than three times."""
    return {name: found[name] for name in wanted if found[name] < 3}


def said(service: dict[str, Any], question: str) -> str:
    """Return what a document says to a question, in the words of the counts below."""
    facts = [fact for fact in service["brolly"].get("facts", []) if fact["question"] == question]
    if not facts:
        return "unknown"
    return "source-only" if facts[0]["basis"] == "source" else str(facts[0]["answer"])


# Everything occurs


def test_there_are_about_120_services_in_15_cities_of_8_countries(shown: list[dict[str, Any]]) -> None:
    assert len(shown) == len(SERVICES)
    assert 110 <= len(shown) <= 130
    cities = {(row["location"].get("city"), row["location"].get("country")) for row in shown} - {(None, None)}
    assert len({city for city, _country in cities if city}) >= 15
    assert len({country for _city, country in cities if country}) >= 8


@pytest.mark.parametrize("question", [question.key for question in QUESTIONS])
def test_every_answer_to_a_question_occurs_three_times(question: str) -> None:
    found = Counter(said(service, question) for service in SERVICES)
    assert not often(found, ["yes", "no", "declined", "unknown", "source-only"])


@pytest.mark.parametrize("question", [question.key for question in QUESTIONS])
def test_a_visitor_meets_every_answer_three_times(shown: list[dict[str, Any]], question: str) -> None:
    answers = [row["answers"][question] for row in shown]
    found = Counter(f"{fact['answer']} {'said' if fact.get('basis') == 'source' else ''}" for fact in answers)
    only_theirs = question == "peer_led"  # what a document says of it is not shown
    assert not often(found, ["yes ", "no ", "unknown "] + ([] if only_theirs else ["yes said"]))


def test_every_type_occurs_three_times(shown: list[dict[str, Any]]) -> None:
    assert not often(Counter(kind for row in shown for kind in row["types"]), [kind.code for kind in TYPES])


def test_every_channel_occurs_three_times() -> None:
    counts = Client().get(LIST, {"near": "United Kingdom"}).json()["facets"]["channel"]
    for near in ("Germany", "France", "Portugal", "Poland", "Thailand"):
        for code, count in Client().get(LIST, {"near": near}).json()["facets"]["channel"].items():
            counts[code] += count
    assert not often(Counter(counts), [channel.code for channel in CHANNELS])


def test_every_visibility_occurs_three_times(shown: list[dict[str, Any]]) -> None:
    found = Counter(row["location"]["address_visibility"] for row in shown)
    assert not often(found, ["public", "area", "none"])


def test_15_languages_occur_three_times(shown: list[dict[str, Any]]) -> None:
    found = Counter(language["code"] for row in shown for language in row["languages"])
    assert len([code for code, count in found.items() if count >= 3]) >= 15


def test_services_in_several_places_occur_three_times(shown: list[dict[str, Any]]) -> None:
    assert sum(row["places"] >= 2 for row in shown) >= 3


def test_remote_services_with_and_without_an_area_occur_three_times(shown: list[dict[str, Any]]) -> None:
    remote = [row for row in shown if row["location"]["address_visibility"] == "none"]
    found = Counter("with" if row["service_areas"] else "without" for row in remote)
    assert not often(found, ["with", "without"])


def test_numbers_and_links_that_nobody_checked_occur(shown: list[dict[str, Any]]) -> None:
    assert sum(row["unchecked_contact"] for row in shown) >= 3


# Nothing is real


def test_every_number_is_one_that_ofcom_keeps_for_drama() -> None:
    for service in SERVICES:
        countries = {row["id"]: row["country"] for row in service["brolly"].get("phones", [])}
        for phone in service.get("phones", []):
            read = phonenumbers.parse(phone["number"], countries[phone["id"]])
            dialled = phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)
            assert DRAMA.fullmatch(dialled), f"{service['name']}: {phone['number']}"


def test_every_link_leads_to_nobody() -> None:
    for service in SERVICES:
        for link in service.get("additional_urls", []):
            assert NOBODYS_HOST.fullmatch(link["url"]), f"{service['name']}: {link['url']}"


def test_no_words_hold_a_number_or_an_address_of_their_own() -> None:
    fields = ["description", "application_process", "eligibility_description", "fees_description", "wait_time"]
    words = [str(service.get(field, "")) for service in SERVICES for field in fields]
    assert not [line for line in words if re.search(r"://|www\.|@|\d{4}", line)]


def test_every_listing_says_that_it_is_invented(shown: list[dict[str, Any]]) -> None:
    for row in shown:
        assert "This listing is invented" in row["description"], row["name"]
        assert row["organization"]["description"].startswith("An invented group"), row["name"]


def test_every_street_is_example_street(shown: list[dict[str, Any]]) -> None:
    streets = {row["location"].get("address_1", "1 Example Street") for row in shown}
    assert not [street for street in streets if not re.fullmatch(r"\d+ Example Street", street)]


# How they are loaded


def test_rest_near_manchester_without_id_is_found(visitor: Client) -> None:
    found = searched(visitor, near="Manchester", need="rest-space", id_free="true")
    rows = found.content.decode().split("Said in a document")[0]
    assert len(re.findall(r'<h3><a href="/s/', rows)) >= 3
    assert "Near Manchester" in text(found)


def test_loading_again_changes_nothing() -> None:
    models: list[Any] = [Service, Change, Listing]
    before = [list(model.objects.order_by("pk").values()) for model in models]
    out = StringIO()
    call_command("load_demo", stdout=out)
    assert out.getvalue() == f"Invented listings: 0 loaded, {len(SERVICES)} kept as they were.\n"
    assert [list(model.objects.order_by("pk").values()) for model in models] == before


def test_production_refuses_invented_listings(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="have no place where people look for help"):
        call_command("load_demo", stdout=StringIO())
