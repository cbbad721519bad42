"""Files of documents come in whole or not at all; starter listings stay out of sight in production."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.test import Client

from locator.models import Change, Listing, Organization, Service
from tests.conftest import a_document, publish

pytestmark = pytest.mark.django_db

LIST = "/api/v1/services/"
REST, WORKSHOPS = "k32hfrbp", "p37mphsk"  # trans sex works*, Hydra
SEEDS = json.loads((configured.BASE_DIR / "seeds" / "listings.json").read_text(encoding="utf-8"))["services"]


def load() -> str:
    out = StringIO()
    call_command("load_seeds", stdout=out)
    return out.getvalue()


def rows() -> list[list[Any]]:
    """Return everything that loading writes, as it stands."""
    models: list[Any] = [Service, Organization, Change, Listing]
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.fixture
def seeds_of(settings: Any, tmp_path: Path) -> Callable[[str], None]:
    """Return a function that puts this text in the place of the file of starter listings."""

    def put(content: str) -> None:
        (tmp_path / "seeds").mkdir()
        (tmp_path / "seeds" / "listings.json").write_text(content, encoding="utf-8")
        settings.BASE_DIR = tmp_path

    return put


# How they are loaded


def test_loading_again_changes_nothing() -> None:
    load()
    before = rows()
    assert load() == f"Starter listings: 0 loaded, {len(SEEDS) + 3} kept as they were.\n"
    assert rows() == before


def test_what_was_taken_away_stays_away_when_they_are_loaded_again(visitor: Client) -> None:
    load()
    call_command("withdraw", WORKSHOPS, "--by", "Olu", stdout=StringIO())
    load()
    assert visitor.get(f"/s/{WORKSHOPS}/").status_code == 404


def test_what_was_corrected_stays_so_however_its_id_is_written(seeds_of: Callable[[str], None]) -> None:
    known = publish(a_document("Tuesday room", description="Corrected"))
    seeds_of(json.dumps({"services": [a_document("Tuesday room") | {"id": str(known.id).upper()}]}))
    assert "0 loaded, 1 kept" in load()
    assert Service.objects.get().description == "Corrected"


def test_in_production_none_is_shown(visitor: Client, settings: Any) -> None:
    settings.PRODUCTION = True
    load()
    assert Service.objects.count() == len(SEEDS)
    assert visitor.get(LIST, {"include_unconfirmed": "true"}).json()["count"] == 0
    for seed in SEEDS:
        assert visitor.get(f"/s/{seed['brolly']['short_id']}/").status_code == 404


def test_in_production_they_are_switched_on_one_by_one(visitor: Client, settings: Any) -> None:
    settings.PRODUCTION = True
    load()
    call_command("list_service", WORKSHOPS, "--by", "Olu", "--because", "We know them", stdout=StringIO())
    assert [row["name"] for row in visitor.get(LIST).json()["results"]] == ["Hydra: workshops"]
    assert visitor.get(f"/s/{REST}/").status_code == 404


# Files that are wrong


def three(**wrong: Any) -> str:
    """Return a file of three documents, the second of them wrong."""
    documents = [a_document(name) for name in ("First room", "Second room", "Third room")]
    documents[1] |= wrong
    return json.dumps({"services": documents})


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"status": "open"}, "“Second room”: status: .open. is not a valid choice"),
        ({"colour": "blue"}, "“Second room”: colour: This is not a part of a document"),
        ({"brolly": 1}, "“Second room”: brolly: Invalid data"),
        ({"languages": [{"code": "en"}, {"code": "xx"}]}, "languages 2 code: “xx” is not a language code we know"),
        (
            {"languages": [{"code": "en"}, {"code": "en"}]},
            "“Second room”: it says what another says already, or says it twice",
        ),
        ({"id": a_document("First room")["id"]}, "“Second room”: its id is there twice"),
        ({"id": "7"}, "“Second room”: id: Must be a valid UUID"),
    ],
)
def test_a_broken_row_in_the_middle_is_named_and_changes_nothing(
    seeds_of: Callable[[str], None], wrong: dict[str, Any], words: str
) -> None:
    seeds_of(three(**wrong))
    with pytest.raises(CommandError, match=words):
        load()
    assert not Service.objects.exists()
    assert not Change.objects.exists()
    assert not Organization.objects.exists()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", "null", "7", '{"listings": []}', '{"services": ["x"]}', '{"services": 1}', "[" * 9999],
)
def test_a_file_of_something_else_gets_words(seeds_of: Callable[[str], None], content: str) -> None:
    seeds_of(content)
    with pytest.raises(CommandError, match=r"listings.json( is no file of documents|: number 1)"):
        load()


def test_an_area_nobody_knows_is_named(seeds_of: Callable[[str], None]) -> None:
    seeds_of(json.dumps({"services": [a_document("Far room", serves=["area:atlantis-gb"])]}))
    with pytest.raises(CommandError, match="“atlantis-gb” is not an area we know"):
        load()
