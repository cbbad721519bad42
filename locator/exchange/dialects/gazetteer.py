"""Towns and countries that others name → areas, countries and clocks we know; asked once, then remembered."""

from functools import cache, lru_cache
from typing import NamedTuple

from locator.countries import choices, is_country
from locator.exchange.dialects.words import folded
from locator.geo import PointError
from locator.geocoding import GAZETTEER, LONGEST, Found, PlaceProblem, at
from locator.hours.clocks import only_zone

_NATIONS = {"england", "scotland", "wales", "northern ireland"}  # of an address in GB; as areas, more than a part
_MORE = {"uk": "GB", "usa": "US"} | dict.fromkeys(_NATIONS, "GB")
_MORE |= {"united states of america": "US", "u.s.a.": "US", "u.s.": "US", "great britain": "GB", "gbr": "GB"}
CELL = 0.1  # degrees: a country and a clock are asked once in each


class Area(NamedTuple):
    slug: str
    name: str
    timezone: str
    country: str


@cache
def _countries() -> dict[str, str]:
    return {folded(name): code for code, name in choices()} | _MORE


def code_of_country(said: str) -> str:
    """Return ISO 3166-1 of a code or a name; "" for what is none."""
    word = said.strip()[:80]
    return word.upper() if is_country(word.upper()) else _countries().get(folded(word), "")


@lru_cache(maxsize=50_000)
def _around(north: int, east: int) -> tuple[str, str]:
    try:
        found = at(max(-90.0, min(90.0, north * CELL)), max(-180.0, min(180.0, east * CELL)))
    except (PlaceProblem, PointError):
        return "", ""
    return found.country, found.timezone


def _cell(north: float, east: float) -> tuple[int, int]:
    return round(north / CELL), round(east / CELL)


def country_around(north: float, east: float) -> str:
    """Return the country of the nearest town; "" far from all."""
    return _around(*_cell(north, east))[0]


def zone_at(north: float, east: float) -> str:
    country, zone = _around(*_cell(north, east))
    return zone or only_zone(country)


def area_of(city: str, state: str, code: str, country: str, *, sure: bool) -> Area | None:
    """Return the area of a town, or else of a postcode.

    With `sure`, only a town that is the one of its name in a country that is said.
    """
    if sure and not country:
        return None
    return _area(folded(city), folded(state), folded(code), country, sure)


@lru_cache(maxsize=50_000)
def _area(city: str, state: str, code: str, country: str, sure: bool) -> Area | None:  # noqa: FBT001
    found = _in(country, _candidates(", ".join(filter(None, [city, state])))) if state and city else []
    alone = _in(country, _candidates(city)) if city else []
    if sure:
        best = found or (alone if len(alone) == 1 else [])
        return _told(best[0]) if len(best) == 1 else None
    for place in [*found, *alone, *(_of_code(code, country) if code else [])]:
        return _told(place)
    return None


def _candidates(text: str) -> list[Found]:
    if not text or len(text) > LONGEST or not text.isprintable():
        return []
    return GAZETTEER.candidates(text)


def _in(country: str, found: list[Found]) -> list[Found]:
    return [place for place in found if place.slug and place.kind != "country" and country in ("", place.country)]


def _of_code(code: str, country: str) -> list[Found]:
    named = [place.name.rpartition(", ")[2] for place in _candidates(code) if country in ("", place.country)]
    return [place for name in named[:1] for place in _in(country, _candidates(name))]


def _told(place: Found) -> Area:
    return Area(place.slug, place.name, place.timezone or only_zone(place.country), place.country)


@lru_cache(maxsize=50_000)
def covers(name: str, country: str) -> str:
    """Return what an area of service covers, as documents say it; "" where a name is not surely one we know."""
    if folded(name) in {"world", "worldwide", "global", "international"}:
        return "world"
    code = code_of_country(name) if len(name) > 2 and folded(name) not in _NATIONS else ""
    if code:
        return f"country:{code}"
    found = [
        place for place in _in(country, _candidates(name)) if folded(place.name) == folded(name.partition(",")[0])
    ]
    return f"area:{found[0].slug}" if len(found) == 1 else ""


def country_of(country: object, city: object, state: object, code: object) -> str:
    """Return the country of an address: as it says, else that of its town, where that is told by its state."""
    said = code_of_country(country) if isinstance(country, str) else ""
    if said or not (isinstance(city, str) and isinstance(state, str)):
        return said
    found = area_of(city[:80], state[:80], code[:20] if isinstance(code, str) else "", "", sure=False)
    return found.country if found else ""


def country_at(latitude: object, longitude: object) -> str:
    try:
        north, east = float(str(latitude)), float(str(longitude))
        return country_around(north, east) if abs(north) <= 90 and abs(east) <= 180 and (north or east) else ""
    except ValueError:
        return ""


def forget() -> None:
    """Forget what was asked: the gazetteer may be loaded anew."""
    _around.cache_clear()
    _area.cache_clear()
    covers.cache_clear()
