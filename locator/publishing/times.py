"""Published hours → the times a search asks for: rows of `OpenInterval` for 28 days, and the next days in short.

Made anew for a listing whenever it changes, and carried on every night by `refresh_hours`. Where a night was
missed, what is stored ends, and past its end the answer is "we do not know", never "closed".
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from locator.hours.opening import DAYS_AHEAD, Interval, moment
from locator.hours.packing import pack
from locator.hours.timetable import Timetable, lines, zone_of
from locator.models import Listing, ListingData, OpenInterval

COLUMNS = ("open_packed", "hours_to", "known_until")
PACKED_DAYS = 3
NEXT_WITHIN = timedelta(days=15)  # a next opening that is further off is not said in a results row
BATCH = 500
Shown = dict[str, Any]
Found = tuple[list[Interval], list[Interval]]  # somebody is there; somebody may be
_ONE_DAY = timedelta(days=1)


def of_listing(shown: Shown, country: str, first: date, last: date) -> Found | None:
    """Return the times of a listing by shifts that begin on certain dates; None when nobody told us any.

    Of a place they are the place's; of a listing reached from afar, those of any of its lines.
    """
    if shown["location"]["address_visibility"] != "none":
        return _times(Timetable.of_place(shown), first, last)
    own = lines(shown)
    told = [found for way in own if (found := _times(Timetable.of_line(way, country), first, last)) is not None]
    if not told:
        return None
    known = [at for found in told for at in found[0]]
    unsure = [at for found in told for at in found[1]]
    if len(told) < len(own):  # some line of theirs may be answered at any time
        unsure.append(Interval(_midnight(first), _midnight(last + 2 * _ONE_DAY)))
    return sorted(known), sorted(unsure)


def _times(timetable: Timetable | None, first: date, last: date) -> Found | None:
    if timetable is None:
        return None
    if timetable.by_appointment:
        return [], []
    opening = timetable.opening(first, last)
    return opening.intervals(first, last), opening.perhaps(first, last)


def make(listing_ids: Iterable[UUID]) -> None:
    """Make the times of listings anew from what is published of them."""
    ids = list(listing_ids)
    OpenInterval.objects.filter(listing__in=ids).delete()
    _carry_on(Listing.objects.filter(id__in=ids), timezone.now(), anew=True)


def refresh(progress: Callable[[int], None] = lambda done: None, *, anew: bool = False) -> int:
    """Carry every listing's times on to 28 days from today; return how many listings had some to carry on.

    Each batch is one transaction, and what is done is not done again: it may be stopped and begun again.
    """
    now = timezone.now()
    waiting = Listing.objects.order_by("id")
    if not anew:
        waiting = waiting.filter(hours_to__lt=_last(now))
    ids, done = waiting.values_list("id", flat=True).iterator(), 0
    while batch := list(islice(ids, BATCH)):
        with transaction.atomic():
            gone = OpenInterval.objects.filter(listing__in=batch)
            (gone if anew else gone.filter(end_utc__lt=now - 2 * _ONE_DAY)).delete()
            _carry_on(Listing.objects.filter(id__in=batch), now, anew=anew)
        done += len(batch)
        progress(done)
    return done


def _last(now: datetime) -> date:
    return now.date() + timedelta(days=DAYS_AHEAD)


def _carry_on(rows: Any, now: datetime, *, anew: bool) -> None:
    """Add the times of listings from where they end to 28 days from now, and put the next days in short."""
    # Locked, so that a change in the same moment is made after these days, and makes them anew.
    listings = list(rows.select_for_update().order_by("id").only("id", "country", *COLUMNS))
    data = dict(ListingData.objects.filter(listing__in=listings).values_list("listing_id", "data"))
    added: list[OpenInterval] = []
    known: list[Listing] = []
    for listing in listings:
        shown = json.loads(data[listing.id] + "}")
        yesterday = now.date() - _ONE_DAY
        first = yesterday if anew or listing.hours_to is None else max(yesterday, listing.hours_to + _ONE_DAY)
        found = of_listing(shown, listing.country, first, _last(now))
        fresh = shown["fresh_until"] and date.fromisoformat(shown["fresh_until"])
        if found is None or not fresh or shown["status"] == "inactive":
            continue
        stale = moment(fresh + _ONE_DAY, time.min, ZoneInfo(zone_of(shown) or "UTC"))
        listing.known_until = min(_midnight(_last(now)), stale)
        known.append(listing)
        for unsure, times in enumerate(found):
            for begins, ends in times:
                row = OpenInterval(listing=listing, start_utc=begins, end_utc=ends, unsure=bool(unsure))
                added.append(row)
    OpenInterval.objects.bulk_create(added, batch_size=5000)
    _put_in_short(known, now)
    Listing.objects.bulk_update(known, ["open_packed", "known_until"], batch_size=250)
    told = {row.id for row in known}
    Listing.objects.filter(id__in=told).update(hours_to=_last(now))
    unknown = {row.id for row in listings} - told
    Listing.objects.filter(id__in=unknown).update(open_packed="", hours_to=None, known_until=None)


def _put_in_short(listings: list[Listing], now: datetime) -> None:
    """Write the next days of each listing, and its next opening after them, into one short text."""
    end = _midnight(now.date() + (1 + PACKED_DAYS) * _ONE_DAY)
    by_listing: dict[Any, list[Any]] = {}
    within = {"end_utc__gt": now - _ONE_DAY, "start_utc__lt": now + NEXT_WITHIN}
    rows = OpenInterval.objects.filter(listing__in=listings, **within)
    rows = rows.order_by("listing", "start_utc", "end_utc")
    for row in rows.values_list("listing", "start_utc", "end_utc", "unsure"):
        by_listing.setdefault(row[0], []).append(row)
    for listing in listings:
        assert listing.known_until is not None  # noqa: S101  # nosec B101 (set by the caller)
        own = by_listing.get(listing.id, [])
        spans = [Interval(begins, ends) for _id, begins, ends, unsure in own if not unsure]
        perhaps = [Interval(begins, ends) for _id, begins, ends, unsure in own if unsure]
        near = [at for at in spans if at.begins < end]
        later = spans[len(near) : len(near) + 1]
        if any(at.begins < later[0].begins for at in perhaps if later and at.ends > now):
            later = []  # an earlier one may come first
        soon = [at for at in perhaps if at.begins < end]
        listing.open_packed = pack(min(end, listing.known_until), near + later, soon)


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time.min, UTC)


def stored_and_due() -> tuple[int, int]:
    """Return how many listings have hours, and how many of them wait for the nightly run."""
    rows = Listing.objects.filter(~Q(hours_to=None))
    return rows.count(), rows.filter(hours_to__lt=_last(timezone.now())).count()
