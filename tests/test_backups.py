"""What was saved comes back whole, into an empty place and no other; what was changed does not (SAFETY R38)."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pyrage
import pytest
from django.db import connection

from locator.exchange import backups
from locator.exchange.backups.tools import copy_beside

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.server
FILL = """
import django; django.setup()
from django.contrib.sessions.models import Session
from django.utils import timezone
from locator.models import Change, Organization
Organization.objects.create(name="Lantern room", staff_notes="Ring twice")
Session.objects.create(session_key="canary" * 5, session_data="signed in", expire_date=timezone.now())
"""
HELD = """
import django; django.setup()
from django.contrib.sessions.models import Session
from locator.models import Organization
print(list(Organization.objects.values_list("name", "staff_notes")), Session.objects.count())
"""


@dataclass
class Site:
    """A database of its own, and a folder with the key and the backups."""

    url: str
    folder: Path

    def run(self, *words: str, ok: bool = True) -> str:
        own = {"DATABASE_URL": self.url, "PRODUCTION": "False", "SECRET_KEY": "x" * 50, "PYTHONWARNINGS": "error"}
        env = os.environ | own | {"DJANGO_SETTINGS_MODULE": "config.settings"}
        done = subprocess.run(
            [sys.executable, *words], check=False, cwd=ROOT, env=env, capture_output=True, text=True
        )
        assert (done.returncode == 0) == ok, done.stderr
        return done.stdout + done.stderr

    def manage(self, *words: str | Path, ok: bool = True) -> str:
        return self.run("manage.py", *map(str, words), ok=ok)


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Two databases: SQLite files, or new ones of the server that the tests use."""
    if connection.vendor == "sqlite":
        folder = tmp_path_factory.mktemp("databases")
        yield [f"sqlite:///{folder / name}.sqlite3" for name in ("one", "other")]
        return
    said = connection.settings_dict
    server = f"{said['USER']}:{said['PASSWORD'] or ''}@{said['HOST']}:{said['PORT'] or 5432}"
    names = [f"backups_{os.getpid()}_{name}" for name in ("one", "other")]
    with psycopg.connect(f"postgres://{server}/postgres", autocommit=True) as admin:
        for name in names:
            admin.execute(f"CREATE DATABASE {name}")
        yield [f"postgres://{server}/{name}" for name in names]
        for name in names:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def site(urls: list[str], tmp_path_factory: pytest.TempPathFactory) -> Site:
    made = Site(urls[0], tmp_path_factory.mktemp("site"))
    made.manage("migrate", "--verbosity", "0")
    made.run("-c", FILL)
    return made


@pytest.fixture(scope="module")
def saved(site: Site) -> Path:
    whom = site.manage("backup", "--new-key", site.folder / "key").strip().removeprefix("BACKUP_RECIPIENT=")
    return Path(site.manage("backup", site.folder, "--for", whom).strip())


def test_r38_a_flipped_byte_is_refused_and_nothing_is_written(site: Site, saved: Path, urls: list[str]) -> None:
    whole, flipped, empty = saved.read_bytes(), site.folder / "flipped", Site(urls[1], site.folder)
    flipped.write_bytes(whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:])
    assert "is damaged" in empty.manage("restore", flipped, "--key", site.folder / "key", ok=False)
    assert "It is whole" in empty.manage("restore", saved, "--key", site.folder / "key", "--check")
    assert not list(site.folder.parent.rglob("other.sqlite3"))


def test_r38_a_backup_restored_into_an_empty_place_holds_the_same(
    site: Site, saved: Path, urls: list[str]
) -> None:
    empty, key = Site(urls[1], site.folder), site.folder / "key"
    assert "the same as what was saved" in empty.manage("restore", saved, "--key", key)
    assert empty.run("-c", HELD).strip() == "[('Lantern room', 'Ring twice')] 0"  # nobody is signed in there
    assert "holds something already" in site.manage("restore", saved, "--key", key, ok=False)
    assert site.run("-c", HELD).strip() == "[('Lantern room', 'Ring twice')] 1"


def test_a_backup_is_for_its_owner_alone_and_cannot_be_read_without_the_key(site: Site, saved: Path) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == stat.S_IMODE((site.folder / "key").stat().st_mode) == 0o600
    assert b"Lantern" not in saved.read_bytes()
    another = site.folder / "another"
    another.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    with pytest.raises(backups.BackupFailed, match="does not open with this key"):
        backups.restore(saved, another)


def test_nothing_that_is_readable_is_left_beside_the_database(site: Site, saved: Path, urls: list[str]) -> None:
    beside = Path(urls[0].removeprefix("sqlite:///")).parent if "sqlite" in urls[0] else site.folder
    assert not [path.name for path in beside.iterdir() if path.name.startswith(".copy-")]


def test_a_readable_copy_that_a_killed_backup_left_is_deleted_by_the_next(tmp_path: Path) -> None:
    (tmp_path / ".copy-killed").mkdir()
    (tmp_path / ".copy-killed" / "copy").touch()
    with copy_beside(tmp_path / "x.sqlite3") as running, copy_beside(tmp_path / "x.sqlite3") as another:
        left = {path.name for path in tmp_path.iterdir()}
    assert left == {running.parent.name, another.parent.name}
    assert not list(tmp_path.iterdir())


def test_backups_older_than_their_days_are_deleted_and_nothing_else(tmp_path: Path) -> None:
    names = [
        "backup-2026-10-03T031500Z.age",
        "backup-2026-10-04T031501Z.age",
        "backup-notes.age",
        "brolly.sqlite3",
    ]
    for name in names:
        (tmp_path / name).touch()
    gone = backups.expire(tmp_path, datetime(2026, 11, 3, 3, 15, tzinfo=UTC))
    assert [path.name for path in gone] == names[:1]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])


@pytest.mark.parametrize("whom", ["", "age1nobody", "somebody@example.org"])
def test_without_somebody_to_encrypt_for_no_backup_is_made(tmp_path: Path, whom: str) -> None:
    with pytest.raises(backups.BackupFailed, match="whom to encrypt for"):
        backups.backup(tmp_path, whom)
    assert not list(tmp_path.iterdir())


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    whom = backups.new_key(tmp_path / "key")
    assert re.fullmatch("age1[a-z0-9]{58}", whom)
    with pytest.raises(backups.BackupFailed, match="there already"):
        backups.new_key(tmp_path / "key")


def test_a_file_that_is_no_backup_says_so(tmp_path: Path) -> None:
    whom = pyrage.x25519.Recipient.from_str(backups.new_key(tmp_path / "key"))
    (tmp_path / "file").write_bytes(pyrage.encrypt(b'{"format": 1}\n', [whom]))
    with pytest.raises(backups.BackupFailed, match="no backup of ours"):
        backups.restore(tmp_path / "file", tmp_path / "key")
