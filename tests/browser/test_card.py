"""A list of five, from the results to paper and to another phone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from tests.browser.conftest import Drive

pytestmark = pytest.mark.browser
Seen = dict[str, Any]
MOST_TAPS = 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cards")


@pytest.fixture(scope="module")
def seen(drive: Drive, folder: Path) -> Seen:
    found: Seen = drive("card", "chromium", "walk", str(folder))
    return found


def test_a_card_of_five_in_four_taps(seen: Seen, figure: Callable[[str], None]) -> None:
    walk = seen["walk"]
    figure(f"a card of five from the results: {walk['taps']} taps, {walk['seconds']:.1f} s")
    assert len(walk["names"]) == 5
    assert walk["printed"] == 1
    assert walk["taps"] <= MOST_TAPS


def test_a_list_goes_along_from_page_to_page_and_stays_when_loaded_again(seen: Seen) -> None:
    build = seen["build"]
    assert len(set(build["ticked"])) == 5
    assert build["note"]
    assert "#" not in build["before"]  # nothing is written before the page is left
    assert build["address"].endswith(f"/ro/card/#{','.join(build['ticked'])}")
    assert len(build["names"]) == 5


def test_what_a_tick_leaves_behind_is_said_beside_it_and_the_way_on_is_in_view(seen: Seen) -> None:
    assert seen["build"]["inView"] == [True, True]


def test_an_address_of_more_than_twenty_says_that_it_holds_twenty(seen: Seen, drive: Drive) -> None:
    address = seen["build"]["address"] + "".join(f",nothe{n}{m}{n}" for n in range(2, 7) for m in range(2, 6))
    opened = drive("card", "chromium", "open", address)
    assert any("este 20." in note for note in opened["notes"])
    assert len(opened["names"]) == 5


def test_whoever_scans_the_code_has_the_same_five(seen: Seen, drive: Drive, folder: Path) -> None:
    read = zxingcpp.read_barcodes(Image.open(folder / "code.png"))[0].text
    assert read == seen["build"]["address"]
    opened = drive("card", "chromium", "open", read)
    assert opened["names"] == seen["build"]["names"]
    assert opened["lang"] == "ro"


def test_a_list_can_leave_the_address_and_stay_on_the_page(seen: Seen) -> None:
    build = seen["build"]
    assert build["loose"]["address"].endswith("/ro/card/")
    assert build["loose"]["said"]
    assert build["loose"]["names"] == build["names"]
    assert build["after"]["address"].endswith("/ro/card/")
    assert len(build["after"]["names"]) == 5


def test_kept_on_one_page_no_address_ever_says_it(seen: Seen) -> None:
    here = seen["only_here"]
    assert "#" not in here["results"] + here["address"] + here["back"]
    assert len(here["names"]) == 1


def test_without_scripts_a_form_does(seen: Seen) -> None:
    plain = seen["without_scripts"]
    assert plain["names"] == 1
    assert "#" not in plain["address"]
    assert "scripts are switched off" in plain["told"]


@pytest.mark.parametrize("name", ["walk", "list"])
def test_it_prints(seen: Seen, folder: Path, name: str) -> None:
    assert (folder / f"{name}.pdf").stat().st_size > 5000
