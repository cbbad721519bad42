"""Bytes of a spreadsheet → its first row and the rows below it, as text. Nothing is run, followed or guessed.

Whatever is no plain table is refused, each thing in words of its own.
Nothing but `UnreadableSheet` is ever raised.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from locator.exchange.cells import LARGEST, MOST_COLUMNS, MOST_ROWS, UnreadableSheet, name_of, plain, too_many
from locator.exchange.workbooks import rows_of

SIGNATURES = (
    (b"%PDF", "pdf"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"{\\rtf", "text"),
    (b"\x1f\x8b", "zip"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
)
COMMENT = "##"
LONGEST_FIELD = 131_072  # letters between two quotation marks; the default of csv


@dataclass(frozen=True)
class Table:
    """The names of the columns, and each row with its number as a spreadsheet counts them."""

    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_table(data: bytes, most: int = MOST_ROWS) -> Table:
    """Return the table of a CSV or an XLSX file; raise UnreadableSheet for anything else, or for more rows."""
    if not data:
        raise UnreadableSheet(_("This file is empty."))
    if len(data) > LARGEST:
        raise UnreadableSheet(_("This file is larger than 5 MB. Please make two of it."))
    _check_kind(data)
    if data.startswith(b"PK"):
        return _table(rows_of(data, most), most)
    return _table(_csv_rows(_decoded(data)), most)


def _check_kind(data: bytes) -> None:
    words = {
        "pdf": _("This is a PDF. Please send the spreadsheet itself, as XLSX or CSV."),
        "xls": _(
            "This is an old Excel file (.xls), or one with a password. Open it and save it as “Excel Workbook "
            "(.xlsx)”, without a password."
        ),
        "text": _("This is a text document. Please send a spreadsheet, as XLSX or CSV."),
        "zip": _("This file is packed. Please unpack it first and send the spreadsheet in it."),
        "picture": _("This is a picture. Please send a spreadsheet, as XLSX or CSV."),
    }
    for begins, kind in SIGNATURES:
        if data.startswith(begins):
            raise UnreadableSheet(words[kind])


def _decoded(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as problem:
        raise UnreadableSheet(
            _("We cannot read the letters of this file. Save it as “CSV UTF-8”, or as XLSX, and send that.")
        ) from problem
    if re.search(r"[\x00-\x08\x0e-\x1f]", text):
        raise UnreadableSheet(_("This is no spreadsheet that we can read. Please send XLSX or CSV."))
    if text.lstrip()[:1] == "<":
        raise UnreadableSheet(_("This is a web page, not a spreadsheet. Open it and save it as XLSX or CSV."))
    return text


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.split("\n", 1)[0]
    parted_by = max(",;\t", key=first.count)
    csv.field_size_limit(LONGEST_FIELD)  # it is the whole process's, and who reads others' files needs more
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=parted_by, strict=True)
    try:
        yield from enumerate(reader, 1)
    except csv.Error as problem:
        where = {"row": reader.line_num}
        raise UnreadableSheet(
            _("We cannot tell the cells apart near line %(row)s: a quotation mark is missing or one too many.")
            % where
        ) from problem


def _table(rows: Iterable[tuple[int, list[str]]], most: int) -> Table:
    """Take the first row that says something as the header; leave out empty rows and comments."""
    header: list[str] | None = None
    found: list[tuple[int, list[str]]] = []
    for number, cells in rows:
        said = [plain(cell, number, n) for n, cell in enumerate(cells)]
        while said and not said[-1]:
            said.pop()
        if not said or said[0].startswith(COMMENT):
            continue
        if len(said) > MOST_COLUMNS:
            raise UnreadableSheet(_("Row %(row)s has more than 60 columns.") % {"row": number})
        if header is None:
            header = said
            continue
        if len(said) > len(header):
            where = {"cell": name_of(number, len(said) - 1)}
            raise UnreadableSheet(_("Cell %(cell)s stands beside the table: its column has no name.") % where)
        if len(found) == most:
            raise too_many(most)
        found.append((number, said))
    if header is None:
        raise UnreadableSheet(_("This file is empty."))
    return Table(header, [(number, said + [""] * (len(header) - len(said))) for number, said in found])
