"""Whether somebody is there now, as the page of a service says it (SAFETY R62)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from locator.hours.opening import Is, Rule
from locator.hours.public_days import Days, public_days
from locator.hours.timetable import Timetable
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
    place = {"hours": [FRIDAY], "times": {}, "location": {}, "status": "active"}
    assert times.now(place, datetime(2026, 11, 27, 23, 30, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("types", "last"), [(["drop-in", "legal-advice"], "2026-08-01"), (["legal-advice"], "2026-10-30")]
)
def test_r60_how_long_a_check_is_fresh(types: list[str], last: str) -> None:
    assert str(fresh_until(types, date(2026, 5, 3))) == last


# Typed by hand from https://www.gov.uk/bank-holidays (England and Wales; Scotland; Northern Ireland).
EVERYWHERE = "2026-01-01 2026-04-03 2026-05-04 2026-05-25 2026-12-25 2026-12-28 "
EVERYWHERE += "2027-01-01 2027-03-26 2027-05-03 2027-05-31 2027-12-27 2027-12-28"
BANK_HOLIDAYS = {
    "GB-ENG": f"{EVERYWHERE} 2026-04-06 2026-08-31 2027-03-29 2027-08-30",
    "GB-WLS": f"{EVERYWHERE} 2026-04-06 2026-08-31 2027-03-29 2027-08-30",
    "GB-SCT": f"{EVERYWHERE} 2026-01-02 2026-06-15 2026-08-03 2026-11-30 2027-01-04 2027-08-02 2027-11-30",
    "GB-NIR": f"{EVERYWHERE} 2026-03-17 2026-04-06 2026-07-13 2026-08-31 "
    "2027-03-17 2027-03-29 2027-07-12 2027-08-30",
}
ALL_DAYS = {"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "10:00", "closes_at": "17:00"}
# Saturdays and Sundays whose holiday is on a weekday instead.
REPLACED = ["2026-12-26", "2027-12-25", "2027-12-26"]


def on_holidays(region: str, **said: str) -> Timetable:
    """Return the timetable of a room that is there every day from 10 to 17, and what it said of holidays."""
    times = {"on_public_holidays": "closed", "holiday_region": region} | said
    return Timetable((Rule.read(ALL_DAYS),), times, ZoneInfo("Europe/London"), "GB")


def noon(on: str) -> datetime:
    return datetime.fromisoformat(f"{on}T12:00").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("region", "on"), [(region, on) for region, days in BANK_HOLIDAYS.items() for on in days.split()]
)
def test_every_bank_holiday_closes_who_is_closed_on_them(region: str, on: str) -> None:
    assert on_holidays(region).state(noon(on)).what == Is.CLOSED


@pytest.mark.parametrize("region", BANK_HOLIDAYS)
def test_no_other_day_of_two_years_does(region: str) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(730)]
    shut = {str(on) for on in days if on_holidays(region).state(noon(str(on))).what == Is.CLOSED}
    assert shut == set(BANK_HOLIDAYS[region].split())


@pytest.mark.parametrize("on", REPLACED)
def test_on_the_weekend_of_a_holiday_that_was_moved_we_do_not_know(on: str) -> None:
    assert on_holidays("GB-ENG").state(noon(on)).what == Is.UNKNOWN


def test_a_holiday_of_one_part_alone_is_unknown_when_nobody_said_which_part() -> None:
    assert on_holidays("").state(noon("2026-11-30")).what == Is.UNKNOWN  # Saint Andrew's Day
    assert on_holidays("").state(noon("2026-12-28")).what == Is.CLOSED  # in every part


def test_other_hours_on_holidays_take_the_place_of_the_rules() -> None:
    said = {"on_public_holidays": "hours", "holiday_opens_at": "18:00:00", "holiday_closes_at": "20:00:00"}
    room = on_holidays("GB-ENG", **said)
    assert room.state(noon("2026-12-25")).what == Is.CLOSED
    assert room.state(datetime(2026, 12, 25, 19, tzinfo=UTC)).what == Is.OPEN


def test_open_on_holidays_is_open() -> None:
    assert on_holidays("GB-ENG", on_public_holidays="open").state(noon("2026-12-25")).what == Is.OPEN


def test_a_line_around_the_clock_is_open_on_holidays_though_nobody_said_so() -> None:
    always = Rule.read(ALL_DAYS | {"opens_at": "00:00", "closes_at": "00:00"})
    line = Timetable((always,), {}, ZoneInfo("Europe/London"), "GB")
    assert line.state(noon("2026-12-25")).what == Is.OPEN


def test_a_country_nobody_lists_has_none() -> None:
    assert public_days("XX", 2026) == Days(frozenset(), frozenset())
