"""Files that other programs read: a spreadsheet runs nothing in them, and they show no more than a page."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from locator.exchange.exporting import COLUMNS
from locator.models import ListingData
from locator.models.questions import QUESTIONS
from tests.conftest import MakeService, a_document, publish

pytestmark = pytest.mark.django_db

LIST = "/api/v1/services/"


def table(**query: str) -> list[dict[str, str]]:
    content = Client().get(LIST, {"near": "Manchester", "format": "csv", **query}).content.decode()
    return list(csv.DictReader(io.StringIO(content)))


def feature(**query: str) -> dict[str, Any]:
    found = Client().get(LIST, {"near": "Manchester", "format": "geojson", **query}).json()["features"]
    assert len(found) == 1
    first: dict[str, Any] = found[0]
    return first


def tamper(**shown: Any) -> None:
    """Put words into a published listing that no document could bring there."""
    row = ListingData.objects.get()
    row.data = json.dumps(json.loads(row.data + "}") | shown)[:-1]
    row.save()


# CSV


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_a_cell_never_begins_as_a_formula(make_service: MakeService, sign: str) -> None:
    make_service(f"{sign}1+1", organization=f"{sign}2+2", at=[], serves=["country:GB"])
    row = table()[0]
    assert (row["name"], row["organization"]) == (f"'{sign}1+1", f"'{sign}2+2")


@pytest.mark.parametrize("sign", ["\t", "\r", "\n"])
def test_a_sign_that_hides_a_formula_is_quoted(make_service: MakeService, sign: str) -> None:
    make_service()
    tamper(name=f"{sign}=1+1", assured_by=f"{sign}=2+2")
    row = table()[0]
    assert row["name"].startswith("'")
    assert row["assured_by"].startswith("'")


def test_every_column_of_words_is_safe() -> None:
    document = a_document("=name", organization="=group", phone="+44 161 496 0000", chat="https://example.org/-1")
    address = {"address_1": "=1 Street", "city": "@city", "country": "GB", "address_type": "physical"}
    document["service_at_locations"][0]["location"]["addresses"] = [address]
    document["assured_date"], document["brolly"]["assurer"] = "2026-05-03", "-somebody"
    publish(document)
    row = table()[0]
    assert not [(name, cell) for name, cell in row.items() if cell[:1] in "=+@" and cell]
    expected = {
        "address": "'=1 Street",
        "city": "'@city",
        "phone": "'+44 161 496 0000",
        "assured_by": "'-somebody",
    }
    assert {name: row[name] for name in expected} == expected


def test_a_position_is_a_number_and_stays_one(make_service: MakeService) -> None:
    make_service(at=["manchester"])
    row = table()[0]
    assert (float(row["latitude"]), float(row["longitude"])) == (53.48, -2.24)


def test_quotes_commas_lines_and_letters_survive(make_service: MakeService) -> None:
    name = 'The "quiet", ქართული ไทย room'
    make_service(name, organization="First line\nsecond line")
    row = table()[0]
    assert row["name"] == name
    assert row["organization"] == "First line\nsecond line"


def test_every_cell_is_quoted(make_service: MakeService) -> None:
    make_service("Tuesday room")
    lines = Client().get(LIST, {"near": "Manchester", "format": "csv"}).content.decode().splitlines()
    assert len(lines) == 2
    for line in lines:
        assert line.startswith('"')
        assert line.endswith('"')
        assert ",," not in line


def test_the_header_names_every_question(make_service: MakeService) -> None:
    make_service()
    assert list(table()[0]) == [*COLUMNS, *(question.key for question in QUESTIONS)]


def test_a_table_without_rows_has_its_header() -> None:
    content = Client().get(LIST, {"near": "Manchester", "format": "csv"}).content.decode()
    assert content.splitlines()[0].startswith('"id","name","organization"')
    assert len(content.splitlines()) == 1


def test_an_area_has_no_place_in_a_table(make_service: MakeService) -> None:
    make_service(areas=["manchester"])
    row = table()[0]
    assert (row["address_visibility"], row["area"]) == ("area", "Manchester")
    assert [row[name] for name in ("address", "city", "latitude", "longitude", "distance_km")] == [""] * 5


def test_a_row_a_document_alone_speaks_for_says_so(make_service: MakeService) -> None:
    make_service(said=["free"])
    assert table(free="true") == []
    row = table(free="true", include_unconfirmed="true")[0]
    assert row["confirmed"] == "said in a document"


def test_a_declined_answer_is_unknown_in_a_table(make_service: MakeService) -> None:
    make_service(declined=["free"])
    assert table()[0]["free"] == "unknown"


def test_an_unchecked_number_is_in_no_table(make_service: MakeService) -> None:
    make_service(unchecked_phone="0161 496 0000")
    assert table()[0]["phone"] == ""


def test_a_service_in_two_places_is_one_row(make_service: MakeService) -> None:
    make_service(at=["salford", "manchester"])
    assert [row["city"] for row in table()] == ["Manchester"]


# GeoJSON


def test_an_area_has_no_geometry_and_no_number_that_would_give_one(make_service: MakeService) -> None:
    make_service(areas=["manchester"])
    found = feature()
    assert "geometry" in found  # RFC 7946: null, not left out
    assert found["geometry"] is None
    assert found["properties"]["distance_km"] is None
    assert "latitude" not in found["properties"]["location"]
    assert "53.4" not in json.dumps(found)


def test_a_remote_service_has_no_geometry(make_service: MakeService) -> None:
    make_service(serves=["country:GB"])
    assert feature()["geometry"] is None


def test_a_point_is_longitude_first_and_within_the_earth(make_service: MakeService) -> None:
    make_service(at=["salford"])
    assert feature()["geometry"] == {"type": "Point", "coordinates": [-2.29, 53.49]}


def test_a_feature_goes_by_its_short_id(make_service: MakeService) -> None:
    service = make_service()
    assert feature()["id"] == service.short_id


def test_a_feature_shows_what_the_list_shows(make_service: MakeService) -> None:
    make_service(yes=["id_free"], phone="0161 496 0000")
    assert feature()["properties"] == Client().get(LIST, {"near": "Manchester"}).json()["results"][0]


def test_a_collection_without_features_is_a_collection() -> None:
    answer = Client().get(LIST, {"near": "Manchester", "format": "geojson"})
    assert answer.headers["Content-Type"] == "application/geo+json"
    assert (answer.json()["type"], answer.json()["features"]) == ("FeatureCollection", [])


def test_a_script_in_a_name_is_words(make_service: MakeService) -> None:
    make_service("<script>alert(1)</script>")
    answer = Client().get(LIST, {"near": "Manchester", "format": "geojson"})
    assert answer.json()["features"][0]["properties"]["name"] == "<script>alert(1)</script>"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
