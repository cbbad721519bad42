"""Rows of a table → what each service shall be, or what is wrong with its row in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import uuid4

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from locator import moderation
from locator.exchange.bulk.columns import SHORT_ID, cells_of, check_header, edited
from locator.exchange.bulk.parts import AWAY, Cells, Document
from locator.exchange.sheets import Table
from locator.models import Organization, Service, Status
from locator.text import fold

BATCH = 200
STAYS, CHANGE, NEW, WRONG = "stays", "change", "new", "wrong"


@dataclass
class Row:
    """A row of a table and what would become of it."""

    number: int
    cells: Cells
    kind: str = STAYS
    name: str = ""
    document: Document | None = None
    mark: str = ""
    problems: dict[str, str] = field(default_factory=dict)


@dataclass
class Known:
    """The services of an organization: by the letters of their address, and by name those that are not gone."""

    ids: dict[str, str]
    names: dict[str, str]  # of their ids

    @classmethod
    def of(cls, organization: Organization) -> "Known":
        rows = list(
            Service.objects.filter(organization=organization).values_list("short_id", "id", "name", "status")
        )
        ids = {short_id: str(row_id) for short_id, row_id, _name, _status in rows}
        here = [row for row in rows if row[3] != Status.WITHDRAWN]
        return cls(ids, {fold(name): str(row_id) for _short_id, row_id, name, _status in here})


def rows_of(table: Table, organization: Organization) -> Iterator[list[Row]]:
    """Yield every row, in lots, with what it would change; raise UnreadableSheet for columns that are not ours."""
    check_header(table.header)
    known, seen = Known.of(organization), dict[str, int]()
    rows = [
        Row(number, {name: cell for name, cell in zip(table.header, cells, strict=True) if cell})
        for number, cells in table.rows
    ]
    for start in range(0, len(rows), BATCH):
        lot = rows[start : start + BATCH]
        judge(lot, organization, known, seen)
        yield lot


def judge(rows: list[Row], organization: Organization, known: Known, seen: dict[str, int]) -> None:
    """Say of each row what it would change; `seen` holds the services of the rows before it."""
    meant = {row.number: _meant(row, known) for row in rows}
    drafts = moderation.drafts_of(row_id for row_id in meant.values() if row_id)
    for row in rows:
        draft = drafts.get(meant[row.number])
        row.name = str(draft["name"] if draft else row.cells.get("name", ""))[:200]
        key = meant[row.number] or fold(row.name)
        if key in seen:
            row.problems = {SHORT_ID: _("This service is in row %(row)s already.") % {"row": seen[key]}}
        elif row.cells.get(SHORT_ID) and draft is None:
            row.problems = {SHORT_ID: _("Your organization has no service with this short_id.")}
        else:
            _judge_one(row, draft, organization)
        seen.setdefault(key, row.number)
        if row.problems:
            row.kind, row.document = WRONG, None


def _meant(row: Row, known: Known) -> str:
    """Return the id of the service that a row is about; a new one that is there by name already is that one."""
    short_id = row.cells.get(SHORT_ID, "")
    return known.ids.get(short_id, "") if short_id else known.names.get(fold(row.cells.get("name", "")), "")


def _judge_one(row: Row, draft: Document | None, organization: Organization) -> None:
    before = draft or _nothing(organization)
    if draft is None and row.cells.get("name", AWAY) == AWAY:
        row.problems = {"name": _("A new service needs a name.")}
        return
    document, row.problems = edited(before, row.cells)
    if draft is None:
        row.kind, row.document = NEW, document
    elif document != before:
        row.kind, row.document, row.mark = CHANGE, document, moderation.mark(before)
        if SHORT_ID not in row.cells and not row.problems:
            said = {"short_id": cells_of(before)[SHORT_ID]}
            words = _("There is a service of this name. If it is meant, put %(short_id)s in this cell.")
            row.problems = {SHORT_ID: words % said}


def _nothing(organization: Organization) -> Document:
    """Return the document of a service that nobody has said anything about."""
    language = get_language() or "en"
    brolly: Document = {"status": Status.DRAFT.value}
    if language != "en":
        brolly["text_language"] = language
    return {
        "id": str(uuid4()),
        "name": "",
        "status": "active",
        "organization": {"id": str(organization.id), "name": organization.name},
        "brolly": brolly,
    }


def counted(rows: Iterable[Row]) -> dict[str, int]:
    found = dict.fromkeys((CHANGE, NEW, STAYS, WRONG), 0)
    for row in rows:
        found[row.kind] += 1
    return found
