"""XLSX → rows of text. What a table cannot hold is refused before a cell is read.

Each part is first looked through as a stream that builds nothing, whatever its name, so that no file can be larger
in memory than on paper; then openpyxl reads the one sheet. What a part is, its content type says (OPC, ECMA-376
part 2) and its first element or bytes: a name proves nothing.
"""

import io
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError  # nosec B405  # the error alone; defusedxml parses
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import openpyxl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.translation import gettext as _
from openpyxl.utils import column_index_from_string

from locator.exchange.cells import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    UnreadableSheet,
    is_formula,
    name_of,
    too_many,
)

UNPACKED = 50 * 1024 * 1024
RATIO, RATIO_FROM = 200, 20 * 1024 * 1024  # a table packs 20 to 1; what packs more, and is that large, is no table
MOST_FILES = 500  # in the archive
MOST_PARTS = 2_500_000  # elements: 10,000 rows of 60 cells, each with its value
SMALL = 3 * 1024 * 1024  # bytes of a part that is no table
LAST_ROW = MOST_ROWS + 20  # the first, comments, and rows left empty
TRUE = {"1", "true"}
TABLES = {"worksheet", "sst"}  # the elements of a sheet and of the words in it
MACROS = ("vbaproject", "vbadata", "macroenabled", "macrosheet", "dialogsheet")
OTHER_FILES = ("externallink", "connections", "querytable")
EMBEDDED = ("oleobject", "activex", "ocx")
PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"MZ")  # an archive, an OLE file, a program
BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"


def rows_of(data: bytes, most: int = MOST_ROWS) -> Iterator[tuple[int, list[str]]]:
    """Yield each row of the one sheet with its number; raise UnreadableSheet for whatever is no plain table.

    A file that is filled far beyond `most` rows is refused before any is read.
    """
    try:
        with ZipFile(io.BytesIO(data)) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _check_archive(archive)
            _check_parts(archive, most)
            yield from _cells(data)
    except UnreadableSheet:
        raise
    except DefusedXmlException as problem:
        raise UnreadableSheet(
            _("This file holds instructions where only cells should be. We do not open it.")
        ) from problem
    except Exception as problem:  # whatever a broken archive or workbook makes the libraries raise
        raise UnreadableSheet(
            _("This workbook is damaged. Open it, save it again as “Excel Workbook (.xlsx)”, and send that.")
        ) from problem


def _check_archive(archive: ZipFile) -> None:
    """Raise UnreadableSheet for what is no workbook, and for one that is far larger than it looks."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise UnreadableSheet(_what_else(archive, names))
    if len(parts) > MOST_FILES or len(names) != len(parts):
        raise UnreadableSheet(_("This workbook is made of too many parts. Copy the table into a new, empty one."))
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableSheet(_("This workbook has a password. Save it without one."))
    squeezed = any(p.file_size > RATIO_FROM and p.file_size > RATIO * max(p.compress_size, 1) for p in parts)
    if squeezed or sum(part.file_size for part in parts) > UNPACKED:
        raise UnreadableSheet(
            _("Unpacked, this workbook would be larger than 50 MB. Copy the table into a new, empty one.")
        )
    if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
        raise UnreadableSheet(_("This workbook is packed in a way that we do not read. Save it again as XLSX."))
    for name in names:
        _check_kind(name)


def _check_kind(said: str) -> None:
    """Raise UnreadableSheet where a content type, an element or a name says what no table has in it."""
    said = said.lower()
    if any(kind in said for kind in MACROS):
        raise UnreadableSheet(
            _("This workbook holds macros. Save it as “Excel Workbook (.xlsx)”, without macros.")
        )
    if any(kind in said for kind in OTHER_FILES):
        raise UnreadableSheet(
            _("This workbook takes values from other files. Copy the table and paste it as values into a new one.")
        )
    if any(kind in said for kind in EMBEDDED):
        raise _embedded()


def _embedded() -> UnreadableSheet:
    return UnreadableSheet(
        _("This workbook holds another file, or something that runs. Copy the table into a new, empty one.")
    )


def _what_else(archive: ZipFile, names: set[str]) -> str:
    """Return what to do with an archive that is no XLSX."""
    if "mimetype" in names and archive.read("mimetype")[:100].startswith(b"application/vnd.oasis"):
        return _("This is an OpenDocument file (.ods). Save it as “Excel (.xlsx)” or as CSV.")
    if "xl/workbook.bin" in names:
        return _("This is a binary Excel file (.xlsb). Save it as “Excel Workbook (.xlsx)”.")
    if any(name.startswith("word/") for name in names):
        return _("This is a text document. Please send a spreadsheet, as XLSX or CSV.")
    return _("This file is packed. Please unpack it first and send the spreadsheet in it.")


def _check_parts(archive: ZipFile, most: int) -> None:
    left = MOST_PARTS
    for part in archive.infolist():
        with archive.open(part) as stream:
            begins = stream.read(512)
        if begins.startswith(PACKED):
            raise _embedded()
        is_xml = begins.lstrip(BEFORE_XML).startswith(b"<") or part.filename.endswith((".xml", ".rels"))
        if part.is_dir() or not is_xml:
            continue
        looked = _look(archive, part, left, most)
        left = looked.left
        if len(looked.sheets) > 1 or "hidden" in "".join(looked.sheets).lower():
            raise UnreadableSheet(_sheets_words(looked.sheets))


def _look(archive: ZipFile, part: ZipInfo, left: int, most: int) -> "_Look":
    """Look a part through, in pieces."""
    looked = _Look(left, most)
    parser = DefusedXMLParser(target=looked, forbid_dtd=True)
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(1 << 16):
                parser.feed(chunk)
                if part.file_size > SMALL and looked.root not in TABLES:
                    raise UnreadableSheet(
                        _("This workbook holds much beside its table. Copy the table into a new, empty one.")
                    )
        parser.close()
    except ParseError:
        if looked.root != "xml":  # a drawing of old (VML), which Excel does not always close; nothing reads it
            raise
    return looked


def _sheets_words(states: list[str]) -> str:
    if any(state != "visible" for state in states):
        return _("This workbook has a hidden sheet. Show it, take it away, and send the file again.")
    return _("This workbook has more than one sheet. Leave only the one with the table.")


class _Look:
    """What is looked for while a part streams by (the target of an XML parser); nothing is kept."""

    def __init__(self, left: int, most: int) -> None:
        self.left, self.sheets, self.row, self.column = left, list[str](), 0, 0
        self.root, self.most, self.filled, self.last_filled = "", most, 0, 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.left -= 1
        if self.left < 0:
            raise UnreadableSheet(_("This workbook holds too much. Copy the table into a new, empty one."))
        space, _brace, name = tag.rpartition("}")
        if not self.root:
            self.root = name
            _check_kind(name)
        if self.root == "Types":  # of all the parts: a kind by the name's end, or for one part
            _check_kind(attributes.get("ContentType", ""))
        looked_for = getattr(self, f"_{name}", None)
        if self.root in {"worksheet", "workbook"} and looked_for and "spreadsheetml" in space:
            looked_for(attributes)

    def end(self, _tag: str) -> None:
        pass

    def data(self, _text: str) -> None:
        pass

    def close(self) -> None:
        pass

    def _sheet(self, attributes: dict[str, str]) -> None:
        self.sheets.append(attributes.get("state", "visible"))

    def _row(self, attributes: dict[str, str]) -> None:
        self.row, self.column = int(attributes.get("r") or self.row + 1), 0
        if self.row > LAST_ROW:
            raise UnreadableSheet(
                _("This file has more than 10,000 rows, empty ones that were formatted among them.")
            )
        if attributes.get("hidden") in TRUE:
            raise UnreadableSheet(_("Row %(row)s is hidden. Show all rows and columns.") % {"row": self.row})

    def _col(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in TRUE:
            where = {"column": name_of(1, int(attributes["min"]) - 1)[:-1]}
            raise UnreadableSheet(_("Column %(column)s is hidden. Show all rows and columns.") % where)

    def _c(self, attributes: dict[str, str]) -> None:
        named = attributes.get("r", "").rstrip("0123456789")
        self.column = column_index_from_string(named) if named else self.column + 1

    def _v(self, _attributes: dict[str, str]) -> None:
        if self.column > MOST_COLUMNS:
            raise UnreadableSheet(_("Row %(row)s has more than 60 columns.") % {"row": self.row})
        if self.row != self.last_filled:
            self.filled, self.last_filled = self.filled + 1, self.row
            if self.filled > self.most + LAST_ROW - MOST_ROWS:
                raise too_many(self.most)

    _is = _v  # words that stand in the cell itself

    def _f(self, _attributes: dict[str, str]) -> None:
        raise is_formula(self.row, self.column - 1)

    def _mergeCell(self, attributes: dict[str, str]) -> None:  # noqa: N802  # the element's own name
        where = {"cells": attributes.get("ref", "?")}
        raise UnreadableSheet(_("The cells %(cells)s are merged. Part them: each row is a service.") % where)


def _cells(data: bytes) -> Iterator[tuple[int, list[str]]]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    (sheet,) = book.worksheets
    # With bounds of our own: what a file says of its own size is not believed.
    for number, row in enumerate(sheet.iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS), 1):
        yield number, [_text(cell, number, n) for n, cell in enumerate(row)]


def _text(cell: Any, row: int, column: int) -> str:
    """Return what a cell says; a date as 2026-12-24, a whole number without a point."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise is_formula(row, column)
    if cell.data_type == "e":
        where = {"cell": name_of(row, column), "error": value}
        raise UnreadableSheet(_("Cell %(cell)s holds an error (%(error)s). Put in what it should say.") % where)
    if isinstance(value, str):
        if len(value) > LONGEST_CELL:
            where = {"cell": name_of(row, column)}
            raise UnreadableSheet(_("Cell %(cell)s holds more than 10,000 letters.") % where)
        return value
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
