"""Distances agree with geopy's geodesic, everywhere on Earth."""

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from locator.geo import Box, Point, PointError, boxes_around, distance_km

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
points = st.builds(Point, latitudes, longitudes)
ON_THE_EDGE = [
    Point(0, 179.99),
    Point(0, -179.99),
    Point(89.9, 10),
    Point(-89.9, -170),
    Point(90, 0),
    Point(60, 180),
]


def inside(point: Point, box: Box) -> bool:
    return box.south <= point.latitude <= box.north and box.west <= point.longitude <= box.east


@given(points, st.floats(-2, 2), st.floats(-2, 2))
def test_distance_is_the_geodesic_within_a_metre_up_to_200_km(a: Point, north: float, east: float) -> None:
    b = Point(max(-90, min(90, a.latitude + north)), (a.longitude + east + 180) % 360 - 180)
    true = geodesic(a, b).km
    if true <= 200:
        assert distance_km(a, b) == pytest.approx(true, abs=0.001)


@given(points, st.floats(0.1, 200), st.floats(-3, 3), st.floats(-180, 180))
def test_boxes_hold_every_point_of_the_circle(centre: Point, radius: float, north: float, east: float) -> None:
    other = Point(max(-90, min(90, centre.latitude + north)), (centre.longitude + east + 180) % 360 - 180)
    if geodesic(centre, other).km <= radius:
        assert any(inside(other, box) for box in boxes_around(centre, radius))


@pytest.mark.parametrize("centre", ON_THE_EDGE)
@pytest.mark.parametrize("other", ON_THE_EDGE)
def test_boxes_cross_the_antimeridian_and_the_poles(centre: Point, other: Point) -> None:
    if geodesic(centre, other).km <= 50:
        assert any(inside(other, box) for box in boxes_around(centre, 50))


def test_boxes_are_ordinary_rectangles() -> None:
    for centre in ON_THE_EDGE:
        assert all(box.west <= box.east and box.south <= box.north for box in boxes_around(centre, 25))


@pytest.mark.parametrize(
    ("latitude", "longitude", "reason"),
    [(120.0, 51.0, "swapped"), (91.0, 181.0, "range"), (0.0, 0.0, "zero"), (53.0, 200.0, "range")],
)
def test_numbers_that_are_no_position_are_refused(latitude: float, longitude: float, reason: str) -> None:
    with pytest.raises(PointError) as problem:
        Point.checked(latitude, longitude)
    assert problem.value.reason == reason
