"""Whether somebody is there now, as the page of a service says it (SAFETY R62)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from locator.hours.public_days import public_days
from locator.rules import fresh_until
from locator.web import times
from tests.conftest import publish
from tests.test_hours import with_hours
from tests.test_web import text

FRIDAY = {"byday": "FR", "opens_at": "21:00", "closes_at": "02:00"}


def page_at(moment: str, *rules: dict[str, Any], zone: str = "Europe/London", path: str = "", **parts: Any) -> str:
    """Return the words of a page at a moment (UTC); of a service checked on 3 November unless said otherwise."""
    checked = {"assured_date": "2026-11-03"} | parts
    document = with_hours(*(rules or (FRIDAY,)), **checked)
    document["brolly"]["assurer"] = "Example group"
    document["brolly"]["locations"][0]["timezone"] = zone
    with time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=UTC), tick=False):
        return text(Client().get(f"{path}/s/{publish(document).short_id}/"))


@pytest.mark.django_db
def test_r62_open_says_until_when() -> None:
    assert "Open now until 02:00." in page_at("2026-11-27T23:30")


@pytest.mark.django_db
def test_r62_closed_says_when_it_opens() -> None:
    assert "Closed now. Opens: Friday 21:00." in page_at("2026-11-25T12:00")


@pytest.mark.django_db
def test_r62_the_next_opening_of_today_is_a_time_alone() -> None:
    assert "Closed now. Opens: 21:00." in page_at("2026-11-27T12:00")


@pytest.mark.django_db
def test_r62_the_clock_is_that_of_the_place() -> None:
    assert "Open now until 02:00." in page_at("2026-11-28T06:30", zone="America/New_York")


@pytest.mark.django_db
def test_r62_hours_checked_long_ago_are_not_called_open() -> None:
    page = page_at("2026-11-27T23:30", assured_date="2026-08-28")  # a drop-in, 91 days ago
    assert "We do not know: these hours were last checked on 28 August 2026." in page
    assert "Open now until" not in page


@pytest.mark.django_db
def test_r62_on_the_last_fresh_day_they_are() -> None:
    assert "Open now until" in page_at("2026-11-27T23:30", assured_date="2026-08-29")


@pytest.mark.django_db
def test_r62_on_a_public_holiday_we_do_not_know() -> None:
    page = page_at("2026-12-25T22:00")
    assert "We do not know: it may be a public holiday there." in page
    assert "Open now until" not in page
    assert "Closed" not in page


@pytest.mark.django_db
def test_r62_a_holiday_on_a_day_nobody_is_there_changes_nothing() -> None:
    monday = {"byday": "MO", "opens_at": "10:00", "closes_at": "12:00"}
    assert "Closed now. Opens: Monday 10:00." in page_at("2026-12-02T12:00", monday)


@pytest.mark.django_db
def test_r62_hours_in_words_alone_are_unknown_on_their_day() -> None:
    page = page_at("2026-11-27T22:00", {"byday": "FR", "description": "after dark"})
    assert "Open now? We do not know: call or write first." in page


@pytest.mark.django_db
def test_r62_around_the_clock_has_no_end() -> None:
    always = {"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "00:00"}
    assert "Open now." in page_at("2026-11-04T12:00", always)


@pytest.mark.django_db
def test_r62_days_are_named_in_the_language_of_the_page() -> None:
    assert "vendredi 21:00" in page_at("2026-11-25T12:00", path="/fr")


def test_r62_an_unlisted_clock_says_nothing() -> None:
    place = {"hours": [FRIDAY], "location": {}, "status": "active"}
    assert times.now(place, datetime(2026, 11, 27, 23, 30, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("types", "last"), [(["drop-in", "legal-advice"], "2026-08-01"), (["legal-advice"], "2026-10-30")]
)
def test_r60_how_long_a_check_is_fresh(types: list[str], last: str) -> None:
    assert str(fresh_until(types, date(2026, 5, 3))) == last


# Typed by hand from https://www.gov.uk/bank-holidays
UNITED_KINGDOM_2026 = (
    "2026-01-01 2026-01-02 2026-03-17 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-07-13 2026-08-03 "
    "2026-08-31 2026-11-30 2026-12-25 2026-12-28"
).split()


@pytest.mark.parametrize("on", UNITED_KINGDOM_2026)
def test_a_bank_holiday_of_any_part_of_the_kingdom_is_one(on: str) -> None:
    assert date.fromisoformat(on) in public_days("GB", 2026)


def test_a_country_nobody_lists_has_none() -> None:
    assert public_days("XX", 2026) == frozenset()
