"""A typed place → where it is, from our own tables: never the network, never a log line, never a guess.

`GAZETTEER` is a geopy geocoder, so an operator can put one of their own beside it for partners' addresses.
A place that is not found is an answer: no place, and names that look alike.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NoReturn

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from geopy.adapters import BaseSyncAdapter
from geopy.geocoders.base import Geocoder
from geopy.location import Location

from locator.countries import name_of
from locator.geo import Point, PointError, boxes_around, distance_km
from locator.models import Place, PlaceName, Postcode
from locator.text import edits, fold

LONGEST = 100  # letters in a typed place
SAME_PLACE_KM = 12  # two rows of one name this close are one place known twice
ALTERNATIVES = 6
COARSE_KM = 5.0  # a place known no better is no place to measure kilometres from
BRITISH = ["GB", "GG", "IM", "JE"]
OUTWARD = r"([A-Z]{1,2})([0-9][0-9A-Z]?)"
POSTCODE = re.compile(rf"^{OUTWARD}(?:\s*([0-9])([A-Z]{{2}})|\s+([0-9]))?$")
COORDINATES = re.compile(r"^\s*([+-]?\d{1,3}(?:\.\d+)?)\s*[,;]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*$")


POINT_WORDS = {
    "swapped": _("These look swapped. Write latitude first, then longitude, as in 53.48, -2.24."),
    "range": _("Latitude goes from -90 to 90, longitude from -180 to 180."),
    "zero": _("0, 0 is in the sea. It usually means that a position was not known."),
}


class PlaceProblem(ValueError):
    """What was typed cannot be a place; the words are for the person who typed it."""


@dataclass(frozen=True)
class Found:
    """A place as it was found. Kilometres; WGS 84."""

    name: str
    country: str  # ISO 3166-1, or nothing for a point at sea
    region: str
    near: str
    kind: str  # city, district, region, country, postcode or point
    latitude: float
    longitude: float
    precision_km: float
    reach_km: float
    population: int
    slug: str
    timezone: str = ""  # nothing where only a country or a nearby town tells it

    @property
    def point(self) -> Point:
        return Point(self.latitude, self.longitude)

    @property
    def label(self) -> str:
        """Return the name with what tells it from its namesakes; typed in, it means the same place."""
        return ", ".join([self.name, *self._around()])

    @property
    def where(self) -> str:
        """Return what tells it from its namesakes, without the name."""
        return ", ".join(self._around())

    def _around(self) -> list[str]:
        parts = [self.near or self.region, name_of(self.country) if self.country else ""]
        return [part for part in parts if part and part != self.name]

    @property
    def is_spot(self) -> bool:
        """Say whether somebody can be sent there: the middle of a town is no such place."""
        return self.kind in {"postcode", "point"} and not self.coarse

    @property
    def coarse(self) -> bool:
        """Say whether the point is too far from what the words mean to measure kilometres from it."""
        return self.precision_km > COARSE_KM


@dataclass(frozen=True)
class Resolution:
    """The place meant, if there is one, and others that the words could mean or nearly spell."""

    place: Found | None
    alternatives: list[Found]


def resolve(text: str) -> Resolution:
    """Return what a typed place means; raise PlaceProblem when it cannot be a place at all."""
    cleaned = _cleaned(text)
    if match := COORDINATES.match(cleaned):
        return Resolution(_typed_point(float(match[1]), float(match[2])), [])
    found, norm = GAZETTEER.candidates(cleaned) or _without_comma(cleaned), fold(cleaned)
    if not found:
        return Resolution(None, _alike(norm, PlaceName.objects.all()))
    here = settings.SITE_COUNTRY
    if found[0].country != here and found[0].kind == Place.Kind.CITY and fold(found[0].name) != norm:
        # Some town abroad is nicknamed so; it may as well be a slip in the name of one of ours.
        ours = _alike(norm, PlaceName.objects.filter(place__country=here))
        found[1:1] = [place for place in ours if place not in found]
    return Resolution(found[0], found[1 : ALTERNATIVES + 1])


def _typed_point(latitude: float, longitude: float) -> Found:
    """Return the point; raise PlaceProblem when it is far from every town and would not be, turned round."""
    found = at(latitude, longitude)
    if not found.country and abs(longitude) <= 90 and at(longitude, latitude).country:
        raise PlaceProblem(POINT_WORDS["swapped"])
    return found


def _without_comma(text: str) -> list[Found]:
    """Return what is meant by "manchester uk": a name, and where it is, with no comma between."""
    name, _space, where = text.rpartition(" ")
    return GAZETTEER.candidates(f"{name}, {where}") if name and "," not in text else []


def suggest(text: str) -> list[Found]:
    """Return places whose name begins with these letters, the likeliest first."""
    norm = fold(_cleaned(text))
    rows = PlaceName.objects.filter(norm__beginning=norm).select_related("place").order_by("-place__population")
    return _distinct(sorted(rows[:50], key=_likelihood))[:10]


def _cleaned(text: str) -> str:
    if any(unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn"} for letter in text.strip()):
        raise PlaceProblem(_("That holds signs that no place has. Type a town, a district or a postcode."))
    cleaned = " ".join(text.replace("،", ",").split())
    if not cleaned:
        raise PlaceProblem(_("Type a town, a district or a postcode."))
    if len(cleaned) > LONGEST:
        raise PlaceProblem(_("That is too long for a place. Type a town, a district or a postcode."))
    if not fold(cleaned):
        raise PlaceProblem(_("That is no name. Type a town, a district or a postcode."))
    return cleaned


def at(latitude: float, longitude: float) -> Found:
    """Return the point as a place, in the country of the nearest town; raise PlaceProblem if it is none."""
    try:
        point = Point.checked(latitude, longitude)
    except PointError as problem:
        raise PlaceProblem(POINT_WORDS[problem.reason]) from problem
    name, (country, _region, clock) = f"{latitude:g}, {longitude:g}", _around(point)
    return Found(name, country, "", "", "point", latitude, longitude, 0.0, 0.0, 0, "", clock)


def region_at(point: Point) -> str:
    """Return the state or nation of the nearest town, as the gazetteer calls it; "" where it knows none."""
    return _around(point)[1]


def _around(point: Point) -> tuple[str, str, str]:
    """Return the country, the region and the time zone of the nearest town, up to 100 km away."""
    nearby = Place.objects.exclude(kind=Place.Kind.COUNTRY)
    found, nearest = ("", "", ""), 100.0
    for box in boxes_around(point, 30):
        rows = nearby.filter(latitude__range=(box.south, box.north), longitude__range=(box.west, box.east))
        for *around, north, east in rows.values_list("country", "region", "timezone", "latitude", "longitude"):
            away = distance_km(point, Point(north, east))
            if away < nearest:
                found, nearest = (around[0], around[1], around[2]), away
    return found


def of_place(place: Place) -> Found:
    return Found(
        place.name, place.country, place.region, place.near, place.kind, place.latitude, place.longitude,
        place.precision_km, place.reach_km, place.population, place.slug or "",
        place.timezone,
    )  # fmt: skip


def _of_postcode(row: Postcode) -> Found:
    """Return a postcode as a place; one known only roughly goes by its town, which it is measured from."""
    rough = row.precision_km > COARSE_KM
    name = row.name if rough and row.name else ", ".join(part for part in (row.norm, row.name) if part)
    return Found(
        name, row.country, "", "", "postcode", row.latitude,
        row.longitude, row.precision_km, row.precision_km, row.population, "",
    )  # fmt: skip


def _likelihood(row: PlaceName) -> tuple[bool, float]:
    """Sort key: a place of this site's country that bears the name itself, then the place with most people.

    Other languages' names and nicknames count a twentieth, so that Roma is in Italy and not in Texas,
    and Manchester is in New Hampshire, on an American site, and not a part of Richmond.
    """
    here = row.primary and row.place.country == settings.SITE_COUNTRY
    return (not here, -row.place.population * (1 if row.primary else 0.05))


def _distinct(rows: Iterable[PlaceName]) -> list[Found]:
    """Return the places once each; the first of a name and its surroundings stands for the others."""
    kept: list[Found] = []
    for row in rows:
        place = of_place(row.place)
        twins = (
            k for k in kept if k.country == place.country and (k.kind == "country") == (place.kind == "country")
        )
        if not any(distance_km(k.point, place.point) < SAME_PLACE_KM for k in twins):
            kept.append(place)
    return kept


def _named(norm: str) -> list[Found]:
    rows = PlaceName.objects.filter(norm=norm).select_related("place").order_by("place_id")[:200]
    return _distinct(sorted(rows, key=_likelihood))


def _qualified(text: str) -> list[Found]:
    """Return the places of a name that have all that follows it: "Paris, Texas"; "Newport, Telford, UK"."""
    name, *rest = [fold(part) for part in text.split(",")]
    wanted = [part for part in rest if part]
    rows = list(PlaceName.objects.filter(norm=name).select_related("place").order_by("place_id")[:200])
    inside = [row for row in rows if all(f"|{part}|" in row.place.qualifiers for part in wanted)]
    if inside or not wanted:
        return _distinct(sorted(inside, key=_likelihood))
    return _distinct(sorted(_close_to(rows, _named(wanted[-1])), key=_likelihood))


def _close_to(rows: list[PlaceName], around: list[Found]) -> list[PlaceName]:
    """Keep the rows in or beside the likeliest of some places: "Washington, Tyne and Wear"."""
    if not around:
        return []
    centre, reach = around[0].point, around[0].reach_km + 50
    return [row for row in rows if distance_km(centre, of_place(row.place).point) < reach]


def _in_country(found: list[Found], qualifiers: str) -> list[Found]:
    """Keep the postcodes of the country that was written after them, if one was: "10997, Germany"."""
    wanted = {fold(part) for part in qualifiers.split(",")} - {""}
    kept = [place for place in found if {fold(place.country), fold(name_of(place.country))} & wanted]
    return kept if wanted else found


def _british(text: str) -> list[Found]:
    """Return the longest part of a British postcode that we know."""
    match = POSTCODE.match(text.upper())
    if not match:
        return []
    area, district, sector, unit, alone = match.groups()
    outward = area + district
    digit = sector or alone
    parts = [f"{outward} {digit}{unit}"] if unit else []
    parts += [f"{outward} {digit}"] if digit else []
    parts += [outward, area]
    rows = list(Postcode.objects.filter(norm__in=parts, country__in=BRITISH))
    return [_of_postcode(row) for row in sorted(rows, key=lambda row: parts.index(row.norm))[:1]]


def _digits(text: str) -> list[Found]:
    """Return every country's match for five digits: the code itself, else the area it begins with."""
    if not (len(text) == 5 and text.isascii() and text.isdigit()):
        return []
    best: dict[str, Postcode] = {}
    for row in Postcode.objects.filter(norm__in=[text, text[:3], text[:2]]):
        if len(row.norm) > len(best[row.country].norm if row.country in best else ""):
            best[row.country] = row
    here = settings.SITE_COUNTRY
    ordered = sorted(best.values(), key=lambda r: (-len(r.norm), r.country != here, -r.population, r.country))
    return [_of_postcode(row) for row in ordered]


def _other_codes(text: str) -> list[Found]:
    """Return a loaded country's postcode of any other shape ("M5V 3L8", "00-950")."""
    if not any(letter.isdigit() for letter in text) or len(text) > 12:
        return []
    rows = Postcode.objects.filter(norm=text.upper().replace(" ", "").replace("-", "")).order_by("-population")
    return [_of_postcode(row) for row in rows[:10]]


def _alike(norm: str, names: QuerySet[PlaceName]) -> list[Found]:
    """Return places whose name is nearly what was typed, for "did you mean"; never used as the answer."""
    if len(norm) < 4:
        return []
    rows = names.filter(norm__beginning=norm[:3], place__population__gte=5000)
    close = [
        row
        for row in rows.select_related("place").order_by("-place__population")[:2000]
        if abs(len(row.norm) - len(norm)) <= 2 and edits(row.norm, norm) <= (1 if len(norm) < 6 else 2)
    ]
    return _distinct(sorted(close, key=lambda row: (edits(row.norm, norm), *_likelihood(row))))[:ALTERNATIVES]


class NoNetwork(BaseSyncAdapter):
    """An adapter that refuses: what a visitor types leaves this machine for nowhere."""

    def _refuse(self) -> NoReturn:
        raise RuntimeError("The gazetteer never uses the network.")

    def get_json(self, url: str, *, timeout: Any, headers: Any) -> NoReturn:
        self._refuse()

    def get_text(self, url: str, *, timeout: Any, headers: Any) -> NoReturn:
        self._refuse()


class Gazetteer(Geocoder):
    """A geopy geocoder over `Place`, `PlaceName` and `Postcode`."""

    def __init__(self) -> None:
        super().__init__(adapter_factory=lambda proxies, ssl_context: NoNetwork(proxies=None, ssl_context=None))

    def candidates(self, text: str) -> list[Found]:
        """Return every place the words can mean, the likeliest first.

        A postcode in full, else its sector, district or area; then a name, then a name with its country.
        """
        head, _comma, qualifiers = text.partition(",")
        codes = _british(head.strip()) or _digits(head.strip())
        if codes:
            return _in_country(codes, qualifiers)
        if qualifiers:
            return _qualified(text) or _named(fold(text))
        return _named(fold(text)) or _other_codes(text)

    def geocode(self, query: str, *, exactly_one: bool = True) -> Any:
        """Return geopy's Location (or all of them) for a typed place; `raw` is our Found."""
        found = [
            Location(f.name, (f.latitude, f.longitude), {"found": f}) for f in self.candidates(_cleaned(query))
        ]
        if exactly_one:
            return found[0] if found else None
        return found or None


GAZETTEER = Gazetteer()
