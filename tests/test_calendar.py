"""Opening times for other programs: a calendar under a discreet name, and OpenStreetMap's text."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import opening_hours
import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from locator.hours.opening import Opening, Rule
from locator.hours.osm import osm
from locator.hsds.reading import service_document
from tests.conftest import publish, utc
from tests.test_open import DAY, NIGHT, closed, room

NOW = "2026-11-27T12:00"


@pytest.fixture
def at_noon(db: None) -> Any:
    with time_machine.travel(utc(NOW), tick=False):
        yield


def calendar_of(*rules: dict[str, Any], **parts: Any) -> Calendar:
    answer = Client().get(f"/s/{room('Room', *rules, **parts).short_id}/times.ics")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="times.ics"'
    return Calendar.from_ical(answer.content)


def events(calendar: Calendar) -> list[Any]:
    return list(calendar.walk("VEVENT"))


@pytest.mark.usefixtures("at_noon")
def test_a_night_is_one_event_on_the_clock_of_the_place() -> None:
    calendar = calendar_of(NIGHT, times={"on_public_holidays": "open"})
    (event,) = events(calendar)
    assert str(event.decoded("dtstart")) == "2026-11-27 21:00:00+00:00"
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(hours=5)
    assert event["rrule"]["BYDAY"] == ["FR"]
    assert event["rrule"].to_ical().decode().split("UNTIL=")[1][:16] == "20271126T235959Z"
    assert [zone["tzid"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/London"]


@pytest.mark.usefixtures("at_noon")
def test_it_has_the_discreet_name_and_nothing_that_says_more() -> None:
    parts = {"brolly": {"discreet_name": "Book group"}, "description": "For sex workers"}
    (event,) = events(calendar_of(NIGHT, times={"on_public_holidays": "open"}, **parts))
    assert event["summary"] == "Book group"
    assert {"LOCATION", "DESCRIPTION", "URL", "GEO"} & set(event) == set()


@pytest.mark.usefixtures("at_noon")
def test_without_a_discreet_name_it_says_nothing_of_the_service() -> None:
    (event,) = events(calendar_of(NIGHT, times={"on_public_holidays": "open"}))
    assert event["summary"] == "Meeting"


@pytest.mark.usefixtures("at_noon")
def test_closed_dates_are_left_out_and_dates_with_other_times_are_there() -> None:
    dated = [closed("2026-12-04", "2026-12-04"), closed("2026-12-05", "2026-12-05") | SHORT]
    found = events(calendar_of(NIGHT, times={"on_public_holidays": "open", "dated": dated}))
    assert str(found[0]["exdate"].dts[0].dt.date()) == "2026-12-04"
    assert [str(event.decoded("dtstart").date()) for event in found] == ["2026-11-27", "2026-12-05"]


SHORT = {"opens_at": "10:00:00", "closes_at": "12:00:00"}


@pytest.mark.usefixtures("at_noon")
def test_what_may_be_a_public_holiday_is_tentative_and_says_to_ask() -> None:
    found = events(calendar_of(NIGHT))
    perhaps = [event for event in found if event.get("status") == "TENTATIVE"]
    assert str(perhaps[0].decoded("dtstart").date()) == "2026-12-25"
    assert perhaps[0]["summary"] == "Meeting (ask first)"
    assert date(2026, 12, 25) in {row.dt.date() for left_out in found[0]["exdate"] for row in left_out.dts}


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize(
    ("rules", "parts"),
    [
        ([], {}),
        ([{"byday": "FR", "description": "after dark"}], {}),
        ([NIGHT], {"times": {"access": "appointment"}}),
        ([NIGHT], {"assured_date": "2026-01-03"}),
        ([NIGHT], {"status": "inactive"}),
    ],
    ids=["no hours", "in words", "by appointment", "checked long ago", "in the past"],
)
def test_there_is_no_calendar_of_what_is_not_known(rules: list[dict[str, Any]], parts: dict[str, Any]) -> None:
    status = parts.pop("status", None)
    service = room("Room", *rules, **parts) if not status else _past(rules)
    assert Client().get(f"/s/{service.short_id}/times.ics").status_code == 404
    assert "times.ics" not in Client().get(f"/s/{service.short_id}/").content.decode()


def _past(rules: list[dict[str, Any]]) -> Any:
    """List a room that was offered once, with the same hours."""
    document = service_document(room("Room", *rules))
    return publish({**document, "status": "inactive"})


# OpenStreetMap


@pytest.mark.parametrize(
    ("rules", "times", "text"),
    [
        ([DAY], {"on_public_holidays": "closed"}, "Mo,Tu,We,Th,Fr 10:00-17:00; PH off"),
        ([NIGHT], {}, "Fr 21:00-02:00; PH unknown"),
        ([NIGHT], {"on_public_holidays": "closed"}, ""),  # it would leave two hours after midnight
        (
            [DAY],
            {
                "on_public_holidays": "open",
                "dated": [
                    {"first": "2026-12-24", "last": "2026-12-24", "opens_at": "09:00:00", "closes_at": "10:00:00"},
                    {"first": "2026-12-24", "last": "2026-12-24", "opens_at": "11:00:00", "closes_at": "12:00:00"},
                ],
            },
            "Mo,Tu,We,Th,Fr 10:00-17:00; 2026 Dec 24 09:00-10:00,11:00-12:00",
        ),
        ([{**DAY, "byday": "1TU,-1FR"}], {"on_public_holidays": "open"}, "Tu[1],Fr[-1] 10:00-17:00"),
        ([{"byday": "WE", "description": "after dark"}], {}, 'We unknown "after dark"; PH unknown'),
        ([{**DAY, "byday": "MO", "interval": 2, "dtstart": "2026-11-02"}], {}, ""),
        ([], {}, ""),
        ([DAY], {"access": "appointment"}, '"by appointment"'),
        (
            [{**DAY, "byday": "MO", "valid_from": "2026-11-01", "valid_to": "2027-02-28"}],
            {"on_public_holidays": "open", "dated": [{"first": "2026-12-24", "last": "2026-12-26"}]},
            "2026 Nov 01-2027 Feb 28 Mo 10:00-17:00; 2026 Dec 24-2026 Dec 26 off",
        ),
    ],
)
def test_openstreetmaps_text(rules: list[dict[str, Any]], times: dict[str, Any], text: str) -> None:
    assert osm(rules, times) == text
    if text:
        opening_hours.OpeningHours(text)  # it can be read


CODES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
clocks = st.integers(0, 47).map(lambda half: f"{half // 2:02}:{half % 2 * 30:02}:00")
weeks = st.lists(
    st.tuples(st.lists(st.sampled_from(CODES), min_size=1, unique=True), clocks, clocks), min_size=1, max_size=3
)


@given(weeks)
def test_openstreetmaps_readers_see_what_we_see(week: list[tuple[list[str], str, str]]) -> None:
    rules = [
        {"freq": "WEEKLY", "byday": ",".join(days), "opens_at": opens, "closes_at": closes}
        for days, opens, closes in week
        if opens != closes or opens == "00:00:00"
    ]
    text = osm(rules, {"on_public_holidays": "open"})
    if not text:
        return
    theirs = opening_hours.OpeningHours(text)
    ours = Opening(ZoneInfo("UTC"), tuple(Rule.read(rule) for rule in rules))
    start = datetime(2026, 11, 25, tzinfo=UTC)
    spans = ours.intervals(date(2026, 11, 20), date(2026, 12, 5))
    for quarter in range(0, 7 * 96, 3):
        at = start + timedelta(minutes=15 * quarter + 7)
        open_here = any(begins <= at < ends for begins, ends in spans)
        assert theirs.is_open(at.replace(tzinfo=None)) == open_here, (text, at)


def test_midnight_is_24() -> None:
    assert osm([{**DAY, "byday": "MO", "closes_at": "00:00"}], {"on_public_holidays": "open"}) == "Mo 10:00-24:00"
