"""Files with everything that is published: they show no more than a page does, in every form."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from locator import moderation, publishing
from locator.exchange.packages.containers import write_file
from locator.exchange.packages.public import DOWNLOADS
from locator.exchange.packages.tables import TABLES
from locator.models import Phone, Service
from locator.rules import Actor, Role
from tests.conftest import ASKED_ON, MakeService, a_document, publish

pytestmark = pytest.mark.django_db

EXPORT = "/api/v1/export/"
forms = pytest.mark.parametrize("name", DOWNLOADS)


def content(name: str, **headers: str) -> bytes:
    return Client().get(f"{EXPORT}{name}", headers=headers).getvalue()


def unpacked(name: str) -> str:
    """Return the words of a file; of a zip, those of all its files."""
    found = content(name)
    if not name.endswith(".zip"):
        return found.decode("utf-8-sig")
    with ZipFile(io.BytesIO(found)) as package:
        return "\n".join(package.read(entry).decode() for entry in package.infolist())


def tables() -> dict[str, list[dict[str, str]]]:
    with ZipFile(io.BytesIO(content("hsds.zip"))) as package:
        return {
            name: list(csv.DictReader(io.StringIO(package.read(table.path).decode(), newline="")))
            for name, table in TABLES.items()
        }


def flat() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(unpacked("listings.csv"), newline="")))


# What they show


@forms
def test_a_hidden_place_has_no_address_point_or_distance(make_service: MakeService, name: str) -> None:
    service = make_service("Quiet flat", at=["manchester"], phone="0161 496 0000")
    assert "53.48" in unpacked(name)
    moderation.correct(
        service.id,
        moderation.Correction(area="manchester-gb"),
        by=Actor("Olu", Role.OPERATOR),
        asked=moderation.Asked("Example group", moderation.today()),
    )
    seen = unpacked(name)
    assert "Quiet flat" in seen
    for word in ("Example Street", "53.4", "-2.2", "distance"):
        assert word not in seen


def test_an_area_is_named_and_nothing_more(make_service: MakeService) -> None:
    make_service("Quiet flat", areas=["manchester"])
    found = tables()
    assert (found["location"][0]["latitude"], found["address"]) == ("", [])
    assert [row["name"] for row in found["service_area"]] == ["Manchester", "Manchester"]
    assert json.loads(content("listings.geojson"))["features"][0]["geometry"] is None
    assert (flat()[0]["area"], flat()[0]["latitude"]) == ("Manchester", "")


@forms
def test_what_is_withdrawn_is_gone(make_service: MakeService, name: str) -> None:
    service = make_service("Tuesday room", organization="Gone group")
    make_service("Wednesday room")
    assert "Tuesday room" in unpacked(name)
    moderation.withdraw(service.id, by=Actor("Olu", Role.OPERATOR), reason="They asked")
    seen = unpacked(name)
    assert "Wednesday room" in seen
    for word in ("Tuesday room", "Gone group", str(service.id)):
        assert word not in seen


@forms
def test_a_draft_and_an_unconfirmed_number_are_not_in_it(make_service: MakeService, name: str) -> None:
    make_service("Tuesday room", unchecked_phone="0161 496 0001")
    make_service("Draft room", status="draft")
    seen = unpacked(name)
    assert "Tuesday room" in seen
    assert "Draft room" not in seen
    assert "496 0001" not in seen


def test_two_services_at_one_address_have_a_row_each(make_service: MakeService) -> None:
    address = {"address_1": "1 Hall Street", "city": "Leeds", "postal_code": "LS1 1AA", "country": "GB"}
    for name in ("Tuesday room", "Wednesday room"):
        document = a_document(name)
        document["service_at_locations"][0]["location"]["addresses"] = [{**address, "address_type": "physical"}]
        publish(document)
    found = tables()["address"]
    assert len({row["id"] for row in found}) == 2
    assert {row["location_id"] for row in found} == {row["id"] for row in tables()["location"]}


def test_a_number_that_is_said_twice_is_there_once(make_service: MakeService) -> None:
    service = make_service("Tuesday room", phone="0161 496 0000")
    number = {"number": "0161 496 0000", "country": "GB", "confirmed_by": "Olu", "confirmed_on": ASKED_ON}
    Phone.objects.create(organization=service.organization, **number)
    publishing.project([service.id])
    assert [row["number"] for row in tables()["phone"]] == ["0161 496 0000"]


# Cells


def test_tables_for_programs_escape_nothing(make_service: MakeService) -> None:
    make_service("=1+1", phone="+44 161 496 0000")
    found = tables()
    assert found["service"][0]["name"] == "=1+1"
    assert found["phone"][0]["number"] == "+44 161 496 0000"


def test_the_table_for_people_runs_no_formula(make_service: MakeService) -> None:
    make_service("=1+1", phone="+44 161 496 0000", organization="@group")
    row = flat()[0]
    assert (row["name"], row["phone"], row["organization"]) == ("'=1+1", "'+44 161 496 0000", "'@group")


def test_a_service_at_two_places_has_two_lines_and_one_from_afar_has_one(make_service: MakeService) -> None:
    make_service("Two doors", at=["manchester", "salford"])
    make_service("Night line", serves=["country:GB", "country:DE"], phone="0808 157 0000")
    assert sorted(row["name"] for row in flat()) == ["Night line", "Two doors", "Two doors"]
    assert len(json.loads(content("listings.geojson"))["features"]) == 3


# The package


def test_every_table_is_there_in_order_with_its_licence() -> None:
    with ZipFile(io.BytesIO(content("hsds.zip"))) as package:
        assert package.namelist() == [
            "README.txt", "LICENCE.txt", "datapackage.json", *(table.path for table in TABLES.values()),
        ]  # fmt: skip
        assert "https://creativecommons.org/licenses/by/4.0/" in package.read("LICENCE.txt").decode()
        assert package.read("units.csv") == b"id,name,scheme,identifier,uri\r\n"
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("name", ["hsds.json", "listings.geojson"])
def test_a_file_says_on_which_terms(name: str) -> None:
    assert json.loads(content(name))["licenses"][0]["name"] == "CC-BY-4.0"


@forms
def test_an_empty_directory_has_files_too(name: str) -> None:
    assert content(name) or name == "hsds.ndjson"


# Asking for them


@forms
def test_a_file_is_known_by_its_version(make_service: MakeService, name: str) -> None:
    make_service("Tuesday room")
    first = Client().get(f"{EXPORT}{name}")
    again = Client().get(f"{EXPORT}{name}", headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert first.headers["Link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
    assert first.streaming


CHANGES: dict[str, Callable[[Service], Any]] = {
    "other words": lambda service: publish(a_document("Tuesday room", description="Soup")),
    "another service": lambda service: publish(a_document("Wednesday room")),
    "a service less": lambda service: moderation.withdraw(service.id, by=Actor("Olu", Role.OPERATOR), reason="x"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_version_is_another_one_when_listings_are(make_service: MakeService, change: str) -> None:
    service = make_service("Tuesday room")
    before = Client().head(f"{EXPORT}hsds.zip").headers["ETag"]
    CHANGES[change](service)
    assert Client().head(f"{EXPORT}hsds.zip").headers["ETag"] != before


def test_the_version_is_another_one_each_day(make_service: MakeService) -> None:
    """Closures that are over are not told any more."""
    make_service("Tuesday room")
    tags = set()
    for day in ("2026-05-03", "2026-05-04"):
        with time_machine.travel(f"{day}T12:00:00Z"):
            tags.add(Client().head(f"{EXPORT}hsds.zip").headers["ETag"])
    assert len(tags) == 2


def test_whoever_has_it_costs_one_query(make_service: MakeService) -> None:
    make_service("Tuesday room")
    tag = Client().head(f"{EXPORT}hsds.zip").headers["ETag"]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        Client().get(f"{EXPORT}hsds.zip", headers={"if-none-match": tag})
    assert len(asked) == 1


def test_the_number_of_queries_does_not_grow_with_the_services(make_service: MakeService) -> None:
    make_service("Tuesday room")
    with CaptureQueriesContext(connection) as one:
        content("hsds.zip")
    for number in range(5):
        make_service(f"Room {number}", organization=f"Group {number}")
    with CaptureQueriesContext(connection) as six:
        content("hsds.zip")
    assert len(six) == len(one) == 3


@pytest.mark.parametrize("ask", ["nope.zip", "hsds", "hsds.zip?near=Manchester"])
def test_what_is_no_file_is_told_as_a_problem(ask: str) -> None:
    answer = Client().get(f"{EXPORT}{ask}")
    assert answer.status_code in {400, 404}
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_any_kind_may_be_asked_for_and_other_sites_may(make_service: MakeService) -> None:
    answer = Client().get(f"{EXPORT}hsds.zip", headers={"accept": "application/zip"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_page_about_the_site_leads_to_them(visitor: Client) -> None:
    page = visitor.get("/about/").content.decode()
    for name in ("hsds.zip", "hsds.json", "listings.geojson", "listings.csv"):
        assert f'href="{EXPORT}{name}"' in page


# The command


@forms
def test_the_command_writes_what_the_site_sends(make_service: MakeService, tmp_path: Path, name: str) -> None:
    make_service("Tuesday room")
    call_command("export_hsds", str(tmp_path / name), stdout=io.StringIO())
    assert (tmp_path / name).read_bytes() == content(name)


def test_a_folder_holds_what_the_zip_does(make_service: MakeService, tmp_path: Path) -> None:
    make_service("Tuesday room")
    out = io.StringIO()
    call_command("export_hsds", str(tmp_path / "open"), stdout=out)
    assert out.getvalue() == f"1 listings as folder: {tmp_path / 'open'}\n"
    with ZipFile(io.BytesIO(content("hsds.zip"))) as package:
        assert {path.name: path.read_bytes() for path in (tmp_path / "open").iterdir()} == {
            name: package.read(name) for name in package.namelist()
        }


def test_a_name_that_says_nothing_needs_a_form(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"“xml” is none of folder, zip, json, ndjson, geojson, csv\."):
        call_command("export_hsds", str(tmp_path / "a.xml"))
    call_command("export_hsds", str(tmp_path / "a.xml"), "--format", "json", stdout=io.StringIO())
    assert json.loads((tmp_path / "a.xml").read_text())["services"] == []


def test_a_file_that_could_not_be_finished_leaves_the_one_before(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise OSError("No space left on device")

    path = tmp_path / "listings.csv"
    path.write_bytes(b"before")
    with pytest.raises(OSError, match="No space"):
        write_file(path, pieces())
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("listings.csv", b"before")]
