"""All columns, in their order: a document in cells, and cells written into a document."""

from collections.abc import Mapping
from copy import deepcopy

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from locator.exchange.bulk.contacts import LINK_COLUMNS, PHONE_COLUMNS
from locator.exchange.bulk.hours import HOURS_COLUMNS, STATUS_COLUMN
from locator.exchange.bulk.parts import AWAY, Cells, Document, Part, Wrong, as_cell
from locator.exchange.bulk.places import PLACE_COLUMNS
from locator.exchange.bulk.words import CODES, QUESTION_COLUMNS, WORDS
from locator.exchange.cells import UnreadableSheet
from locator.hsds.shape import clean_service

SHORT_ID = "short_id"
PARTS: tuple[Part, ...] = (
    WORDS, CODES, PHONE_COLUMNS, LINK_COLUMNS, PLACE_COLUMNS, QUESTION_COLUMNS, HOURS_COLUMNS, STATUS_COLUMN,
)  # fmt: skip
HINTS: Mapping[str, str | Promise] = {name: hint for part in PARTS for name, hint in part.hints.items()}
COLUMNS = (SHORT_ID, *HINTS)


def check_header(header: list[str]) -> None:
    """Raise UnreadableSheet for a table whose columns are not ours: a misspelt one must not be passed over."""
    unknown = [name for name in header if name not in COLUMNS]
    if unknown:
        what = {"names": ", ".join(name[:40] or "“”" for name in unknown[:5])}
        raise UnreadableSheet(
            _(
                "We do not know these columns: %(names)s. The first row has to name the columns as the template "
                "does."
            )
            % what
        )
    if len(set(header)) != len(header):
        raise UnreadableSheet(_("A column is there twice."))
    if SHORT_ID not in header:
        raise UnreadableSheet(_("The column short_id is missing. It may be empty, but it has to be there."))


def cells_of(document: Document) -> Cells:
    """Return what a document says in every column."""
    said = {SHORT_ID: document["brolly"].get(SHORT_ID, "")}
    for part in PARTS:
        said |= part.say(document)
    return {name: as_cell(value) for name, value in said.items()}


def edited(document: Document, cells: Cells) -> tuple[Document, dict[str, str]]:
    """Return the document with a row's cells in it, and what is wrong with them by column.

    An empty cell leaves what is there, and so does one that says the same; "-" takes it away.
    """
    now, found = cells_of(document), deepcopy(document)
    problems: dict[str, str] = {}
    for part in PARTS:
        said = {name: cells.get(name, "") for name in part.hints}
        said = {name: "" if cell == AWAY else cell for name, cell in said.items() if cell not in ("", now[name])}
        said = {name: cell for name, cell in said.items() if cell != now[name]}
        try:
            if said:
                part.put(found, said)
        except Wrong as wrong:
            problems |= wrong.words
    return (found, problems) if problems or found == document else _cleaned(found)


def _cleaned(document: Document) -> tuple[Document, dict[str, str]]:
    """Return the document in its one shape, or what is wrong with the row as a whole."""
    try:
        return clean_service(document), {}
    except ValidationError as problem:
        return document, {"": " ".join(dict.fromkeys(_flat(problem.detail)))}


def _flat(detail: object) -> list[str]:
    if isinstance(detail, dict):
        return [words for part in detail.values() for words in _flat(part)]
    if isinstance(detail, list):
        return [words for part in detail for words in _flat(part)]
    return [str(detail)]
