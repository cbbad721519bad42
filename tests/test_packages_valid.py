"""All that we have, taken away in each form: valid by the standards' own means, and whole."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation
from frictionless import system, validate

from locator import moderation
from locator.exchange.packages.containers import write_folder
from locator.exchange.packages.licence import data_package_json
from locator.exchange.packages.public import DOWNLOADS, data_package, hsds_json, hsds_ndjson
from locator.exchange.packages.tables import TABLES
from locator.models import Service
from tests.standards import SCHEMAS, needs_schemas, problems
from tests.test_own_package import OLU, private, there_and_back  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("standards")]


@pytest.fixture(scope="module")
def package(everything: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    with django_db_blocker.unblock():
        write_folder(folder, data_package())
    return folder


def faults(descriptor: Path) -> list[Any]:
    with system.use_context(trusted=True):  # it is asked of a file by its full path
        report = validate(str(descriptor))
    assert len(report.tasks) == len(TABLES)
    return [*report.flatten(["rowNumber", "fieldName", "type", "note"]), *report.errors]


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / TABLES[name].path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_tables_are_what_they_are_said_to_be(package: Path) -> None:
    assert faults(package / "datapackage.json") == []


def test_a_wrong_table_is_told_of(package: Path, tmp_path: Path) -> None:
    """The validator looks: a row that leads to nothing is found."""
    folder = tmp_path / "copy"
    shutil.copytree(package, folder)
    (folder / "organizations.csv").write_text("id,name\r\n", encoding="utf-8")
    assert faults(folder / "datapackage.json")


@needs_schemas
def test_the_tables_are_what_the_standard_says(package: Path) -> None:
    shutil.copy(SCHEMAS / "hsds-3.2/datapackage.json", package / "standard.json")
    assert faults(package / "standard.json") == []


@needs_schemas
def test_we_describe_the_standard_s_tables_and_no_others() -> None:
    theirs, ours = (
        described(text)
        for text in [
            (SCHEMAS / "hsds-3.2/datapackage.json").read_text(encoding="utf-8"),
            data_package_json(),
        ]
    )
    assert ours == theirs


def described(text: str) -> dict[str, Any]:
    return {
        row["name"]: (
            row["path"],
            [
                (field["name"], field["type"], field.get("constraints", {}).get("required", False))
                for field in row["schema"]["fields"]
            ],
            row["schema"].get("foreignKeys", []) and sorted(key["fields"] for key in row["schema"]["foreignKeys"]),
        )
        for row in json.loads(text)["resources"]
    }


def test_every_service_is_in_the_tables_once(package: Path) -> None:
    listed = Service.objects.filter(status="listed").values_list("id", flat=True)
    assert sorted(row["id"] for row in table(package, "service")) == sorted(str(key) for key in listed)


def test_times_have_seconds(package: Path) -> None:
    times = [row["opens_at"] for row in table(package, "schedule") if row["opens_at"]]
    assert times
    assert {len(time.split(":")) for time in times} == {3}


@needs_schemas
def test_every_service_is_valid_and_has_no_other_keys(everything: None) -> None:
    found = json.loads(b"".join(hsds_json()))["services"]
    assert [json.loads(line) for line in b"".join(hsds_ndjson()).splitlines()] == found
    assert [problem for row in found for problem in problems("hsds-3.2/strict/service", row)] == []
    assert problems("hsds-3.2/compiled/service", found[0]) == []


@pytest.mark.parametrize("name", DOWNLOADS)
def test_the_same_bytes_again_in_whatever_language(everything: None, name: str) -> None:
    first = b"".join(DOWNLOADS[name].pieces())
    with translation.override("ar"):
        assert b"".join(DOWNLOADS[name].pieces()) == first


def test_all_we_have_comes_back_the_same(everything: None, private: Path) -> None:  # noqa: F811
    first = Service.objects.order_by("id")[0]
    with transaction.atomic():
        moderation.withdraw(first.id, by=OLU, reason="They asked us to")
        there_and_back(private)
        assert Service.objects.get(id=first.id).status == "withdrawn"
        transaction.set_rollback(True)
