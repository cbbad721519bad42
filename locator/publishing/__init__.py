"""Directory rows → `Listing`: the one place where "public" is decided, by naming what is."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from locator.hsds.reading import PREFETCH
from locator.models import Listing, ListingData, ListingLanguage, ListingText, Service, Status
from locator.publishing.projecting import Projection, projections
from locator.spelling import count_tokens, recount

EVERYTHING = (
    *PREFETCH,
    "organization__phones__languages",
    "organization__phones__hours",
    "organization__links__hours",
)


def project(service_id: UUID | str) -> bool:
    """Make the listings of a service what its rows say now; return whether anything changed.

    The caller's transaction is the one that changed the rows, so the public never sees half of either.
    """
    service = Service.objects.prefetch_related(*EVERYTHING).get(id=service_id)
    wanted = projections(service) if service.status == Status.LISTED else []
    stored = _stored(service.short_id)
    if wanted == stored:
        return False
    with transaction.atomic():
        count_tokens(_words(stored), -1)
        Listing.objects.filter(short_id=service.short_id).delete()
        _store(wanted)
        count_tokens(_words(wanted), +1)
    return True


def rebuild(progress: Callable[[int], None] = lambda done: None) -> int:
    """Project every service again and count its words; return how much was not as it should have been."""
    wrong = 0
    for done, service_id in enumerate(Service.objects.order_by("id").values_list("id", flat=True).iterator(), 1):
        wrong += project(service_id)
        progress(done)
    known = Service.objects.filter(status=Status.LISTED).values("short_id")
    orphans, _by_model = Listing.objects.exclude(short_id__in=known).delete()
    return wrong + orphans + recount(ListingText.objects.values_list("tokens", flat=True).iterator())


def _words(rows: list[Projection]) -> list[str]:
    return [words for row in rows for words in row.texts.values()]


def _stored(short_id: str) -> list[Projection]:
    names = [field.name for field in Listing._meta.concrete_fields]
    found = []
    for row in (
        Listing.objects.filter(short_id=short_id).select_related("content").prefetch_related("languages", "texts")
    ):
        columns = {name: getattr(row, name) for name in names}
        columns["name_key"] = bytes(columns["name_key"])
        languages = sorted(language.code for language in row.languages.all())
        texts = {text.language: text.tokens for text in row.texts.all()}
        found.append(Projection(columns, row.content.data, languages, texts))
    return sorted(found, key=lambda row: str(row.columns["id"]))


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
