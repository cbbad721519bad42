"""Where a service is, or may be used from, as far as it tells: whether two could be the same one's."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from locator.countries import continent_of
from locator.geo import Point, distance_km
from locator.hsds.agreement import Document
from locator.models import ServiceArea, ServiceAtLocation
from locator.text import fold

BESIDE_KM = 1.0  # an address is written or measured another way


class Where(NamedTuple):
    """A town, a country or a continent; each "" where all of it is meant. A point only of a public address."""

    continent: str
    country: str = ""
    town: str = ""
    point: Point | None = None


def of_document(document: Document) -> list[Where]:
    """Return where a document says that its service is; nothing if it does not say."""
    shown = {row["id"]: row for row in document["brolly"].get("locations", [])}
    found = [covered(row["covers"]) for row in document["brolly"].get("areas", [])]
    for row in document.get("service_at_locations", []):
        location = row["location"]
        disclosed = shown[location["id"]]
        if disclosed["address_visibility"] == "public":
            address = (location.get("addresses") or [{}])[0]
            point = Point(location["latitude"], location["longitude"])
            found.append(_public(address.get("country", ""), address.get("city", ""), point))
        elif disclosed["address_visibility"] == "area":
            found.append(covered(f"area:{disclosed['area']}"))
    return found


def of_listing(shown: Document, serves: str) -> Where:
    """Return where a listing is, or may be used from, by what is shown of it; `serves` is its column."""
    location = shown["location"]
    if location["address_visibility"] == "public":
        point = Point(location["latitude"], location["longitude"])
        return _public(location.get("country", ""), location.get("city", ""), point)
    if location["address_visibility"] == "area":
        return covered(f"area:{location['area']['slug']}")
    if serves.startswith("c:"):
        return covered(f"continent:{serves[2:]}")
    return covered(f"country:{serves}") if serves.isupper() else Where("")


def of_services(ids: Collection[UUID]) -> dict[UUID, list[Where]]:
    """Return where services are, by id; two queries. One that shows its area alone is known by that alone."""
    found: dict[UUID, list[Where]] = {}
    rows = ServiceAtLocation.objects.filter(
        Q(location__address_visibility="public") | Q(location__area__isnull=False)
    )
    columns = ("country", "city", "latitude", "longitude", "area__slug")
    values = rows.filter(service_id__in=ids).values_list("service_id", *(f"location__{name}" for name in columns))
    for key, country, city, latitude, longitude, slug in values:
        where = covered(f"area:{slug}") if slug else _public(country, city, Point(latitude, longitude))
        found.setdefault(key, []).append(where)
    for key, covers in ServiceArea.objects.filter(service_id__in=ids).values_list("service_id", "covers"):
        found.setdefault(key, []).append(covered(covers))
    return found


def _public(country: str, city: str, point: Point) -> Where:
    return Where(continent_of(country), country, fold(city).replace(" ", "-"), point)


def covered(covers: str) -> Where:
    """Return what `world`, `continent:EU`, `country:GB` or `area:leeds-gb` stands for."""
    kind, _colon, code = covers.partition(":")
    if kind == "area":
        town, _dash, country = code.rpartition("-")
        return Where(continent_of(country.upper()), country.upper(), town)
    return Where(continent_of(code), code) if kind == "country" else Where(code)


def could_be_one(some: list[Where], others: list[Where]) -> bool:
    """Say whether two services could be at one place; yes where one of them does not say."""
    return not some or not others or any(_meet(one, other) for one in some for other in others)


def _meet(one: Where, other: Where) -> bool:
    """Say whether one place lies in the other, or beside it."""
    if one.point and other.point and distance_km(one.point, other.point) <= BESIDE_KM:
        return True
    pairs = zip(one[:3], other[:3], strict=True)
    return all(mine == theirs or not mine or not theirs for mine, theirs in pairs)
