"""The API answers programs as the pages answer people: the same services in the same order."""

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client

from tests.conftest import MakeService
from tests.routes import searches
from tests.test_web import searched
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
LIST = "/api/v1/services/"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def get(path: str = LIST, **query: str) -> Any:
    return Client().get(path, query).json()


def names(answer: Any) -> list[str]:
    return [row["name"] for row in answer["results"]]


def test_the_envelope(world: World) -> None:
    answer = get(near="Manchester")
    members = "count page pages next previous place alternatives unconfirmed_count hours_unknown facets results"
    assert list(answer) == members.split()
    assert answer["place"]["name"] == "Manchester"
    assert answer["place"]["country"] == "GB"


@pytest.mark.parametrize("question", [q for q in searches() if "near" in q or "area" in q], ids=str)
def test_pages_and_api_agree(world: World, visitor: Client, question: dict[str, str]) -> None:
    api = Client().get(LIST, {**question, "include_unconfirmed": "true", "page_size": "20"})
    if api.status_code == 200 and "page_size" not in question:
        page = searched(visitor, **question).content.decode()
        shown = re.findall(r'<h3><a href="(/s/\w+/)">', page.split('class="rows"', 1)[-1])
        if not api.json()["count"]:
            shown = []  # the nearest beyond the radius is no result
        assert [row["url"] for row in api.json()["results"]] == shown


def test_every_result_says_on_whose_word(world: World) -> None:
    first = get(near="Manchester", q="lantern")["results"][0]
    assert first["answers"]["id_free"] == {
        "answer": "yes",
        "basis": "organization",
        "stated_by": "Example group",
        "stated_on": "2026-05-03",
    }
    assert first["answers"]["no_police_sharing"] == {"answer": "unknown"}
    assert first["assured_date"] == "2026-05-03"


def test_facets_say_how_many_remain(world: World) -> None:
    facets = get(near="Manchester")["facets"]
    assert facets["answers"]["id_free"] == 2
    assert facets["need"]["legal"] == 1
    assert facets["language"] == {"en": 5, "ro": 1}


def test_unconfirmed_ones_come_only_when_asked_for(world: World) -> None:
    assert "Two doors" not in names(get(near="Manchester", free="true"))
    both = get(near="Manchester", free="true", include_unconfirmed="true")
    assert [row["confirmed"] for row in both["results"]] == [True, True, False]


@pytest.mark.parametrize("name", ["idfree", "Near", "limit", "open"])
def test_an_unknown_parameter_is_named(name: str) -> None:
    answer = Client().get(LIST, {"near": "Manchester", name: "1"})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [name]


def test_an_unknown_place_is_422_with_suggestions() -> None:
    answer = Client().get(LIST, {"near": "Liverpol"})
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:brolly:unknown-place"
    assert answer.json()["suggestions"][0]["name"] == "Liverpool"


@pytest.mark.parametrize(
    "query", [{"radius_km": "201"}, {"page_size": "0"}, {"lat": "99", "lng": "200"}, {"page": "x"}]
)
def test_values_out_of_range_are_400(query: dict[str, str]) -> None:
    near = {} if "lat" in query else {"near": "Manchester"}
    answer = Client().get(LIST, near | query)
    assert answer.status_code == 400
    assert set(answer.json()) == {"type", "title", "status", "detail", "errors"}


def test_swapped_coordinates_are_told() -> None:
    assert "swapped" in Client().get(LIST, {"lat": "-120.5", "lng": "51"}).json()["detail"]


def test_paging(make_service: MakeService) -> None:
    for number in range(3):
        make_service(f"Room {number}")
    first = get(near="Manchester", page_size="2")
    assert names(first) == ["Room 0", "Room 1"]
    assert names(Client().get(first["next"]).json()) == ["Room 2"]
    assert Client().get(LIST, {"near": "Manchester", "page": "9"}).status_code == 404


def test_an_unchanged_answer_is_304(world: World) -> None:
    first = Client().get(LIST, {"near": "Manchester"})
    again = Client().get(LIST, {"near": "Manchester"}, headers={"if-none-match": first.headers["ETag"]})
    assert (first.headers["Cache-Control"], again.status_code) == ("no-cache", 304)


def test_other_sites_may_read_but_not_post(world: World) -> None:
    assert Client().get(LIST, {"near": "Manchester"}).headers["Access-Control-Allow-Origin"] == "*"
    posted = Client().post(f"{LIST}search/", {"near": "Manchester"}, content_type="application/json")
    assert "Access-Control-Allow-Origin" not in posted.headers
    assert posted.headers["Cache-Control"] == "no-store"


def test_asked_in_the_body_it_is_the_same(world: World) -> None:
    asked = {"near": "Manchester", "id_free": True, "need": ["drop-in", "housing"], "page_size": 10}
    posted = Client().post(f"{LIST}search/", asked, content_type="application/json").json()
    got = get(near="Manchester", id_free="true", need="drop-in,housing", page_size="10")
    assert posted["results"] == got["results"]


@pytest.mark.parametrize("body", ["[1]", "{", '"x"', "null", '{"near": {"a": 1}}', '{"id_free": false}'])
def test_a_body_that_is_no_question_is_400(body: str) -> None:
    answer = Client().post(f"{LIST}search/", body, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_geojson_has_no_point_for_an_area(world: World) -> None:
    answer = get(near="Manchester", format="geojson")
    points = {feature["properties"]["name"]: feature["geometry"] for feature in answer["features"]}
    assert points["Lantern room"] == {"type": "Point", "coordinates": [-2.24, 53.48]}
    assert points["Quiet flat"] is None
    assert points["Night line"] is None


def test_csv_is_no_formula(make_service: MakeService) -> None:
    make_service("=HYPERLINK(1)", yes=["id_free"], said=["free"])
    content = Client().get(LIST, {"near": "Manchester", "format": "csv"}).content.decode()
    row = next(iter(csv.DictReader(io.StringIO(content))))
    assert row["name"] == "'=HYPERLINK(1)"
    assert row["id_free"] == "yes (organization, 2026-05-03)"
    assert row["free"] == "yes (source, 2026-05-03)"
    assert row["walk_in"] == "unknown"


def test_a_service_by_either_id(world: World) -> None:
    service = world.listed["Two doors"]
    by_short_id, by_id = get(f"{LIST}{service.short_id}/"), get(f"{LIST}{service.id}/")
    assert by_short_id == by_id
    assert sorted(place["city"] for place in by_id["locations"]) == ["Manchester", "Salford"]


def test_organizations_and_their_services(world: World) -> None:
    listed = get("/api/v1/organizations/")
    assert listed["count"] == 1
    assert len(listed["results"][0]["services"]) == 6
    assert get(f"/api/v1/organizations/{listed['results'][0]['id']}/") == listed["results"][0]


def test_json_nested_too_deeply_is_no_json(db: None) -> None:
    body = '{"near":' + "[" * 20_000
    answer = Client().post("/api/v1/services/search/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["detail"]) == (400, "The body is no JSON.")


def test_terms_name_the_trainings(world: World) -> None:
    assert "equitable-care-certification" in {row["code"] for row in get("/api/v1/terms/")["credential"]}


def test_terms_name_every_question_and_the_languages_on_offer(world: World) -> None:
    terms = get("/api/v1/terms/")
    assert {"id_free", "step_free"} <= {row["key"] for row in terms["questions"]}
    assert [row["code"] for row in terms["language"] if row["offered"]] == ["en", "de", "ro"]


def test_places_are_suggested() -> None:
    assert get("/api/v1/places/", q="manch")["results"][0]["name"] == "Manchester"
    assert Client().get("/api/v1/places/", {"q": ""}).status_code == 400


@pytest.mark.parametrize(
    ("path", "queries"),
    [(f"{LIST}?near=Manchester", 3), (f"{LIST}?q=lantern", 5), (LIST, 4), ("/api/v1/organizations/", 3)],
)
def test_queries_of_a_list(world: World, django_assert_num_queries: Any, path: str, queries: int) -> None:
    with django_assert_num_queries(queries):
        Client().get(path)


def test_the_page_of_the_document_names_every_parameter(visitor: Client) -> None:
    page = visitor.get("/api/docs/").content.decode()
    for name in ["near", "id_free", "step_free", "include_unconfirmed", "ordering"]:
        assert f"<code>{name}</code>" in page
