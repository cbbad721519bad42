"""The map: drawn by us alone, and of use by keyboard, on a small screen and without its land."""

from typing import Any

import pytest

from tests.browser.conftest import Drive

pytestmark = pytest.mark.browser
Seen = dict[str, Any]
VIEWS = ["wide", "narrow", "arabic"]


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def seen(request: pytest.FixtureRequest, drive: Drive) -> Seen:
    found: Seen = drive("map", request.param, seconds=180)
    return found | {"engine": request.param}


@pytest.mark.parametrize("view", VIEWS)
def test_a_place_with_an_address_is_a_pin_with_its_number(seen: Seen, view: str) -> None:
    entries = seen[view]["entries"]
    numbers = [str(number) for number, entry in enumerate(entries, 1) if entry["reach"] is None]
    assert len(numbers) > 5
    assert seen[view]["pins"] == numbers


@pytest.mark.parametrize("name", VIEWS)
def test_r18_an_area_is_drawn_whole_and_has_no_pin(seen: Seen, name: str) -> None:
    view = seen[name]
    areas = {entry["area"] for entry in view["entries"] if entry["reach"]}
    assert areas
    assert len(view["areas"]) == len(areas)
    assert len(view["pins"]) == sum(entry["reach"] is None for entry in view["entries"])
    for box in view["areas"]:
        assert box["whole"]
        assert abs(box["width"] - box["height"]) <= 2
        assert box["width"] > 100


def test_a_pin_is_named_as_its_entry(seen: Seen) -> None:
    links = seen["wide"]["links"]
    assert seen["wide"]["names"] == [f"{n}. {links[int(n) - 1]}" for n in seen["wide"]["pins"]]


@pytest.mark.parametrize("view", VIEWS)
def test_r65_no_pin_covers_another(seen: Seen, view: str) -> None:
    assert seen[view]["covered"] == 0


def test_the_land_and_the_town_are_there(seen: Seen) -> None:
    assert seen["land"]
    assert "Manchester" in seen["wide"]["towns"]


def test_the_pins_do_without_land(seen: Seen) -> None:
    assert seen["without_land"] == {"pins": len(seen["wide"]["pins"]), "land": 0}


def test_r11_no_other_host_is_asked_or_linked(seen: Seen, site: str) -> None:
    assert any("/outlines/gb." in address for address in seen["requests"])
    assert not [address for address in seen["requests"] if not address.startswith(f"{site}/")]
    assert seen["wide"]["links_out"] == []


def test_r33_the_browser_has_nothing_to_complain_of(seen: Seen) -> None:
    assert not [line for line in seen["problems"] if "Permissions-Policy" not in line]


def test_r10_nothing_is_kept(seen: Seen) -> None:
    assert seen["stored"] == []
    assert seen["cookies"] == []


@pytest.mark.parametrize("key", ["enter", "space"])
def test_a_pin_leads_to_its_entry(seen: Seen, key: str) -> None:
    first = int(seen["wide"]["pins"][0])
    assert seen[key] == {"focused": seen["wide"]["links"][first - 1], "stayed": True, "inView": True}


def test_an_area_leads_to_its_first_entry(seen: Seen) -> None:
    first = next(n for n, entry in enumerate(seen["wide"]["entries"]) if entry["reach"])
    assert seen["area"]["focused"] == seen["wide"]["links"][first]


def test_an_entry_lights_up_its_pin(seen: Seen) -> None:
    assert seen["lights"] == {"lit": [seen["wide"]["pins"][-1]], "left": 0}


def test_r65_tab_comes_by_everything_and_leaves_the_map(seen: Seen) -> None:
    view = seen["wide"]
    assert seen["walk"][-len(view["links"]) :] == view["links"]
    for name in ["map", *view["names"], *view["zoom"]]:
        assert seen["walk"].count(name) == 1, name


def test_r65_the_map_can_be_skipped(seen: Seen) -> None:
    assert seen["walk"][0] == "Skip to the list"
    assert seen["after_skip"] == seen["wide"]["links"][0]


@pytest.mark.parametrize("view", VIEWS)
def test_the_buttons_speak_the_language_of_the_page(seen: Seen, view: str) -> None:
    assert seen[view]["zoom"] == seen[view]["said"]
    assert len(set(seen[view]["said"])) == 2


def test_the_wheel_scrolls_the_page(seen: Seen) -> None:
    assert seen["wheel"] == {"zoomed": False, "scrolled": True}


def test_arrows_move_the_map_only_when_it_is_chosen(seen: Seen) -> None:
    assert seen["arrows"] == {"map": True, "list": False}


def test_a_finger_scrolls_the_page(seen: Seen) -> None:
    if seen["engine"] == "firefox":
        pytest.skip("Firefox does not let a test be a finger.")
    assert seen["finger"] == {"scrolled": True, "moved": False}


def test_nothing_slides_for_whom_that_is_too_much(seen: Seen) -> None:
    if seen["engine"] == "firefox":
        pytest.skip("Firefox does not let a test ask for less motion.")
    assert seen["calm"] == {"moved": True, "later": False}


@pytest.mark.parametrize("view", VIEWS)
def test_no_map_scrolls_sideways(seen: Seen, view: str) -> None:
    assert not seen[view]["sideways"]


def test_east_is_right_in_every_language(seen: Seen) -> None:
    assert seen["wide"]["direction"] == ["ltr", "ltr"]
    assert seen["arabic"]["direction"] == ["rtl", "ltr"]
