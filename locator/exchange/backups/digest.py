"""A number over every row of a database: two that hold the same have the same, in whatever order they give it."""

import hashlib
from collections.abc import Iterable
from typing import Any

LEFT_OUT = {"django_session"}  # who is signed in: no backup holds it
BATCH = 2000
LARGEST = 1 << 256


def digest_of(cursor: Any, tables: Iterable[str]) -> str:
    """Return the sum of SHA-256 over each row of the tables, in 64 hexadecimal digits.

    A sum, and no hash of it all: another server may sort the same keys otherwise.
    """
    total = 0
    for table in set(tables) - LEFT_OUT:
        cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # nosec B608
        while rows := cursor.fetchmany(BATCH):
            total += sum(_number(table, row) for row in rows)
    return f"{total % LARGEST:064x}"


def is_filled(cursor: Any, tables: Iterable[str]) -> bool:
    """Say whether any table has a row, but for what `migrate` writes into every new database."""
    own = {"django_migrations", "django_content_type", "auth_permission", "django_site", "sqlite_sequence"}
    for table in set(tables) - own:
        cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')  # noqa: S608  # nosec B608
        if cursor.fetchone():
            return True
    return False


def _number(table: str, row: Any) -> int:
    plain = [bytes(value) if isinstance(value, memoryview) else value for value in row]
    return int.from_bytes(hashlib.sha256(f"{table} {plain!r}".encode()).digest())
