"""Places and postcodes are read as they are published, again without harm, and never half or in the wrong sea."""

import json
import tracemalloc
from collections.abc import Callable
from io import StringIO
from math import degrees
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from locator import geocoding
from locator.exchange import gazetteer, national_grid, postcodes
from locator.geo import Point, distance_km
from locator.geocoding import Found
from locator.models import Place, PlaceName, Postcode
from tests.conftest import MakeService

pytestmark = pytest.mark.django_db

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes lines into a file of the test."""

    def lines(name: str, *rows: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
        return path

    return lines


def said(*words: str) -> str:
    out = StringIO()
    call_command("load_gazetteer", *words, stdout=out)
    return out.getvalue()


def place(typed: str) -> Found:
    found = geocoding.resolve(typed).place
    assert found, typed
    return found


def stored() -> list[Any]:
    return list(Postcode.objects.order_by("country", "norm").values())


# The National Grid


def seconds(whole: int, minutes: int, rest: float) -> float:
    return whole * 3600 + minutes * 60 + rest


def test_the_worked_example_of_ordnance_survey() -> None:
    """Caister water tower: "A guide to coordinate systems in Great Britain", annexe C."""
    north, east = national_grid._to_airy(651409.903, 313177.270)
    assert degrees(north) * 3600 == pytest.approx(seconds(52, 39, 27.2531), abs=0.0001)
    assert degrees(east) * 3600 == pytest.approx(seconds(1, 43, 4.5177), abs=0.0001)


@pytest.mark.parametrize(
    ("easting", "northing", "latitude", "longitude"),
    [
        (651409.903, 313177.270, 52.658008, 1.716074),  # the same tower, in ETRS89
        (529090, 179645, 51.501009, -0.141588),  # SW1A 1AA
    ],
)
def test_a_grid_reference_is_where_it_is_to_five_metres(
    easting: float, northing: float, latitude: float, longitude: float
) -> None:
    found = national_grid.to_point(easting, northing)
    assert distance_km(found, Point(latitude, longitude)) * 1000 < 5


@pytest.mark.parametrize(("easting", "northing"), [(-1, 5), (700_001, 5), (5, 1_300_001), (1e300, 1e300)])
def test_a_reference_off_the_grid_is_nowhere(easting: float, northing: float) -> None:
    with pytest.raises(ValueError, match="is not on the National Grid"):
        national_grid.to_point(easting, northing)


# Postcodes

ONSPD_HEADER = "pcd7,pcd8,pcds,dointr,doterm,east1m,north1m,lat,long,imd"
ONSPD = [
    "SW1A1AA,SW1A 1AA,SW1A 1AA,198001,,0529090,0179645,51.501009,-0.141588,1",
    "SW1A2AA,SW1A 2AA,SW1A 2AA,198001,,0530047,0179951,51.503541,-0.12768,1",
    "SW1A0ZZ,SW1A 0ZZ,SW1A 0ZZ,198001,199906,0530047,0179951,51.5,-0.13,1",  # no longer in use
    "GY1 1AA,GY1  1AA,GY1 1AA,198001,,,,99.999999,0.000000,",  # no position
]
CODE_POINT = [
    '"SW1A1AA",10,529090,179645,"E92000001","E19000003","E18000007","","E09000033","E05013806"',
    '"SW1A2AA",10,530047,179951,"E92000001","E19000003","E18000007","","E09000033","E05013806"',
    '"SW1A0ZZ",90,0,0,"E92000001","E19000003","E18000007","","E09000033","E05013806"',
]
GEONAMES = [
    "PL\t00-950\tWarszawa\tMazowieckie\t14\t\t\t\t\t52.2298\t21.0118\t4",
    "GB\tSW1A\tWestminster\tEngland\tENG\t\t\t\t\t51.5010\t-0.1400\t4",
]


@pytest.fixture
def files(write: Write) -> dict[str, Path]:
    """Return a small file of each kind by the option that reads it."""
    return {
        "--onspd": write("onspd.csv", f"\ufeff{ONSPD_HEADER}", *ONSPD),
        "--code-point": write("codepo/sw.csv", *CODE_POINT).parent,
        "--geonames-postal": write("allCountries.txt", *GEONAMES),
    }


@pytest.mark.parametrize("option", ["--onspd", "--code-point"])
def test_british_postcodes_are_found_to_the_door(files: dict[str, Path], option: str) -> None:
    assert place("SW1A 1AA").coarse
    assert "5 postcodes stored, 0 refused" in said(option, str(files[option]))
    found = place("sw1a1aa")
    assert not found.coarse
    assert distance_km(found.point, Point(51.501009, -0.141588)) < 0.005


@pytest.mark.parametrize("option", ["--onspd", "--code-point"])
def test_a_sector_and_a_district_are_the_middle_of_their_postcodes(files: dict[str, Path], option: str) -> None:
    said(option, str(files[option]))
    assert distance_km(place("SW1A 2").point, Point(51.503541, -0.12768)) < 0.005
    assert distance_km(place("SW1A").point, Point(51.502275, -0.134634)) < 0.005
    assert place("SW1A").precision_km == pytest.approx(0.5)


@pytest.mark.parametrize("option", ["--onspd", "--code-point"])
def test_what_is_not_in_use_or_has_no_position_is_left_out(files: dict[str, Path], option: str) -> None:
    said(option, str(files[option]))
    assert not Postcode.objects.filter(norm__in=["SW1A 0ZZ", "SW1A 0", "GY1 1AA"]).exists()


def test_postcodes_of_other_countries_are_found_however_they_are_written(files: dict[str, Path]) -> None:
    said("--geonames-postal", str(files["--geonames-postal"]))
    for typed in ("00-950", "00 950", "00950"):
        assert place(typed).country == "PL", typed
    assert place("SW1A").name == "SW1A, Westminster"


@pytest.mark.parametrize("option", ["--onspd", "--code-point", "--geonames-postal"])
def test_loading_postcodes_again_changes_nothing(files: dict[str, Path], option: str) -> None:
    first = said(option, str(files[option]))
    before = stored()
    assert said(option, str(files[option])) == first
    assert stored() == before


def onspd(code: str, latitude: str, longitude: str) -> str:
    return f"x,x,{code},198001,,0,0,{latitude},{longitude},1"


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("57.41", "6.19"), ("-57.41", "-6.19"), ("-6.19", "57.41"), ("95", "-6.19"), ("57.41", "-190"), ("0", "0")],
)
def test_a_postcode_on_the_wrong_side_of_the_earth_is_refused_by_name(
    write: Write, latitude: str, longitude: str
) -> None:
    right, wrong = onspd("IV51 9AA", "57.412", "-6.192"), onspd("IV51 9ZZ", latitude, longitude)
    words = said("--onspd", str(write("onspd.csv", ONSPD_HEADER, right, wrong)))
    assert "3 postcodes stored, 1 refused" in words  # IV51 9AA, IV51 9 and IV51
    assert f"GB IV51 9ZZ cannot be at {float(latitude)}, {float(longitude)}." in words
    for typed in ("IV51 9AA", "IV51 9", "IV51"):  # no sector is moved by what was refused
        assert distance_km(place(typed).point, Point(57.412, -6.192)) < 0.005


@pytest.mark.parametrize(
    ("code", "latitude", "longitude"),
    [("M1 1AE", 53.4774, 2.2309), ("B1 1AA", 52.4777, 1.8975), ("LS1 1AA", 53.7974, 1.5438)],
)
def test_a_wrong_sign_is_seen_where_britain_goes_on_to_the_east(
    write: Write, code: str, latitude: float, longitude: float
) -> None:
    words = said("--onspd", str(write("onspd.csv", ONSPD_HEADER, onspd(code, str(latitude), str(longitude)))))
    assert f"GB {code} cannot be at {latitude}, {longitude}." in words
    assert place(code).longitude < 0


def test_a_geonames_row_in_another_country_is_refused_by_name(write: Write) -> None:
    wrong = "PL\t00-951\tWarszawa\t\t\t\t\t\t\t52.2298\t-21.0118\t4"
    words = said("--geonames-postal", str(write("PL.txt", *GEONAMES, wrong)))
    assert "2 postcodes stored, 1 refused" in words
    assert "PL 00951 cannot be at 52.2298, -21.0118." in words


NO_FILE = {
    "--onspd": "is not the ONS Postcode Directory",
    "--code-point": "is not Code-Point Open",
    "--geonames-postal": "is not a GeoNames postal code file",
}
BROKEN = [
    "Dear friend, here are the postcodes",
    "a,b,c,d,e,f,g,h,i,j,k,l",
    "a\tb\tc\td\te\tf\tg\th\ti\tj\tk\tl",
    '{"postcodes": []}',
]


@pytest.mark.parametrize("content", BROKEN)
@pytest.mark.parametrize("option", NO_FILE)
def test_a_file_of_something_else_gets_words(write: Write, option: str, content: str) -> None:
    path = write("codepo/x.csv", content, content)
    before = Postcode.objects.count()
    with pytest.raises(CommandError, match=rf"Nothing was stored\. .*{NO_FILE[option]}"):
        said(option, str(path.parent if option == "--code-point" else path))
    assert Postcode.objects.count() == before


@pytest.mark.parametrize("option", NO_FILE)
def test_a_picture_gets_words(tmp_path: Path, option: str) -> None:
    (tmp_path / "x.csv").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    with pytest.raises(CommandError, match="It is no text"):
        said(option, str(tmp_path if option == "--code-point" else tmp_path / "x.csv"))


@pytest.mark.parametrize("option", ["--onspd", "--geonames-postal"])
def test_a_file_that_is_not_there_gets_words(tmp_path: Path, option: str) -> None:
    with pytest.raises(CommandError, match="No such file"):
        said(option, str(tmp_path / "nothing.csv"))


@pytest.mark.parametrize("option", NO_FILE)
def test_a_file_without_a_postcode_gets_words(write: Write, tmp_path: Path, option: str) -> None:
    empty = {"--onspd": write("o.txt", ONSPD_HEADER), "--code-point": tmp_path / "none"}
    with pytest.raises(CommandError, match="holds no postcodes"):
        said(option, str(empty.get(option, write("g.txt"))))


@pytest.mark.parametrize("line", ["x,x,SW1A 2AA,1980", onspd("SW1A 2AA", "nan", "0"), onspd("SW1A 2AA", "51", "")])
def test_a_file_that_breaks_in_the_middle_stores_nothing(
    write: Write, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr(postcodes, "BATCH", 1)  # so that what came before was written already
    before = stored()
    with pytest.raises(CommandError, match="Nothing was stored"):
        said("--onspd", str(write("onspd.csv", ONSPD_HEADER, ONSPD[0], line)))
    assert stored() == before


# Places


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that puts these towns in the place of GeoNames' list of towns."""
    source = gazetteer.GEONAMES
    for name in ("countries.json", "us_states.json"):
        (tmp_path / name).write_bytes((source / name).read_bytes())
    monkeypatch.setattr(gazetteer, "GEONAMES", tmp_path)
    monkeypatch.setattr(gazetteer, "load_default_postcodes", lambda: None)

    def put(*towns: dict[str, Any], after: str = "") -> None:
        content = json.dumps({str(row["geonameid"]): row for row in towns})
        (tmp_path / "cities15000.json").write_text(content[: -len(after) or None] if after else content)

    return put


def a_town(number: int, name: str, latitude: float, longitude: float, **more: Any) -> dict[str, Any]:
    return {
        "geonameid": number, "name": name, "latitude": latitude, "longitude": longitude, "countrycode": "GB",
        "population": 500_000, "timezone": "Europe/London", "admin1code": "ENG", "alternatenames": [], **more,
    }  # fmt: skip


MANCHESTER = a_town(2643123, "Manchester", 53.48095, -2.23743, alternatenames=["Mancunium"])


def places() -> list[list[Any]]:
    names = PlaceName.objects.order_by("place_id", "norm").values_list("place_id", "norm", "primary")
    return [list(Place.objects.order_by("id").values()), list(names)]


def test_loading_places_again_changes_nothing(small: Callable[..., None]) -> None:
    small(MANCHESTER, a_town(1, "Brollyford", 53.1, -2.1))
    said("--smallest", "15000")
    before = places()
    said("--smallest", "15000")
    assert places() == before
    assert place("Brollyford").near == ""
    assert place("Mancunium").name == "Manchester"


def test_a_listing_keeps_its_area_when_places_are_loaded_again(
    small: Callable[..., None], make_service: MakeService
) -> None:
    service = make_service("Tuesday room", areas=["manchester"])
    small(MANCHESTER)
    said("--smallest", "15000")
    area = service.at_locations.get().location.area
    assert area
    assert (area.slug, area.id) == ("manchester-gb", 2643123)


def test_a_town_in_no_country_or_at_zero_is_left_out(small: Callable[..., None]) -> None:
    small(
        MANCHESTER,
        a_town(1, "Nullford", 0, 0),
        a_town(2, "Farford", 95, 0),
        a_town(3, "Xford", 53, -2, countrycode="XX"),
    )
    said("--smallest", "15000")
    assert not Place.objects.filter(id__in=[1, 2, 3]).exists()


def test_a_list_that_is_cut_off_changes_nothing(small: Callable[..., None]) -> None:
    small(MANCHESTER, a_town(1, "Brollyford", 53.1, -2.1), after="Europe/London")
    before = PlaceName.objects.count()
    with pytest.raises(ValueError, match="in the middle of a place"):
        said("--smallest", "15000")
    assert PlaceName.objects.count() == before


def test_a_load_that_fails_late_changes_nothing(
    small: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("the disk is full")

    small(MANCHESTER)
    monkeypatch.setattr(gazetteer, "load_default_postcodes", fail)
    before = PlaceName.objects.count()
    with pytest.raises(RuntimeError, match="the disk is full"):
        said("--smallest", "15000")
    assert PlaceName.objects.count() == before
    assert place("Berlin").country == "DE"


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Return a file of 20,000 towns, 8 MB, with names that make rows end anywhere."""
    rows = {str(n): a_town(n, "ę{ü}" * (n % 7), 1, 1, alternatenames=["x" * (n % 311)]) for n in range(20_000)}
    path = tmp_path / "cities.json"
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return path


def test_every_place_of_a_large_file_is_read(large: Path) -> None:
    rows = list(gazetteer.stream(large))
    assert [row["geonameid"] for row in rows] == list(range(20_000))
    assert rows[13]["name"] == "ę{ü}" * 6


def test_a_large_file_is_never_held_in_memory(large: Path) -> None:
    tracemalloc.start()
    for _row in gazetteer.stream(large):
        pass
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < large.stat().st_size / 2
