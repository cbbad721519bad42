"""What a small phone shows before anybody scrolls, and that everything can be touched."""

import json
from typing import Any

import pytest

from tests.browser.conftest import Drive

pytestmark = pytest.mark.browser
TOWNS = ["Manchester", "Berlin", "London", "Lisboa", "Bishkek"]
PAGES = ["/", "/find/", "/first-contact/", "/safety/", "/about/", "/nowhere/", "/now/", "/now/gb/"]
Looks = dict[str, Any]


@pytest.fixture(scope="session", params=["chromium", "firefox"])
def looks(request: pytest.FixtureRequest, drive: Drive) -> Looks:
    found: Looks = drive("looks", request.param, json.dumps(TOWNS))
    return found


@pytest.mark.parametrize("town", TOWNS)
def test_the_first_row_says_enough_without_scrolling(looks: Looks, town: str) -> None:
    parts = looks[town]["parts"]
    assert all(part["words"] for part in parts.values())
    assert looks[town]["answers"] == 3
    assert max(part["bottom"] for part in parts.values()) <= 640


@pytest.mark.parametrize("page", TOWNS + PAGES)
def test_the_exit_is_in_view_and_large_enough_to_touch(looks: Looks, page: str) -> None:
    exit_link = looks[page]["exit"]
    assert exit_link["top"] >= 0
    assert exit_link["bottom"] <= 640
    assert min(exit_link["height"], exit_link["width"]) >= 44


@pytest.mark.parametrize("page", TOWNS + PAGES)
def test_no_page_scrolls_sideways(looks: Looks, page: str) -> None:
    assert not looks[page]["sideways"]


@pytest.mark.parametrize("page", TOWNS + PAGES)
def test_every_control_is_at_least_24_pixels_high(looks: Looks, page: str) -> None:
    """WCAG 2.2, 2.5.8; links within a sentence are excepted, there and here."""
    assert not [box["words"] for box in looks[page]["small"]]
