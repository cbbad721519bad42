"""Directory rows → `Listing`: the one place where "public" is decided, by naming what is."""

from collections.abc import Callable, Iterable
from itertools import islice
from uuid import UUID

from django.db import connection, transaction

from locator.hsds.reading import PREFETCH
from locator.models import Listing, ListingChange, ListingData, ListingLanguage, ListingText, Service, Status
from locator.publishing import feed, saved, times
from locator.publishing.moving import project_moves
from locator.publishing.projecting import Projection, projections
from locator.spelling import count_tokens, recount

EVERYTHING = (
    *PREFETCH,
    "organization__phones__languages",
    "organization__phones__hours",
    "organization__phones__dated",
    "organization__links__hours",
    "organization__links__dated",
)
BATCH = 200


@transaction.atomic
def project(service_ids: Iterable[UUID | str]) -> int:
    """Make the listings of services what their rows say now; return how many services had others.

    So are the addresses that lead to another service now.

    Runs inside the transaction that changed the rows, so the public never sees half of either.
    """
    rows = Service.objects.filter(id__in=list(service_ids)).order_by("id")
    wanted: dict[str, list[Projection]] = {short_id: [] for short_id in rows.values_list("short_id", flat=True)}
    shown = rows.filter(status=Status.LISTED).select_related("organization").prefetch_related(*EVERYTHING)
    wanted |= {service.short_id: projections(service) for service in shown}
    stored = _stored(wanted)
    changed = [short_id for short_id, rows in wanted.items() if rows != stored[short_id]]
    if changed:
        count_tokens(_words(stored, changed), -1)
        Listing.objects.filter(short_id__in=changed).delete()
        _store([row for short_id in changed for row in wanted[short_id]])
        times.make(row.columns["id"] for short_id in changed for row in wanted[short_id])
        count_tokens(_words(wanted, changed), +1)
        saved.forget({short_id: stored[short_id] for short_id in changed}, wanted)
    moves, moved = project_moves()
    listed = (
        set(Listing.objects.filter(service_id__in=moved).values_list("service_id", flat=True)) if moved else set()
    )
    # One that turned out to be another is told again, so that copies learn which.
    feed.note(dict.fromkeys(moved - listed, feed.Kind.WITHDRAWN) | _told(stored, wanted))
    return len(changed) + moves


def rebuild(progress: Callable[[int], None] = lambda done: None) -> int:
    """Project every service again and count its words; return how much was not as it should have been."""
    wrong, done = 0, 0
    ids = Service.objects.order_by("id").values_list("id", flat=True).iterator()
    while batch := list(islice(ids, BATCH)):
        wrong += project(batch)
        done += len(batch)
        progress(done)
    known = Service.objects.filter(status=Status.LISTED).values("short_id")
    orphans, _by_model = Listing.objects.exclude(short_id__in=known).delete()
    wrong += feed.mend()
    return wrong + orphans + recount(ListingText.objects.values_list("tokens", flat=True).iterator())


def forget_words() -> None:
    """Merge the word index of SQLite, so that no word of a listing that is gone stays readable in the file.

    FTS5 only notes that a word is deleted until its segments are merged; before SQLite 3.42 it knows no other way.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO locator_listingtext_fts(locator_listingtext_fts) VALUES ('optimize')")


def _told(
    before: dict[str, list[Projection]], after: dict[str, list[Projection]]
) -> dict[UUID, ListingChange.Kind]:
    """Return what became of services for whoever keeps a copy: what is shown counts, not how it is found."""
    found = {}
    for short_id, rows in after.items():
        old, new = ({row.columns["id"]: row.data for row in own} for own in (before[short_id], rows))
        if old != new:
            kind = feed.Kind.CHANGED if old and new else feed.Kind.LISTED if new else feed.Kind.WITHDRAWN
            found[(rows or before[short_id])[0].columns["service_id"]] = kind
    return found


def _words(rows: dict[str, list[Projection]], short_ids: list[str]) -> list[str]:
    return [words for short_id in short_ids for row in rows[short_id] for words in row.texts.values()]


def _stored(short_ids: Iterable[str]) -> dict[str, list[Projection]]:
    """Return what is published of services now, in the form it would be projected in."""
    kept_apart = {*times.COLUMNS, "last_modified"}  # a row that is stored anew says since when by itself
    names = [field.name for field in Listing._meta.concrete_fields if field.name not in kept_apart]
    found: dict[str, list[Projection]] = {short_id: [] for short_id in short_ids}
    rows = Listing.objects.filter(short_id__in=found).select_related("content")
    for row in rows.prefetch_related("languages", "texts"):
        columns = {name: getattr(row, name) for name in names}
        columns["name_key"] = bytes(columns["name_key"])
        languages = sorted(language.code for language in row.languages.all())
        texts = {text.language: text.tokens for text in row.texts.all()}
        found[row.short_id].append(Projection(columns, row.content.data, languages, texts))
    for own in found.values():
        own.sort(key=lambda row: str(row.columns["id"]))
    return found


def _store(rows: list[Projection]) -> None:
    Listing.objects.bulk_create([Listing(**row.columns) for row in rows])
    ListingData.objects.bulk_create([ListingData(listing_id=row.columns["id"], data=row.data) for row in rows])
    ListingLanguage.objects.bulk_create(
        [ListingLanguage(listing_id=row.columns["id"], code=code) for row in rows for code in row.languages]
    )
    ListingText.objects.bulk_create(
        [
            ListingText(listing_id=row.columns["id"], language=language, tokens=words)
            for row in rows
            for language, words in row.texts.items()
        ]
    )
