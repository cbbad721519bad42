"""R65 and what every page keeps to: axe, valid HTML, nothing inline, no other host, nothing stored.

English, Arabic and Thai in light and dark here; `make axe-all` does it in all thirteen languages.
"""

import os
from typing import Any

import pytest

from config.languages import LANGUAGES
from tests.browser.conftest import Drive

pytestmark = pytest.mark.browser
CHOSEN = list(LANGUAGES) if os.environ.get("AXE") == "all" else ["en", "ar", "th"]
Seen = list[dict[str, Any]]


@pytest.fixture(scope="module", params=CHOSEN)
def audit(request: pytest.FixtureRequest, drive: Drive) -> dict[str, Any]:
    found: dict[str, Any] = drive("audit", "chromium", request.param, "light,dark", seconds=400)
    return found


def problems(audit: dict[str, Any], kind: str) -> list[str]:
    return [
        f"{page['name']} ({page['language']}, {page['scheme']}): {what}"
        for page in audit["found"]
        for what in page[kind]
    ]


def test_every_page_was_there(audit: dict[str, Any]) -> None:
    refused = {"unknown place": 422, "search ended": 410, "not there": 404, "use the form": 400}
    wrong = [page["name"] for page in audit["found"] if page["status"] != refused.get(page["name"], 200)]
    assert wrong == []


def test_r65_axe_finds_nothing(audit: dict[str, Any]) -> None:
    assert len(audit["found"]) >= 60
    assert problems(audit, "violations") == []


def test_every_page_is_valid_html(audit: dict[str, Any]) -> None:
    assert problems(audit, "invalid") == []


def test_nothing_is_inline(audit: dict[str, Any]) -> None:
    assert problems(audit, "inline") == []
    assert problems(audit, "attributes") == []


def test_r10_nothing_is_stored(audit: dict[str, Any]) -> None:
    assert problems(audit, "stored") == []
    assert audit["cookies"] == []


def test_r11_nobody_else_is_asked(audit: dict[str, Any]) -> None:
    assert problems(audit, "strangers") == []
