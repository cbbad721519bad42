"""Points on the Earth and the distance between them: pure arithmetic, the same on every database.

A point on the WGS 84 ellipsoid is kept as `x y z` in kilometres from the Earth's centre. The straight line
(chord) between two such points is plain arithmetic in SQL, needs no trigonometry and no GIS library, and
for the circles we search (up to 200 km) tells the distance along the ground to within a metre; the angles of
a sphere would be wrong by up to 0.5 % (docs/decisions/0003-distance.md).
"""

from math import asin, cos, degrees, radians, sin, sqrt
from typing import Any, NamedTuple, Self

from django.db.models import FloatField, Func

# WGS 84: NIMA TR8350.2, third edition.
SEMI_MAJOR_KM = 6378.137
FLATTENING = 1 / 298.257223563
ECCENTRICITY_SQUARED = FLATTENING * (2 - FLATTENING)
MEAN_RADIUS_KM = 6371.0088  # IUGG mean radius, for turning a chord into an arc
SMALLEST_RADIUS_KM = 6335.43  # the meridian's curvature at the equator, so that boxes are never too small
KM_PER_DEGREE = 110.57  # of latitude, where it is shortest


class PointError(ValueError):
    """Two numbers are no position; `reason` is swapped, range or zero."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Point(NamedTuple):
    """A position: degrees north and east, WGS 84."""

    latitude: float
    longitude: float

    @classmethod
    def checked(cls, latitude: float, longitude: float) -> Self:
        """Return a point, or raise PointError: outside the Earth, or the 0, 0 that means "not known"."""
        if 90 < abs(latitude) <= 180 and abs(longitude) <= 90:
            raise PointError("swapped")
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise PointError("range")
        if latitude == 0 and longitude == 0:
            raise PointError("zero")
        return cls(latitude, longitude)


class Box(NamedTuple):
    """A rectangle of degrees that does not cross the antimeridian: west is never east of east."""

    south: float
    north: float
    west: float
    east: float


def ecef(point: Point) -> tuple[float, float, float]:
    """Return the point as x, y, z in kilometres from the Earth's centre (WGS 84, height 0)."""
    latitude, longitude = radians(point.latitude), radians(point.longitude)
    normal = SEMI_MAJOR_KM / sqrt(1 - ECCENTRICITY_SQUARED * sin(latitude) ** 2)
    across = normal * cos(latitude)
    return (
        across * cos(longitude),
        across * sin(longitude),
        normal * (1 - ECCENTRICITY_SQUARED) * sin(latitude),
    )


def chord_km(ground_km: float) -> float:
    """Return the straight line in kilometres under `ground_km` along the ground."""
    return 2 * MEAN_RADIUS_KM * sin(ground_km / (2 * MEAN_RADIUS_KM))


def ground_km(squared_chord: float) -> float:
    """Return the kilometres along the ground over a chord, given its square in km²."""
    return 2 * MEAN_RADIUS_KM * asin(min(1.0, sqrt(squared_chord) / (2 * MEAN_RADIUS_KM)))


def distance_km(a: Point, b: Point) -> float:
    """Return the kilometres along the ground between two points."""
    return ground_km(sum((p - q) ** 2 for p, q in zip(ecef(a), ecef(b), strict=True)))


def boxes_around(point: Point, radius_km: float) -> list[Box]:
    """Return the one or two boxes that hold every point within `radius_km`, and some more.

    Two where the circle crosses the antimeridian; every longitude where it reaches a pole.
    """
    reach = radius_km / KM_PER_DEGREE
    south, north = point.latitude - reach, point.latitude + reach
    if south <= -90 or north >= 90:
        return [Box(max(south, -90.0), min(north, 90.0), -180.0, 180.0)]
    ratio = sin(radius_km / SMALLEST_RADIUS_KM) / cos(radians(point.latitude))
    if ratio >= 1:
        return [Box(south, north, -180.0, 180.0)]
    width = degrees(asin(ratio)) * 1.01
    west, east = point.longitude - width, point.longitude + width
    if west <= -180 or east >= 180:
        return [
            Box(south, north, (west + 180) % 360 - 180, 180.0),
            Box(south, north, -180.0, (east + 180) % 360 - 180),
        ]
    return [Box(south, north, west, east)]


class SquaredChord(Func):
    """The square of the chord in km² between a point and a row's `x y z`; NULL where the row has none.

    Written out as multiplication, always in this order, so that SQLite and PostgreSQL give the same bits
    and therefore the same order of results.
    """

    output_field = FloatField()

    def __init__(self, point: Point) -> None:
        super().__init__("x", "y", "z")
        self.at = ecef(point)

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:  # type: ignore[override]
        terms, params = [], []
        for axis, value in zip(self.get_source_expressions(), self.at, strict=True):
            column, _ = compiler.compile(axis)
            terms.append(f"({column} - %s) * ({column} - %s)")
            params += [value, value]
        return f"({' + '.join(terms)})", params
