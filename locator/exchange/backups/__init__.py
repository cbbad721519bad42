"""The whole database → one encrypted file, and back into an empty place.

A file is in the age format (age-encryption.org/v1): the server knows whom it is for and cannot open it. Inside,
the first line is JSON that says what follows; the rest is what the database's own tool writes.
"""

import json
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pyrage
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from locator.exchange.backups.streams import Joined
from locator.exchange.backups.tools import tool_of

NAME = "backup-%Y-%m-%dT%H%M%SZ.age"
NAMED = re.compile(r"^backup-\d{4}-\d\d-\d\dT\d{6}Z\.age$")
FORMAT = 1
LONGEST_LINE = 1_000_000
Say = Callable[[str], object]


class BackupFailed(Exception):
    """The words say what is wrong; nothing was left behind, and nothing was changed."""


@dataclass(frozen=True)
class About:
    """What the first line of a backup says: `digest` is over every row, `migrations` were applied."""

    format: int
    engine: str
    made_at: str  # UTC
    digest: str
    migrations: list[str]


def new_key(path: Path) -> str:
    """Write a key that opens backups into a new file, for its owner alone; return whom to encrypt them for."""
    identity = pyrage.x25519.Identity.generate()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as problem:
        raise BackupFailed(f"{path} is there already. A key is never written over.") from problem
    with os.fdopen(handle, "w") as file:
        file.write(f"# opens backups made for {identity.to_public()}\n{identity}\n")
    return str(identity.to_public())


def backup(folder: Path, recipient: str, *, now: datetime | None = None) -> Path:
    """Write the database, as it is at one moment, into a new file for `recipient`; return its path.

    Files of the folder that are older than BACKUP_DAYS are deleted once the new one is there. Raises BackupFailed.
    """
    try:
        whom = pyrage.x25519.Recipient.from_str(recipient.strip())
    except pyrage.RecipientError as problem:
        raise BackupFailed(
            "Say whom to encrypt for: BACKUP_RECIPIENT=age1…, from backup --new-key FILE."
        ) from problem
    now = (now or datetime.now(UTC)).astimezone(UTC)
    target = folder / now.strftime(NAME)
    unfinished = target.with_suffix(".unfinished")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            _write(file, whom, now)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
    except FileExistsError as problem:
        raise BackupFailed(
            f"{unfinished} is there: another backup runs, or was cut off. Delete it then."
        ) from problem
    except (OSError, pyrage.EncryptError) as problem:
        unfinished.unlink(missing_ok=True)
        raise BackupFailed(f"The backup was not made: {problem}") from problem
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    expire(folder, now)
    return target


def expire(folder: Path, now: datetime) -> list[Path]:
    """Delete backups made more than BACKUP_DAYS ago, by their names; return which."""
    oldest = (now - timedelta(days=settings.BACKUP_DAYS)).strftime(NAME)
    old = [path for path in sorted(folder.iterdir()) if NAMED.match(path.name) and path.name < oldest]
    for path in old:
        path.unlink()
    return old


def _write(file: BinaryIO, whom: Any, now: datetime) -> None:
    with tool_of(connection).dump() as dump:
        about = About(FORMAT, connection.vendor, now.isoformat(timespec="seconds"), dump.digest, _applied())
        head = (json.dumps(asdict(about)) + "\n").encode()
        pyrage.encrypt_io(Joined(head, dump.stream), file, [whom])
        dump.finish()


def _applied() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def restore(path: Path, key: Path, *, only_check: bool = False) -> About:
    """Put a backup into the empty database that DATABASE_URL names; return what it says of itself.

    The whole file is opened and found unaltered before anything is written. With `only_check` nothing is. Raises
    BackupFailed: for another key, a changed byte, a database that holds something, or a newer program's file.
    """
    with tempfile.TemporaryFile() as opened:
        _open(path, key, opened)
        about = _about(opened)
        tool = tool_of(connection)
        if only_check:
            tool.check(opened, about.digest)
            return about
        if not tool.is_empty():
            raise BackupFailed("The database holds something already. A backup goes into an empty one.")
        if (found := tool.load(opened, about.digest)) != about.digest:
            raise BackupFailed(
                f"What was restored is not what was saved ({found[:8]}…). Do not use this database."
            )
    return about


def _open(path: Path, key: Path, into: BinaryIO) -> None:
    lines = [line for line in key.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-")]
    if not lines:
        raise BackupFailed(f"{key} holds no key: a line that begins with AGE-SECRET-KEY-.")
    try:
        with path.open("rb") as file:
            pyrage.decrypt_io(file, into, [pyrage.x25519.Identity.from_str(lines[0])])
    except (OSError, pyrage.DecryptError, pyrage.IdentityError) as problem:
        raise BackupFailed(f"{path.name} does not open with this key, or is damaged: {problem}") from problem
    into.seek(0)


def _about(opened: BinaryIO) -> About:
    """Return the first line, for which this program and this database have to be right; what follows is next."""
    try:
        said = json.loads(opened.readline(LONGEST_LINE))
        about = About(**{field.name: said[field.name] for field in fields(About)})
    except (ValueError, KeyError, TypeError) as problem:
        raise BackupFailed("This file is no backup of ours.") from problem
    if about.format != FORMAT:
        raise BackupFailed("A newer program made this backup. Install that one first.")
    if about.engine != connection.vendor:
        raise BackupFailed(f"This is a backup of {about.engine}; DATABASE_URL names {connection.vendor}.")
    ours = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if newer := sorted(set(about.migrations) - ours):
        raise BackupFailed(f"A newer program made this backup, with {newer[0]}. Install that one first.")
    return about
