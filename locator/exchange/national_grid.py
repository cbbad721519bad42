"""British National Grid → WGS 84, to about 5 m.

Ordnance Survey, "A guide to coordinate systems in Great Britain" (v3.6): annexe C.2 (eastings and northings
to latitude and longitude on the Airy 1830 ellipsoid), then 6.6 (the Helmert transformation).
"""

from math import atan2, cos, degrees, radians, sin, sqrt, tan

from locator.geo import ECCENTRICITY_SQUARED, SEMI_MAJOR_KM, Point

AIRY_A, AIRY_B = 6377563.396, 6356256.909
AIRY_E2 = 1 - (AIRY_B / AIRY_A) ** 2
SCALE, TRUE_LATITUDE, TRUE_LONGITUDE = 0.9996012717, radians(49), radians(-2)
FALSE_EAST, FALSE_NORTH = 400_000.0, -100_000.0
WIDTH, HEIGHT = 700_000, 1_300_000  # metres that the grid covers


def to_point(easting: float, northing: float) -> Point:
    """Return the position of a grid reference in metres; raise ValueError when it is off the grid."""
    if not (0 <= easting <= WIDTH and 0 <= northing <= HEIGHT):
        raise ValueError(f"{easting:g}, {northing:g} is not on the National Grid")
    return _to_wgs84(*_to_airy(easting, northing))


def _meridian(latitude: float) -> float:
    """Return the developed arc of the meridian in metres (C2)."""
    n = (AIRY_A - AIRY_B) / (AIRY_A + AIRY_B)
    plus, minus = latitude + TRUE_LATITUDE, latitude - TRUE_LATITUDE
    return AIRY_B * SCALE * (
        (1 + n + 5 / 4 * n**2 + 5 / 4 * n**3) * minus
        - (3 * n + 3 * n**2 + 21 / 8 * n**3) * sin(minus) * cos(plus)
        + (15 / 8 * n**2 + 15 / 8 * n**3) * sin(2 * minus) * cos(2 * plus)
        - 35 / 24 * n**3 * sin(3 * minus) * cos(3 * plus)
    )  # fmt: skip


def _to_airy(easting: float, northing: float) -> tuple[float, float]:
    latitude, rest = TRUE_LATITUDE, northing - FALSE_NORTH
    while abs(rest) >= 0.00001:
        latitude += rest / (AIRY_A * SCALE)
        rest = northing - FALSE_NORTH - _meridian(latitude)
    e2sin = 1 - AIRY_E2 * sin(latitude) ** 2
    nu = AIRY_A * SCALE / sqrt(e2sin)
    rho = AIRY_A * SCALE * (1 - AIRY_E2) * e2sin**-1.5
    eta2 = nu / rho - 1
    t, sec, d = tan(latitude), 1 / cos(latitude), easting - FALSE_EAST
    seven = t / (2 * rho * nu)
    eight = t / (24 * rho * nu**3) * (5 + 3 * t**2 + eta2 - 9 * t**2 * eta2)
    nine = t / (720 * rho * nu**5) * (61 + 90 * t**2 + 45 * t**4)
    ten = sec / nu
    eleven = sec / (6 * nu**3) * (nu / rho + 2 * t**2)
    twelve = sec / (120 * nu**5) * (5 + 28 * t**2 + 24 * t**4)
    twelve_a = sec / (5040 * nu**7) * (61 + 662 * t**2 + 1320 * t**4 + 720 * t**6)
    north = latitude - seven * d**2 + eight * d**4 - nine * d**6
    east = TRUE_LONGITUDE + ten * d - eleven * d**3 + twelve * d**5 - twelve_a * d**7
    return north, east


def _to_wgs84(latitude: float, longitude: float) -> Point:
    nu = AIRY_A / sqrt(1 - AIRY_E2 * sin(latitude) ** 2)
    x, y = nu * cos(latitude) * cos(longitude), nu * cos(latitude) * sin(longitude)
    z = nu * (1 - AIRY_E2) * sin(latitude)
    s = 1 - 20.4894e-6
    rx, ry, rz = (radians(seconds / 3600) for seconds in (0.1502, 0.2470, 0.8421))
    x2 = 446.448 + x * s - y * rz + z * ry
    y2 = -125.157 + x * rz + y * s - z * rx
    z2 = 542.060 - x * ry + y * rx + z * s
    across, a = sqrt(x2**2 + y2**2), SEMI_MAJOR_KM * 1000
    north = atan2(z2, across * (1 - ECCENTRICITY_SQUARED))
    for _step in range(5):
        normal = a / sqrt(1 - ECCENTRICITY_SQUARED * sin(north) ** 2)
        north = atan2(z2 + ECCENTRICITY_SQUARED * normal * sin(north), across)
    return Point(degrees(north), degrees(atan2(y2, x2)))
