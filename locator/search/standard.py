"""What the standard feeds ask for: services, places and organizations as published, page by page or all."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import BigIntegerField, Count, Exists, F, Max, OuterRef, Q, QuerySet, Value

from locator.geocoding import Found
from locator.models import Listing, ListingData
from locator.models.listing import ListingQuerySet
from locator.search.catalogue import listed
from locator.search.filters import holding

VIRTUAL = '"virtual":true'  # as `publishing` writes it; within a text its quotes would be escaped
BATCH = 200
MOST_READ = 50_000  # rows whose text is read for one question that no column answers (decision 42)
TOO_MANY = (
    "This is read in the text of each service, and here are too many. Narrow it: by words, a term or a place."
)


@dataclass(frozen=True)
class Narrowing:
    """What rows have to match, all of it."""

    words: str = ""
    organization: UUID | None = None
    kinds: int = 0  # any of these bits
    answers: int = 0  # any of these bits
    area_only: bool = False
    nothing: bool = False  # asked for what nobody has
    changed_since: datetime | None = None
    near: tuple[Found, float] | None = None  # and the kilometres around it
    fits: tuple[Callable[[dict[str, Any]], bool], ...] = ()  # of what is shown, where no column says it


class Published:
    """A row as it is shown: a service at one place, or one that is reached from afar."""

    def __init__(self, key: UUID, reach: int, modified: datetime, data: str) -> None:
        self.id, self.modified, self._data = str(key), modified, data
        self.local = reach == Listing.Reach.LOCAL

    @cached_property
    def shown(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._data + "}")
        return found

    @property
    def somewhere(self) -> bool:
        """Say whether there is a place or a line to go to; of some services nobody said how they work."""
        return self.local or bool(self.shown["location"]["virtual"])


Keys = QuerySet[Listing, UUID] | list[UUID]


def services(asked: Narrowing) -> Keys:
    """Return the ids of services with a row that matches, in the order of the ids.

    This and the two below raise ValidationError where the text of too many rows would have to be read.
    """
    return _keys(_narrowed(asked).order_by("service_id"), "service_id", asked)


def organizations(asked: Narrowing) -> Keys:
    """Return the ids of organizations that have a service with a row that matches, in the order of the ids."""
    return _keys(_narrowed(asked).order_by("organization_id"), "organization_id", asked)


def places(asked: Narrowing) -> Keys:
    """Return the ids of rows that match, one a place and one for what is reached from afar; the nearest first."""
    rows = _one_from_afar(_narrowed(asked))
    return _keys(rows.nearest_first() if asked.near else rows.order_by("id"), "id", asked)


def count(keys: Keys) -> int:
    return len(keys) if isinstance(keys, list) else keys.count()


def of_services(keys: Sequence[UUID]) -> list[list[Published]]:
    """Return the rows of services, in the order of the keys; those that are not listed are left out."""
    return _grouped(Listing.objects.filter(service_id__in=keys), "service_id", keys)


def modified(keys: Sequence[UUID]) -> list[tuple[UUID, datetime]]:
    """Return since when services are shown as they are."""
    rows = Listing.objects.filter(service_id__in=keys).order_by("service_id").values("service_id")
    return list(rows.annotate(at=Max("last_modified")).values_list("service_id", "at"))


def of_organizations(keys: Sequence[UUID], *, also_old: bool = False) -> list[list[Published]]:
    """Return the rows of organizations, in the order of the keys."""
    rows = Listing.objects.all() if also_old else listed()
    return _grouped(rows.filter(organization_id__in=keys), "organization_id", keys)


def of_places(keys: Sequence[UUID]) -> list[Published]:
    """Return rows by their own ids, in the order of the keys."""
    rows = _one_from_afar(Listing.objects.filter(id__in=keys))
    return [row for found in _grouped(rows, "id", keys) for row in found]


def batches(keys: Keys) -> Iterator[list[UUID]]:
    """Return keys a few at a time, so that what is read for them is never much."""
    everything = list(keys)
    for start in range(0, len(everything), BATCH):
        yield everything[start : start + BATCH]


def everything() -> Iterator[list[Published]]:
    """Yield the rows of each service, those of an organization one after the other; few are in memory at once."""
    keys = listed().order_by("organization_id", "service_id").values_list("organization_id", "service_id")
    found = keys.distinct().iterator(chunk_size=BATCH)
    while batch := [key for _organization, key in islice(found, BATCH)]:
        yield from of_services(batch)


def state() -> tuple[int, datetime | None]:
    """Return how many rows there are and when the last one came to be: another pair whenever they are others."""
    found = listed().aggregate(rows=Count("id"), last=Max("last_modified"))
    return found["rows"], found["last"]


def _narrowed(asked: Narrowing) -> ListingQuerySet:
    rows = listed().none() if asked.nothing else listed()
    if asked.near:
        place, km = asked.near
        rows = rows.around(place.point, km, "", "").filter(reach=Listing.Reach.LOCAL)
    if asked.words:
        rows = holding(rows, asked.words)
    if asked.organization:
        rows = rows.filter(organization_id=asked.organization)
    for column, bits in (("need_bits", asked.kinds), ("yes_bits", asked.answers)):
        if bits:
            wide: Any = Value(bits, BigIntegerField())  # stubs know numbers only
            some = F(column).bitand(wide)
            rows = rows.alias(**{f"some_{column}": some}).exclude(**{f"some_{column}": 0})
    if asked.area_only:
        rows = rows.filter(area_only=True, reach=Listing.Reach.LOCAL)
    if asked.changed_since:
        rows = rows.filter(last_modified__gte=asked.changed_since)
    return rows


def _one_from_afar(rows: ListingQuerySet) -> ListingQuerySet:
    """Keep the rows of places, and one of each service that is reached from afar, however many areas it serves."""
    earlier = Listing.objects.filter(service_id=OuterRef("service_id"), reach__gt=0, id__lt=OuterRef("id"))
    afar = Listing.objects.filter(reach__gt=0, content__data__contains=VIRTUAL).exclude(Exists(earlier))
    return rows.filter(Q(reach=0) | Q(id__in=afar.values("id")))  # reads no text of a place


def _keys(rows: ListingQuerySet, column: str, asked: Narrowing) -> Keys:
    if not asked.fits:
        found = rows.values_list(column, flat=True)
        return found if column == "id" else found.distinct()
    if rows.count() > MOST_READ:
        raise ValidationError({"search": [TOO_MANY]})
    pairs = rows.values_list(column, "content__data").iterator(chunk_size=BATCH)
    return list(dict.fromkeys(key for key, data in pairs if _fit(data, asked)))


def _fit(data: str, asked: Narrowing) -> bool:
    shown = json.loads(data + "}")
    return all(fits(shown) for fits in asked.fits)


def _grouped(rows: ListingQuerySet, column: str, keys: Sequence[UUID]) -> list[list[Published]]:
    columns = (f"listing__{column}", "listing_id", "listing__reach", "listing__last_modified", "data")
    found: dict[UUID, list[Published]] = {key: [] for key in keys}
    data = ListingData.objects.filter(listing__in=rows).order_by("listing__reach", "listing_id")
    for key, *row in data.values_list(*columns):
        found[key].append(Published(*row))
    return [rows for rows in found.values() if rows]
