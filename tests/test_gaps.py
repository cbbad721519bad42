"""Where help lacks: by area, kind of help and language, from what is published and confirmed lately."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locator.geo import Point, distance_km
from locator.models import Place
from locator.search.gaps import TOWNS, Gap, Sums, _Squares, gaps
from tests.accounts import a_person, signed_in
from tests.conftest import MakeService, a_document, publish, utc
from tests.test_web import text

TODAY = utc("2026-11-27T12:00").date()
FRESH: dict[str, Any] = {"assured_date": "2026-11-20", "brolly": {"assurer": "Example group"}}
STALE: dict[str, Any] = {"assured_date": "2026-03-01", "brolly": {"assurer": "Example group"}}
FREE = {"yes": ["id_free", "free"]}
PAGE, SHEET = "/team/gaps/", "/team/gaps/sheet/"


def of(slug: str, km: float = 25) -> Gap:
    return next(gap for gap in gaps("GB", km, TODAY) if gap.slug == slug)


@pytest.fixture
def reader(friday_night: None, make_service: MakeService) -> Client:
    return signed_in(a_person("Paula", of=make_service("Room", **FREE, **FRESH).organization))


# What is counted


def test_a_place_that_is_free_and_asks_no_id_fills_the_gap(make_service: MakeService) -> None:
    make_service("Room", **FREE, **FRESH, languages=["en", "ro"], types=["legal"])
    found = of("manchester-gb")
    assert found.sums == Sums(1, 1, 1, found.sums.needs, found.sums.tongues)
    assert "legal" not in [kind.code for kind in found.kinds_missing]
    assert {"en", "ro"}.isdisjoint(found.tongues_missing)
    assert "ar" in found.tongues_missing


@pytest.mark.parametrize(
    "parts",
    [
        {**STALE, **FREE},
        {**FREE},  # nobody has gone through it
        {**FRESH, "yes": ["free"]},
        {**FRESH, "yes": ["free"], "said": ["id_free"]},  # a document's word
        {**FRESH, **FREE, "serves": ["country:GB"]},  # no place to go to
    ],
)
def test_what_is_not_confirmed_lately_to_be_free_and_without_id_does_not(
    make_service: MakeService, parts: dict[str, Any]
) -> None:
    make_service("Room", **parts)
    assert of("manchester-gb").sums.free_without_id == 0


@pytest.mark.django_db
def test_what_was_offered_once_does_not_either() -> None:
    publish({**a_document("Room", **FREE, **FRESH), "status": "inactive"})
    assert of("manchester-gb").sums == Sums()


def test_the_share_that_nobody_confirmed_lately(make_service: MakeService) -> None:
    for number in range(3):
        make_service(f"Room {number}", **FRESH)
    make_service("Old room", **STALE)
    assert of("manchester-gb").stale == 25
    assert of("london-gb").stale is None


def test_the_kilometres_count_from_the_middle_of_an_area(make_service: MakeService) -> None:
    make_service("Room", at=["salford"], **FREE, **FRESH)  # 3.5 km from the middle of Manchester
    assert (of("manchester-gb", 5).sums.places, of("manchester-gb", 3).sums.places) == (1, 0)


def test_what_shows_only_its_area_counts_at_its_middle(make_service: MakeService) -> None:
    make_service("Quiet flat", areas=["manchester"], **FREE, **FRESH)
    assert of("manchester-gb", 5).sums.free_without_id == 1


def test_those_without_come_first_the_largest_of_them_at_the_top(make_service: MakeService) -> None:
    make_service("Room", **FREE, **FRESH)
    found = gaps("GB", 5, TODAY)
    lacking = [gap.sums.free_without_id == 0 for gap in found]
    assert lacking == sorted(lacking, reverse=True)
    assert found[0].slug == "london-gb"


@pytest.mark.django_db
def test_a_country_without_areas_has_no_gaps() -> None:
    assert gaps("AQ", 25, TODAY) == []


def test_it_takes_two_queries_for_any_number(make_service: MakeService, django_assert_num_queries: Any) -> None:
    for number in range(4):
        make_service(f"Room {number}", **FRESH)
    with django_assert_num_queries(2):  # the areas, the listings
        gaps("GB", 25, TODAY)


near = st.tuples(st.floats(52.5, 54.5), st.floats(-4, -1))


@given(points=st.lists(near, max_size=60), middle=near, km=st.sampled_from([1.0, 5.0, 25.0, 50.0]))
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_squares_count_what_a_circle_holds(
    points: list[tuple[float, float]], middle: tuple[float, float], km: float
) -> None:
    rows = [(*point, 0, 0, "", TODAY) for point in points]
    within = sum(distance_km(Point(*point), Point(*middle)) <= km for point in points)
    assert _Squares(km, rows, TODAY).around(Point(*middle)).places == within


@pytest.mark.parametrize("east", [179.99, -179.99])
def test_a_circle_may_cross_the_antimeridian(east: float) -> None:
    squares = _Squares(25, [(-17.0, 179.98, 0, 0, "", TODAY), (-17.0, -179.98, 0, 0, "", TODAY)], TODAY)
    assert squares.around(Point(-17.0, east)).places == 2


# The pages


def test_a_partner_reads_where_help_lacks(reader: Client) -> None:
    page = text(reader.get(PAGE))
    total = Place.objects.filter(country="GB", slug__isnull=False, kind__in=TOWNS).count()
    assert f"of {total} areas have no place within 25 km that is free and asks for no ID" in page
    assert "What visitors look for is never kept, so it is not in here." in page


def test_that_a_helpline_fills_no_gap_here_is_said(reader: Client) -> None:
    assert "nothing that is reached by phone or online" in text(reader.get(PAGE))


def test_the_table_has_every_area(reader: Client) -> None:
    response = reader.get(f"{SHEET}?country=GB&km=5")
    rows = {row["area"]: row for row in csv.DictReader(io.StringIO(response.content.decode()))}
    assert response.headers["Content-Disposition"] == 'attachment; filename="2026-11-27.csv"'
    assert len(rows) > 300
    assert rows["Manchester"]["free_without_id"] == "1"
    assert "legal" in rows["Manchester"]["kinds_missing"].split()
    assert rows["London"]["languages_missing"].split()[0] == "en"


@pytest.mark.parametrize("asked", ["country=XX", "km=7", "km=", "page=0", "page=x"])
def test_what_cannot_be_asked_is_said(reader: Client, asked: str) -> None:
    assert reader.get(f"{PAGE}?{asked}").status_code == 400


def test_pages_of_areas(reader: Client) -> None:
    first, second = (reader.get(f"{PAGE}?km=5&page={page}").content.decode() for page in (1, 2))
    assert "/in/london-gb/" in first
    assert "/in/london-gb/" not in second


@pytest.mark.django_db
def test_strangers_do_not_read_it() -> None:
    assert Client().get(PAGE).status_code == 302
    assert Client().get(SHEET).status_code == 302


def test_the_pages_queries_do_not_grow(reader: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(9):  # who asks: 7; the areas; the listings
        reader.get(PAGE)
