"""A partner comes in by an invitation mail, edits, and visitors see it when a moderator has said yes."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Drive
from tests.browser.site import DATABASE, ROOT

pytestmark = pytest.mark.browser
MOST_TAPS = 12
MODES = {"touch-code": "Amber Room Collective", "keyboard-passkey": "Blue Door Network"}


def invited(site: str, *who: str) -> str:
    """Return the link in the mail that the operator's command sends."""
    settings = {"DATABASE_URL": f"sqlite:///{DATABASE}", "PRODUCTION": "False", "EMAIL_URL": "consolemail://"}
    command = [sys.executable, "manage.py", "invite", *who, "--by", "Olu", "--site", site, "--mail"]
    told = subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=True, capture_output=True, text=True)
    mail = told.stdout.split("-" * 79)[0]
    assert "asks you to help keep some pages right" in mail
    found = re.search(rf"{site}/team/join/\S+", mail)
    assert found
    return found[0]


@pytest.fixture(scope="module", params=MODES)
def walked(request: pytest.FixtureRequest, site: str, drive: Drive) -> dict[str, Any]:
    base, mode = site.replace("127.0.0.1", "localhost"), request.param
    partner = invited(base, f"paula-{mode}@example.org", "--organization", MODES[mode])
    moderator = invited(base, f"mo-{mode}@example.org", "--moderator")
    found: dict[str, Any] = drive("portal", "chromium", mode, partner, moderator, seconds=300)
    return found


def test_a_first_edit_takes_few_taps(walked: dict[str, Any], figure: Callable[[str], None]) -> None:
    figure(f"{walked['mode']}: {walked['taps']} taps from signed in to saved")
    assert walked["taps"] <= MOST_TAPS


def test_the_partner_is_told_that_it_waits(walked: dict[str, Any]) -> None:
    assert "A second person looks at it first" in walked["saved"]
    assert "About two days" in walked["saved"]


def test_the_moderator_sees_what_is_different(walked: dict[str, Any]) -> None:
    assert "About two days" in walked["decided"]
    assert "Approved." in walked["approved"]


def test_visitors_see_it_then_and_get_no_cookie(walked: dict[str, Any]) -> None:
    assert "About two days" in walked["shown"]
    assert walked["cookies"] == 0


def test_r65_axe_and_the_validator_find_nothing_on_the_portals_pages(walked: dict[str, Any]) -> None:
    if walked["mode"] == "touch-code":  # the pages are the same however somebody came in
        assert len(walked["audited"]) >= 60
        assert [page["where"] for page in walked["audited"] if page["status"] >= 500] == []
        assert [(page["where"], wrong) for page in walked["audited"] for wrong in page["wrong"]] == []
