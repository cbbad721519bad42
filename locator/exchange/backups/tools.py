"""How each database is copied whole at one moment, and filled again: by what its makers wrote for that."""

import fcntl
import gzip
import os
import shutil
import sqlite3
import subprocess  # nosec B404
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from locator.exchange.backups.digest import LEFT_OUT, digest_of, is_filled
from locator.exchange.backups.streams import Compressed, Readable


class ToolFailed(OSError):
    """What a database's tool said went wrong."""


@dataclass
class Dump:
    """A database at one moment: a number over its rows, and a stream that may only be trusted once finished."""

    digest: str
    stream: Readable
    process: "subprocess.Popen[bytes] | None" = None

    def finish(self) -> None:
        """Raise ToolFailed where the tool did not come to its end."""
        if self.process and self.process.wait():
            said = self.process.stderr.read().decode(errors="replace").strip() if self.process.stderr else ""
            raise ToolFailed(said or "the database's own tool stopped")


class Tool(Protocol):
    def dump(self) -> AbstractContextManager[Dump]: ...
    def is_empty(self) -> bool: ...
    def check(self, opened: BinaryIO, digest: str) -> None: ...
    def load(self, opened: BinaryIO, digest: str) -> str: ...


def tool_of(database: BaseDatabaseWrapper) -> Tool:
    return Sqlite(database) if database.vendor == "sqlite" else Postgresql(database)


@contextmanager
def copy_beside(database: Path) -> Iterator[Path]:
    """Yield a file for a readable copy, gone afterwards; delete first what one that was killed has left."""
    for folder in database.parent.glob(".copy-*"):
        with suppress(OSError), _held(folder):
            shutil.rmtree(folder)
    with tempfile.TemporaryDirectory(prefix=".copy-", dir=database.parent) as name, _held(Path(name)):
        copy = Path(name) / "copy"
        copy.touch(0o600)
        yield copy


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder until the end of the block or of this process; raise OSError where another one holds it."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(opened)


class Sqlite:
    """A file beside the database while it is copied, for its owner alone, and gone afterwards."""

    def __init__(self, database: BaseDatabaseWrapper) -> None:
        self.database, self.path = database, Path(str(database.settings_dict["NAME"]))

    @contextmanager
    def dump(self) -> Iterator[Dump]:
        with copy_beside(self.path) as copy:
            self.database.ensure_connection()
            with closing(sqlite3.connect(copy)) as there:
                here = self.database.connection
                here.backup(there)  # https://sqlite.org/backup.html: what is written meanwhile is in it or is not
                there.execute("PRAGMA secure_delete=ON")
                for table in LEFT_OUT:
                    there.execute(f"DELETE FROM {table}")  # noqa: S608  # nosec B608
                there.commit()
                there.execute("PRAGMA journal_mode=DELETE")
            with copy.open("rb") as stream:
                yield Dump(_number_of(copy), Compressed(stream))

    def is_empty(self) -> bool:
        if not self.path.exists():
            return True
        with closing(sqlite3.connect(self.path)) as connection:
            cursor = connection.cursor()
            return not is_filled(cursor, _all(cursor))

    def check(self, opened: BinaryIO, digest: str) -> None:
        with self._unpacked(opened, digest):
            pass

    def load(self, opened: BinaryIO, digest: str) -> str:
        with self._unpacked(opened, digest) as copy:
            self.database.close()
            for rest in ("-wal", "-shm"):
                self.path.with_name(self.path.name + rest).unlink(missing_ok=True)
            copy.replace(self.path)
        return _number_of(self.path)

    @contextmanager
    def _unpacked(self, opened: BinaryIO, digest: str) -> Iterator[Path]:
        with copy_beside(self.path) as copy:
            with copy.open("wb") as file:
                shutil.copyfileobj(gzip.GzipFile(fileobj=opened), file)
                file.flush()
                os.fsync(file.fileno())
            if _number_of(copy) != digest:
                raise ToolFailed("what is in it is not what was saved")
            yield copy


def _number_of(path: Path) -> str:
    """Return the number over a SQLite file; raise ToolFailed where it is broken."""
    with closing(sqlite3.connect(path)) as connection:
        cursor = connection.cursor()
        cursor.execute("PRAGMA quick_check(1)")
        if (said := cursor.fetchone()[0]) != "ok":
            raise ToolFailed(f"the copy is damaged: {said}")
        return digest_of(cursor, _all(cursor))


def _all(cursor: Any) -> list[str]:
    """Return the tables of a SQLite file, but for an index of words, which is made from one of them."""
    cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'")
    virtual = tuple(name for (name,) in cursor.fetchall())
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [name for (name,) in cursor.fetchall() if not name.startswith(virtual)]


class Postgresql:
    """pg_dump and pg_restore; they have to be of the server's release, or a newer one."""

    def __init__(self, database: BaseDatabaseWrapper) -> None:
        self.database = database

    def _env(self) -> dict[str, str]:
        said = self.database.settings_dict
        given = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}  # nosec B105
        return os.environ | {name: str(said[key]) for name, key in given.items() if said.get(key)}

    def _name(self) -> str:
        return f"--dbname={self.database.settings_dict['NAME']}"

    def _tables(self, cursor: Any) -> list[str]:
        return self.database.introspection.table_names(cursor)

    @contextmanager
    def dump(self) -> Iterator[Dump]:
        with transaction.atomic(using=self.database.alias), self.database.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
            digest = digest_of(cursor, self._tables(cursor))
            cursor.execute("SELECT pg_export_snapshot()")
            words = ["pg_dump", "--format=custom", "--no-owner", f"--snapshot={cursor.fetchone()[0]}"]
            words += [f"--exclude-table-data={table}" for table in sorted(LEFT_OUT)]
            with self._running([*words, self._name()], stdout=subprocess.PIPE) as process:
                yield Dump(digest, process.stdout, process)  # type: ignore[arg-type]  # a pipe

    @contextmanager
    def _running(self, words: list[str], **streams: Any) -> Iterator["subprocess.Popen[bytes]"]:
        try:
            process = subprocess.Popen(  # noqa: S603  # nosec B603
                words, env=self._env(), stderr=subprocess.PIPE, **streams
            )
        except FileNotFoundError as problem:
            raise ToolFailed(f"{words[0]} is not installed (Debian: postgresql-client)") from problem
        with process:
            try:
                yield process
            finally:
                with suppress(ProcessLookupError):
                    process.terminate()

    def _restore(self, opened: BinaryIO, *words: str) -> None:
        os.lseek(opened.fileno(), opened.tell(), os.SEEK_SET)  # a child reads on where we have read to
        with self._running(["pg_restore", *words], stdin=opened, stdout=subprocess.DEVNULL) as process:
            _out, said = process.communicate()
            if process.returncode:
                raise ToolFailed(said.decode(errors="replace").strip())

    def is_empty(self) -> bool:
        with self.database.cursor() as cursor:
            return not is_filled(cursor, self._tables(cursor))

    def check(self, opened: BinaryIO, digest: str) -> None:
        """See that pg_restore can read all of it; only a restored database has rows to count over."""
        self._restore(opened, "--file=-")

    def load(self, opened: BinaryIO, digest: str) -> str:
        self.database.close()
        how = ["--single-transaction", "--exit-on-error", "--clean", "--if-exists", "--no-owner"]
        self._restore(opened, *how, self._name())
        with self.database.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            return digest_of(cursor, self._tables(cursor))
