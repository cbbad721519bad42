"""Opening times in words: what a rule says, no more; and hours that nobody told us are never "closed"."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.exceptions import ValidationError

from locator.hours import day, words
from locator.hsds.shape import clean_service
from tests.conftest import a_document, an_id, publish
from tests.test_web import text

RULES: list[tuple[dict[str, Any], str]] = [
    ({"byday": "TU", "opens_at": "13:00:00", "closes_at": "17:00:00"}, "Tuesday: 13:00–17:00"),
    ({"byday": "TU,TH", "opens_at": "13:00", "closes_at": "17:30"}, "Tuesday, Thursday: 13:00–17:30"),
    (
        {"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "09:00", "closes_at": "10:00"},
        "Every day: 09:00–10:00",
    ),
    ({"byday": "FR", "opens_at": "21:00", "closes_at": "02:00"}, "Friday: 21:00–02:00 (next day)"),
    ({"byday": "FR", "opens_at": "20:00", "closes_at": "00:00"}, "Friday: 20:00–00:00 (next day)"),
    ({"byday": "FR", "opens_at": "09:00", "closes_at": "09:00"}, "Friday: 09:00–09:00 (next day)"),
    ({"byday": "1TU", "opens_at": "13:00", "closes_at": "17:00"}, "First Tuesday: 13:00–17:00"),
    (
        {"byday": "1TU,3TU", "opens_at": "13:00", "closes_at": "17:00"},
        "First and third Tuesday: 13:00–17:00",
    ),
    ({"byday": "4SA,2SA", "opens_at": "13:00", "closes_at": "17:00"}, "Second and fourth Saturday: 13:00–17:00"),
    (
        {"byday": "1TU,3WE", "opens_at": "13:00", "closes_at": "17:00"},
        "First Tuesday, third Wednesday: 13:00–17:00",
    ),
    ({"byday": "5SU", "opens_at": "13:00", "closes_at": "17:00"}, "Fifth Sunday: 13:00–17:00"),
    ({"byday": "-1SU", "opens_at": "13:00", "closes_at": "17:00"}, "Last Sunday: 13:00–17:00"),
    (
        {"byday": "WE", "interval": 2, "opens_at": "13:00", "closes_at": "17:00"},
        "Wednesday, every 2 weeks: 13:00–17:00",
    ),
    ({"byday": "WE", "interval": 1, "opens_at": "13:00", "closes_at": "17:00"}, "Wednesday: 13:00–17:00"),
    (
        {"byday": "WE", "opens_at": "13:00", "closes_at": "17:00", "description": "ring twice"},
        "Wednesday: 13:00–17:00 (ring twice)",
    ),
    ({"byday": "WE", "description": "after dark"}, "Wednesday: after dark"),
    (
        {"byday": "-2TU", "freq": "MONTHLY", "opens_at": "13:00", "closes_at": "17:00"},
        "Second last Tuesday: 13:00–17:00",
    ),
    (
        {"byday": "1TU", "freq": "MONTHLY", "interval": 2, "opens_at": "13:00", "closes_at": "17:00"},
        "First Tuesday, every 2 months: 13:00–17:00",
    ),
    (
        {"byday": "WE", "valid_from": "2026-11-01", "valid_to": "2027-02-28", "description": "cold nights"},
        "Wednesday from 1 November 2026 until 28 February 2027: cold nights",
    ),
    ({"byday": "WE"}, "Wednesday"),
]


@pytest.mark.parametrize(("rule", "said"), RULES, ids=[said for _rule, said in RULES])
def test_a_rule_in_words(rule: dict[str, Any], said: str) -> None:
    assert words(rule) == said


@pytest.mark.parametrize(
    ("iso", "said"),
    [("2026-05-03", "3 May 2026"), ("2024-02-29", "29 February 2024"), ("2026-12-31", "31 December 2026")],
)
def test_a_day_in_words(iso: str, said: str) -> None:
    assert day(iso) == said


# On a page


def with_hours(*rules: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """Return the document of a service whose first place is open by these rules."""
    document = a_document("Tuesday room", **parts)
    schedules = [{"id": an_id("hours", number), "freq": "WEEKLY", **rule} for number, rule in enumerate(rules)]
    if schedules:
        document["service_at_locations"][0]["schedules"] = schedules
    return document


def page_of(document: dict[str, Any]) -> str:
    return text(Client().get(f"/s/{publish(document).short_id}/"))


@pytest.mark.django_db
def test_a_page_says_every_rule_of_a_place() -> None:
    day_time = {"byday": "MO", "opens_at": "10:00", "closes_at": "12:00"}
    night = {"byday": "FR,SA", "opens_at": "22:00", "closes_at": "04:00"}
    page = page_of(with_hours(day_time, night))
    assert "Monday: 10:00–12:00" in page
    assert "Friday, Saturday: 22:00–04:00 (next day)" in page
    assert "Hours not known" not in page


@pytest.mark.django_db
def test_each_place_has_its_own_hours() -> None:
    page = page_of(
        with_hours({"byday": "MO", "opens_at": "10:00", "closes_at": "12:00"}, at=["manchester", "salford"])
    )
    assert page.count("Monday: 10:00–12:00") == 1
    assert page.count("Hours not known") == 1


@pytest.mark.django_db
def test_a_line_has_its_own_hours() -> None:
    document = with_hours(phone="0161 496 0000")
    rule = {"id": an_id("line"), "freq": "WEEKLY", "byday": "SU", "opens_at": "18:00", "closes_at": "23:00"}
    document["phones"][0]["schedules"] = [rule]
    assert "Sunday: 18:00–23:00" in page_of(document).split("Where and when")[0]


@pytest.mark.django_db
@pytest.mark.parametrize("parts", [{}, {"areas": ["manchester"]}, {"phone": "0161 496 0000"}])
def test_hours_nobody_told_us_are_unknown_and_never_closed(parts: dict[str, Any]) -> None:
    page = page_of(with_hours(**parts))
    assert "Hours not known" in page
    assert "closed" not in page.lower()


@pytest.mark.django_db
def test_a_day_without_times_is_no_closed_day() -> None:
    page = page_of(with_hours({"byday": "WE", "description": "ask when"}))
    assert "Wednesday: ask when" in page
    assert "closed" not in page.lower()


@pytest.mark.django_db
def test_hours_are_not_asked_of_a_service_without_a_door() -> None:
    assert "Hours not known" not in page_of(with_hours(serves=["country:GB"]))


# What cannot be hours


@pytest.mark.parametrize(
    "wrong",
    [
        {"byday": "TUESDAY"},
        {"byday": "6TU"},
        {"byday": "1TU"},
        {"byday": "WE,1SA", "freq": "MONTHLY"},
        {"byday": "WE", "opens_at": "09:00Z", "closes_at": "10:00Z"},
        {"byday": ""},
        {"byday": "TU", "opens_at": "25:00", "closes_at": "26:00"},
        {"byday": "TU", "opens_at": "10:00"},
        {"byday": "TU", "interval": 2, "opens_at": "10:00", "closes_at": "12:00"},  # counted from when?
        {"byday": "TU", "interval": 0},
        {"byday": "TU", "freq": "DAILY"},
    ],
)
def test_what_cannot_be_hours_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        clean_service(with_hours(wrong))
