"""R64: from nothing to a phone number in three steps at most, however somebody uses their browser."""

import re
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Drive
from tests.browser.site import ROOT

pytestmark = pytest.mark.browser
MODES = ["keyboard", "no-scripts", "narrow", "unstyled", "no-images", "forced-colors", "large-text", "landscape"]


@pytest.fixture(scope="module", params=MODES)
def walk(request: pytest.FixtureRequest, drive: Drive) -> dict[str, Any]:
    found: dict[str, Any] = drive("walk", "chromium", request.param)
    return found


def test_r64_a_number_in_three_steps(walk: dict[str, Any], figure: Callable[[str], None]) -> None:
    figure(f"{walk['mode']}: {len(walk['steps'])} steps, {walk['seconds']:.1f} s, {walk['presses']} times Tab")
    assert len(walk["steps"]) <= 3
    assert re.search(r"\d{4}", walk["number"])


def test_r64_the_number_can_be_touched(walk: dict[str, Any]) -> None:
    assert walk["box"]["height"] >= (16 if walk["mode"] == "unstyled" else 44)
    assert walk["box"]["x"] + walk["box"]["width"] <= walk["viewport"][0]
    assert not walk["sideways"]


def test_r64_a_keyboard_gets_there_without_much_tabbing(walk: dict[str, Any]) -> None:
    assert walk["presses"] <= 40


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "static").glob("*.js")))
def test_r64_scripts_parse_as_es2015(site: str, script: str) -> None:
    command = ["node_modules/.bin/acorn", "--ecma2015", "--silent", f"static/{script}"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def test_r64_pages_read_well_in_a_terminal(site: str) -> None:
    if not shutil.which("w3m"):
        pytest.skip("NOT TESTED in a terminal: w3m is not installed.")
    command = ["w3m", "-dump", "-cols", "80", f"{site}/in/manchester-gb/"]
    words = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    order = [
        "Leave this page",
        "Near Manchester",
        "services",
        "No ID asked",
        "In danger now?",
        "What stays on this",
    ]
    positions = [words.find(part) for part in order]
    assert -1 not in positions
    assert positions == sorted(positions)
