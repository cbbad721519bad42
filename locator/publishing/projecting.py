"""A service → the listings it stands for: columns to filter by, words to find it by, and what is shown."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid5

from django.utils.translation import override

from locator.geo import Point, chord_km, ecef
from locator.hours.osm import osm
from locator.hsds.reading import filled
from locator.hsds.vocabulary import CHANNELS, TYPES_BY_CODE
from locator.models import Fact, Listing, Location, Offer, Place, Service, ServiceArea, Visibility
from locator.models.languages import LANGUAGES
from locator.models.questions import mask
from locator.publishing import view as public
from locator.text import fold, tokens

SERVES = {"": "unsaid", "world": "world", "area": "area"}
CHANNEL_BY_CODE = {channel.code: channel for channel in CHANNELS}
Shown = dict[str, Any]


@dataclass(frozen=True)
class Projection:
    """A listing as it should be stored: its columns, what is shown, its languages and searchable words."""

    columns: dict[str, Any]
    data: str
    languages: list[str]
    texts: dict[str, str]


def projections(service: Service) -> list[Projection]:
    """Return the listings a service stands for: one a place, one for each area it serves from afar."""
    locations = [row.location for row in sorted(service.at_locations.all(), key=lambda row: str(row.id))]
    local = [location for location in locations if location.address_visibility != Visibility.NONE]
    with override("en"):
        shared = public.of_service(service, len(local))
        rows = [_local(service, shared, location) for location in local]
        virtual = len(local) < len(locations)
        if virtual or not locations:
            areas: list[ServiceArea | None] = [*sorted(service.service_areas.all(), key=lambda row: row.covers)]
            rows += [_remote(service, shared, area, virtual=virtual) for area in areas or [None]]
    for row in rows:
        row.columns["sole"] = len(rows) == 1
    return sorted(rows, key=lambda row: str(row.columns["id"]))


def _local(service: Service, shared: Shown, location: Location) -> Projection:
    if location.address_visibility == Visibility.PUBLIC:
        assert location.latitude is not None and location.longitude is not None  # noqa: PT018, S101  # nosec B101 (CHECK)
        point, country = Point(location.latitude, location.longitude), location.country
        words = [location.city, location.name]
    else:
        area = public.area_of(location)
        point, country, words = Point(area.latitude, area.longitude), area.country, [area.name]
    where = public.of_place(location)
    at = next(row for row in service.at_locations.all() if row.location_id == location.id)
    told, times = public.hours(at.hours.all()), public.times(at)
    view = {**shared, "location": where, "hours": told, "times": times, **filled(opening_hours=osm(told, times))}
    columns = {
        "id": uuid5(service.id, str(location.id)),
        "reach": Listing.Reach.LOCAL.value,
        "serves": "",
        "country": country,
        "area_only": location.address_visibility == Visibility.AREA,
        "reach_squared": None,
        **_position(point),
    }
    return _projection(
        service, view, columns, words, [*service.facts.all(), *location.facts.all()], in_person=True
    )


def _remote(service: Service, shared: Shown, area: ServiceArea | None, *, virtual: bool) -> Projection:
    """Return a listing found by where it may be used; not `virtual` when nobody said how or where it works."""
    covers = area.covers if area else ""
    kind, _colon, code = covers.partition(":")
    columns: dict[str, Any] = {
        "id": uuid5(service.id, covers or "remote"),
        "reach": Listing.Reach.REMOTE.value if area else Listing.Reach.REMOTE_UNSAID.value,
        "serves": SERVES.get(kind, code) if kind != "continent" else f"c:{code}",
        "country": code if kind == "country" else "",
        "area_only": True,
        "reach_squared": None,
        **_position(None),
    }
    if kind == "area":
        place = Place.objects.get(slug=code)
        x, y, z = ecef(Point(place.latitude, place.longitude))
        columns |= {"country": place.country, "x": x, "y": y, "z": z}
        columns["reach_squared"] = chord_km(place.reach_km) ** 2
    view = {**shared, "location": {"address_visibility": Visibility.NONE.value, "virtual": virtual}}
    view |= {"hours": [], "times": {}}
    words = [row.name for row in service.service_areas.all()]
    return _projection(service, view, columns, words, list(service.facts.all()), in_person=False)


def _position(point: Point | None) -> dict[str, float | None]:
    if point is None:
        return dict.fromkeys(("latitude", "longitude", "x", "y", "z"))
    x, y, z = ecef(point)
    return {"latitude": point.latitude, "longitude": point.longitude, "x": x, "y": y, "z": z}


def _projection(
    service: Service,
    view: Shown,
    columns: dict[str, Any],
    words: list[str],
    facts: list[Fact],
    *,
    in_person: bool,
) -> Projection:
    facts = [fact for fact in facts if public.may_show(fact)]
    view["answers"] = public.answers(facts)
    ways = [way for way in view["phones"] + view["links"] if way["channel"]]
    channels = {way["channel"] for way in ways} | ({"in_person"} if in_person else set())
    columns |= {
        "service_id": service.id,
        "organization_id": service.organization_id,
        "short_id": service.short_id,
        "past": service.offer == Offer.INACTIVE,
        "need_bits": mask(TYPES_BY_CODE[code] for code in view["types"]),
        "channel_bits": mask(CHANNEL_BY_CODE[code] for code in channels),
        "assured_date": service.assured_date,
        "fresh_until": date.fromisoformat(view["fresh_until"]) if view["fresh_until"] else None,
        "name_key": fold(service.name).encode()[:240],
        **public.bits(facts, list(service.cost_options.all())),
    }
    languages = sorted(
        {row["code"] for row in view["languages"]} | {c for p in view["phones"] for c in p["languages"]}
    )
    columns["language_codes"] = f"|{'|'.join(languages)}|"
    data = json.dumps(view, ensure_ascii=False, separators=(",", ":"))[:-1]
    return Projection(columns, data, languages, _texts(service, view, words))


def _texts(service: Service, view: Shown, words: list[str]) -> dict[str, str]:
    """Return the searchable words by language: the original ("") and each translation a visitor may read."""
    kinds = [f"{TYPES_BY_CODE[code].label} {TYPES_BY_CODE[code].words}" for code in view["types"]]
    spoken = [" ".join(LANGUAGES[row["code"]]) for row in view["languages"]]
    everywhere = [service.name, service.organization.name, *kinds, *spoken, *words]
    original = [service.description, service.eligibility_description, service.application_process]
    texts = {"": _tokens(everywhere + original)}
    for translation in service.translations.all():
        if translation.status != "draft":
            before = texts.get(translation.language, "")
            texts[translation.language] = " ".join(sorted({*before.split(), *_tokens([translation.text]).split()}))
    for language in set(texts) - {""}:
        texts[language] = " ".join(sorted({*texts[language].split(), *_tokens(everywhere).split()}))
    return texts


def _tokens(texts: list[str]) -> str:
    found: set[str] = set()
    for text in texts:
        found |= tokens(text)
    return " ".join(sorted(found))
