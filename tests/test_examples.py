"""The programs in docs/api.md run as they stand, and print what stands below them (`…` is whatever is there)."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from locator import keys
from locator.models import Organization, Place, PlaceName
from tests.accounts import a_person
from tests.conftest import a_document, publish

BLOCK = re.compile(r"```(python|js)\n(.*?)```\s+```text\n(.*?)```", re.DOTALL)
DAYS = "MO,TU,WE,TH,FR,SA,SU"


@dataclass(frozen=True)
class Example:
    language: str
    program: str
    printed: str


def examples() -> list[Example]:
    words = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text(encoding="utf-8")
    return [Example(*found.groups()) for found in BLOCK.finditer(words)]


@pytest.fixture
def site(manchester: None, live_server: Any) -> dict[str, str]:
    """Two services in Manchester, one open day and night, on a server of this test's; and a key of their own."""
    town = Place.objects.get(slug="manchester-gb")
    PlaceName.objects.get_or_create(place=town, norm="manchester", defaults={"primary": True})
    always = [{"freq": "WEEKLY", "byday": DAYS, "opens_at": "00:00", "closes_at": "00:00"}]
    checked: dict[str, Any] = {
        "assured_date": timezone.localdate().isoformat(),
        "brolly": {"assurer": "Example group"},
    }
    room = publish(a_document("Tuesday room", hours=always, yes=["id_free"], **checked))
    publish(a_document("Quiet flat", areas=["manchester"]))
    paula = a_person("Paula", of=Organization.objects.get(), role="manager")
    key = keys.make(room.organization, "Examples", account=paula.pk, days=90).key
    return {"BROLLY": live_server.url, "BROLLY_KEY": key}


def test_there_are_programs_in_both_languages() -> None:
    assert [example.language for example in examples()] == ["python", "js"] * 4


@pytest.mark.parametrize("example", examples(), ids=lambda example: f"{example.language} {len(example.program)}")
def test_a_program_prints_what_stands_below_it(example: Example, site: dict[str, str], tmp_path: Path) -> None:
    command, around = [*_runs(example.language), example.program], {"PATH": os.environ["PATH"], **site}
    ran = subprocess.run(
        command, env=around, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    pattern = ".*".join(map(re.escape, example.printed.split("…")))
    assert re.fullmatch(pattern, ran.stdout), ran.stdout


def _runs(language: str) -> list[str]:
    if language == "python":
        return [sys.executable, "-I", "-c"]
    node = shutil.which("node")
    if node is None:
        pytest.skip("There is no node here: the examples in JavaScript were NOT run.")
    return [node, "--input-type=module", "--eval"]
