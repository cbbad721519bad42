"""What anybody may take away whole, in each form, piece by piece: a few services are in memory at once."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.utils import timezone

from locator.exchange.exporting import EVERYTHING, feature, header, line
from locator.exchange.open_referral.services import service
from locator.exchange.open_referral.terms import terms
from locator.exchange.packages.containers import File, zipped
from locator.exchange.packages.licence import data_package_json, licence_text, read_me, said_of_all
from locator.exchange.packages.tables import TABLES, Row, rows_of, vocabulary
from locator.search import standard
from locator.search.standard import Published

PIECE = 65_536  # letters


def hsds_ndjson() -> Iterator[bytes]:
    """Yield each service with all that hangs on it, one a line."""
    for rows in standard.everything():
        yield _json(service(rows)) + b"\n"


def hsds_json() -> Iterator[bytes]:
    """Yield the same as one object, which says on which terms; a service is still a line of it."""
    yield from _one_object(said_of_all(), "services", (service(rows) for rows in standard.everything()))


def geojson() -> Iterator[bytes]:
    """Yield a FeatureCollection (RFC 7946) of places, and of what is reached from afar, without geometry."""
    about = {"type": "FeatureCollection", **said_of_all()}
    yield from _one_object(about, "features", (feature(row.shown) for row in _places()))


def flat_csv() -> Iterator[bytes]:
    """Yield a table for people, a line a place; what a spreadsheet would run as a formula is escaped in it."""
    yield b"\xef\xbb\xbf"  # without it spreadsheet programs take it for another alphabet
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header(EVERYTHING))
    for row in _places():
        writer.writerow(line(row.shown, EVERYTHING))
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    yield out.getvalue().encode()


def hsds_zip() -> Iterator[bytes]:
    """Yield the tables of `data_package` as one file."""
    yield from zipped(data_package())


def data_package() -> Iterator[File]:
    """Yield the tables of HSDS 3.2 with what describes them (Tabular Data Package), every table, also empty ones.

    They are filled in one pass, so that whatever a row refers to is there, and wait in temporary files without a
    name; each has to be read before the next is asked for.
    """
    with ExitStack() as open_files:
        files = {
            name: open_files.enter_context(TemporaryFile("w+", encoding="utf-8", newline="")) for name in TABLES
        }
        writers = {name: csv.DictWriter(files[name], TABLES[name].columns, "", "ignore") for name in TABLES}
        for writer in writers.values():
            writer.writeheader()
        for name, row in _all_rows():
            writers[name].writerow(row)
        for name, words in (("README.txt", read_me()), ("LICENCE.txt", licence_text())):
            yield name, [words.encode()]
        yield "datapackage.json", [data_package_json().encode()]
        for name, file in files.items():
            file.seek(0)
            yield TABLES[name].path, (piece.encode() for piece in iter(partial(file.read, PIECE), ""))


def _all_rows() -> Iterator[Row]:
    """Yield the row of each thing once: an organization stands in each of its services, side by side."""
    yield from vocabulary()
    organization = ""
    for rows in standard.everything():
        document = service(rows)
        seen = {("organization", organization)}
        organization = document["organization_id"]
        for table, row in rows_of(document):
            if (table, row["id"]) not in seen:
                seen.add((table, row["id"]))
                yield table, row


def _places() -> Iterator[Published]:
    """Yield the row of each place, and one of each service that is reached from afar."""
    for rows in standard.everything():
        yield from (row for row in rows if row.local)
        yield from [row for row in rows if not row.local][:1]


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _one_object(about: dict[str, Any], member: str, documents: Iterable[Any]) -> Iterator[bytes]:
    """Yield an object with one long list as its last member."""
    yield _json(about)[:-1] + f',"{member}":['.encode()
    between = b"\n"
    for document in documents:
        yield between + _json(document)
        between = b",\n"
    yield b"\n]}\n"


@dataclass(frozen=True)
class Download:
    """One file to take away: its kind, and what is in it, piece by piece."""

    kind: str  # media type
    pieces: Callable[[], Iterator[bytes]]


DOWNLOADS: dict[str, Download] = {
    "hsds.zip": Download("application/zip", hsds_zip),
    "hsds.json": Download("application/json", hsds_json),
    "hsds.ndjson": Download("application/x-ndjson", hsds_ndjson),
    "listings.geojson": Download("application/geo+json", geojson),
    "listings.csv": Download("text/csv; charset=utf-8", flat_csv),
}


def version(name: str, state: tuple[int, datetime | None]) -> str:
    """Return a word that is another one whenever the file is: nothing of the file has to be made for it.

    `state` is that of what is published (`search.standard`).

    The day is in it: closures that are over are not told, and what nobody confirmed for a year is left out.
    """
    about = [name, *state, timezone.localdate(), settings.SITE_NAME, settings.OPERATOR_NAME]
    words = [(term.name, term.description) for term in terms().values()]
    return hashlib.sha256(repr((about, words)).encode()).hexdigest()[:32]
