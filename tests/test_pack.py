"""An area as a file to take along: read without a connection, and telling nothing by its name."""

import re
from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from locator.hours.timetable import Timetable
from locator.hours.week import coming_week
from locator.web.plain import COLUMNS, LEFT_TO_RIGHT, width, wrapped
from tests.conftest import FRIDAY_NIGHT, MakeService, a_document, an_id, publish, utc
from tests.deny_list import denied_in
from tests.test_web import R33, Tags, text

PAGE, TEXT = "/in/manchester-gb/notes.html", "/in/manchester-gb/notes.txt"
FRESH: dict[str, Any] = {"assured_date": "2026-11-20", "brolly": {"assurer": "Example group"}}
TUESDAYS = [{"freq": "WEEKLY", "byday": "TU,TH", "opens_at": "13:00", "closes_at": "17:00"}]
NIGHTS = [{"freq": "WEEKLY", "byday": "FR", "opens_at": "22:00", "closes_at": "06:00"}]


@pytest.fixture
def a_room(make_service: MakeService, friday_night: None) -> None:
    make_service("Tuesday room", hours=TUESDAYS, phone="0161 496 0000", yes=["id_free"], **FRESH)


def lines_of(response: Any) -> list[str]:
    return response.content.decode().splitlines()  # type: ignore[no-any-return]


# The file


@pytest.mark.parametrize(("path", "name"), [(PAGE, "notes-2026-11-27.html"), (TEXT, "notes-2026-11-27.txt")])
def test_it_is_a_file_whose_name_tells_a_day_and_nothing_else(
    a_room: None, visitor: Client, path: str, name: str
) -> None:
    response = visitor.get(path)
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert denied_in(name + path) == []


@pytest.mark.parametrize("path", [PAGE, TEXT])
def test_its_answer_keeps_to_what_every_page_does(a_room: None, visitor: Client, path: str) -> None:
    response = visitor.get(path)
    assert {name: response.headers[name] for name in R33} == R33
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"
    assert not response.cookies


@pytest.mark.parametrize("path", [PAGE, TEXT])
def test_a_program_is_told_that_nothing_changed(a_room: None, visitor: Client, path: str) -> None:
    tag = visitor.get(path).headers["ETag"]
    assert visitor.get(path, headers={"if-none-match": tag}).status_code == 304


def test_another_day_is_another_file(a_room: None, visitor: Client) -> None:
    tag = visitor.get(PAGE).headers["ETag"]
    with time_machine.travel(utc("2026-11-29T12:00"), tick=False):
        assert visitor.get(PAGE, headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("path", [PAGE, TEXT])
def test_it_takes_the_same_few_queries_for_one_room_and_for_many(
    make_service: MakeService, friday_night: None, visitor: Client, django_assert_num_queries: Any, path: str
) -> None:
    for number in range(12):
        make_service(f"Room {number}", hours=TUESDAYS, phone="0161 496 0000", **FRESH)
    with django_assert_num_queries(4):  # the area, the rows near it, what they show, notices
        visitor.get(path)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/in/atlantis-gb/notes.html", "/in/atlantis-gb/notes.txt"])
def test_an_area_nobody_knows_is_no_file(visitor: Client, path: str) -> None:
    assert visitor.get(path).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", [PAGE, TEXT])
def test_r8_it_takes_no_word_in_its_address(visitor: Client, path: str) -> None:
    assert visitor.get(f"{path}?q=room").status_code == 400


def test_the_areas_page_says_what_stays_on_the_phone(a_room: None, visitor: Client) -> None:
    page = visitor.get("/in/manchester-gb/")
    assert f'href="{PAGE}"' in page.content.decode()
    assert "It stays among the downloads until you delete it" in text(page)


def test_the_results_of_a_search_offer_no_file(a_room: None, visitor: Client) -> None:
    sent = visitor.post("/find/", {"near": "Manchester"})
    assert "notes.html" not in visitor.get(sent.headers["Location"]).content.decode()


# The page


def test_it_loads_nothing_and_its_own_policy_sees_to_it(a_room: None, visitor: Client) -> None:
    body = visitor.get(PAGE).content.decode()
    tags = Tags(body).found
    assert not [tag for tag, _attrs in tags if tag in {"script", "link", "img", "iframe", "form", "object"}]
    policy = next(str(attrs["content"]) for _tag, attrs in tags if attrs.get("http-equiv"))
    style = re.search(r"<style>(.*?)</style>", body, re.DOTALL)
    assert style
    assert f"style-src 'sha256-{b64encode(sha256(style[1].encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert body.index("http-equiv") < body.index("<style>")


def test_its_title_tells_the_day_alone(a_room: None, visitor: Client) -> None:
    assert "<title>Notes, 27 November 2026</title>" in visitor.get(PAGE).content.decode()


def test_it_says_of_which_day_it_is_and_how_to_get_it_anew(a_room: None, visitor: Client) -> None:
    page = visitor.get(PAGE)
    assert "Made on 27 November 2026. Times are those until 3 December 2026." in text(page)
    assert '<a href="http://testserver/in/manchester-gb/" rel="noreferrer">' in page.content.decode()


def test_it_says_where_when_how_and_what_we_do_not_know(a_room: None, visitor: Client) -> None:
    page = visitor.get(PAGE)
    for words in [
        "Tuesday room", "1 Example Street, Manchester", "Tuesday, Thursday: 13:00–17:00",
        "they do not ask for ID", "We do not know: Is it free?", "Checked on 20 November 2026 by Example group.",
    ]:  # fmt: skip
        assert words in text(page)
    assert 'href="tel:+441614960000"' in page.content.decode()


def test_what_nobody_confirmed_lately_is_as_it_was_told(friday_night: None, visitor: Client) -> None:
    old = {"assured_date": "2026-05-03", "brolly": {"assurer": "Example group"}}
    document = a_document("Friday room", hours=NIGHTS, **old)
    closed = {"id": an_id("closed"), "first": "2026-11-27", "last": "2026-11-27"}
    document["brolly"]["times"] = [{"id": document["service_at_locations"][0]["id"], "dated": [closed]}]
    publish(document)
    page = text(visitor.get(PAGE))
    assert "Not confirmed since 3 May 2026. Call or write before you go." in page
    assert "Friday: 22:00–06:00 (next day) 27 November 2026: closed" in page  # as told, not as if it held


def test_a_place_that_shows_only_its_area_has_no_address(
    make_service: MakeService, friday_night: None, visitor: Client
) -> None:
    make_service("Quiet flat", areas=["manchester"], phone="0161 496 0000")
    assert "Manchester (address given when you get in touch)" in text(visitor.get(PAGE))


def test_arabic_runs_right_to_left_and_numbers_do_not(a_room: None, visitor: Client) -> None:
    body = visitor.get(f"/ar{PAGE}").content.decode()
    assert '<html lang="ar" dir="rtl">' in body
    assert '<bdi dir="ltr">0161 496 0000</bdi>' in body


def test_safety_is_in_english_too_where_nobody_has_read_the_translation(a_room: None, visitor: Client) -> None:
    assert "EN" not in text(visitor.get(PAGE))
    assert '<span class="english" lang="en" dir="ltr">they do not ask for ID</span>' in (
        visitor.get(f"/ro{PAGE}").content.decode()
    )


def test_who_can_only_be_called_is_in_it_when_places_fill_it(
    make_service: MakeService, friday_night: None, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("locator.web.pack.LARGEST_PAGE", 1)
    make_service("Tuesday room")
    make_service("Wednesday room")
    make_service("Night line", serves=["country:GB"], types=["helpline"], phone="0808 157 0000")
    page = text(visitor.get(PAGE))
    assert "1 more is on the site." in page
    assert "Night line" in page


# The text


def test_the_text_reads_well(a_room: None, visitor: Client) -> None:
    assert lines_of(visitor.get(TEXT))[4:11] == [
        "== Places to go to ==",
        "",
        "Tuesday room (Drop-in)",
        "  1 Example Street, Manchester",
        "  Tue, Thu: 13:00–17:00",
        "  0161 496 0000",
        "  No ID asked. Cost: we do not know. English. Checked: 20 November 2026.",
    ]


def test_twenty_listings_are_5_kb_of_lines_that_fit(
    make_service: MakeService, friday_night: None, visitor: Client
) -> None:
    for number in range(20):
        many = {"languages": ["en", "ro", "pl"], "yes": ["id_free", "free"], "phone": "0161 496 0000"}
        make_service(f"The room of long names, number {number}", hours=TUESDAYS, **many, **FRESH)
    for language in ("", "/ar", "/th", "/zh-hans", "/ru"):
        response = visitor.get(f"{language}{TEXT}")
        assert max(width(line) for line in lines_of(response) if "://" not in line) <= COLUMNS
        assert len(response.content) <= (8000 if language else 5000)  # other scripts take two or three bytes


def test_a_number_stays_in_order_among_arabic_words(a_room: None, visitor: Client) -> None:
    assert f"{LEFT_TO_RIGHT}0161 496 0000" in visitor.get(f"/ar{TEXT}").content.decode()
    assert LEFT_TO_RIGHT not in visitor.get(TEXT).content.decode()


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200))
def test_wrapping_loses_no_letter_and_no_line_is_too_wide(line: str) -> None:
    parts = wrapped(line)
    assert "".join("".join(parts).split()) == "".join(line.split())
    assert all(width(part) <= COLUMNS for part in parts if "://" not in line)


def test_an_address_is_never_cut() -> None:
    link = f"https://example.org/{'x' * 100}"
    assert link in wrapped(f"  Get it anew: {link}")[1]


# The week


def week(rules: list[dict[str, str]], at: str = FRIDAY_NIGHT, **times: Any) -> list[str]:
    location = {"timezone": "Europe/London", "country": "GB", "address_visibility": "public"}
    timetable = Timetable.of_place({"location": location, "hours": rules, "times": times})
    assert timetable
    return coming_week(timetable, utc(at))


def test_a_week_says_days_of_the_same_times_once() -> None:
    assert week(TUESDAYS) == ["Tuesday, Thursday: 13:00–17:00"]


def test_a_night_belongs_to_the_day_it_begins_on() -> None:
    assert week(NIGHTS) == ["Friday: 22:00–06:00 (next day)"]


def test_every_day_is_said_in_two_words() -> None:
    daily = [{"freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "00:00"}]
    assert week(daily) == ["Every day: day and night"]


def test_a_closed_day_is_left_out() -> None:
    closed = {"first": "2026-12-01", "last": "2026-12-01"}
    assert week(TUESDAYS, dated=[closed]) == ["Thursday: 13:00–17:00"]


def test_a_public_holiday_nobody_told_us_about_is_not_known() -> None:
    fridays = [{"freq": "WEEKLY", "byday": "FR", "opens_at": "10:00", "closes_at": "12:00"}]
    assert week(fridays, at="2026-12-21T09:00") == ["Friday: we do not know"]  # Christmas Day


def test_today_is_today_on_the_clock_there() -> None:
    assert week(NIGHTS, at="2026-11-28T00:30") == ["Friday: 22:00–06:00 (next day)"]
    assert datetime(2026, 11, 28).weekday() == 5  # noqa: DTZ001  (Saturday: the next Friday is meant)
