"""The file of an area, saved and opened from the disk: all there, and nobody is asked for anything."""

from typing import Any

import pytest

from tests.browser.conftest import Drive

pytestmark = pytest.mark.browser
LANGUAGES = ["en", "ar", "th"]


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def opened(request: pytest.FixtureRequest, drive: Drive) -> dict[str, Any]:
    found: dict[str, Any] = drive("pack", request.param, *LANGUAGES)
    return found


def test_it_opens_from_the_disk_and_asks_nobody(opened: dict[str, Any]) -> None:
    for page in opened.values():
        assert "Example Street" in page["words"]
        assert page["calls"] > 3
        assert page["asked"] == []
        assert page["problems"] == []  # its own policy lets its style in


def test_its_style_is_in_it(opened: dict[str, Any]) -> None:
    assert {page["paper"] for page in opened.values()} <= {"rgb(248, 242, 233)", "rgb(19, 17, 22)"}
    assert not any(page["sideways"] for page in opened.values())


def test_it_is_valid_html(opened: dict[str, Any]) -> None:
    assert [problem for page in opened.values() for problem in page["invalid"]] == []
