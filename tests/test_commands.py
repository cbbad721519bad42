"""What an operator types, what the program says to it, and what a visitor sees from then on."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from locator.models import Change, Listing, Place, Service
from tests.conftest import MakeService
from tests.test_web import searched, text

pytestmark = pytest.mark.django_db

LIST = "/api/v1/services/"
OPERATORS = ["confirm", "correct", "withdraw", "list_service"]


@pytest.fixture(autouse=True)
def the_tenth_of_may() -> Any:
    with time_machine.travel("2026-05-10T12:00:00Z"):
        yield


def said(command: str, *words: str) -> str:
    """Run a command as it is typed; return what it says."""
    out = StringIO()
    call_command(command, *words, stdout=out)
    return out.getvalue().strip()


def page(service: Service) -> str:
    return text(Client().get(f"/s/{service.short_id}/"))


def everything(service: Service) -> list[bytes]:
    """Return all that is public of a service, and what is waiting or was decided about it."""
    paths = [f"/s/{service.short_id}/", f"{LIST}{service.short_id}/", f"{LIST}?near=Manchester&format=csv"]
    return [Client().get(path).content for path in paths] + [str(Change.objects.count()).encode()]


# Any of them


@pytest.mark.parametrize("command", OPERATORS)
def test_a_service_that_is_not_there_is_told(command: str) -> None:
    with pytest.raises(CommandError, match=r"There is no service zzzzzzzz\."):
        said(command, "zzzzzzzz", "--by", "Olu")


@pytest.mark.parametrize("command", OPERATORS)
def test_nobody_acts_without_a_name(make_service: MakeService, command: str) -> None:
    service = make_service("Tuesday room")
    before = everything(service)
    with pytest.raises(CommandError, match="required: --by"):
        said(command, service.short_id)
    with pytest.raises(CommandError, match="Say who you are"):
        said(command, service.short_id, "--by", " ")
    assert everything(service) == before


@pytest.mark.parametrize("command", OPERATORS)
def test_who_acted_is_kept(make_service: MakeService, command: str) -> None:
    service = make_service("Tuesday room")
    more = ["--answer", "free=yes"] if command == "correct" else []
    said(command, service.short_id, "--by", "Olu", *more)
    assert list(Change.objects.order_by("-proposed_at").values_list("author", "decider")[:1]) == [("Olu", "Olu")]


@pytest.mark.parametrize("command", ["confirm", "correct"])
@pytest.mark.parametrize(
    ("day", "words"), [("yesterday", "Write it as 2026-05-03"), ("2026-05-11", "has not come yet")]
)
def test_a_day_that_cannot_be_is_told(make_service: MakeService, command: str, day: str, words: str) -> None:
    service = make_service("Tuesday room")
    before = everything(service)
    with pytest.raises(CommandError, match=words):
        said(command, service.short_id, "--by", "Olu", "--on", day)
    assert everything(service) == before


# confirm


def test_confirming_says_what_it_recorded(make_service: MakeService) -> None:
    service = make_service("Tuesday room")
    words = said("confirm", service.short_id, "--by", "Olu", "--on", "2026-05-03")
    assert words == "Tuesday room: checked on 3 May 2026 by Example group."


def test_a_confirmed_listing_tells_the_visitor_the_day(make_service: MakeService) -> None:
    service = make_service("Tuesday room")
    assert "Nobody has gone through the whole listing with them yet" in page(service)
    said("confirm", service.short_id, "--by", "Olu")
    assert "Checked on 10 May 2026 by Example group" in page(service)


def test_a_number_is_shown_once_it_was_tried(make_service: MakeService) -> None:
    service = make_service("Tuesday room", unchecked_phone="0161 496 0000")
    said("confirm", service.short_id, "--by", "Olu")
    assert "0161 496 0000" not in page(service)
    said("confirm", service.short_id, "--by", "Olu", "--contact", "0161 496 0000")
    assert "0161 496 0000" in page(service)


def test_a_number_the_record_does_not_have_is_told_with_those_it_has(make_service: MakeService) -> None:
    service = make_service("Tuesday room", unchecked_phone="0161 496 0000")
    before = everything(service)
    with pytest.raises(CommandError, match=r"Nothing was changed\..*“0161 496 0666”\. It has: 0161 496 0000"):
        said("confirm", service.short_id, "--by", "Olu", "--contact", "0161 496 0666")
    assert everything(service) == before


# correct


def test_a_corrected_answer_is_seen_and_found(make_service: MakeService, visitor: Client) -> None:
    service = make_service("Tuesday room", no=["id_free"])
    words = said("correct", service.short_id, "--by", "Olu", "--answer", "id_free=yes", "--on", "2026-05-03")
    assert words == "Tuesday room is corrected."
    assert "They told us on 3 May 2026: they do not ask for ID" in page(service)
    assert "Tuesday room" in text(searched(visitor, near="Manchester", id_free="true"))


@pytest.mark.parametrize("answer", ["unknown", "declined"])
def test_an_answer_can_be_taken_back(make_service: MakeService, answer: str) -> None:
    service = make_service("Tuesday room", yes=["id_free"])
    said("correct", service.short_id, "--by", "Olu", "--answer", f"id_free={answer}")
    assert "they do not ask for ID" not in page(service)
    assert "We do not know: Will they ask for ID?" in page(service)


def test_an_answer_about_a_place_is_about_each(make_service: MakeService) -> None:
    service = make_service("Two doors", at=["manchester", "salford"])
    said("correct", service.short_id, "--by", "Olu", "--answer", "step_free=no")
    found = Client().get(LIST, {"near": "Salford"}).json()["results"][0]
    assert found["answers"]["step_free"]["answer"] == "no"


def test_corrected_words_are_read_and_found(make_service: MakeService, visitor: Client) -> None:
    service = make_service("Tuesday room", description="Tea")
    said(
        "correct", service.short_id, "--by", "Olu", "--set", "description=Soup = bread", "--set", "name=Soup room"
    )
    assert "Soup = bread" in page(service)
    assert "Tea" not in page(service)
    assert visitor.get(LIST, {"q": "soup"}).json()["count"] == 1


def test_a_wrong_number_is_gone_at_once(make_service: MakeService, visitor: Client) -> None:
    service = make_service("Night line", serves=["country:GB"], types=["helpline"], phone="0161 496 0000")
    assert "0161 496 0000" in text(visitor.get("/"))
    said("correct", service.short_id, "--by", "Olu", "--remove-contact", "0161 496 0000")
    assert "496" not in text(visitor.get("/"))
    assert "We know of no way to get in touch with them yet" in page(service)


def test_a_hidden_address_is_gone_from_everything(make_service: MakeService) -> None:
    service = make_service("Tuesday room")
    assert any(b"1 Example Street" in content for content in everything(service))
    said("correct", service.short_id, "--by", "Olu", "--hide-address", "manchester-gb")
    assert "Manchester (where exactly is not shown)" in page(service)
    for content in everything(service):
        assert b"Example Street" not in content
        assert b"53.48" not in content


WRONG = [
    ([], "Say what to correct"),
    (["--answer", "idfree=yes"], "There is no question “idfree”. There are: id_free, registration_free"),
    (["--answer", "id_free=maybe"], "“maybe” is no answer. An answer is yes, no, declined, unknown"),
    (["--answer", "id_free"], "“id_free” needs a name, an equals sign"),
    (["--set", "description"], "“description” needs a name, an equals sign"),
    (["--set", "status=withdrawn"], "“status” cannot be set so. These can: name, description"),
    (["--set", "name="], "name: This field may not be blank"),
    (["--set", f"name={'x' * 201}"], "name: Ensure this field has no more than 200"),
    (["--set", "description=a\u202eb"], "description: This holds a hidden control sign"),
    (["--remove-contact", "999"], "The record has no “999”. It has: none"),
    (["--hide-address", "atlantis-gb"], "“atlantis-gb” is not an area we know"),
    (["--answer", "free=no", "--answer", "x=no"], "There is no question “x”"),
]


@pytest.mark.parametrize(("words", "told"), WRONG)
def test_a_wrong_correction_is_told_and_changes_nothing(
    make_service: MakeService, words: list[str], told: str
) -> None:
    service = make_service("Tuesday room", yes=["free"])
    before = everything(service)
    with pytest.raises(CommandError, match=told) as problem:
        said("correct", service.short_id, "--by", "Olu", *words)
    assert "ErrorDetail" not in str(problem.value)
    assert everything(service) == before


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"areas": ["manchester"]}, ["--hide-address", "london-gb"]),  # its area is another person's to change
        ({"serves": ["country:GB"]}, ["--answer", "step_free=yes"]),  # it has no place
    ],
)
def test_a_correction_without_effect_is_not_called_one(
    make_service: MakeService, parts: dict[str, Any], words: list[str]
) -> None:
    service = make_service("Tuesday room", **parts)
    assert said("correct", service.short_id, "--by", "Olu", *words).startswith("Nothing is different now")


# withdraw


@pytest.fixture
def withdrawn(make_service: MakeService) -> Service:
    """Return a service that was listed beside another, and is withdrawn."""
    parts: dict[str, Any] = {"phone": "0808 157 0000", "yes": ["id_free"], "organization": "Gone group"}
    service = make_service("Tuesday room", types=["helpline"], serves=["country:GB"], **parts)
    make_service("Wednesday room")
    words = said("withdraw", service.short_id, "--by", "Olu", "--reason", "They asked by letter")
    assert words == "Tuesday room is withdrawn."
    return service


@pytest.mark.parametrize("address", ["/s/{0.short_id}/", LIST + "{0.short_id}/", LIST + "{0.id}/"])
def test_a_withdrawn_service_has_no_page(withdrawn: Service, visitor: Client, address: str) -> None:
    answer = visitor.get(address.format(withdrawn))
    assert answer.status_code == 404
    assert "Tuesday" not in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/in/manchester-gb/",
        f"{LIST}?near=Manchester&include_unconfirmed=true",
        f"{LIST}?near=Manchester&format=csv",
        f"{LIST}?near=Manchester&format=geojson",
        f"{LIST}?q=tuesday",
        f"{LIST}?near=Manchester&q=tuesday",
        "/api/v1/organizations/",
    ],
)
def test_a_withdrawn_service_is_in_no_list(withdrawn: Service, visitor: Client, address: str) -> None:
    answer = visitor.get(address)
    assert answer.status_code == 200
    seen = answer.content.decode()
    for word in ["Tuesday room", "Gone group", "0808 157", withdrawn.short_id, "letter"]:
        assert word not in seen


def test_a_withdrawn_service_is_in_no_results(withdrawn: Service, visitor: Client) -> None:
    for question in ({"near": "Manchester"}, {"near": "Manchester", "q": "tuesday"}, {"q": "tuesday"}):
        assert "Tuesday room" not in text(searched(visitor, **question))
    assert "Wednesday room" in text(searched(visitor, near="Manchester"))


def test_a_search_that_was_open_shows_it_no_more(make_service: MakeService, visitor: Client) -> None:
    service = make_service("Tuesday room")
    address = visitor.post("/find/", {"near": "Manchester"}).headers["Location"]
    assert "Tuesday room" in text(visitor.get(address))
    said("withdraw", service.short_id, "--by", "Olu")
    assert "Tuesday room" not in text(visitor.get(address))


# list_service


def test_a_draft_is_seen_once_it_is_listed(make_service: MakeService, visitor: Client) -> None:
    service = make_service("Tuesday room", status="draft")
    assert visitor.get(f"/s/{service.short_id}/").status_code == 404
    words = said("list_service", service.short_id, "--by", "Olu", "--because", "We know them")
    assert words == f"Tuesday room is listed now: /s/{service.short_id}/"
    assert visitor.get(f"/s/{service.short_id}/").status_code == 200
    assert "Tuesday room" in text(searched(visitor, near="Manchester"))


def test_listing_a_draft_shows_no_number_that_nobody_checked(make_service: MakeService) -> None:
    service = make_service("Tuesday room", status="draft", unchecked_phone="0161 496 0000")
    said("list_service", service.short_id, "--by", "Olu", "--because", "We know them")
    assert "0161 496 0000" not in page(service)


# rebuild_listings and prepare


def test_a_healthy_directory_has_nothing_to_rebuild(make_service: MakeService) -> None:
    service = make_service("Tuesday room", at=["manchester", "berlin"], phone="0161 496 0000")
    before = everything(service)
    assert said("rebuild_listings").endswith("Nothing was wrong.")
    assert said("rebuild_listings").endswith("Nothing was wrong.")
    assert everything(service) == before


def test_rebuilding_says_how_much_it_mended(make_service: MakeService) -> None:
    service = make_service("Tuesday room")
    Listing.objects.all().delete()
    assert said("rebuild_listings").endswith("were wrong and are right now.")
    assert said("rebuild_listings").endswith("Nothing was wrong.")
    assert "Tuesday room" in page(service)


def test_preparing_twice_is_preparing_once(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    first, rows = said("prepare").splitlines(), list(Listing.objects.order_by("id").values())
    again = said("prepare").splitlines()
    assert again[0].startswith("Starter listings: 0 loaded")
    assert again[-1] == first[-1]  # how many changes were published so far
    assert list(Listing.objects.order_by("id").values()) == rows
    assert list(tmp_path.rglob("*.css"))


def test_preparing_loads_no_places_over_those_that_are_there(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    places = Place.objects.count()
    assert "Loading places" not in said("prepare")
    assert Place.objects.count() == places


def test_production_is_not_prepared_with_invented_listings(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="have no place where people look for help"):
        said("prepare", "--demo")
    assert not Listing.objects.exists()
