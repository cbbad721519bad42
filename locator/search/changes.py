"""The change feed: what copies elsewhere have to fetch again or drop, in order, passing over nothing."""

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery

from locator.models import FeedPosition, Listing, ListingChange, ListingMoved

CURSOR = r"[0-9]{1,18}-[0-9]{1,18}"
USUAL, LARGEST = 100, 500


class Forgotten(Exception):
    """What came after a cursor is not known any more, or its numbers are not ours."""


@dataclass(frozen=True)
class Told:
    """What became of a service; `moved_to` is the id of the listed service that it turned out to be."""

    service_id: UUID
    kind: str
    on: date
    moved_to: UUID | None


@dataclass(frozen=True)
class Changes:
    rows: list[Told]
    cursor: str
    more: bool


def changes(after: str = "", size: int = USUAL) -> Changes:
    """Return the last change of each service that changed after a cursor; of every one, without a cursor.

    A cursor is the last number read, and up to where tombstones were gone when reading began: what was withdrawn
    before that cannot be in the reader's copy. Rows without a number yet end every answer, and the cursor does not
    pass them. Raises ValidationError for what is no cursor, and Forgotten.
    """
    if after and not re.fullmatch(CURSOR, after):
        raise ValidationError({"after": ["This has to be a cursor from an earlier answer."]})
    number, start = (int(part) for part in after.split("-")) if after else (0, None)
    rows = list(ListingChange.objects.filter(number__gt=number).order_by("number")[: size + 1])
    more = len(rows) > size
    last = rows[:size][-1].number if rows else number
    found = rows[:size] if more else [*rows, *ListingChange.objects.filter(number=None).order_by("id")]
    # Read after the rows: what is forgotten in between is noticed.
    position = FeedPosition.objects.first() or FeedPosition()
    if start is None:
        start = position.forgotten
    if position.forgotten > max(number, start) or position.last < max(number, start):
        raise Forgotten
    return Changes(_told(found), f"{last}-{start}", more)


def _told(rows: list[ListingChange]) -> list[Told]:
    gone = [row.service_id for row in rows if row.kind == ListingChange.Kind.WITHDRAWN]
    moved = dict(_moves(gone)) if gone else {}
    return [Told(row.service_id, row.kind, row.on, moved.get(row.service_id)) for row in rows]


def _moves(gone: list[UUID]) -> QuerySet[ListingMoved, tuple[UUID, UUID | None]]:
    to = Listing.objects.filter(short_id=OuterRef("to")).values("service_id")[:1]
    return ListingMoved.objects.filter(service_id__in=gone).values_list("service_id", Subquery(to))
