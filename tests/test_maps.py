"""What the map of a search or a service is drawn from: what is public, and outlines of our own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from locator.countries import name_of
from locator.geo import Point, distance_km
from locator.models import Place
from tests.conftest import SPOTS, MakeService
from tests.test_web import Tags, searched, text

pytestmark = pytest.mark.django_db
STATIC = Path(settings.BASE_DIR) / "static"
OUTLINES = sorted((STATIC / "outlines").iterdir())
Ring = list[tuple[float, float]]  # longitude and latitude


def map_of(visitor: Client, near: str = "Manchester", **form: Any) -> Any:
    """Search as a browser does, and open the map of the results."""
    results = searched(visitor, near=near, **form)
    return visitor.get(f"{results.request['PATH_INFO']}map/")


def spots(page: Any) -> list[dict[str, str | None]]:
    """Return what is to be drawn: the attributes of the list's entries, as they are in the page."""
    body = page.content.decode().partition('<ol id="places"')[2].partition("</ol>")[0]
    return [attrs for tag, attrs in Tags(body).found if tag == "li"]


def outlines(page: Any) -> list[str]:
    drawn = next(attrs for _tag, attrs in Tags(page.content.decode()).found if attrs.get("id") == "map")
    return str(drawn["data-outlines"]).split()


def test_a_place_with_an_address_is_a_point(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room")
    _city, _country, latitude, longitude, _slug = SPOTS["manchester"]
    assert spots(map_of(visitor)) == [{"data-latitude": str(latitude), "data-longitude": str(longitude)}]


def test_r18_an_area_is_its_public_middle_and_reach(visitor: Client, make_service: MakeService) -> None:
    hidden = make_service("Quiet flat", areas=["manchester"])
    area = Place.objects.get(slug="manchester-gb")
    known = {"data-latitude": area.latitude, "data-longitude": area.longitude, "data-reach": area.reach_km}
    expected = [{name: str(value) for name, value in known.items()}]
    assert spots(map_of(visitor)) == expected
    assert spots(visitor.get(f"/s/{hidden.short_id}/map/")) == expected


def test_points_are_numbers_in_every_language(visitor: Client, make_service: MakeService) -> None:
    """Where a comma stands before decimals, a script would read another place."""
    make_service("Lantern room")
    make_service("Quiet flat", areas=["manchester"])
    for language in ["de", "ar"]:
        for attrs in spots(visitor.get(f"/{language}/in/manchester-gb/map/")):
            assert all(float(value or "") for value in attrs.values())


def test_what_is_reached_by_phone_is_not_on_the_map(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room")
    make_service("Night line", serves=["country:GB"], phone="0808 157 0000")
    page = map_of(visitor)
    assert "Lantern room" in text(page)
    assert "Night line" not in text(page)
    assert len(spots(page)) == 1


def test_without_a_place_to_go_to_the_map_says_so(visitor: Client, make_service: MakeService) -> None:
    make_service("Night line", serves=["country:GB"], phone="0808 157 0000")
    page = map_of(visitor)
    assert spots(page) == []
    assert "There is no place to go to on this map" in text(page)


@pytest.mark.parametrize("serves", [["country:GB"], []])
def test_a_service_without_a_place_has_no_map(
    visitor: Client, make_service: MakeService, serves: list[str]
) -> None:
    line = make_service("Night line", serves=serves, phone="0808 157 0000")
    assert visitor.get(f"/s/{line.short_id}/").status_code == 200
    assert visitor.get(f"/s/{line.short_id}/map/").status_code == 404


@pytest.mark.parametrize("status", ["draft", "unlisted", "withdrawn"])
def test_what_is_not_listed_has_no_map(visitor: Client, make_service: MakeService, status: str) -> None:
    hidden = make_service("Hidden", status=status)
    assert visitor.get(f"/s/{hidden.short_id}/map/").status_code == 404


def test_the_list_is_there_without_scripts(visitor: Client, make_service: MakeService) -> None:
    service = make_service("Lantern room")
    page = map_of(visitor)
    shown = [(tag, attrs) for tag, attrs in Tags(page.content.decode()).found if "hidden" in attrs]
    assert [attrs.get("class") for _tag, attrs in shown if attrs.get("id") != "offline"] == [
        "skip past-map",
        "map",
        "towns",
    ]
    assert f'<a href="/s/{service.short_id}/"><bdi>Lantern room</bdi></a>' in page.content.decode()


@pytest.mark.parametrize("services", [1, 12])
def test_queries_of_a_map(
    visitor: Client, make_service: MakeService, django_assert_num_queries: Any, services: int
) -> None:
    for number in range(services):
        make_service(f"Room {number}")
        flat = make_service(f"Flat {number}", areas=["manchester", "salford"])
    address = visitor.post("/find/", {"near": "Manchester"}).headers["Location"]
    with django_assert_num_queries(5):  # the place, the rows near it, one page of them, areas, towns
        visitor.get(f"{address}map/")
    with django_assert_num_queries(3):  # its places, areas, towns
        visitor.get(f"/s/{flat.short_id}/map/")


# Towns and outlines


def test_a_town_is_named_once_and_the_largest_first(visitor: Client, make_service: MakeService) -> None:
    make_service("London room", at=["london"])
    page = map_of(visitor, "London").content.decode().partition('<ul class="towns"')[2]
    named = [line.partition(">")[2].removesuffix("</li>") for line in page.splitlines() if "<li" in line]
    assert len(named) == len(set(named)) == 24
    assert "London" in page.splitlines()[0]


@pytest.mark.parametrize(
    ("near", "codes"),
    [("Manchester", {"gb"}), ("Strasbourg", {"de", "fr"}), ("Basel", {"ch", "de", "fr"}), ("Bishkek", {"kg"})],
)
def test_the_countries_around_are_drawn(visitor: Client, db: None, near: str, codes: set[str]) -> None:
    drawn = outlines(map_of(visitor, near))
    assert {Path(address).stem for address in drawn} >= codes
    for address in drawn:
        assert finders.find(address.removeprefix(settings.STATIC_URL)), address


def test_a_country_too_small_for_an_outline_is_left_out(visitor: Client, make_service: MakeService) -> None:
    Place.objects.filter(slug="manchester-gb").update(country="VA")
    make_service("Lantern room")
    assert [Path(address).name for address in outlines(map_of(visitor))] == ["gb.json"]


def rings(path: Path) -> Iterator[Ring]:
    """Yield each ring of an outline as tools/outlines.mjs says it is written."""
    for polygon in json.loads(path.read_text(encoding="utf-8")):
        for steps in polygon:
            x = y = 0
            ring = []
            for dx, dy in zip(steps[::2], steps[1::2], strict=True):
                x, y = x + dx, y + dy
                ring.append((x / 1000, y / 1000))
            yield ring


def size(ring: Ring) -> float:
    """Return the square degrees within a ring."""
    beside = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in beside)) / 2


def within(point: Point, ring: Ring) -> bool:
    """Say whether an odd number of the ring's sides lie to the east of a point."""
    crossed = False
    for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
        if (a[1] > point.latitude) != (b[1] > point.latitude):
            crossed ^= point.longitude < a[0] + (point.latitude - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
    return crossed


def test_every_outline_can_be_drawn() -> None:
    for path in OUTLINES:
        code = path.stem.upper()
        assert path.suffix == ".json"
        assert name_of(code) != code, f"{code} is not the code of a country"
        assert path.stat().st_size <= 60_000, code
        drawn = list(rings(path))
        for ring in drawn:
            assert len(ring) >= 3, code
            assert all(-360 <= x <= 360 and -90 <= y <= 90 for x, y in ring), code
            steps = [abs(x - ring[at - 1][0]) for at, (x, _y) in enumerate(ring)]
            assert max(steps) < 60, f"{code} has a line around the world"
        assert sum(size(ring) for ring in drawn) > 0, code


def off_land(town: Place, drawn: list[Ring]) -> bool:
    """Say whether a town is in the sea; a harbour may stand a little off the shore as the atlas draws it."""
    across = [Point(town.latitude, town.longitude + turn) for turn in (0, 360, -360)]
    if any(sum(within(point, ring) for ring in drawn) % 2 for point in across):
        return False
    return min(distance_km(across[0], Point(y, x)) for ring in drawn for x, y in ring) > 10


def test_the_largest_towns_of_a_country_are_on_its_land() -> None:
    wrong = []
    for path in OUTLINES:
        towns = Place.objects.filter(country=path.stem.upper(), kind=Place.Kind.CITY).order_by("-population")
        drawn = list(rings(path))
        wrong += [f"{path.stem}: {town.name}" for town in towns[:20] if off_land(town, drawn)]
    assert wrong == ["ss: Kafia Kingi"]  # both Sudans claim it, and the atlas draws it with the other


def test_every_country_with_a_town_has_an_outline() -> None:
    countries = set(Place.objects.filter(kind=Place.Kind.CITY).values_list("country", flat=True))
    assert countries - {path.stem.upper() for path in OUTLINES} == {"VA"}  # smaller than the atlas draws


def test_the_outlines_are_small_together() -> None:
    assert len(OUTLINES) == 248
    assert sum(path.stat().st_size for path in OUTLINES) < 3_000_000


def test_no_static_file_names_one_that_is_not_there() -> None:
    """Names are hashed when files are collected, and a file that names a missing one stops that."""
    for path in [*STATIC.rglob("*.js"), *STATIC.rglob("*.css")]:
        source = path.read_text(encoding="utf-8")
        assert "sourceMappingURL" not in source, path.name
        assert "url(" not in source.replace("url(#", ""), path.name
