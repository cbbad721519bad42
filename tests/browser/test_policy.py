"""What a page of ours may do (SAFETY R33) and what the words of a listing may not become (R35), in browsers."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.browser.conftest import Drive
from tests.browser.elsewhere import Elsewhere
from tests.browser.hostile import CORPUS
from tests.browser.site import DATABASE, ROOT

pytestmark = pytest.mark.browser
Seen = dict[str, Any]
ENGINES = ["chromium", "firefox"]
ASKED = ["script", "image", "style", "frame", "object", "video", "form", "fetch", "beacon", "events", "socket"]


@pytest.fixture(scope="module")
def hostile(site: str, other: Elsewhere) -> list[str]:
    """List the hostile services on the running site; their codes."""
    settings = {"DATABASE_URL": f"sqlite:///{DATABASE}", "PRODUCTION": "False"}
    settings["DJANGO_SETTINGS_MODULE"] = "config.settings"
    command = [sys.executable, "-m", "tests.browser.hostile", other.outgoing]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.fixture(scope="module", params=ENGINES)
def policy(request: pytest.FixtureRequest, drive: Drive, other: Elsewhere, hostile: list[str]) -> Seen:
    """What was tried in one engine; the log of the other site begins anew."""
    other.log.clear()
    found: Seen = drive("policy", request.param, other.address, f"/s/{hostile[0]}/")
    return found


@pytest.fixture(scope="module", params=ENGINES)
def pages(request: pytest.FixtureRequest, drive: Drive, hostile: list[str]) -> Seen:
    found: Seen = drive("hostile", request.param, json.dumps(hostile))
    return found


def asked(policy: Seen, mark: str) -> list[str]:
    return [row["path"] for row in policy["log"] if row["path"].startswith(f"/{mark}/")]


def test_r33_no_script_runs_that_was_written_into_a_page(policy: Seen) -> None:
    assert policy["ours"]["ran"] == []
    assert policy["theirs"]["ran"] == ["address", "handler", "inline"]


def test_r33_no_style_holds_that_was_written_into_a_page(policy: Seen) -> None:
    assert (policy["ours"]["styled"], policy["theirs"]["styled"]) == (0, 2)


def test_r33_addresses_cannot_be_turned_elsewhere(policy: Seen) -> None:
    assert (policy["ours"]["based"], policy["theirs"]["based"]) == (False, True)


@pytest.mark.parametrize("name", ASKED)
def test_r33_another_site_is_never_asked(policy: Seen, name: str) -> None:
    assert f"/ours/{name}" not in asked(policy, "ours")
    assert f"/theirs/{name}" in asked(policy, "theirs")


@pytest.mark.parametrize("page", ["start", "missing", "service"])
def test_r33_no_page_lets_itself_be_framed(policy: Seen, page: str) -> None:
    assert policy["framed"][page] == 0
    assert policy["framed"]["theirs"] == 1


@pytest.mark.parametrize("path", ["/outgoing", "/weather"])
def test_r33_no_site_is_told_where_somebody_came_from(policy: Seen, path: str) -> None:
    """Neither where a link of a listing leads nor where the exit does; another site's page tells it."""
    headers = [row["headers"] for row in policy["log"] if row["path"] == path]
    assert [names for names in headers if {"Referer", "Origin", "Cookie"} & set(names)] == []
    assert len(headers) == 1
    assert [row for row in policy["log"] if row["headers"].get("Referer")]


def test_r35_every_kind_of_page_was_looked_at(pages: Seen, hostile: list[str]) -> None:
    assert len(hostile) == len(CORPUS) == 20
    assert len(pages) == 4 + 3 * len(hostile) + 1


@pytest.mark.parametrize("what", ["handlers", "scripts", "addresses", "strange"])
def test_r35_no_word_becomes_a_part_of_a_page(pages: Seen, what: str) -> None:
    assert {path: page[what] for path, page in pages.items() if page[what]} == {}


def test_r35_the_canary_is_not_set(pages: Seen) -> None:
    """In Chromium with the policy switched off: nothing but the pages themselves keeps words words."""
    assert {path: page["canary"] for path, page in pages.items() if page["canary"] is not None} == {}


def test_r35_the_words_are_shown_as_they_were_written(pages: Seen, hostile: list[str]) -> None:
    for words, code in zip(CORPUS, hostile, strict=True):
        assert words in pages[f"/s/{code}/"]["text"]
        assert words in pages[f"/s/{code}/map/"]["text"]
    assert all(words in pages["/in/nairobi-ke/"]["text"] for words in CORPUS)
