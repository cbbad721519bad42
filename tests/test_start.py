"""What somebody sees who has just cloned this: `make run`, then `make demo`, with every place in the world."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.browser.site import ROOT, a_free_port, wait_for

pytestmark = pytest.mark.start
PLACES = [
    ("Manchester", "GB"),
    ("manchester", "GB"),
    ("M1", "GB"),
    ("M1 1AE", "GB"),
    ("SW1A 1AA", "GB"),
    ("IV51", "GB"),
    ("Glasgow", "GB"),
    ("Hackney", "GB"),
    ("Tower Hamlets", "GB"),
    ("Southwark", "GB"),
    ("Leith", "GB"),
    ("Kreuzberg", "DE"),
    ("St Pauli", "DE"),
    ("10997", "DE"),
    ("90210", "US"),
    ("Lisboa", "PT"),
    ("Lisbon", "PT"),
    ("Bishkek", "KG"),
    ("Бишкек", "KG"),
    ("Київ", "UA"),
    ("Kyiv", "UA"),
    ("Казань", "RU"),
    ("القاهرة", "EG"),
    ("北京", "CN"),
    ("กรุงเทพ", "TH"),
    ("Paris", "FR"),
]
SLOW_MACHINE_S = 600


@contextmanager
def made(target: str, database: Path) -> Iterator[str]:
    """Run a make target that serves; yield its address once it answers."""
    address = f"http://127.0.0.1:{a_free_port()}"
    settings = {"DATABASE_URL": f"sqlite:///{database}", "PORT": address.rpartition(":")[2]}
    command = ["make", "--no-print-directory", target]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, start_new_session=True) as make:
        try:
            wait_for(f"{address}/healthz", seconds=SLOW_MACHINE_S)
            yield address
        finally:
            os.killpg(make.pid, signal.SIGTERM)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("first") / "directory.sqlite3"


@pytest.fixture(scope="module")
def served(database: Path) -> Iterator[str]:
    with made("run", database) as address:
        yield address


def asked(address: str, **question: str) -> Any:
    with urlopen(f"{address}/api/v1/services/?{urlencode(question)}", timeout=30) as answer:
        return json.load(answer)


def page(address: str, **typed: str) -> str:
    """Return the text of the results page of a form that was filled in and sent."""
    with urlopen(f"{address}/find/", data=urlencode(typed).encode(), timeout=30) as answer:
        return " ".join(re.sub(r"<[^>]+>", " ", answer.read().decode()).split())


@pytest.mark.parametrize(("typed", "country"), PLACES)
def test_every_place_is_found_where_the_words_mean(served: str, typed: str, country: str) -> None:
    assert asked(served, near=typed)["place"]["country"] == country


@pytest.mark.parametrize(("typed", "country"), [("Washington", "US"), ("10997", "US"), ("90210", "DE")])
def test_other_places_of_the_name_are_offered(served: str, typed: str, country: str) -> None:
    assert country in {place["country"] for place in asked(served, near=typed)["alternatives"]}


@pytest.mark.parametrize("typed", ["asdfghjkl", "", "x" * 300, "\x1b[2J", "' OR 1=1 --", "<b>Manchester</b>"])
def test_what_is_no_place_gets_a_plain_answer(served: str, typed: str) -> None:
    with pytest.raises(HTTPError) as refused:
        page(served, near=typed)
    refused.value.close()
    assert refused.value.code in {400, 422}


def test_a_rest_space_near_berlin_is_found(served: str) -> None:
    assert "trans sex works*" in page(served, near="Berlin", need="rest-space")


def test_that_nobody_confirmed_no_id_is_said_and_leads_on(served: str) -> None:
    answer = page(served, near="Berlin", need="rest-space", id_free="true")
    assert "0 services" in answer
    assert "Without “No ID asked”" in answer or "Said in a document, not checked with them" in answer


@pytest.mark.usefixtures("served")
def test_a_second_start_does_nothing_again(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Reading places and compressing files take most of a start; the seconds are printed, for the design's 5."""
    manifest = ROOT / "staticfiles" / "staticfiles.json"
    collected, began = manifest.stat().st_mtime_ns, time.monotonic()
    with made("run", database):
        took = time.monotonic() - began
    with capsys.disabled():
        sys.stdout.write(f"\na second start: {took:.1f} s")
    assert manifest.stat().st_mtime_ns == collected


@pytest.mark.usefixtures("served")
def test_after_make_demo_a_demo_city_has_three(database: Path) -> None:
    with made("demo", database) as address:
        question = {"near": "Manchester", "need": "rest-space", "id_free": "true"}
        assert asked(address, **question)["count"] >= 3
