"""Opening times as the world writes them: read exactly, or said exactly why not."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from locator import moderation
from locator.exchange.hours_text import read
from locator.hours.osm import osm
from tests.conftest import MakeService

ALL = "MO,TU,WE,TH,FR,SA,SU"


def told(text: str) -> list[str]:
    """Return what was read, each rule in one line."""
    found = read(text)
    assert found.unread == []
    return [f"{r['freq'][0]} {r['byday']} {r['opens_at'][:5]}-{r['closes_at'][:5]}" for r in found.rules]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("Mo-Fr 9am–5pm", ["W MO,TU,WE,TH,FR 09:00-17:00"]),
        ("Friday, Saturday 21:30-02:00", ["W FR,SA 21:30-02:00"]),
        ("Fri to Mon 8 p.m. – 2 a.m.", ["W FR,SA,SU,MO 20:00-02:00"]),
        ("24/7", [f"W {ALL} 00:00-00:00"]),
        ("daily noon-midnight", [f"W {ALL} 12:00-00:00"]),
        ("1st Tues 13:00-17:00", ["M 1TU 13:00-17:00"]),
        ("First and third Tuesday: 1pm to 5pm", ["M 1TU,3TU 13:00-17:00"]),
        ("last Friday of the month 6pm-8pm", ["M -1FR 18:00-20:00"]),
        ("Tu[1,3] 13:00-17:00", ["M 1TU,3TU 13:00-17:00"]),
        ("FREQ=MONTHLY;BYDAY=-1FR 18:00-20:00", ["M -1FR 18:00-20:00"]),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO,WE 09:00-12:00", ["W MO,WE 09:00-12:00"]),
        ("Sa 10:00-12:00, 14:00-16:00", ["W SA 10:00-12:00", "W SA 14:00-16:00"]),
        ("Mon 9:00-17:00", ["W MO 09:00-17:00"]),
        ("Mo-Fr 09:00-17:00, Sa 10:00-12:00", ["W MO,TU,WE,TH,FR 09:00-17:00", "W SA 10:00-12:00"]),
        ("Mon 10am-1pm\nWed 6pm-9pm", ["W MO 10:00-13:00", "W WE 18:00-21:00"]),
        ("Mon-Fri 00:00-24:00", ["W MO,TU,WE,TH,FR 00:00-00:00"]),
    ],
)
def test_what_people_write_is_read(text: str, rules: list[str]) -> None:
    assert told(text) == rules


def test_every_second_week_is_counted_from_a_date() -> None:
    (rule,) = read("Every 2 weeks from 2026-11-03 Tues 1pm-4pm").rules
    assert (rule["interval"], rule["dtstart"], rule["byday"]) == (2, "2026-11-03", "TU")


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("PH off", {"on_public_holidays": "closed"}),
        ("Bank holidays: closed", {"on_public_holidays": "closed"}),
        (
            "on public holidays 10:00-12:00",
            {"on_public_holidays": "hours", "holiday_opens_at": "10:00:00", "holiday_closes_at": "12:00:00"},
        ),
        ("By appointment only", {"access": "appointment"}),
        ("call first", {"access": "call_first"}),
    ],
)
def test_what_holds_for_all_hours_is_read(text: str, times: dict[str, str]) -> None:
    assert (read(text).times, read(text).unread) == (times, [])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("9-5", "say am or pm"),
        ("Mon-Fri 9:30-5:00", "is 9:30 morning or evening?"),
        ("weekdays 10am-4", "there are no times"),
        ("Mon 9am-5:00", "say am or pm of 5:00 too"),
        ("Tue 25:00-26:00", "25:00 is no time"),
        ("Montag 10:00-12:00", "“montag” is no day we know"),
        ("every other week Tues 1pm-3pm", "needs a first date"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU 13:00-15:00", "needs a first date"),
        ("FREQ=DAILY;COUNT=3 13:00-15:00", "only FREQ=WEEKLY or MONTHLY"),
        ("FREQ=WEEKLY;BYDAY=XX 13:00-15:00", "BYDAY is MO,WE"),
        ("FREQ=WEEKLY;BYDAY=1TU 13:00-15:00", "BYDAY is MO,WE"),
        ("FREQ=MONTHLY;BYDAY=TU,1SA 13:00-15:00", "BYDAY is MO,WE"),
        ("Mo-Fr 09:00-17:00; We 10:00-12:00", "WE is there twice"),
        ("Mo,We[2] 10:00-12:00", "cannot be in one line"),
        ("Mon 10am-noon except in August", "“except in august” is not understood"),
        ("around lunch", "there are no times"),
        ("Tu[1-3] 10:00-12:00", "is no day we know"),
        ("second last Tuesday 10:00-12:00", "write it as Tu[-2]"),
        ("PH 10:00-12:00, 14:00-16:00", "one span of hours"),
        ("PH closed; PH open", "there twice"),
        ("Mon 13:00-5:00", "is 13:00 morning or evening?"),
        ("Mon 09:00-05:00", "more than 18 hours"),
        ("Fr 24:00-02:00", "24:00 is an end"),
        ("every 2 weeks from 2026-11-03 Tues 1pm-4pm, Thurs 1pm-4pm", "is not understood"),
        ("13th Tues 10:00-12:00", "“13th” is no day we know"),
    ],
)
def test_what_could_be_two_things_is_not_read(text: str, why: str) -> None:
    (said,) = read(text).unread
    assert why in said


@given(st.text(max_size=60))
def test_whatever_is_written_is_read_or_named(text: str) -> None:
    found = read(text)
    if any(letter.isalnum() for letter in text):
        assert found.rules or found.times or found.unread


CODES = ALL.split(",")
clocks = st.tuples(st.integers(0, 23), st.sampled_from([0, 15, 30])).map(lambda at: f"{at[0]:02}:{at[1]:02}:00")


@given(
    st.lists(st.sampled_from(CODES), min_size=1, unique=True),
    clocks,
    clocks,
    st.sampled_from(["", "closed", "open"]),
)
def test_what_is_written_for_openstreetmap_is_read_back(days: list[str], a: str, b: str, policy: str) -> None:
    rule = {"freq": "WEEKLY", "byday": ",".join(sorted(days, key=CODES.index)), "opens_at": a, "closes_at": b}
    if a == b and a != "00:00:00":
        return  # 09:00-33:00: nobody writes so
    times = {"on_public_holidays": policy} if policy else {}
    text = osm([rule], times).replace("; PH unknown", "")
    found = read(text)
    if not text:
        assert b < a
        assert policy == "closed"  # it cannot say that of a night
    elif found.unread:
        assert "more than 18 hours" in found.unread[0]  # so long a shift has to be meant
    else:
        assert found.rules == [rule]


# HSDS schedules

WEDNESDAY = {"id": "x", "freq": "WEEKLY", "byday": "WE", "opens_at": "10:00", "closes_at": "12:00"}


def test_hsds_schedules_are_read() -> None:
    monthly = {
        **WEDNESDAY,
        "freq": "MONTHLY",
        "byday": "1TU,-1FR",
        "wkst": "MO",
        "until": "2027-05-03",
        "notes": "x",
    }
    found = read(json.dumps([WEDNESDAY, monthly]))
    assert found.unread == []
    assert found.rules[0] == {"freq": "WEEKLY", "byday": "WE", "opens_at": "10:00:00", "closes_at": "12:00:00"}
    assert (found.rules[1]["byday"], found.rules[1]["valid_to"]) == ("1TU,-1FR", "2027-05-03")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"opens_at": "10:00Z"}, "opens_at: Write the time on the clock of the place"),
        ({"timezone": 3}, "timezone: This cannot be said by a rule here."),
        ({"count": 3}, "count: This cannot be said by a rule here."),
        ({"bymonthday": "2,3"}, "bymonthday: This cannot be said by a rule here."),
        ({"wkst": "SU"}, "wkst: This cannot be said by a rule here."),
        ({"interval": 2}, "needs a first date to count from"),
        ({"byday": "1WE"}, "freq has to be MONTHLY"),
        ({"closes_at": ""}, "Give both times"),
    ],
)
def test_what_a_schedule_says_beyond_our_rules_is_named(said: dict[str, Any], why: str) -> None:
    found = read(json.dumps([WEDNESDAY, WEDNESDAY | said]))
    assert len(found.rules) == 1
    assert found.unread[0].startswith("schedule 2: ")
    assert why in found.unread[0]


@pytest.mark.parametrize("text", ["[1]", "[", "[[[[", '["Mo-Fr"]'])
def test_what_is_no_list_of_schedules_is_said(text: str) -> None:
    assert read(text).unread == ["This is no list of schedules in JSON."]


def test_a_schedule_with_every_field_names_each_that_a_rule_cannot_say() -> None:
    beyond = {"timezone": 3, "count": 3, "byweekno": "41", "bymonthday": "2", "byyearday": "2", "wkst": "TU"}
    found = read(
        json.dumps([WEDNESDAY | beyond | {"until": "2027-05-03", "schedule_link": "https://example.com"}])
    )
    assert found.rules == []
    assert all(f"{name}: This cannot be said" in found.unread[0] for name in beyond)
    assert "until" not in found.unread[0]


# By command


def corrected(service: Any, *options: str) -> str:
    out = StringIO()
    call_command("correct", service.short_id, "--by", "Olu", *options, stdout=out)
    return out.getvalue()


def test_an_operator_writes_hours_as_they_were_told(make_service: MakeService) -> None:
    service = make_service("Tuesday room", at=["manchester", "salford"])
    corrected(
        service, "--hours", "Tue 1pm-5pm; bank holidays closed", "--closed", "2026-12-22..2026-12-29=the holidays"
    )
    document = moderation.current(service.id)
    rules = [row["schedules"][0]["byday"] for row in document["service_at_locations"]]
    times = document["brolly"]["times"]
    assert rules == ["TU", "TU"]
    assert {row["on_public_holidays"] for row in times} == {"closed"}
    assert [row["dated"][0]["last"] for row in times] == ["2026-12-29", "2026-12-29"]


def test_new_hours_take_the_place_of_old_ones(make_service: MakeService) -> None:
    service = make_service("Tuesday room")
    corrected(service, "--hours", "by appointment", "--closed", "2026-12-24")
    corrected(service, "--hours", "Tue 1pm-5pm")
    (times,) = moderation.current(service.id)["brolly"]["times"]
    assert "access" not in times
    assert len(times["dated"]) == 1


@pytest.mark.parametrize(
    "options", [["--hours", "Tue 1-5"], ["--hours", " "], ["--closed", "2026-12-29..2026-12-22"]]
)
def test_hours_that_cannot_be_read_change_nothing(make_service: MakeService, options: list[str]) -> None:
    service = make_service("Tuesday room")
    before = moderation.current(service.id)
    with pytest.raises((CommandError, SystemExit)):
        corrected(service, *options)
    assert moderation.current(service.id) == before


def test_a_service_with_a_door_may_have_hours_of_its_lines(make_service: MakeService) -> None:
    service = make_service("Tuesday room", phone="0808 157 0000")
    corrected(service, "--hours", "daily 8pm-2am", "--of-lines")
    document = moderation.current(service.id)
    assert "schedules" not in document["service_at_locations"][0]
    assert document["phones"][0]["schedules"][0]["opens_at"] == "20:00:00"


def test_a_closure_can_be_taken_away(make_service: MakeService) -> None:
    service = make_service("Tuesday room")
    corrected(service, "--closed", "2026-12-24")
    corrected(service, "--reopen")
    assert "times" not in moderation.current(service.id)["brolly"]


def test_a_service_without_a_door_has_the_hours_of_its_lines(make_service: MakeService) -> None:
    service = make_service("Night line", serves=["country:GB"], phone="0808 157 0000")
    corrected(service, "--hours", "daily 8pm-2am")
    assert moderation.current(service.id)["phones"][0]["schedules"][0]["opens_at"] == "20:00:00"
