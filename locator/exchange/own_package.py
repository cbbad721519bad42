"""All of our own directory as files of documents, what nobody may see too, and reading them again.

For whoever runs the site: to move to another program or copy, or to look at all of it elsewhere. It is no backup:
accounts, decisions and history are not in it (docs/decisions/0025-packages.md).
"""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from django.conf import settings
from django.db import connection, transaction

from locator.exchange.importing import PARTS, UnreadableFile
from locator.exchange.packages.containers import File, write_file, write_folder, zipped
from locator.exchange.records import Record
from locator.hsds.agreement import Document
from locator.hsds.reading import PREFETCH, organization_document, service_document
from locator.models import Organization, Service

BATCH = 200
LONGEST = 5_000_000  # bytes of one document; ours have a few thousand
OF_ORGANIZATION = (
    "phones__languages", "phones__hours", "phones__dated", "links__hours", "links__dated", "contacts",
)  # fmt: skip
KIND = {"package": "brolly-directory", "version": 1}
ABOUT = """\
All that the directory of this site holds: every organization and service, listed or not, with what only moderators
may read: notes, names and addresses of people, numbers that nobody confirmed, who confirmed what.

Keep it where nobody else reads it, and delete it when it is not needed any more: what is struck from the site is
still in here.

organizations.ndjson and services.ndjson hold one document a line, in the shape of the Human Services Data
Specification with a member "brolly" for what that cannot say. Read the first one first.
"""


class Unsafe(Exception):
    """This would be where others can read it; the words say what to do."""


def write(path: Path) -> str:
    """Write everything to a new folder, or to a new file where the name ends in .zip; return what it holds.

    Nobody but its owner can read it. Raises Unsafe where others could, or where something is already.
    """
    check_private(path)
    with one_moment():
        if path.suffix == ".zip":
            write_file(path, zipped(files(), mode=0o600), mode=0o600)
        else:
            write_folder(path, files(), mode=0o600)
        held = f"{Organization.objects.count()} organizations and {Service.objects.count()} services"
    return f"{held}, drafts and withdrawn ones too, with notes, people and unconfirmed numbers. Keep it private."


def check_private(path: Path) -> None:
    """Raise Unsafe where something is at the path already, or everybody could look into the folder around it."""
    around = path.absolute().parent
    if not around.is_dir():
        raise Unsafe(f"There is no folder {around}.")
    if os.path.lexists(path):
        raise Unsafe(f"{path} is there already. Take another name, so that nobody's rights to it stay.")
    served: list[Any] = [settings.STATIC_ROOT, *settings.STATICFILES_DIRS]
    folders = [folder[1] if isinstance(folder, tuple) else folder for folder in served if folder]
    if any(around.resolve().is_relative_to(Path(folder).resolve()) for folder in folders):
        raise Unsafe(f"The site serves what is in {around} to everybody.")
    if around.stat().st_mode & 0o007:
        raise Unsafe(f"Everybody on this machine can look into {around}. Make one of your own: mkdir -m 700 NAME")


@contextmanager
def one_moment() -> Iterator[None]:
    """Let everything within see the record as it is at one moment, whatever is saved meanwhile."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")  # Django's own would keep others from saving meanwhile
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def files() -> Iterator[File]:
    """Yield the files of the package; the same record always makes the same, to the byte."""
    yield "README.txt", [ABOUT.encode()]
    yield "package.json", [_line(KIND)]
    organizations = Organization.objects.order_by("id").prefetch_related(*OF_ORGANIZATION)
    services = Service.objects.order_by("id").select_related("organization").prefetch_related(*PREFETCH)
    yield "organizations.ndjson", (_line(organization_document(row)) for row in organizations.iterator(BATCH))
    yield "services.ndjson", (_line(service_document(row)) for row in services.iterator(BATCH))


def _line(document: Document) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def is_one(path: Path) -> bool:
    """Say whether a folder or file is a package that `write` made, of whichever version."""
    try:
        with _opened(path, "package.json") as file:
            found = json.loads(file.read(LONGEST))
    except (OSError, KeyError, ValueError, BadZipFile):
        return False
    return isinstance(found, dict) and found.get("package") == KIND["package"]


def read(path: Path) -> Iterator[Record]:
    """Yield the documents of a package that `write` made, organizations first; one is in memory at a time.

    Raises UnreadableFile for anything else, naming the file and the line.
    """
    try:
        with _opened(path, "package.json") as file:
            about = json.loads(file.read(LONGEST))
        if about != KIND:
            raise UnreadableFile(f"{path.name} is of another version of this program: {about}.")
        for part, subject in PARTS.items():
            with _opened(path, f"{part}.ndjson") as file:
                yield from _records(file, f"{part}.ndjson", subject)
    except (OSError, KeyError, BadZipFile, ValueError) as problem:
        raise UnreadableFile(f"{path.name} is no package of this program, or not whole: {problem}") from problem


@contextmanager
def _opened(path: Path, name: str) -> Iterator[IO[bytes]]:
    """Open a file of a package; raises OSError, KeyError or BadZipFile where it is not there."""
    with ExitStack() as stack:
        if path.is_dir():
            yield stack.enter_context((path / name).open("rb"))
        else:
            yield stack.enter_context(stack.enter_context(ZipFile(path)).open(name))


def _records(file: IO[bytes], name: str, subject: str) -> Iterator[Record]:
    for number, line in enumerate(iter(lambda: file.readline(LONGEST), b""), 1):
        where = f"{name}, line {number}"
        try:
            document = json.loads(line)
        except (ValueError, RecursionError) as problem:
            raise ValueError(f"{where}: {problem}") from problem
        if not isinstance(document, dict) or not isinstance(document.get("id"), str):
            raise ValueError(f"{where} is no document")
        yield Record(subject, f"{subject} {document['id']}", where, str(document.get("name", "")), document)
