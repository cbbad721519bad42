"""Leaving (SAFETY R1-R6): the way out is on every page, hides it at once, and Back does not lead here again."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import Drive
from tests.browser.elsewhere import Elsewhere
from tests.browser.site import serving_without_tables

pytestmark = pytest.mark.browser
Seen = dict[str, Any]
ENGINES = ["chromium", "firefox"]
STATUSES = [400, 403, 404, 405, 410, 413, 422, 503]
PLACES = [
    "start",
    "find",
    "here",
    "results",
    "area",
    "map",
    "service",
    "wrong",
    "now",
    "first contact",
    "safety",
    "about",
]
PAGES = [f"{language} {name}".strip() for language in ("", "/ar") for name in [*PLACES, *map(str, STATUSES)]]
JOURNEYS = [f"{way} {length}" for way in ("click", "shift") for length in (1, 2, 3)]
SLOW = ["click, refused", "shift, slow, loaded again", "click, slow"]
STAY = ["one press", "two presses", "another key between", "capital letters", "HELLO", "held down all along"]
STAY += ["back by Shift and Tab", "a pause above it, before the next press", "a pause above it"]
LEAVE = ["three presses", "three presses in the search box", "a pause below the limit"]
LEAVE += ["the second link and Enter", "the exit and Enter"]


@pytest.fixture(scope="module")
def broken(other: Elsewhere, site: str) -> Iterator[str]:
    """A site of ours whose database is gone: every page that asks it is a 503."""
    with serving_without_tables(other.exit) as address:
        yield address


@pytest.fixture(scope="module")
def both_exits(drive_both: Drive, other: Elsewhere, broken: str) -> Seen:
    found: Seen = drive_both("exit", other.address, broken)
    return found


@pytest.fixture(scope="module")
def both_journeys(drive_both: Drive, other: Elsewhere) -> Seen:
    found: Seen = drive_both("leaving", other.address)
    return found


@pytest.fixture(scope="module")
def both_keys(drive_both: Drive) -> Seen:
    found: Seen = drive_both("shift")
    return found


@pytest.fixture(scope="module", params=ENGINES)
def exits(request: pytest.FixtureRequest, both_exits: Seen) -> Seen:
    found: Seen = both_exits[request.param]
    return found


@pytest.fixture(scope="module", params=ENGINES)
def journeys(request: pytest.FixtureRequest, both_journeys: Seen) -> Seen:
    found: Seen = both_journeys[request.param]
    return found | {"engine": request.param}


@pytest.fixture(scope="module", params=ENGINES)
def keys(request: pytest.FixtureRequest, both_keys: Seen) -> Seen:
    found: Seen = both_keys[request.param]
    return found


@pytest.fixture(scope="module", params=ENGINES)
def slow(request: pytest.FixtureRequest, drive: Drive, other: Elsewhere) -> Seen:
    """What was seen while the other site was slow: one browser at a time, for both ask the same site."""
    found: Seen = drive("slow", request.param, other.address)
    return found


@pytest.fixture(scope="module", params=ENGINES)
def plain(request: pytest.FixtureRequest, drive: Drive) -> Seen:
    found: Seen = drive("plain", request.param)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_r1_the_exit_is_a_link_to_the_target(exits: Seen, other: Elsewhere, page: str) -> None:
    status, name = exits[page]["status"], page.rsplit(maxsplit=1)[-1]
    assert status == (int(name) if name.isdecimal() else 200)
    assert exits[page]["direction"] == ("rtl" if page.startswith("/ar") else "ltr")
    assert exits[page]["more"] == 0
    assert exits[page]["href"] == other.exit
    assert set(exits[page]["rel"].split()) == {"noreferrer", "nofollow"}


@pytest.mark.parametrize("page", PAGES)
def test_r2_the_exit_is_in_view_and_on_top_wherever_the_page_is_scrolled_to(exits: Seen, page: str) -> None:
    assert len(exits[page]["middles"]) == 6
    for size, places in exits[page]["middles"].items():
        assert len(places) == 10
        assert all(place["inView"] and place["ours"] for place in places), size


@pytest.mark.parametrize("page", PAGES)
def test_r2_the_exit_is_44_pixels_high_and_wide(exits: Seen, page: str) -> None:
    for size, places in exits[page]["middles"].items():
        assert min(min(place["width"], place["height"]) for place in places) >= 44, size


@pytest.mark.parametrize("page", [page for page in PAGES if page[-1].isalpha() and "area" not in page])
def test_r3_what_has_the_focus_is_never_under_the_exit_or_the_head(exits: Seen, page: str) -> None:
    assert exits[page]["covered"]["steps"] > 15
    assert exits[page]["covered"]["found"] == []


@pytest.mark.parametrize("how", SLOW)
def test_r4_nothing_is_seen_100_ms_after_the_touch_or_the_key(slow: Seen, how: str) -> None:
    assert slow[how]["hidden"] <= 100


@pytest.mark.parametrize("how", SLOW)
def test_r4_nothing_is_seen_again_while_the_other_site_is_slow_or_gone(slow: Seen, how: str) -> None:
    """The picture of a blank page is small; that of the page before leaving shows that it could have been seen."""
    case = slow[how]
    assert case["whole"] > 4 * case["blank"]
    assert {seen["picture"] for seen in case["seen"].values()} == {case["blank"]}
    assert case["shown"] == 0


def test_r4_the_page_was_still_ours_after_ten_seconds(slow: Seen) -> None:
    """Or the test above would have looked at the other site."""
    seen = slow["click, slow"]["seen"]
    assert {moment: at["still_here"] for moment, at in seen.items()} == {"100": True, "2000": True, "10000": True}


@pytest.mark.parametrize("how", SLOW)
def test_r4_in_the_end_the_other_site_is_there(slow: Seen, other: Elsewhere, how: str) -> None:
    assert slow[how]["arrived"] == other.exit


@pytest.mark.parametrize("case", LEAVE)
def test_r5_these_keys_leave(keys: Seen, other: Elsewhere, case: str) -> None:
    assert keys[case]["host"] in other.exit


@pytest.mark.parametrize("case", STAY)
def test_r5_these_keys_do_not(keys: Seen, site: str, case: str) -> None:
    assert keys[case]["host"] in site


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("one press", "two"),
        ("two presses", "one"),
        ("another key between", "two"),  # the count began anew
        ("a pause above it, before the next press", "over"),
        ("a pause above it", "two"),
    ],
)
def test_r5_each_press_and_the_end_of_waiting_are_announced(keys: Seen, case: str, words: str) -> None:
    assert keys[case]["heard"] == keys[case]["words"][words] != ""


@pytest.mark.parametrize("case", ["capital letters", "HELLO", "held down all along", "back by Shift and Tab"])
def test_r5_shift_that_goes_with_another_key_is_not_announced(keys: Seen, case: str) -> None:
    assert keys[case]["heard"] == ""


def test_r5_capitals_are_typed(keys: Seen) -> None:
    """Or the test of HELLO would have typed nothing."""
    assert keys["HELLO"]["typed"] == "HELLO"


@pytest.mark.parametrize("journey", JOURNEYS)
def test_r6_back_and_forward_paint_nothing_of_ours(journeys: Seen, site: str, journey: str) -> None:
    assert journeys[journey]["after"]["painted"] == []
    assert not [address for address in journeys[journey]["addresses"] if address.startswith(site)]


@pytest.mark.parametrize("journey", JOURNEYS)
def test_r6_back_leads_to_where_somebody_came_from(journeys: Seen, other: Elsewhere, journey: str) -> None:
    length = int(journey[-1])
    addresses = journeys[journey]["addresses"]
    assert addresses[:length] == [other.exit] * length
    assert addresses[length].startswith(f"{other.address}/start")
    assert addresses[-1] == other.exit


@pytest.mark.parametrize("journey", JOURNEYS)
def test_r6_the_probe_saw_the_pages_before_they_were_left(journeys: Seen, journey: str) -> None:
    """And Chromium did keep the pages further back, which is the harder case."""
    seen = journeys[journey]
    assert seen["before"]["shown"]
    assert seen["after"]["kept"] == (int(journey[-1]) - 1 if journeys["engine"] == "chromium" else 0)


@pytest.mark.parametrize("journey", JOURNEYS)
def test_r6_no_frame_of_the_film_has_anything_in_it(journeys: Seen, journey: str) -> None:
    """Chromium alone can be filmed; a frame of a plain page is a small picture."""
    if journeys["engine"] == "firefox":
        assert journeys[journey]["after"]["frames"] == 0
        return
    assert journeys[journey]["after"]["frames"] >= 3
    assert journeys[journey]["before"]["largest"] > 60_000
    assert journeys[journey]["after"]["largest"] < 20_000


@pytest.mark.parametrize("journey", JOURNEYS)
def test_r6_who_types_the_address_is_let_in_and_nothing_is_kept(journeys: Seen, site: str, journey: str) -> None:
    assert journeys[journey]["back"] == {"address": f"{site}/", "shown": True, "stored": {}}


@pytest.mark.parametrize("way", ["a touch", "Enter at the second link"])
def test_r5_without_scripts_the_links_leave(plain: Seen, other: Elsewhere, way: str) -> None:
    assert plain["arrived"][way] == other.exit


def test_r5_without_scripts_we_say_what_the_link_cannot_do(plain: Seen) -> None:
    assert "the button is a plain link. On a slow line this page may stay on the screen" in plain["said"]
