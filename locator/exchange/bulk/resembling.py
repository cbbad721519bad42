"""New rows of an upload that look like something listed already, or like another row. Nothing is refused by it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from locator.hsds.agreement import Document
from locator.lookalikes import likeness, read
from locator.models import Upload, UploadRow
from locator.models.questions import Words
from locator.moderation import Alike, whereabouts
from locator.moderation.likeness import NAMES
from locator.moderation.listed import Listed


@dataclass
class Resembling:
    """What a new row looks like, and why: listed services, and other rows of the upload by their number."""

    listed: list[Alike]
    rows: list[tuple[int, str, Words]]

    def __str__(self) -> str:
        others = [
            _("row %(row)s, “%(name)s”: %(why)s") % {"row": number, "name": name, "why": why}
            for number, name, why in self.rows
        ]
        return "; ".join([*map(str, self.listed), *others])


def resembling(upload: Upload, rows: Iterable[UploadRow]) -> dict[int, Resembling]:
    """Return, by the number of a row, what the new ones among these look like; three queries.

    Whoever sends a file reads it, so what is not listed is not compared: nobody learns of others' drafts.
    """
    new = [(row, row.document) for row in rows if row.kind == UploadRow.Kind.NEW and row.document]
    if not new:
        return {}
    listed = Listed().alike(*(document for _row, document in new))
    found = {}
    for (row, _document), services, others in zip(new, listed, _among(upload, new), strict=True):
        if services or others:
            found[row.number] = Resembling(services, others)
    return found


def _among(upload: Upload, new: Sequence[tuple[UploadRow, Document]]) -> Iterator[list[tuple[int, str, Words]]]:
    """Yield, for each row, the other new rows whose name would pass for its, if both could be at one place."""
    rows = upload.rows.filter(kind=UploadRow.Kind.NEW).exclude(document=None)
    names = [(number, read(name)) for number, name in rows.values_list("number", "name")]
    near: dict[int, dict[int, Words]] = {}
    for row, _document in new:
        compared = ((number, likeness(read(row.name), name)) for number, name in names if number != row.number)
        near[row.number] = {number: NAMES[how] for number, how in compared if how}
    meant = rows.filter(number__in={number for others in near.values() for number in others})
    others = {row.number: (row.name, whereabouts.of_document(row.document or {})) for row in meant}
    for row, document in new:
        here = whereabouts.of_document(document)
        yield [
            (number, others[number][0], why)
            for number, why in near[row.number].items()
            if whereabouts.could_be_one(here, others[number][1])
        ]
