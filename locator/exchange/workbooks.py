"""XLSX → rows of text. What a table cannot hold is refused before a cell is read.

Each part is first looked through as a stream that builds nothing, so that no file can be larger in memory than on
paper; then openpyxl reads the one sheet.
"""

import io
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import openpyxl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.translation import gettext as _
from openpyxl.utils import column_index_from_string

from locator.exchange.cells import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, UnreadableSheet, is_formula, name_of

UNPACKED = 50 * 1024 * 1024
RATIO, RATIO_FROM = 200, 20 * 1024 * 1024  # a table packs 20 to 1; what packs more, and is that large, is no table
MOST_FILES = 500  # in the archive
MOST_PARTS = 2_500_000  # elements: 10,000 rows of 60 cells, each with its value
SMALL = 3 * 1024 * 1024  # bytes of a part that is no table
LAST_ROW = MOST_ROWS + 20  # the first, comments, and rows left empty
TRUE = {"1", "true"}


def rows_of(data: bytes) -> list[tuple[int, list[str]]]:
    """Return each row of the one sheet with its number; raise UnreadableSheet for whatever is no plain table."""
    try:
        with ZipFile(io.BytesIO(data)) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _check_archive(archive)
            _check_parts(archive)
            return list(_cells(data))
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
    if any("vbaproject" in name.lower() or name.startswith("xl/macrosheets/") for name in names):
        raise UnreadableSheet(
            _("This workbook holds macros. Save it as “Excel Workbook (.xlsx)”, without macros.")
        )
    if any(name.startswith(("xl/externalLinks/", "xl/connections", "xl/queryTables/")) for name in names):
        raise UnreadableSheet(
            _("This workbook takes values from other files. Copy the table and paste it as values into a new one.")
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


def _check_parts(archive: ZipFile) -> None:
    left = MOST_PARTS
    for part in archive.infolist():
        if not part.filename.endswith((".xml", ".rels")):
            continue
        is_table = part.filename.startswith("xl/worksheets/") or part.filename == "xl/sharedStrings.xml"
        if part.file_size > SMALL and not is_table:
            raise UnreadableSheet(
                _("This workbook holds much beside its table. Copy the table into a new, empty one.")
            )
        looked = _Look(left)
        parser = DefusedXMLParser(target=looked, forbid_dtd=True)
        with archive.open(part) as stream:
            while chunk := stream.read(1 << 16):
                parser.feed(chunk)
        parser.close()
        left = looked.left
        if len(looked.sheets) > 1 or "hidden" in "".join(looked.sheets).lower():
            raise UnreadableSheet(_sheets_words(looked.sheets))


def _sheets_words(states: list[str]) -> str:
    if any(state != "visible" for state in states):
        return _("This workbook has a hidden sheet. Show it, take it away, and send the file again.")
    return _("This workbook has more than one sheet. Leave only the one with the table.")


class _Look:
    """What is looked for while a part streams by (the target of an XML parser); nothing is kept."""

    def __init__(self, left: int) -> None:
        self.left, self.sheets, self.row, self.column = left, list[str](), 0, 0
        self.root = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.left -= 1
        if self.left < 0:
            raise UnreadableSheet(_("This workbook holds too much. Copy the table into a new, empty one."))
        space, _brace, name = tag.rpartition("}")
        self.root = self.root or name
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
