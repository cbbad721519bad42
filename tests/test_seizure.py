"""R31: what somebody gets who takes the server is written down, column by column and file by file, and is true."""

import ast
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from config import server_log
from locator import membership
from locator.exchange.forgetting import BY_THE_CALENDAR
from locator.exchange.passed_on import give_words
from locator.models import ListingChange, Organization, Upload
from locator.moderation.reports import ReportKind, report
from locator.moderation.suggestions import SuggestionHow, suggest
from tests.conftest import a_document, publish
from tests.test_architecture import modules
from tools import seizure

ROOT = Path(__file__).resolve().parents[1]
WRITING = {
    "write_text", "write_bytes", "mkdir", "touch", "symlink_to", "TemporaryFile", "NamedTemporaryFile",
    "TemporaryDirectory", "SpooledTemporaryFile", "mkstemp", "mkdtemp", "FileHandler",
}  # fmt: skip


def undescribed() -> Iterator[str]:
    """Yield each table and column of the database that nobody has said anything about."""
    known = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(seizure.SHADOWS):
                continue
            if table not in seizure.TABLES:
                yield table
                continue
            model = known.get(table)
            names = {field.column: field.name for field in model._meta.concrete_fields} if model else {}
            for column in connection.introspection.get_table_description(cursor, table):
                name = names.get(column.name, column.name)
                if not seizure.class_of(table, model.__name__ if model else "", name):
                    yield f"{table}.{column.name}"


def test_r31_every_table_and_column_is_described(db: None) -> None:
    missing = list(undescribed())
    assert not missing, f"Say in tools/seizure.py, and tests/classification.py, whose these are: {missing}"


def test_r31_a_table_that_nobody_described_is_named(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE visits (who text)")
    assert list(undescribed()) == ["visits"]


def test_r31_a_column_that_nobody_described_is_named(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE locator_report ADD COLUMN who text")
    assert list(undescribed()) == ["locator_report.who"]


def test_r31_nothing_is_described_that_is_not_there(db: None) -> None:
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    assert set(seizure.TABLES) - there <= {"locator_listingtext_fts", "sqlite_sequence"}
    assert set(seizure.COLUMNS) <= set(seizure.TABLES)


def test_r31_the_document_says_what_is_described() -> None:
    assert seizure.DOCUMENT.read_text(encoding="utf-8") == seizure.written(), "Run `make seizure`."


def writes(node: ast.Call) -> bool:
    """Say whether a call makes a file, or opens one to write."""
    called = ast.unparse(node.func)
    name = called.rpartition(".")[2]
    said = [
        word.value
        for word in [*node.args, *(key.value for key in node.keywords)]
        if isinstance(word, ast.Constant)
    ]
    modes = [word for word in said if isinstance(word, str) and re.fullmatch(r"[rwxabt+]{1,3}", word)]
    opens = name in {"open", "fdopen", "ZipFile"} and any(set(mode) & set("wxa+") for mode in modes)
    return opens or name in WRITING or called in {"os.open", "sqlite3.connect"}


def test_r31_every_module_that_writes_a_file_is_described() -> None:
    writers = {
        str(path.relative_to(ROOT))
        for path in modules("locator", "config")
        if any(isinstance(node, ast.Call) and writes(node) for node in ast.walk(ast.parse(path.read_text())))
    }
    assert writers == {writer for kind in seizure.FILES for writer in kind.writers}, (
        "Say in tools/seizure.py which."
    )


def test_r31_every_place_that_a_unit_may_write_to_is_described() -> None:
    units = "".join(path.read_text() for path in (ROOT / "deploy").glob("*.service"))
    places = {place for line in re.findall(r"ReadWritePaths=(.*)", units) for place in line.split()}
    described = " ".join(kind.where for kind in seizure.FILES)
    missing = {
        place
        for place in places
        if f"`{place.removeprefix('/srv/brolly/')}" not in described.replace("/srv/brolly/", "")
    }
    assert not missing


@pytest.mark.parametrize("unit", sorted((ROOT / "deploy").glob("*.service")), ids=lambda path: path.name)
def test_r25_no_unit_leaves_a_core_dump(unit: Path) -> None:
    assert "LimitCORE=0\n" in unit.read_text()


# What goes by the calendar: for each table, how a row of it comes to be.


def a_session() -> None:
    session = SessionStore()
    session.set_expiry(30 * 60)
    session.create()


def an_upload() -> None:
    Upload.objects.create(organization=Organization.objects.get(), author="Ann")


def a_service_that_is_withdrawn() -> None:
    gone = {"kind": ListingChange.Kind.WITHDRAWN, "on": timezone.now().date()}
    ListingChange.objects.create(service_id=uuid4(), number=ListingChange.objects.count() + 100, **gone)


def a_report() -> None:
    report(Organization.objects.get().services.get().short_id, ReportKind.CLOSED)


MADE: dict[str, Callable[[], object]] = {
    "django_session": a_session,
    "locator_invitation": lambda: membership.invite(f"{uuid4().hex}@example.org", role="moderator", by="Olu"),
    "locator_listingchange": a_service_that_is_withdrawn,
    "locator_passedon": lambda: give_words([uuid4().hex[:8]]),
    "locator_report": a_report,
    "locator_suggestion": lambda: suggest(uuid4().hex, "Leeds", "", SuggestionHow.WENT),
    "locator_upload": an_upload,
}


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_r31_what_has_a_last_day_is_deleted_by_night() -> None:
    with_days = {table for table, rows in seizure.TABLES.items() if rows.days}
    assert with_days == set(BY_THE_CALENDAR), "A table says how many days, and nothing deletes its rows by night."
    assert with_days == set(MADE), "Say here how a row of it comes to be."


@pytest.mark.parametrize("table", sorted(MADE))
def test_r31_a_row_stays_its_days_and_no_longer(db: None, table: str) -> None:
    days = seizure.TABLES[table].days or 0
    made_at = timezone.now()
    with time_machine.travel(made_at, tick=False):
        publish(a_document("Tuesday room"))
        before = count(table)
        MADE[table]()
    assert count(table) == before + 1
    if days > 1:  # a session has less than a day
        with time_machine.travel(made_at + timedelta(days=days, hours=-1), tick=False):
            call_command("refresh_hours", verbosity=0)
            assert count(table) == before + 1, "It went too early."
    with time_machine.travel(made_at + timedelta(days=days + 1, hours=1), tick=False):
        call_command("refresh_hours", verbosity=0)
    assert count(table) == before, "It stays for longer than docs/privacy.md says."


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="there is no such server")
def test_r27_a_server_that_writes_statements_down_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET log_min_duration_statement = 0")
    told = [str(warning) for warning in server_log.postgres_writes_nothing_down(["default"])]
    assert any("log_min_duration_statement = '0', not '-1'" in words for words in told)
