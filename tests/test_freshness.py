"""What nobody confirmed lately is shown after the rest, says so, and leaves the results after a year (R60)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from locator import rules, search
from locator.models import Service
from locator.rules import Freshness
from tests.conftest import MakeService

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
List = Callable[..., Service]


@pytest.fixture
def checked(make_service: MakeService) -> List:
    """Return a function that lists a service which somebody confirmed so many days ago."""

    def make(name: str, days: int, **parts: object) -> Service:
        on = (NOON.date() - timedelta(days=days)).isoformat()
        return make_service(name, assured_date=on, brolly={"assurer": "Example group"}, **parts)

    return make


def found(**asked: str) -> list[str]:
    answer = search.search({key: [value] for key, value in (asked or {"near": "Manchester"}).items()})
    return [row.shown["name"] for row in answer.rows]


@pytest.mark.parametrize(
    ("types", "days", "expected"),
    [
        (["drop-in"], 90, Freshness.AGEING),
        (["drop-in"], 91, Freshness.STALE),
        (["helpline"], 68, Freshness.FRESH),
        (["helpline"], 69, Freshness.AGEING),
        (["legal"], 180, Freshness.AGEING),
        (["legal"], 181, Freshness.STALE),
        (["legal"], 364, Freshness.STALE),
        (["legal"], 365, Freshness.GONE),
    ],
)
def test_r60_how_old_is_too_old(types: list[str], days: int, expected: Freshness) -> None:
    assert rules.freshness(types, date(2026, 11, 27) - timedelta(days=days), date(2026, 11, 27)) == expected


@time_machine.travel(NOON, tick=False)
def test_r60_what_was_not_confirmed_lately_comes_after_the_rest(checked: List) -> None:
    checked("Near and old", 91)
    checked("Farther and fresh", 90, at=["salford"])
    assert found() == ["Farther and fresh", "Near and old"]


@time_machine.travel(NOON, tick=False)
def test_r60_a_place_to_go_to_stays_before_a_line_from_afar(checked: List) -> None:
    checked("Line", 1, serves=["country:GB"])
    checked("Old room", 91)
    assert found() == ["Old room", "Line"]


@time_machine.travel(NOON, tick=False)
def test_r60_after_a_year_it_is_in_no_results(checked: List) -> None:
    checked("A year less a day", 364)
    checked("A year", 365)
    assert found() == ["A year less a day"]
    assert found(ordering="name") == ["A year less a day"]


@time_machine.travel(NOON, tick=False)
def test_r60_a_line_that_is_a_year_old_is_offered_to_nobody(checked: List, visitor: Client) -> None:
    line = {"types": ["helpline"], "serves": ["country:GB"], "phone": "0808 157 0000"}
    checked("Old line", 365, **line)
    assert "Old line" not in visitor.get("/now/gb/").text


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(("days", "begins"), [(90, True), (91, False)])
def test_r60_the_start_page_begins_with_lines_in_its_language_unless_they_are_old(
    checked: List, visitor: Client, days: int, begins: bool
) -> None:
    line = {"types": ["helpline"], "serves": ["country:GB"], "phone": "0808 157 0000"}
    for name in ("First", "Second", "Third"):
        checked(f"{name} line", 1, **line)
    checked("Zhen line", days, languages=["zh"], **line)
    assert ("Zhen line" in visitor.get("/zh-hans/").text) == begins
    assert "Zhen line" not in visitor.get("/").text


@time_machine.travel(NOON, tick=False)
def test_r60_its_own_page_says_how_old_it_is_and_where_else_to_turn(checked: List, visitor: Client) -> None:
    page = visitor.get(f"/s/{checked('Old room', 365).short_id}/").text
    assert "Nobody has confirmed this for more than a year." in page
    assert 'href="/now/"' in page


@time_machine.travel(NOON, tick=False)
def test_r60_a_row_says_since_when_nobody_has_confirmed_it(checked: List, visitor: Client) -> None:
    checked("Old room", 91)
    assert "Not confirmed since 28 August 2026." in visitor.get("/in/manchester-gb/").text


@time_machine.travel(NOON, tick=False)
def test_r60_a_fresh_one_says_nothing_of_the_kind(checked: List, visitor: Client) -> None:
    page = visitor.get(f"/s/{checked('Room', 90).short_id}/").text
    assert "Not confirmed since" not in page


ZONES = {"Europe/London": ("2026-03-29", "2026-10-25"), "Asia/Bishkek": ("2026-03-29", "2026-10-25")}
ZONES |= {"America/New_York": ("2026-03-08", "2026-11-01")}
CHANGES = [(zone, date.fromisoformat(day)) for zone, days in ZONES.items() for day in days]


@pytest.mark.parametrize(("zone", "change"), CHANGES)
@pytest.mark.parametrize(("kind", "days"), [("drop-in", 91), ("helpline", 91), ("legal", 181)])
def test_r60_it_grows_old_at_the_sites_midnight(
    checked: List, visitor: Client, settings: Any, zone: str, change: date, kind: str, days: int
) -> None:
    settings.TIME_ZONE = zone
    room = checked("Room", (NOON.date() - change).days + days, types=[kind])
    midnight = datetime.combine(change, time.min, ZoneInfo(zone))
    with time_machine.travel(midnight - timedelta(seconds=1), tick=False):
        assert "Not confirmed since" not in visitor.get(f"/s/{room.short_id}/").text
    with time_machine.travel(midnight, tick=False):
        assert "Not confirmed since" in visitor.get(f"/s/{room.short_id}/").text


@pytest.mark.parametrize(("zone", "change"), CHANGES)
@pytest.mark.parametrize("near", [-1, 0, 1])
def test_r60_it_leaves_at_the_sites_midnight_also_when_the_clock_changes(
    checked: List, settings: Any, zone: str, change: date, near: int
) -> None:
    settings.TIME_ZONE = zone
    day = change + timedelta(days=near)
    checked("Room", (NOON.date() - day).days + 365)
    midnight = datetime.combine(day, time.min, ZoneInfo(zone))
    with time_machine.travel(midnight - timedelta(seconds=1), tick=False):
        assert found() == ["Room"]
    with time_machine.travel(midnight, tick=False):
        assert found() == []
