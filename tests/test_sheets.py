"""A spreadsheet is read as text or refused in words that say what to do; no bytes at all make it fall over."""

import contextlib
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locator.exchange.cells import UnreadableSheet, plain, safe
from locator.exchange.sheets import read_table

Book = Callable[[Any, Any], object]  # (workbook, sheet)


def a_book(change: Book = lambda _book, _sheet: None) -> bytes:
    """Return an XLSX of two columns and one row, changed before it is saved."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["short_id", "name"])
    sheet.append(["bcdfghjk", "Tuesday room"])
    change(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """Return an archive with one more part."""
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr(name, content)
    return out.getvalue()


def rewritten(data: bytes, stem: str, edit: Callable[[str], str]) -> bytes:
    """Return an archive in which the text of the parts of this name is another."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            said = old.read(part)
            is_meant = stem in part.filename and part.filename.endswith(".xml")
            new.writestr(part.filename, edit(said.decode()).encode() if is_meant else said)
    return out.getvalue()


def archive(*names: str, content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in names:
            new.writestr(name, content)
    return out.getvalue()


def told(data: bytes) -> str:
    with pytest.raises(UnreadableSheet) as refused:
        read_table(data)
    return str(refused.value)


# What is read


def test_what_a_file_says_of_its_own_size_is_not_believed() -> None:
    small = rewritten(a_book(), "sheet1", lambda said: said.replace('ref="A1:B2"', 'ref="A1"'))
    assert read_table(small).rows == [(2, ["bcdfghjk", "Tuesday room"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_csv_is_read_however_a_spreadsheet_saved_it(encoding: str, sign: str) -> None:
    text = f'short_id{sign}name\r\nbcdfghjk{sign}"Café, ""Dora""; Ω"\r\n'
    table = read_table(text.encode(encoding))
    assert table.header == ["short_id", "name"]
    assert table.rows == [(2, ["bcdfghjk", 'Café, "Dora"; Ω'])]


def test_a_workbook_is_read_like_a_csv() -> None:
    table = read_table(a_book())
    assert (table.header, table.rows) == (["short_id", "name"], [(2, ["bcdfghjk", "Tuesday room"])])


def test_numbers_and_dates_of_a_workbook_become_text() -> None:
    from datetime import date, datetime

    def change(_book: Any, sheet: Any) -> None:
        sheet.append([1234.0, date(2026, 12, 24)])
        sheet.append([53.48, datetime(2026, 12, 24, 13, 30)])  # noqa: DTZ001  # a cell has no zone

    rows = read_table(a_book(change)).rows
    assert [cells for _row, cells in rows[1:]] == [["1234", "2026-12-24"], ["53.48", "2026-12-24 13:30"]]


def test_rows_keep_the_numbers_that_the_spreadsheet_shows() -> None:
    table = read_table(b'short_id,name\n## how,\n\n,"two\nlines"\n,b\n')
    assert [row for row, _cells in table.rows] == [4, 5]


def test_a_row_that_is_short_is_filled_up() -> None:
    assert read_table(b"a,b,c\nx\n").rows == [(2, ["x", "", ""])]


def test_columns_that_are_empty_to_the_end_do_not_matter() -> None:
    assert read_table(b"a,b,,,\nx,y,,,\n").header == ["a", "b"]


@pytest.mark.parametrize("said", ["+44 161 496 0000", "-2.24", "-", "53,48", "+1 (555) 010-0000"])
def test_a_number_may_begin_with_its_sign(said: str) -> None:
    assert read_table(f'a;b\n"{said}";x\n'.encode()).rows == [(2, [said, "x"])]


# What a spreadsheet would run


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t=", "＝"])
def test_a_cell_that_begins_like_a_formula_is_refused_by_its_name(begins: str) -> None:
    assert "Cell B2 is a formula" in told(f'a;b\nx;"{begins}SUM(A1)"\n'.encode())


@given(st.text(max_size=30))
def test_what_is_written_safely_reads_back_equal_and_is_never_run(said: str) -> None:
    said = said.strip()
    written = safe(said)
    assert plain(written, 1, 0) == said
    assert said == "-" or not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def _merge(_book: Any, sheet: Any) -> None:
    sheet.merge_cells("A2:B2")


def _hide_row(_book: Any, sheet: Any) -> None:
    sheet.row_dimensions[2].hidden = True


def _hide_column(_book: Any, sheet: Any) -> None:
    sheet.column_dimensions["B"].hidden = True


def _hide_sheet(book: Any, _sheet: Any) -> None:
    book.create_sheet("Notes").sheet_state = "hidden"


def _second_sheet(book: Any, _sheet: Any) -> None:
    book.create_sheet("Notes")


def _formula(_book: Any, sheet: Any) -> None:
    sheet["B2"] = "=1+1"


def _formula_as_text(_book: Any, sheet: Any) -> None:
    sheet["B2"] = "=1+1"
    sheet["B2"].data_type = "s"


def _link_formula(_book: Any, sheet: Any) -> None:
    sheet["B2"] = '=HYPERLINK("https://example.org","x")'


def _error(_book: Any, sheet: Any) -> None:
    sheet["B2"] = "#REF!"


def _long_cell(_book: Any, sheet: Any) -> None:
    sheet["B2"] = "a" * 32_000


def _far_row(_book: Any, sheet: Any) -> None:
    sheet.cell(1_048_576, 1, "x")


def _far_column(_book: Any, sheet: Any) -> None:
    sheet.cell(2, 16_384, "x")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_merge, "A2:B2 are merged"),
        (_hide_row, "Row 2 is hidden"),
        (_hide_column, "Column B is hidden"),
        (_hide_sheet, "hidden sheet"),
        (_second_sheet, "more than one sheet"),
        (_formula, "Cell B2 is a formula"),
        (_formula_as_text, "Cell B2 is a formula"),
        (_link_formula, "Cell B2 is a formula"),
        (_error, "Cell B2 holds an error (#REF!)"),
        (_long_cell, "Cell B2 holds more than 10,000 letters"),
        (_far_row, "more than 10,000 rows"),
        (_far_column, "more than 60 columns"),
    ],
)
def test_r39_what_a_table_cannot_hold_is_refused_in_words(change: Book, words: str) -> None:
    assert words in told(a_book(change))


def _big_cell(sheet: str) -> str:
    return sheet.replace(
        "</sheetData>", f'<row r="3"><c t="inlineStr"><is><t>{"a" * 10**7}</t></is></c></row></sheetData>'
    )


def _bomb(sheet: str) -> str:
    return sheet.replace("</sheetData>", "<row/>" * 4_500_000 + "</sheetData>")


def _rows_without_end(sheet: str) -> str:
    return sheet.replace("</sheetData>", "<row/>" * 900_000 + "</sheetData>")


def _laughs(sheet: str) -> str:
    doctype = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    return doctype + sheet.replace("</sheetData>", '<row r="3"><c t="str"><v>&b;</v></c></row></sheetData>')


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "This file is empty"),
    "only spaces": (b"  \n \n", "This file is empty"),
    "a PDF": (b"%PDF-1.7\n", "This is a PDF"),
    "old Excel, or a password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel file (.xls)"),
    "a rich text": (b"{\\rtf1 x}", "text document"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "This is a picture"),
    "gzip": (b"\x1f\x8b\x08\x00", "This file is packed"),
    "a web page called .xls": (b"<html><table><tr><td>x</td></tr></table></html>", "This is a web page"),
    "OpenDocument": (
        archive("mimetype", "content.xml", content=b"application/vnd.oasis.opendocument.spreadsheet"),
        "OpenDocument file (.ods)",
    ),
    "binary Excel": (archive("xl/workbook.bin"), ".xlsb"),
    "a Word document": (archive("word/document.xml"), "text document"),
    "some archive": (archive("photo.jpg"), "This file is packed"),
    "macros": (with_part(a_book(), "xl/vbaProject.bin", b"x"), "holds macros"),
    "values of other files": (
        with_part(a_book(), "xl/externalLinks/externalLink1.xml", b"<x/>"),
        "takes values from other files",
    ),
    "a cell of 10 MB": (rewritten(a_book(), "sheet1", _big_cell), "more than 10,000 letters"),
    "a bomb in the table": (rewritten(a_book(), "sheet1", _bomb), "larger than 50 MB"),
    "a bomb beside it": (with_part(a_book(), "xl/media/a.bin", b"0" * 60_000_000), "larger than 50 MB"),
    "a bomb in the styles": (
        rewritten(a_book(), "styles", lambda text: text + f"<!--{'x' * 4_000_000}-->"),
        "much beside its table",
    ),
    "rows without end": (rewritten(a_book(), "sheet1", _rows_without_end), "more than 10,000 rows"),
    "a billion laughs": (rewritten(a_book(), "sheet1", _laughs), "instructions"),
    "a damaged workbook": (rewritten(a_book(), "sheet1", lambda text: text[:-50]), "damaged"),
    "no workbook in it": (rewritten(a_book(), "workbook", lambda _text: "<x/>"), "damaged"),
    "another encoding": ("a,b\nx,Café".encode("latin-1"), "cannot read the letters"),
    "half of UTF-16": ("a,b".encode("utf-16")[:-1], "cannot read the letters"),
    "UTF-16 without a sign": ("a,b\nx,y".encode("utf-16-le"), "no spreadsheet that we can read"),
    "a quotation mark too many": (b'a,b\n"x"y,z\n', "quotation mark"),
    "a cell of 5 MB of text": (b'a,b\n"' + b"x" * 4_000_000 + b'",y\n', "cells apart"),
    "a file of 6 MB": (b"a,b\n" + b"x,y\n" * 1_600_000, "larger than 5 MB"),
    "10,001 rows": (b"a,b\n" + b"x,y\n" * 10_001, "more than 10,000 rows"),
    "61 columns": (b",".join([b"x"] * 61) + b"\n", "more than 60 columns"),
    "a cell beside the table": (b"a,b\nx,y,z\n", "Cell C2 stands beside the table"),
}


def typed(data: bytes, name: str, kind: str, content: bytes) -> bytes:
    """Return an archive with one more part, which `[Content_Types].xml` says the kind of."""
    more = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'
    return with_part(rewritten(data, "Content_Types", lambda text: text.replace("</Types>", more)), name, content)


def renamed(data: bytes, old: str, new: str, edit: Callable[[str], str] = str) -> bytes:
    """Return an archive in which a part has another name, wherever it is named."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for part in parts.infolist():
            said = parts.read(part).replace(old.encode(), new.encode())
            is_meant = part.filename.endswith(old)
            name = part.filename.replace(old, new)
            book.writestr(name, edit(said.decode()).encode() if is_meant else said)
    return out.getvalue()


VBA, OLE = "application/vnd.ms-office.vbaProject", "application/vnd.openxmlformats-officedocument.oleObject"
SHEET4 = "application/vnd.ms-excel.intlmacrosheet+xml"
MACROSHEET = b'<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"/>'
LINK = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
DISGUISED: dict[str, tuple[bytes, str]] = {
    "macros by their type": (typed(a_book(), "xl/media/image1.png", VBA, b"x"), "holds macros"),
    "a macro sheet by its type": (typed(a_book(), "xl/theme/a.dat", SHEET4, b"x"), "holds macros"),
    "a macro sheet by its content": (with_part(a_book(), "xl/theme/a.dat", MACROSHEET), "holds macros"),
    "a link by its content": (with_part(a_book(), "xl/theme/a.png", LINK), "takes values from other files"),
    "an object by its type": (typed(a_book(), "xl/a.png", OLE, b"x"), "holds another file"),
    "an OLE file by its content": (
        with_part(a_book(), "xl/media/a.png", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        "holds another file",
    ),
    "an archive by its content": (with_part(a_book(), "xl/printerSettings/a.bin", a_book()), "holds another file"),
    "a sheet of another name": (renamed(a_book(_hide_row), "sheet1.xml", "sheet1.png"), "Row 2 is hidden"),
    "entities under another name": (renamed(a_book(), "sheet1.xml", "sheet1.vml", _laughs), "instructions"),
    "rows without end under another name": (
        renamed(a_book(), "sheet1.xml", "sheet1.bin", _rows_without_end),
        "more than 10,000 rows",
    ),
}


@pytest.mark.parametrize("name", DISGUISED)
def test_r39_a_part_is_what_it_is_and_not_what_it_is_called(name: str) -> None:
    data, words = DISGUISED[name]
    assert words in told(data)


@pytest.mark.parametrize(
    "part",
    [
        ("xl/media/image1.png", b"\x89PNG\r\n\x1a\n"),
        ("xl/printerSettings/printerSettings1.bin", b"P\x00D\x00F\x00"),
        (
            "xl/drawings/vmlDrawing1.vml",
            b'<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape><br></v:shape></xml>',
        ),
        ("customXml/item1.xml", b"<a/>"),
    ],
)
def test_what_spreadsheets_put_beside_a_table_is_let_be(part: tuple[str, bytes]) -> None:
    assert len(read_table(with_part(a_book(), *part)).rows) == 1


def test_a_workbook_that_is_too_long_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def many(_book: Any, sheet: Any) -> None:
        for n in range(600):
            sheet.append(["", f"Room {n}"])

    monkeypatch.setattr("openpyxl.load_workbook", None)
    with pytest.raises(UnreadableSheet, match="more than 500 rows, which is the most that can be taken here"):
        read_table(a_book(many), 500)


def test_a_table_that_is_too_long_is_not_read_to_its_end() -> None:
    data = b"a,b\n" + b"x,y\n" * 501 + b'"a quotation mark too many'
    with pytest.raises(UnreadableSheet, match="more than 500 rows"):
        read_table(data, 500)
    assert len(read_table(b"a,b\n## x,y\n" + b"x,y\n" * 500, 500).rows) == 500


@pytest.mark.parametrize("name", HOSTILE)
def test_r39_a_hostile_file_is_refused_in_words_of_its_own(name: str) -> None:
    data, words = HOSTILE[name]
    assert words in told(data)


def test_r39_a_workbook_with_a_password_is_refused() -> None:
    data = bytearray(a_book())
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(sign)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(sign, at + 4)
    assert "password" in told(bytes(data))


# Anything at all


def _tries(data: bytes) -> None:
    with contextlib.suppress(UnreadableSheet):
        read_table(data)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"a;b\n", b'a,"b']))
def test_r39_no_bytes_make_it_fall_over(data: bytes, begins: bytes) -> None:
    _tries(begins + data)


BOOK = a_book()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(BOOK) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_r39_no_damage_to_a_workbook_makes_it_fall_over(flips: list[tuple[int, int]]) -> None:
    data = bytearray(BOOK)
    for at, value in flips:
        data[at] = value
    _tries(bytes(data))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_r39_no_damage_to_a_table_makes_it_fall_over(data: Any) -> None:
    stem = data.draw(st.sampled_from(["sheet1", "workbook", "styles", "Content_Types"]))

    def cut(text: str) -> str:
        at, until = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
        put: str = data.draw(st.sampled_from(["", "<c/>", "9" * 5000, '"', "&#0;"]))
        return text[:at] + put + text[until:]

    _tries(rewritten(BOOK, stem, cut))
