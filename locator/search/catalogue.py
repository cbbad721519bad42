"""What can be looked up without asking near a place: one service, an organization, who answers a line."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils import timezone

from locator import rules
from locator.countries import all_dangers, continent_of
from locator.geo import Point, boxes_around
from locator.hours.timetable import ANSWERED
from locator.hsds.vocabulary import CHANNELS, TYPES_BY_CODE
from locator.models import Listing, ListingData, ListingLanguage, ListingMoved, Place, Term
from locator.models.listing import ListingQuerySet
from locator.models.questions import mask
from locator.search.answer import Row
from locator.search.filters import each_service_once, matching, soonest_first
from locator.search.judging import Wanted


def listed() -> ListingQuerySet:
    """Return the rows that a question is asked of: not those that nobody has confirmed for a year (SAFETY R60).

    What is looked up by its own name or address is found all the same, and its page says how old it is.
    """
    return Listing.objects.confirmed_after(rules.last_gone(timezone.localdate()))


def listings_of(key: str) -> list[Row]:
    """Return what is shown of a service, by short id or id: a row a place; none when it is not listed."""
    service_id = _uuid(key)
    rows = Listing.objects.filter(service_id=service_id) if service_id else Listing.objects.filter(short_id=key)
    values = rows.order_by("reach", "id").values_list("content__data", "country")
    return [Row(data, None, confirmed=True, country=country) for data, country in values]


def moved_to(key: str) -> str:
    """Return the short id of the listed service that an address leads to now; "" if it leads to none."""
    service_id = _uuid(key)
    rows = (
        ListingMoved.objects.filter(service_id=service_id)
        if service_id
        else ListingMoved.objects.filter(short_id=key)
    )
    return rows.values_list("to", flat=True).first() or ""


HELPLINES = Wanted(
    answers=0,
    cost=0,
    need=mask([TYPES_BY_CODE["helpline"]]),
    channel=mask(channel for channel in CHANNELS if channel.code in ANSWERED),
    languages=frozenset(),
)
MOST_LINES = 60


def lines_open_to(
    country: str, most: int = MOST_LINES, *, areas: bool = False, soonest: datetime | None = None, spoken: str = ""
) -> list[Row]:
    """Return helplines with a confirmed number or chat that people in a country may use; or in `areas` of it.

    Those checked last come first; with a moment in `soonest`, those that are open then, and the next to open.
    Before all others come those that speak a language, `spoken`, and were confirmed lately (SAFETY R60).
    """
    serving = Q(serves__in=["world", f"c:{continent_of(country)}", country])
    if areas:
        serving |= Q(serves="area", country=country)
    rows = each_service_once(matching(listed().filter(serving), HELPLINES))
    rows = soonest_first(rows, soonest) if soonest else rows.most_recently_checked()
    if spoken:
        speaks = Exists(ListingLanguage.objects.filter(listing=OuterRef("id"), code=spoken))
        first = Case(When(speaks, fresh_until__gte=timezone.localdate(), then=Value(0)), default=Value(1))
        rows = rows.order_by(first, *rows.query.order_by)
    rows = rows[:most]
    values = rows.values_list("content__data", "open_packed", "country", "serves")
    return [
        Row(
            data,
            None,
            confirmed=True,
            remote=True,
            area=serves == "area",
            open_packed=packed,
            country=of or country,
        )
        for data, packed, of, serves in values
    ]


def countries_with_lines() -> list[str]:
    """Return the codes of the countries that helplines serve by name, the site's own, and those whose emergency
    number we know: a line for a continent or the world serves them too.
    """
    own = matching(listed().exclude(country=""), HELPLINES).filter(reach__gt=0)  # as `listing_from_afar` has them
    named = set(own.order_by().values_list("country", flat=True).distinct())
    return sorted(named | {settings.SITE_COUNTRY} | {row.country for row in all_dangers()})


def areas_named(slugs: Iterable[str]) -> dict[str, Place]:
    """Return named areas by slug: where their middle is and how far they reach."""
    return {str(place.slug): place for place in Place.objects.filter(slug__in=slugs)}


def towns_around(point: Point, radius_km: float, most: int) -> list[Place]:
    """Return the largest towns within a square around a point, to find one's way on a map."""
    within = Q()
    for box in boxes_around(point, radius_km):
        within |= Q(latitude__range=(box.south, box.north), longitude__range=(box.west, box.east))
    towns = Place.objects.filter(within, kind__in=[Place.Kind.CITY, Place.Kind.DISTRICT])
    return list(towns.order_by("-population", "id")[:most])


def languages_offered() -> list[str]:
    """Return the codes of languages that some listing has, by their English names."""
    spoken = ListingLanguage.objects.filter(code=OuterRef("code"))
    terms = Term.objects.filter(Exists(spoken), vocabulary=Term.Vocabulary.LANGUAGE)
    return list(terms.order_by("code").values_list("code", flat=True))


def organizations(page: int, size: int) -> tuple[int, list[dict[str, Any]]]:
    """Return how many organizations have a listed service, and one page of them by id."""
    keys = Listing.objects.order_by("organization_id").values_list("organization_id", flat=True).distinct()
    wanted = list(keys[(page - 1) * size : page * size])
    rows = _of(wanted)
    return keys.count(), [found for key in wanted if (found := _organization(rows, key))]


def organization(key: str) -> dict[str, Any] | None:
    """Return an organization with its listed services, or None."""
    found = _uuid(key)
    return _organization(_of([found]), found) if found else None


def services_of(organization_id: UUID, most: int) -> list[Row]:
    """Return the first rows, by name, of the services that an organization offers now; each service once."""
    own = listed().filter(organization_id=organization_id, past=False)
    rows = each_service_once(own).order_by("name_key", "id")
    values = rows.values_list("content__data", "open_packed", "country", "reach")
    return [
        Row(data, None, confirmed=True, remote=reach > 0, open_packed=packed, country=country)
        for data, packed, country, reach in values[:most]
    ]


def _of(keys: list[UUID]) -> list[tuple[UUID, dict[str, Any]]]:
    rows = ListingData.objects.filter(listing__organization_id__in=keys)
    ordered = rows.order_by("listing__name_key", "listing_id").values_list("listing__organization_id", "data")
    return [(key, json.loads(data + "}")) for key, data in ordered]


def _organization(rows: list[tuple[UUID, dict[str, Any]]], key: UUID) -> dict[str, Any] | None:
    own = [shown for organization_id, shown in rows if organization_id == key]
    services = {shown["id"]: {name: shown[name] for name in ("id", "short_id", "name", "url")} for shown in own}
    return {**own[0]["organization"], "services": list(services.values())} if own else None


def _uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None
