"""Where help lacks, made from what is published and from nothing that anybody looked for.

For each named area of a country: what there is to go to within some kilometres that somebody confirmed lately.
A service that shows only its area stands at the middle of it, as in every search. Two queries, whatever the size:
rows are put into squares, and a square that lies wholly within the circle is counted as one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from math import cos, dist, floor, hypot, radians
from typing import Any, NamedTuple

from config.languages import LANGUAGES
from locator.geo import KM_PER_DEGREE, Box, Point, boxes_around, chord_km, ecef
from locator.hsds.vocabulary import TYPES
from locator.models import Listing, Place
from locator.models.questions import BY_KEY, mask

FREE_WITHOUT_ID = mask([BY_KEY["id_free"], BY_KEY["free"]])
TONGUES = [code.partition("-")[0] for code in LANGUAGES]  # as services speak them
TOWNS = (Place.Kind.CITY, Place.Kind.DISTRICT)  # from the middle of a region nobody walks anywhere
SQUARES = 6  # to a radius
_Row = tuple[float, float, int, int, str, date | None]


class Sums(NamedTuple):
    """What some listings have together; of `needs` and `tongues`, bits of those that are confirmed."""

    places: int = 0
    confirmed: int = 0
    free_without_id: int = 0
    needs: int = 0
    tongues: int = 0  # spoken where it is free and nobody asks for ID

    def plus(self, other: "Sums") -> "Sums":
        return Sums(
            self.places + other.places,
            self.confirmed + other.confirmed,
            self.free_without_id + other.free_without_id,
            self.needs | other.needs,
            self.tongues | other.tongues,
        )


@dataclass
class Square:
    """Listings that lie close together, one by one and in sum; kilometres from the Earth's centre (geo.ecef)."""

    middle: tuple[float, float, float]
    reach: float  # km from the middle to its corners
    rows: list[tuple[tuple[float, float, float], Sums]] = field(default_factory=list)
    sums: Sums = field(default_factory=Sums)


@dataclass(frozen=True)
class Gap:
    """A named area, and what there is and is not around its middle."""

    name: str
    slug: str
    population: int
    sums: Sums

    @property
    def kinds_missing(self) -> list[Any]:
        return [kind for kind in TYPES if not self.sums.needs >> kind.bit & 1]

    @property
    def tongues_missing(self) -> list[str]:
        return [code for n, code in enumerate(TONGUES) if not self.sums.tongues >> n & 1]

    @property
    def stale(self) -> int | None:
        """Return how many of a hundred places nobody confirmed lately; None where there are none."""
        places = self.sums.places
        return round(100 * (places - self.sums.confirmed) / places) if places else None


def gaps(country: str, km: float, today: date) -> list[Gap]:
    """Return the towns and districts of a country: first those without a place that is free and asks for no ID."""
    areas = list(
        Place.objects.filter(country=country, slug__isnull=False, kind__in=TOWNS)
        .order_by("id")
        .values_list("name", "slug", "population", "latitude", "longitude")
    )
    if not areas:
        return []
    squares = _Squares(km, _rows(areas, km), today)
    found = [
        Gap(name, str(slug), population, squares.around(Point(latitude, longitude)))
        for name, slug, population, latitude, longitude in areas
    ]
    return sorted(found, key=lambda gap: (gap.sums.free_without_id > 0, -gap.population, gap.slug))


def _rows(areas: list[Any], km: float) -> Iterator[_Row]:
    """Yield what there is to go to in a box around all areas."""
    south, north = min(row[3] for row in areas), max(row[3] for row in areas)
    west, east = min(row[4] for row in areas), max(row[4] for row in areas)
    boxes = [box for row in (south, north) for side in (west, east) for box in boxes_around(Point(row, side), km)]
    rows = Listing.objects.filter(reach=Listing.Reach.LOCAL, past=False)
    rows = rows.filter(latitude__range=(min(box.south for box in boxes), max(box.north for box in boxes)))
    rows = rows.filter(longitude__range=(min(box.west for box in boxes), max(box.east for box in boxes)))
    columns = ("latitude", "longitude", "yes_bits", "need_bits", "language_codes", "fresh_until")
    return rows.order_by().values_list(*columns).iterator(chunk_size=5000)


class _Squares:
    """Listings by squares whose sides are a sixth of the radius, on a grid of degrees.

    Distances are chords, as in every search (geo). For these the triangle inequality holds, so a square whose
    middle is near enough or far enough need not be opened.
    """

    def __init__(self, km: float, rows: Iterable[_Row], today: date) -> None:
        self.km, self.side, self.most = km, km / SQUARES / KM_PER_DEGREE, chord_km(km)
        self.squares: dict[tuple[int, int], Square] = {}
        for latitude, longitude, *row in rows:
            key, sums = self._at(latitude, longitude), _sums(row, today)
            square = self.squares.get(key) or self.squares.setdefault(key, self._empty(key))
            square.rows.append((ecef(Point(latitude, longitude)), sums))
            square.sums = square.sums.plus(sums)

    def _at(self, latitude: float, longitude: float) -> tuple[int, int]:
        return floor(latitude / self.side), floor(longitude / self.side)

    def _empty(self, key: tuple[int, int]) -> Square:
        middle = Point((key[0] + 0.5) * self.side, (key[1] + 0.5) * self.side)
        # A degree is at most 111.7 km long; a hundredth more keeps the edge on the safe side.
        height = self.side * 111.7 * 1.01
        width = height * cos(radians(max(0.0, abs(middle.latitude) - self.side)))
        return Square(ecef(middle), hypot(height, width) / 2)

    def around(self, point: Point) -> Sums:
        """Return what there is within the radius of a point."""
        found, at = Sums(), ecef(point)
        for box in boxes_around(point, self.km):
            for square in self._within(box):
                away = dist(square.middle, at)
                if away + square.reach <= self.most:
                    found = found.plus(square.sums)
                elif away - square.reach <= self.most:
                    for each, sums in square.rows:
                        if dist(each, at) <= self.most:
                            found = found.plus(sums)
        return found

    def _within(self, box: Box) -> Iterator[Square]:
        (south, west), (north, east) = self._at(box.south, box.west), self._at(box.north, box.east)
        for row in range(south, north + 1):
            for column in range(west, east + 1):
                square = self.squares.get((row, column))
                if square:
                    yield square


def _sums(row: list[Any], today: date) -> Sums:
    """Return what one listing has: only what somebody confirmed, and lately."""
    yes, needs, codes, fresh_until = row
    if fresh_until is None or fresh_until < today:
        return Sums(places=1)
    if yes & FREE_WITHOUT_ID != FREE_WITHOUT_ID:
        return Sums(1, 1, 0, needs)
    spoken = set(codes.split("|"))
    return Sums(1, 1, 1, needs, sum(1 << n for n, code in enumerate(TONGUES) if code in spoken))
