"""Databases to measure on: made once for each size, and used again until what they are made of changes.

Those of SQLite are files in .build/bench/, those of PostgreSQL are called brolly_bench_… (BENCH_PREFIX: another
name, for two working copies that share one PostgreSQL); each is a copy of one that holds the gazetteer alone. A
database that is complete carries the mark of what it was made of.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from config.env import database
from tests.scale.bench_settings import BENCH_FOLDER
from tests.scale.generate import fill

PREFIX = os.environ.get("BENCH_PREFIX", "brolly_bench")
PLACES = "places"
MADE_OF = ["locator/migrations"]  # what a database holds depends on; of sizes, on these too:
LISTINGS_MADE_OF = [
    "tests/scale/generate.py",
    "locator/publishing/times.py",
    "locator/hours",
    "locator/hsds/vocabulary.py",
    "locator/models/languages.py",
    "locator/models/questions.py",
]
# Visitors get two seconds for a statement; this takes minutes. Millions of rows go into indexes in no order, which
# crawls where their pages do not stay in memory; whose machine stops meanwhile begins again.
WHILE_MADE = {
    "postgresql": ["SET statement_timeout = 0", "SET synchronous_commit = off"],
    "sqlite": ["PRAGMA cache_size = -4000000", "PRAGMA synchronous = OFF", "PRAGMA secure_delete = OFF"],
}
Progress = Callable[[str], None]


class Engine(Protocol):
    """Where databases are kept. A label is `places` or a size."""

    name: str

    def environment(self, label: str) -> dict[str, str]:
        """Return the variables that lead our settings to a database."""

    def mark(self, label: str) -> int:
        """Return the mark of a complete database; 0 when there is none."""

    def drop(self, label: str) -> None: ...

    def create(self, label: str, *, like: str = "") -> None:
        """Make a database, empty or as a copy of another; what had that label is gone."""

    def finish(self, label: str, mark: int) -> None:
        """Mark a database as complete."""


class SQLite:
    name = "SQLite"

    def _path(self, label: str) -> Path:
        return BENCH_FOLDER / f"{label}.sqlite3"

    def environment(self, label: str) -> dict[str, str]:
        return {"DATABASE_URL": "", "BENCH_SQLITE": str(self._path(label))}

    def mark(self, label: str) -> int:
        if not self._path(label).exists():
            return 0
        return int(self._run(label, "PRAGMA user_version"))

    def drop(self, label: str) -> None:
        for path in self._path(label).parent.glob(f"{label}.sqlite3*"):
            path.unlink()

    def create(self, label: str, *, like: str = "") -> None:
        self.drop(label)
        if like:
            shutil.copy(self._path(like), self._path(label))
            self.finish(label, 0)

    def finish(self, label: str, mark: int) -> None:
        self._run(label, f"PRAGMA user_version = {mark}")

    def _run(self, label: str, statement: str) -> int:
        found = sqlite3.connect(self._path(label))
        try:
            row = found.execute(statement).fetchone()
        finally:
            found.close()
        return int(row[0]) if row else 0


class PostgreSQL:
    name = "PostgreSQL"

    def __init__(self, url: str) -> None:
        self.url = url

    def reachable(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=3).close()
        except psycopg.OperationalError:
            return False
        return True

    def _name(self, label: str) -> str:
        return f"{PREFIX}_{label}"

    def _url(self, label: str) -> str:
        return urlsplit(self.url)._replace(path=f"/{self._name(label)}").geturl()

    def environment(self, label: str) -> dict[str, str]:
        return {"DATABASE_URL": self._url(label)}

    def mark(self, label: str) -> int:
        asked = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        with psycopg.connect(self.url) as found:
            row = found.execute(asked, [self._name(label)]).fetchone()
        return int(row[0] or 0) if row else 0

    def drop(self, label: str) -> None:
        self._run(self.url, f"DROP DATABASE IF EXISTS {self._name(label)}")

    def create(self, label: str, *, like: str = "") -> None:
        self.drop(label)
        self._run(
            self.url, f"CREATE DATABASE {self._name(label)} TEMPLATE {self._name(like) if like else 'template0'}"
        )

    def finish(self, label: str, mark: int) -> None:
        """Mark it, after what autovacuum would have done to it by the next day."""
        self._run(self._url(label), "VACUUM ANALYZE")
        self._run(self.url, f"COMMENT ON DATABASE {self._name(label)} IS '{mark}'")

    def _run(self, url: str, statement: str) -> None:
        with psycopg.connect(url, autocommit=True) as found:
            found.execute(statement.encode())


def mark_of(label: str) -> int:
    """Return the mark that a complete database has now: a hash of the files it is made of, and of its label."""
    digest, root = sha256(label.encode()), Path(settings.BASE_DIR)
    for part in MADE_OF if label == PLACES else [*MADE_OF, *LISTINGS_MADE_OF]:
        path = root / part
        for file in sorted(path.glob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return int.from_bytes(digest.digest()[:3]) + 1  # both databases keep it as a small number; 0 is none


def use(engine: Engine, label: str) -> None:
    """Point this process, and those it starts, at a database."""
    connections.close_all()
    os.environ.update(engine.environment(label))
    described = {"default": database(Path(os.environ.get("BENCH_SQLITE", "")))}
    connections.settings["default"] = connections.configure_settings(described)["default"]
    connections["default"] = connections.create_connection("default")


def make_ready(engine: Engine, size: int, *, progress: Progress) -> None:
    """Use the database of a size; make it first if there is none, or one of before."""
    if engine.mark(PLACES) != mark_of(PLACES):
        progress(f"{engine.name}: loading the gazetteer, once")
        _make(engine, PLACES, _load_places)
    if engine.mark(str(size)) != mark_of(str(size)):
        progress(f"{engine.name}: generating {size:,} services, once")
        _make(engine, str(size), lambda: fill(size, progress=progress), like=PLACES)
    use(engine, str(size))


def _make(engine: Engine, label: str, steps: Callable[[], None], *, like: str = "") -> None:
    mark = mark_of(label)  # of the files as they are now; somebody may change one in the meantime
    engine.create(label, like=like)
    use(engine, label)
    with connection.cursor() as cursor:
        for statement in WHILE_MADE[connection.vendor]:
            cursor.execute(statement)
    steps()
    connections.close_all()
    engine.finish(label, mark)


def _load_places() -> None:
    call_command("migrate", verbosity=0)
    call_command("load_gazetteer", stdout=_Silence())


class _Silence:
    def write(self, _text: str) -> None:
        pass
