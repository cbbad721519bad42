"""The services of an organization as a file of the same shape that is taken in: CSV or XLSX."""

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from locator import moderation
from locator.exchange.bulk.columns import COLUMNS, HINTS, SHORT_ID, cells_of
from locator.exchange.cells import safe
from locator.exchange.sheets import COMMENT
from locator.models import Organization, Service, Status

CSV, XLSX = "csv", "xlsx"
EXAMPLE = {
    "name": "Example: Tuesday drop-in",
    "discreet_name": "Tuesday group",
    "description": "Tea, a chair, and somebody to talk to.",
    "types": "drop-in; peer-support",
    "languages": "en; ro",
    "address_visibility": "area",
    "area": "Manchester",
    "free": "yes",
    "walk_in": "yes",
    "hours": "Tu 13:00-17:00; PH off",
}


def export(organization: Organization, kind: str) -> bytes:
    """Return an organization's services as a file; the template, with an example, where it has none."""
    rows = list(_rows(organization))
    return _csv(rows) if kind == CSV else _xlsx(rows)


def _rows(organization: Organization) -> Iterator[list[str]]:
    yield list(COLUMNS)
    how = _(
        "A row a service. Empty: a new draft. In every column an empty cell leaves what is there, and a single - "
        "takes it away."
    )
    hints = {SHORT_ID: f"{COMMENT} {how}", **HINTS}
    yield [str(hints[name]) for name in COLUMNS]
    services = Service.objects.filter(organization=organization).exclude(status=Status.WITHDRAWN)
    ids = list(services.order_by("name", "id").values_list("id", flat=True))
    drafts = moderation.drafts_of(ids)
    for row_id in ids:
        cells = cells_of(drafts[str(row_id)])
        yield [safe(cells[name]) for name in COLUMNS]
    if not ids:
        yield [EXAMPLE.get(name, "") for name in COLUMNS]


def _csv(rows: list[list[str]]) -> bytes:
    """Return the table in UTF-8 with its sign at the beginning: without it, spreadsheets take it for another."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(rows: list[list[str]]) -> bytes:
    """Return a workbook in which every cell is text, so that no number loses its first digit."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("services")
    sheet.freeze_panes = "B2"
    for row in rows:
        cells = []
        for said in row:
            cell = WriteOnlyCell(sheet, said)
            cell.data_type, cell.number_format = "s", "@"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
