"""A list to take along: what a card says, what it keeps to itself, and what becomes of a service that moved."""

import re
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
import zxingcpp
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from locator import moderation, search
from locator.hours.timetable import Timetable
from locator.rules import Actor, Role
from locator.sealing import seal, unseal
from locator.web import cards
from locator.web.cards import Asked
from locator.web.week import week
from tests.conftest import FRIDAY_NIGHT, MakeService, utc
from tests.deny_list import denied_in
from tests.test_web import Tags, text

pytestmark = pytest.mark.django_db
NIGHTS = [{"freq": "WEEKLY", "byday": "TU,WE,SA", "opens_at": "21:00", "closes_at": "02:00", "description": "Tea"}]
WORDS = {"brolly": {"discreet_name": "Room T", "assurer": "Example group"}, "assured_date": "2026-11-20"}


def sent(visitor: Client, path: str = "/card/", **form: Any) -> Any:
    """Send a list as a form does, and follow it."""
    answer = visitor.post(path, form, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 303, answer.content
    return visitor.get(answer.headers["Location"])


def card_of(response: Any) -> str:
    """Return the words of the card alone."""
    found = re.search(r'<section class="card.*?</section>', response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def test_a_card_has_discreet_name_place_time_and_number(visitor: Client, make_service: MakeService) -> None:
    service = make_service("Room for sex workers", hours=NIGHTS, phone="0161 496 0000", **WORDS)
    with time_machine.travel(utc(FRIDAY_NIGHT), tick=False):
        said = card_of(sent(visitor, id=service.short_id))
    for words in ("Room T", "1 Example Street, Manchester", "Sat 28 Nov 21:00–02:00 (next day)", "0161 496 0000"):
        assert words in said
    assert "Tue 1 Dec – Wed 2 Dec 21:00–02:00 (next day)" in said


def test_a_card_says_nothing_that_gives_its_holder_away(visitor: Client, make_service: MakeService) -> None:
    loud = {"types": ["health"], "chat": "https://example.org/sexwork", "description": "For sex workers"}
    service = make_service("Sex workers' room", hours=[NIGHTS[0] | {"description": "HIV tests"}], **loud)
    said = card_of(sent(visitor, id=service.short_id))
    assert "Meeting" in said
    assert denied_in(said) == []
    assert not re.search("Brolly|Tea|example.org|health", said)


def test_who_asks_for_full_names_gets_them(visitor: Client, make_service: MakeService) -> None:
    service = make_service("Lantern room", chat="https://example.org/chat", **WORDS)
    said = card_of(sent(visitor, id=service.short_id, names="plain"))
    assert "Lantern room" in said
    assert "Drop-in" in said
    assert "example.org/chat" in said


def test_only_the_fields_that_were_chosen_are_on_it(visitor: Client, make_service: MakeService) -> None:
    service = make_service("Lantern room", phone="0161 496 0000", hours=NIGHTS, yes=["id_free"])
    said = card_of(sent(visitor, id=service.short_id, chosen="1", field="answers"))
    assert "No ID asked" in said
    assert not re.search("Manchester|0161|21:00|Square", said)


def test_an_area_is_never_an_address(visitor: Client, make_service: MakeService) -> None:
    service = make_service("Quiet flat", areas=["manchester"], phone="0161 496 0000")
    said = card_of(sent(visitor, id=service.short_id, names="plain"))
    assert "Manchester (address given when you get in touch)" in said
    assert "Street" not in said


@pytest.mark.parametrize("status", ["draft", "unlisted", "withdrawn"])
def test_what_is_not_listed_looks_like_what_never_was(
    visitor: Client, make_service: MakeService, status: str
) -> None:
    hidden = make_service("Hidden room", status=status, phone="0161 496 0009")
    known, unknown = sent(visitor, id=hidden.short_id), sent(visitor, id="nothere2")
    assert text(known) == text(unknown)
    assert "1 service of this list is not listed (any more)" in text(known)


def test_a_service_that_moved_is_followed(visitor: Client, make_service: MakeService) -> None:
    stays, goes = make_service("Lantern room", **WORDS), make_service("Lantern rooms")
    moderation.unite(goes.id, stays.id, by=Actor("Mo", Role.MODERATOR), reason="One room")
    page = sent(visitor, id=[goes.short_id, stays.short_id])
    assert card_of(page).count("Room T") == 1
    assert f'value="{stays.short_id}"' in page.content.decode()


def test_the_order_is_that_of_the_list(visitor: Client, make_service: MakeService) -> None:
    ids = [make_service(name).short_id for name in ("Charlie", "Alpha", "Bravo")]
    said = card_of(sent(visitor, id=",".join(ids), names="plain"))
    assert said.index("Charlie") < said.index("Alpha") < said.index("Bravo")


def test_a_list_holds_twenty(visitor: Client, make_service: MakeService) -> None:
    ids = [make_service("Lantern room").short_id, *(f"nothere{n}" for n in range(2, 30))]
    assert "A list holds 20 services" in text(sent(visitor, id=ids))


@pytest.mark.parametrize("ids", ["", "<script>", "../../etc", "A" * 50, "abc'--", "x" * 9000, ",,,"])
def test_what_cannot_be_an_id_is_harmless(visitor: Client, ids: str) -> None:
    assert "There is nothing on this list" in text(sent(visitor, id=ids))


def test_a_list_is_never_read_from_an_address(visitor: Client) -> None:
    assert visitor.get("/card/?id=abc").status_code == 400


def test_an_address_of_a_list_ends_and_is_that_of_no_search(visitor: Client) -> None:
    assert visitor.get("/card/nonsense/").status_code == 410
    assert visitor.get(f"/card/{seal({'near': ['Leeds']})}/").status_code == 410


@pytest.mark.parametrize("count", [1, 20])
def test_a_card_asks_the_database_twice_at_most(
    visitor: Client, make_service: MakeService, django_assert_max_num_queries: Any, count: int
) -> None:
    ids = [make_service(f"Room {n}").short_id for n in range(min(count, 5))] + ["nothere2"] * (count > 1)
    address = visitor.post("/card/", {"id": ids}).headers["Location"]
    with django_assert_max_num_queries(2):
        visitor.get(address)


def test_the_square_code_holds_the_list_and_no_other_words(visitor: Client, make_service: MakeService) -> None:
    ids = [make_service(f"Room {n}").short_id for n in range(3)]
    page = sent(visitor, id=ids, language="ro", chosen="1", field="code").content.decode()
    assert scanned(page) == f"http://testserver/ro/card/#{','.join(ids)}"


def scanned(page: str) -> str:
    """Return what a camera reads in the code of a page: its strokes, drawn as segno says they run."""
    drawn = re.search(r'viewBox="0 0 (\d+) \d+".*?stroke="#000" d="([^"]+)"', page)
    assert drawn
    size, scale = int(drawn[1]), 6
    dots = bytearray(b"\xff" * (size * scale) ** 2)
    x = y = 0.0
    for move, along, down in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", drawn[2]):
        if move == "h":
            for row in range(int(y * scale - scale / 2), int(y * scale + scale / 2)):
                start = row * size * scale + int(x * scale)
                dots[start : start + int(along) * scale] = bytes(int(along) * scale)
            x += float(along)
        else:
            x, y = (float(along), float(down)) if move == "M" else (x + float(along), y + float(down))
    image = memoryview(bytes(dots)).cast("B", [size * scale, size * scale])
    return str(zxingcpp.read_barcodes(image)[0].text)


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("ro", "ltr"), ("zh-hans", "ltr")])
def test_a_card_speaks_another_language_than_its_page(
    visitor: Client, make_service: MakeService, language: str, direction: str
) -> None:
    page = sent(visitor, id=make_service("Lantern room", hours=NIGHTS).short_id, language=language)
    tags = Tags(page.content.decode()).found
    assert dict(tags[0][1] or tags[1][1])["lang"] == "en"
    card = next(attrs for tag, attrs in tags if tag == "section" and str(attrs["class"]).startswith("card"))
    assert (str(card["lang"]).lower(), card["dir"]) == (language, direction)


def test_as_text_a_service_has_three_hundred_letters_at_most(visitor: Client, make_service: MakeService) -> None:
    hours = [
        {**NIGHTS[0], "byday": day, "opens_at": f"1{n}:00", "description": "x" * 90} for n, day in enumerate(DAYS)
    ]
    service = make_service("L" * 150, at=["manchester", "salford"], hours=hours, phone="0161 496 0000")
    found = search.shortlist([service.short_id])
    said = cards.entries(found, Asked(ids=(service.short_id,), plain=True, language="en"), utc(FRIDAY_NIGHT))
    assert 100 < len(said[0]["text"]) <= cards.TEXT_LETTERS
    assert "0161 496 0000" in said[0]["text"]


DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({}, "Not checked with them. Call first."),
        (
            {"assured_date": "2026-05-03", "brolly": {"assurer": "x"}},
            "Not confirmed since 3 May 2026. Call first.",
        ),
    ],
)
def test_paper_says_what_nobody_confirmed(
    visitor: Client, make_service: MakeService, parts: dict[str, Any], words: str
) -> None:
    service = make_service("Lantern room", hours=NIGHTS, **parts)
    with time_machine.travel(utc(FRIDAY_NIGHT), tick=False):
        assert words in card_of(sent(visitor, id=service.short_id))


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"areas": ["manchester"]}, "No number that we could check."),
        (
            {"areas": ["manchester"], "chat": "https://example.org/chat"},
            "How to get in touch: see this list on a phone.",
        ),
    ],
)
def test_paper_without_a_number_says_how_to_go_on(
    visitor: Client, make_service: MakeService, parts: dict[str, Any], words: str
) -> None:
    page = sent(visitor, id=make_service("Lantern room", **parts).short_id)
    assert words in card_of(page)
    assert words in re.sub(r"\s+", " ", page.content.decode().split("<textarea")[1].split("</textarea>")[0])


def test_a_door_that_is_known_needs_no_number(visitor: Client, make_service: MakeService) -> None:
    said = card_of(sent(visitor, id=make_service("Lantern room").short_id))
    assert "number" not in said
    assert "on a phone" not in said


def test_from_a_list_there_is_a_way_to_each_service(visitor: Client, make_service: MakeService) -> None:
    services = [make_service(name) for name in ("Alpha", "Bravo")]
    page = sent(visitor, id=[service.short_id for service in services]).content.decode()
    links = {attrs.get("href") for tag, attrs in Tags(page).found if tag == "a"}
    assert {f"/s/{service.short_id}/" for service in services} <= links


def test_hours_that_nobody_told_us_are_not_closed(visitor: Client, make_service: MakeService) -> None:
    said = card_of(sent(visitor, id=make_service("Lantern room").short_id))
    assert "Hours not known" in said
    assert "closed" not in said.lower()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-27T23:30", [("Fri 27 Nov", "21:00–02:00 (next day)"), ("Tue 1 Dec", "21:00–02:00 (next day)")]),
        ("2026-11-28T03:00", [("Tue 1 Dec", "21:00–02:00 (next day)"), ("Fri 4 Dec", "21:00–02:00 (next day)")]),
        ("2026-11-28T01:00", [("Sat 28 Nov", "21:00–02:00 (next day)"), ("Tue 1 Dec", "21:00–02:00 (next day)")]),
    ],
)
def test_the_week_begins_with_the_night_that_is_on(
    moment: str, expected: list[tuple[str, str]], make_service: MakeService
) -> None:
    service = make_service("Night room", hours=[NIGHTS[0] | {"byday": "TU,FR"}])
    place = search.listings_of(service.short_id)[0].shown
    lines = week(Timetable.of_place(place), utc(moment))
    assert [(line.days, line.times) for line in lines][: len(expected)] == expected


def test_a_holiday_on_which_nobody_knows_says_so(make_service: MakeService) -> None:
    service = make_service(
        "Day room", hours=[{**NIGHTS[0], "byday": "FR", "opens_at": "10:00", "closes_at": "12:00"}]
    )
    place = search.listings_of(service.short_id)[0].shown
    lines = week(Timetable.of_place(place), utc("2026-12-24T09:00"))
    assert ("Fri 25 Dec", "we do not know: call first") in [(line.days, line.times) for line in lines]


def test_in_arabic_a_clock_still_reads_from_left_to_right(make_service: MakeService) -> None:
    place = search.listings_of(make_service("Night room", hours=NIGHTS).short_id)[0].shown
    with translation.override("ar"):
        lines = week(Timetable.of_place(place), utc(FRIDAY_NIGHT))
    assert "\u206621:00–02:00\u2069" in lines[0].times


SAID = ["id", "first", "size", "field", "language", "words", "view", "names"]
forms = st.dictionaries(st.sampled_from(SAID), st.lists(st.text(max_size=9), max_size=2), max_size=4)


@given(forms)
def test_whatever_a_form_sends_a_list_is_sealed_and_opened_as_it_was(form: dict[str, list[str]]) -> None:
    asked = Asked.of(form | {"chosen": ["1"]})
    assert Asked.of(unseal(seal(asked.question))) == asked
    assert len(seal(asked.question)) < 700


def test_results_and_services_offer_it(visitor: Client, make_service: MakeService) -> None:
    service = make_service("Lantern room")
    results = visitor.get(visitor.post("/find/", {"near": "Manchester"}).headers["Location"])
    for page in (results, visitor.get(f"/s/{service.short_id}/")):
        boxes = [attrs for tag, attrs in Tags(page.content.decode()).found if attrs.get("form") == "pick"]
        assert any(box.get("value") == service.short_id for box in boxes)


def test_with_nothing_ticked_it_is_the_first_five(visitor: Client, make_service: MakeService) -> None:
    for n in range(7):
        make_service(f"Room {n}", brolly={"discreet_name": f"Room {n}"})
    results = visitor.get(visitor.post("/find/", {"near": "Manchester"}).headers["Location"]).content.decode()
    first = re.search(r'name="first" value="([^"]+)"', results)
    assert first
    assert len(re.findall(r"Room \d", card_of(sent(visitor, first=first[1])))) == 5


def test_no_list_is_in_an_address_that_the_server_saw(visitor: Client, make_service: MakeService) -> None:
    service = make_service("Lantern room")
    answer = visitor.post("/card/", {"id": service.short_id})
    assert service.short_id not in unquote(answer.headers["Location"])
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_title_says_nothing(visitor: Client, make_service: MakeService) -> None:
    page = sent(visitor, id=make_service("Lantern room").short_id).content.decode()
    assert "<title>List</title>" in page
