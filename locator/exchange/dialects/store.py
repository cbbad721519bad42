"""All rows of what is read, aside on disk and found by their links, so that memory holds one record at a time.

A database of SQLite's own in a file without a name: it is gone when it is closed, or the program is killed.
"""

import json
import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, NamedTuple

Row = dict[str, Any]
LINKS = frozenset(
    "service_id location_id service_at_location_id organization_id contact_id phone_id link_id".split()
)


class Stored(NamedTuple):
    """A row, its number in the store, its id in the file ("" for none), and where it stands."""

    number: int
    id: str
    row: Row
    where: str
    digest: str


def id_of(row: Row, name: str = "id") -> str:
    """Return an id as text: a number and the same digits are one id."""
    value = row.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    said = str(value).strip()[:300] if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
    return said.encode("utf-8", "replace").decode()


class Store:
    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(
            """
            PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32000;
            CREATE TABLE row (number INTEGER PRIMARY KEY, tbl TEXT, id TEXT, spot TEXT, digest TEXT, data TEXT);
            CREATE TABLE link (tbl TEXT, name TEXT, id TEXT, number INTEGER);
            BEGIN;
            """
        )
        self._used = bytearray(1)
        self._tables: dict[str, int] = {}
        self._linked: set[tuple[str, str]] = set()
        self._number = self._renamed = 0

    def close(self) -> None:
        self._db.close()

    def put(self, table: str, row: Row, where: str) -> None:
        data = json.dumps(row, ensure_ascii=True)
        digest = sha256(data.encode()).hexdigest()[:20]
        self._number += 1
        self._tables[table] = self._tables.get(table, 0) + 1
        where = where.encode("utf-8", "replace").decode()
        insert = "INSERT INTO row VALUES (?, ?, ?, ?, ?, ?)"
        self._db.execute(insert, (self._number, table, id_of(row), where, digest, data))
        for name in LINKS & row.keys():
            linked = id_of(row, name)
            if linked:
                self._linked.add((table, name))
                self._db.execute("INSERT INTO link VALUES (?, ?, ?, ?)", (table, name, linked, self._number))

    def rename(self, table: str, to: str) -> None:
        """Let the rows of a table be those of another."""
        if table in self._tables:
            self._db.execute("UPDATE row SET tbl = ? WHERE tbl = ? AND number > ?", (to, table, self._renamed))
            self._db.execute("UPDATE link SET tbl = ? WHERE tbl = ? AND number > ?", (to, table, self._renamed))
            self._tables[to] = self._tables.get(to, 0) + self._tables.pop(table)
        self._renamed = self._number

    def index(self) -> None:
        """Make rows findable; called once, when all are there."""
        self._db.execute("COMMIT")
        self._db.execute("CREATE INDEX row_id ON row (tbl, id)")
        self._db.execute("CREATE INDEX link_id ON link (tbl, name, id)")
        self._used = bytearray(self._number // 8 + 1)

    def __contains__(self, table: str) -> bool:
        return table in self._tables

    def count(self, table: str) -> int:
        return self._tables.get(table, 0)

    def all(self, table: str) -> Iterator[Stored]:
        """Yield each row of a table in the order of the file."""
        last = 0
        found = (
            "SELECT number, id, data, spot, digest FROM row WHERE number > ? AND tbl = ? ORDER BY number LIMIT 500"
        )
        while rows := self._db.execute(found, (last, table)).fetchall():
            for row in rows:
                yield self._made(row)
            last = rows[-1][0]

    def linked(self, table: str, name: str, linked: str) -> list[Stored]:
        """Return the rows of a table that say this id in a column, and note that they were read."""
        if (table, name) not in self._linked or not linked:
            return []
        found = """SELECT row.number, row.id, data, spot, digest FROM link JOIN row ON row.number = link.number
                   WHERE link.tbl = ? AND name = ? AND link.id = ? ORDER BY row.number LIMIT 1000"""
        return [self._read(row) for row in self._db.execute(found, (table, name, linked))]

    def one(self, table: str, row_id: str) -> Stored | None:
        """Return the row of an id, or None: where there is none, and where there are several."""
        if not row_id or table not in self._tables:
            return None
        found = "SELECT number, id, data, spot, digest FROM row WHERE tbl = ? AND id = ? LIMIT 20"
        rows = self._db.execute(found, (table, row_id)).fetchall()
        for row in rows:
            self._mark(row[0])
        return self._made(rows[0]) if len({row[4] for row in rows}) == 1 else None

    def first_of(self, table: str, one: Stored) -> int:
        """Return the number of the first row that is the same as one, itself or another."""
        found = "SELECT min(number) FROM row WHERE tbl = ? AND id = ? AND digest = ?"
        return int(self._db.execute(found, (table, one.id, one.digest)).fetchone()[0])

    def is_shared(self, table: str, row_id: str) -> bool:
        """Say whether an id stands for several different rows of a table."""
        found = "SELECT count(DISTINCT digest) FROM row WHERE tbl = ? AND id = ?"
        return bool(self._db.execute(found, (table, row_id)).fetchone()[0] > 1)

    def unread(self, tables: tuple[str, ...]) -> Iterator[tuple[str, Stored]]:
        """Yield each row of some tables that nothing led to."""
        for table in tables:
            for row in self.all(table):
                if not self._used[row.number // 8] & 1 << row.number % 8:
                    yield table, row

    def _read(self, row: tuple[Any, ...]) -> Stored:
        self._mark(row[0])
        return self._made(row)

    def _mark(self, number: int) -> None:
        self._used[number // 8] |= 1 << number % 8

    def _made(self, row: tuple[Any, ...]) -> Stored:
        return Stored(row[0], row[1], json.loads(row[2]), row[3], row[4])
