"""Near me (SAFETY R14): only who presses the button is asked, and only the middle of a square is sent, once."""

import json
import math
from typing import Any

import pytest

from tests.browser.conftest import Drive
from tests.browser.elsewhere import Elsewhere

pytestmark = pytest.mark.browser
Seen = dict[str, Any]
ENGINES = ["chromium", "firefox"]
# Made up; on both sides of Greenwich and the equator, near both, and on the edge of a square.
PLACES = [
    (53.4837261, -2.2441938),
    (-22.9714321, -43.1823765),
    (0.0034567, 0.0123456),
    (-0.0076543, -0.0000123),
    (52.5200066, 13.4049540),
    (51.5, 179.9987654),
]


@pytest.fixture(scope="module", params=ENGINES)
def near(request: pytest.FixtureRequest, drive: Drive, other: Elsewhere) -> Seen:
    """Press the button at each place; in Firefox at the first alone, for it remembers where it was."""
    places = PLACES if request.param == "chromium" else PLACES[:1]
    other.position = PLACES[0]
    found: Seen = drive("near_me", request.param, other.address, json.dumps(places))
    return found | {"engine": request.param, "places": places}


def middle(degrees: float) -> str:
    """Return the middle of the square of 0.02 degrees that this is in; static/page.js says the same."""
    return f"{math.floor(degrees / 0.02) * 0.02 + 0.01:.2f}"


def test_r14_nothing_is_asked_before_the_button_is_pressed(near: Seen) -> None:
    assert near["before"]["button"]
    assert near["before"]["asked"] == []
    assert near["before"]["permission"] == ("prompt" if near["engine"] == "chromium" else "granted")


def test_r14_the_middle_of_the_square_is_sent_once(near: Seen) -> None:
    bodies = [f"lat={middle(latitude)}&lng={middle(longitude)}" for latitude, longitude in near["places"]]
    assert [pressed["sent"] for pressed in near["pressed"]] == [[body] for body in bodies]
    assert [len(pressed["posts"]) for pressed in near["pressed"]] == [1] * len(bodies)
    if near["engine"] == "chromium":  # Firefox does not show what a request held
        assert [pressed["posts"][0]["body"] for pressed in near["pressed"]] == bodies


def test_r14_no_digit_of_the_place_is_in_what_was_sent_or_in_an_address(near: Seen) -> None:
    for place, pressed in zip(near["places"], near["pressed"], strict=True):
        for degrees in place:
            digits = f"{degrees:.7f}".partition(".")[2][2:]
            assert digits not in json.dumps(pressed)


def test_r14_it_leads_to_results(near: Seen) -> None:
    assert {pressed["heading"] for pressed in near["pressed"]} == {"Near where you are"}


def test_r14_no_other_page_asks(near: Seen) -> None:
    assert len(near["pages"]) == 10
    assert [path for path, page in near["pages"].items() if page["asked"]] == []


def test_r14_chromium_lets_this_page_alone_ask(near: Seen) -> None:
    """Firefox heeds no such header: there, only that no script of ours asks and no other runs (R33)."""
    chromium = near["engine"] == "chromium"
    assert {page["allowed"] for page in near["pages"].values()} == ({False} if chromium else {None})
    assert near["before"]["allowed"] is (True if chromium else None)
    assert near["elsewhere"] == ("refused 1" if chromium else "told")


def test_r14_who_says_no_is_told_and_nothing_is_sent(near: Seen) -> None:
    if near["engine"] == "chromium":
        assert near["refused"]["failed"]
        assert near["refused"]["posts"] == []
    else:
        assert "refused" not in near
