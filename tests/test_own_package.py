"""All of the directory, written out and taken in again, is the same: to the byte, and column by column."""

import json
import stat
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from locator import moderation
from locator.exchange import own_package
from locator.exchange.importing import UnreadableFile
from locator.hsds.reading import PREFETCH, organization_document, service_document
from locator.hsds.shape import clean_organization, clean_service
from locator.models import Change, Listing, Location, Moved, Organization, SearchToken, Service
from locator.rules import Actor, Role
from tests.conftest import a_document, publish
from tests.documents import Drawing
from tests.test_noninterference import PAIRS

pytestmark = pytest.mark.django_db
OLU = Actor("Olu", Role.OPERATOR)
# The tables of the directory. All other tables are named below, with why a package does not have them.
DIRECTORY = {
    "Contact", "CostOption", "DatedHours", "Fact", "Hours", "Language", "Link", "Location", "Organization",
    "Phone", "Service", "ServiceArea", "ServiceAtLocation", "Service_credentials", "Service_types", "Translation",
}  # fmt: skip
NOT_DIRECTORY = {
    **dict.fromkeys(["Term", "Place", "PlaceName", "Postcode"], "comes with the program and its gazetteer"),
    **dict.fromkeys(
        [
            "Listing", "ListingData", "ListingLanguage", "ListingMoved", "ListingText", "SearchToken",
            "TokenVariant", "OpenInterval", "ListingChange", "FeedPosition",
        ],
        "made from the directory",
    ),
    **dict.fromkeys(["Change", "Approval"], "the history of this copy: who proposed and decided what"),
    **dict.fromkeys(["Inclusion", "Moved", "LeftOut", "LeftOutMark"], "decisions of the people of this site"),
    **dict.fromkeys(
        ["Membership", "Moderator", "Invitation", "ApiKey", "Upload", "UploadRow", "Import", "SourceRecord"],
        "accounts, and what they did",
    ),
    **dict.fromkeys(["ContactCheck", "Bounce", "Reminder"], "what this copy has looked at and sent"),
    **dict.fromkeys(["Report", "Suggestion", "Notice", "PassedOn"], "what visitors said, and what is over soon"),
}  # fmt: skip
NOT_COMPARED = {
    "Organization.trusted": "a decision about people: no file may give it",
    "Organization.revision": "how often it was changed in this copy",
    "Service.revision": "how often it was changed in this copy",
    "Service.last_modified": "when it was last written in this copy",
    **dict.fromkeys(
        [
            "CostOption.id",
            "Fact.id",
            "Language.id",
            "Translation.id",
            "Service_types.id",
            "Service_credentials.id",
        ],
        "a number that nothing refers to",
    ),
}


def tables() -> Iterator[type[models.Model]]:
    for model in apps.get_app_config("locator").get_models(include_auto_created=True):
        if model.__name__ in DIRECTORY:
            yield model


def compared(model: type[models.Model]) -> list[str]:
    columns = [field.attname for field in model._meta.concrete_fields]
    return [name for name in columns if f"{model.__name__}.{name}" not in NOT_COMPARED]


def rows() -> dict[str, list[str]]:
    """Return each table's rows, in an order of their own."""
    return {
        model.__name__: sorted(
            json.dumps(row, default=str, sort_keys=True) for row in model._default_manager.values(*compared(model))
        )
        for model in tables()
    }


def the_bytes() -> dict[str, bytes]:
    return {name: b"".join(pieces) for name, pieces in own_package.files()}


def wipe() -> None:
    """Leave nothing of the directory, its history and what is published of it."""
    for model in (Moved, Service, Location, Organization, Change, Listing, SearchToken):
        model._default_manager.all().delete()
    assert not any(rows().values())


def take_in(path: Path) -> None:
    words = ["--source", "Us", "--restore", "--approve", "--by", "Olu"]
    call_command("import_hsds", str(path), *words, stdout=StringIO())


def there_and_back(folder: Path) -> None:
    """Write, wipe, take in; compare."""
    path = folder / "all.zip"
    path.unlink(missing_ok=True)
    own_package.write(path)
    before, written = rows(), the_bytes()
    wipe()
    take_in(path)
    assert the_bytes() == written
    for name, found in rows().items():
        assert found == before[name], f"{name} is not what it was"


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """Return a folder that nobody else can look into."""
    folder = tmp_path / "private"
    folder.mkdir(mode=0o700)
    return folder


def test_every_table_is_the_directory_s_or_has_a_reason_not_to_be() -> None:
    known = apps.get_app_config("locator").get_models(include_auto_created=True)
    missing = {model.__name__ for model in known} ^ (DIRECTORY | NOT_DIRECTORY.keys())
    assert not missing, f"Say in this file whether {sorted(missing)} is of the directory."


def test_every_column_that_is_not_compared_is_one() -> None:
    columns = {f"{model.__name__}.{field.attname}" for model in tables() for field in model._meta.concrete_fields}
    assert not NOT_COMPARED.keys() - columns


@settings(PAIRS, max_examples=8)
@given(drawn=Drawing().directories())
def test_whatever_a_directory_holds_comes_back_the_same(tmp_path_factory: Any, drawn: Any) -> None:
    with transaction.atomic():
        accept(drawn)
        there_and_back(tmp_path_factory.mktemp("private"))
        transaction.set_rollback(True)


def accept(drawn: Any) -> None:
    organization, services = drawn
    documents = [("organization", organization), *(("service", service) for service in services)]
    for subject, document in documents:
        moderation.approve(moderation.propose(document, by=OLU, subject=subject), by=OLU)


def test_every_column_is_tried(tmp_path: Path) -> None:
    """A column that no row fills would come back the same whatever became of it."""
    empty = {f"{model.__name__}.{name}" for model in tables() for name in compared(model)}

    @settings(PAIRS, max_examples=5)
    @given(Drawing(whole=True).directories())
    def fill(drawn: Any) -> None:
        with transaction.atomic():
            accept(drawn)
            for model in tables():
                for row in model._default_manager.values(*compared(model)):
                    empty.difference_update(
                        f"{model.__name__}.{name}" for name in row if is_filled(model, name, row)
                    )
            transaction.set_rollback(True)

    fill()
    assert not empty, f"No document that is drawn fills {sorted(empty)}: teach tests/documents.py."


def is_filled(model: type[models.Model], name: str, row: dict[str, Any]) -> bool:
    field = next(field for field in model._meta.concrete_fields if field.attname == name)
    return field.primary_key or row[name] not in (None, "", field.get_default())


@settings(PAIRS, max_examples=10)
@given(data=st.data())
def test_what_we_write_is_read_back_equal(data: Any) -> None:
    """What a serializer makes of rows is in the one shape, and says again what it said."""
    with transaction.atomic():
        accept(data.draw(Drawing().directories()))
        for service in Service.objects.prefetch_related(*PREFETCH):
            assert clean_service(service_document(service)) == service_document(service)
        for organization in Organization.objects.all():
            found = organization_document(organization)
            assert clean_organization(found) == found
        transaction.set_rollback(True)


# The command, and where it refuses to write


def test_drafts_notes_and_people_are_in_it_and_only_the_owner_reads_it(private: Path) -> None:
    service = publish(a_document(status="draft", brolly={"staff_notes": "Ask for Sam"}))
    said = exported(private / "all.zip")
    assert said.startswith("1 organizations and 1 services, drafts and withdrawn ones too")
    with ZipFile(private / "all.zip") as package:
        held = json.loads(package.read("services.ndjson"))
        modes = {entry.external_attr >> 16 for entry in package.infolist()}
    assert (held["id"], held["brolly"]["status"]) == (str(service.id), "draft")
    assert held["brolly"]["staff_notes"] == "Ask for Sam"
    assert modes == {0o600}
    assert stat.S_IMODE((private / "all.zip").stat().st_mode) == 0o600


def test_a_folder_is_for_its_owner_alone(private: Path) -> None:
    exported(private / "all")
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in [private / "all", *(private / "all").iterdir()]
    }
    files = {"README.txt", "package.json", "organizations.ndjson", "services.ndjson"}
    assert modes == {"all": 0o700, **dict.fromkeys(files, 0o600)}


@pytest.mark.parametrize("mode", [0o755, 0o701, 0o704, 0o777])
def test_nothing_is_written_where_everybody_can_look(private: Path, mode: int) -> None:
    private.chmod(mode)
    with pytest.raises(CommandError, match="Everybody on this machine can look into"):
        exported(private / "all.zip")
    assert not list(private.iterdir())


def test_nothing_is_written_over_what_is_there(private: Path) -> None:
    (private / "all.zip").symlink_to("/nowhere")
    with pytest.raises(CommandError, match="is there already"):
        exported(private / "all.zip")


def test_nothing_is_written_where_the_site_serves_it(private: Path, settings: Any) -> None:
    settings.STATIC_ROOT = private
    with pytest.raises(CommandError, match="The site serves what is in"):
        exported(private / "all.zip")


def test_it_has_no_form_for_tables(private: Path) -> None:
    with pytest.raises(CommandError, match="it is a folder, or a file"):
        exported(private / "all.csv", "--format", "csv")


def exported(path: Path, *words: str) -> str:
    out = StringIO()
    call_command("export_hsds", str(path), "--full", *words, stdout=out)
    return out.getvalue().strip()


# What is no package, or not whole


def a_package(folder: Path, **files: str) -> Path:
    whole = {"package.json": json.dumps(own_package.KIND), "organizations.ndjson": "", "services.ndjson": ""}
    for name, content in (whole | {name.replace("_", "."): content for name, content in files.items()}).items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


BROKEN = [
    ({"services_ndjson": "{}\n"}, "services.ndjson, line 1 is no document"),
    ({"services_ndjson": '{"id": "x"}\n[1]\n'}, "services.ndjson, line 2 is no document"),
    ({"organizations_ndjson": '{"id": "x'}, "organizations.ndjson, line 1: Unterminated string"),
    ({"organizations_ndjson": "[" * 100_000}, "organizations.ndjson, line 1"),
    ({"package_json": '{"package": "brolly-directory", "version": 2}'}, "of another version"),
    ({"package_json": "x"}, "is no package of this program"),
]


@pytest.mark.parametrize(("files", "told"), BROKEN, ids=[told for _files, told in BROKEN])
def test_a_broken_package_is_told_with_its_line(private: Path, files: dict[str, str], told: str) -> None:
    with pytest.raises(UnreadableFile, match=told):
        list(own_package.read(a_package(private, **files)))


def test_a_record_says_where_it_stands(private: Path) -> None:
    a_package(private, services_ndjson='{"id": "1", "name": "One"}\n{"id": "2", "name": "Two"}\n')
    found = [(row.subject, row.key, row.where, row.name) for row in own_package.read(private)]
    assert found[1] == ("service", "service 2", "services.ndjson, line 2", "Two")


def test_other_files_are_no_package(tmp_path: Path) -> None:
    path = tmp_path / "listings.csv"
    path.write_text("id,name")
    assert not own_package.is_one(path)
    assert not own_package.is_one(tmp_path)
    assert own_package.is_one(a_package(tmp_path))
    with pytest.raises(UnreadableFile, match="is no package of this program"):
        list(own_package.read(path))
