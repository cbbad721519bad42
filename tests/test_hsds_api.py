"""The feeds of Open Referral: what they say, what they take, and how they are silent where we are."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from locator import publishing
from locator.exchange.open_referral.terms import made
from locator.models import Listing, Service
from locator.search import standard
from tests.conftest import MakeService, a_document, place_at, publish
from tests.routes import HSDS, ORUK
from tests.standards import LISTS, get, needs_schemas, problems, things
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
ENVELOPE = "total_items total_pages page_number size first_page last_page empty contents"


def names(answer: Any) -> list[str]:
    return sorted(row.get("service", row)["name"] for row in answer["contents"])


@pytest.fixture
def world(db: None) -> World:
    return make_world()


# The start and the envelope


def test_the_start_says_version_and_profile(visitor: Client) -> None:
    about = visitor.get(f"{HSDS}/").json()
    assert (about["version"], about["profile"]) == ("3.2", f"http://testserver{HSDS}/profile/")
    assert visitor.get(about["profile"]).status_code == 200
    assert visitor.get(f"{ORUK}/").json()["version"] == "HSDS-UK-3.0"


def test_the_profile_names_every_term(visitor: Client) -> None:
    page = visitor.get(f"{HSDS}/profile/").content.decode()
    for code in ["drop-in", "id-free", "id-free-no", "address-confidential"]:
        assert f"<code>{code}</code>" in page


def test_pages_count_up(make_service: MakeService) -> None:
    for number in range(5):
        make_service(f"Room {number}")
    first, last = get("services", per_page=2), get("services", per_page=2, page=3)
    assert list(first) == ENVELOPE.split()
    assert [first[key] for key in ENVELOPE.split()[:-1]] == [5, 3, 1, 2, True, False, False]
    assert [last[key] for key in ENVELOPE.split()[:-1]] == [5, 3, 3, 1, False, True, False]
    assert Client().get(f"{HSDS}/services?per_page=2&page=4").status_code == 404


def test_nothing_is_an_empty_page(world: World) -> None:
    answer = get("services", search="zzzzzz")
    assert (answer["total_items"], answer["total_pages"], answer["empty"], answer["contents"]) == (0, 1, True, [])


@pytest.mark.parametrize(
    "query", ["nope=1", "page=0", "per_page=501", "full=yes", "modified_after=soon", "page=1&page=2", "day=MO"]
)
def test_what_cannot_be_asked_is_named(query: str) -> None:
    answer = Client().get(f"{HSDS}/services?{query}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert list(answer.json()["errors"]) == [query.partition("=")[0]]


UNWRITABLE = ["\\ud800", "\\u0000", "\\u202e"]


@pytest.mark.parametrize("word", UNWRITABLE)
@pytest.mark.parametrize("name", ["search", "postcode", "taxonomy_term_id", "organization_id", "modified_after"])
def test_signs_that_no_word_has_break_nothing(db: None, name: str, word: str) -> None:
    body = f'{{"{name}": "{word}"}}'
    assert Client().post(f"{HSDS}/service_at_locations", body, content_type="application/json").status_code < 500


def test_the_uk_feed_is_read_by_get_alone(db: None) -> None:
    assert Client().post(f"{ORUK}/services", {}, content_type="application/json").status_code == 405


def test_lines_are_sent_before_the_rest_is_read(
    make_service: MakeService, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(standard, "BATCH", 2)
    for number in range(5):
        make_service(f"Room {number}")
    response: Any = Client().get(f"{HSDS}/services?format=ndjson")
    lines = iter(response.streaming_content)
    with django_assert_num_queries(2):
        assert b'"Room ' in next(lines)
    with django_assert_num_queries(2):
        assert len(list(lines)) == 4


@pytest.mark.parametrize("body", ["[1]", "{", '{"search": {"a": 1}}', '{"search": ["x"]}', "null"])
def test_a_body_that_is_no_question_is_400(db: None, body: str) -> None:
    answer = Client().post(f"{HSDS}/services", body, content_type="application/json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


ASKED: list[dict[str, Any]] = [
    {"search": "room"},
    {"full": True, "per_page": 2},
    {"taxonomy_id": made("taxonomy", "access")},
]


@pytest.mark.parametrize("body", ASKED, ids=str)
def test_asked_in_the_body_it_is_the_same(world: World, body: dict[str, Any]) -> None:
    posted = Client().post(f"{HSDS}/services", body, content_type="application/json")
    assert posted.json() == get("services", **{key: str(value).lower() for key, value in body.items()})
    assert posted.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in posted.headers


def test_anybody_may_read_and_ask_again_whether_it_changed(world: World) -> None:
    first = Client().get(f"{ORUK}/services")
    again = Client().get(f"{ORUK}/services", headers={"if-none-match": first.headers["ETag"]})
    assert (first.headers["Access-Control-Allow-Origin"], first.headers["Cache-Control"]) == ("*", "no-cache")
    assert (again.status_code, Client().head(f"{ORUK}/services").status_code) == (304, 200)


@pytest.mark.parametrize("path", [f"{HSDS}/nope", f"{ORUK}/organizations", f"{HSDS}/services/x"])
def test_what_is_not_there_is_a_problem(db: None, path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("name", ["services", "service_at_locations", "organizations"])
def test_queries_of_a_list(make_service: MakeService, django_assert_num_queries: Any, name: str) -> None:
    for count in (10, 40):
        for number in range(count):
            make_service(f"Room {number}", organization=f"Group {number}")
        with django_assert_num_queries(3):
            assert len(get(name, full="true")["contents"]) == count


# What is said


def terms_of(thing: dict[str, Any]) -> list[str]:
    return [row["taxonomy_term"]["code"] for row in thing.get("attributes", [])]


def test_yes_and_no_are_terms_and_unknown_is_none(make_service: MakeService) -> None:
    service = get(f"services/{make_service(yes=['id_free'], no=['walk_in']).id}")
    assert terms_of(service) == ["drop-in", "id-free", "walk-in-no"]
    assert service["required_documents"][0]["document"] == "None: they do not ask for ID"


def test_what_only_a_document_says_is_not_there(make_service: MakeService) -> None:
    service = get(f"services/{make_service(said=['free', 'id_free', 'step_free']).id}")
    assert terms_of(service) == ["drop-in"]
    assert not {"cost_options", "required_documents", "fees_description", "application_process"} & set(service)
    assert "accessibility" not in service["service_at_locations"][0]["location"]


def test_free_of_charge_is_an_amount_of_nothing(make_service: MakeService) -> None:
    key = make_service(yes=["free"]).id
    assert get(f"services/{key}")["cost_options"][0]["amount"] == 0
    assert get(f"services/{key}")["fees_description"] == "It is free of charge."
    assert get(f"services/{key}", ORUK)["fees"] == "It is free of charge."


def test_what_limits_an_answer_stays_with_it(make_service: MakeService) -> None:
    document = a_document(yes=["free"])
    document["brolly"]["facts"][0]["limits"] = "only the first visit"
    service = get(f"services/{publish(document).id}")
    assert service["attributes"][1]["label"] == "only the first visit"
    assert service["cost_options"][0]["amount_description"] == "only the first visit"
    assert service["fees_description"] == "It is free of charge (only the first visit)."


def test_hours_are_local_and_say_whose_clock(make_service: MakeService) -> None:
    rule = {"freq": "WEEKLY", "byday": "FR", "opens_at": "21:00", "closes_at": "02:00"}
    place = get(f"services/{make_service(hours=[rule]).id}")["service_at_locations"][0]
    (schedule,) = place["schedules"]
    assert (schedule["opens_at"], schedule["closes_at"]) == ("21:00:00", "02:00:00")
    assert schedule["description"] == "Friday: 21:00–02:00 (next day) (on the clock of Europe/London)"
    assert schedule["notes"] == "Closes on the next day. Public holidays: we do not know."


def test_hours_of_a_number_say_which(make_service: MakeService) -> None:
    document = a_document("Line", serves=["country:GB"], phone="0161 496 0000")
    rule = {"freq": "WEEKLY", "byday": "FR", "opens_at": "18:00", "closes_at": "20:00"}
    document["phones"][0]["schedules"] = [{"id": made("hours"), **rule}]
    (schedule,) = get(f"services/{publish(document).id}")["schedules"]
    assert schedule["attending_type"] == "By phone"
    assert schedule["description"] == "0161 496 0000: Friday: 18:00–20:00 (on the clock of Europe/London)"


@needs_schemas
def test_an_address_is_whole_or_only_words(make_service: MakeService) -> None:
    whole, part = a_document("Whole"), a_document("Part")
    whole["service_at_locations"][0]["location"]["addresses"][0]["postal_code"] = "M1 1AA"
    places = [get(f"services/{publish(row).id}")["service_at_locations"][0]["location"] for row in (whole, part)]
    address = places[0]["addresses"][0]
    assert (address["postal_code"], address["state_province"]) == ("M1 1AA", "United Kingdom")
    assert "description" not in places[0]
    assert (places[1]["description"], "addresses" in places[1]) == ("1 Example Street, Manchester", False)
    assert [problem for place in places for problem in problems("hsds-3.2/strict/location", place)] == []


def test_day_and_night(make_service: MakeService) -> None:
    rule = {"freq": "WEEKLY", "byday": "FR", "opens_at": "00:00", "closes_at": "00:00"}
    (schedule,) = get(f"services/{make_service(hours=[rule]).id}")["service_at_locations"][0]["schedules"]
    assert (schedule["opens_at"], schedule["closes_at"]) == ("00:00:00", "23:59:00")


def test_what_was_offered_once_is_inactive(make_service: MakeService) -> None:
    assert get(f"services/{make_service(status='listed', brolly={}).id}")["status"] == "active"
    document = a_document("Once") | {"status": "inactive"}
    assert get(f"services/{publish(document).id}")["status"] == "inactive"


def test_r60_what_nobody_confirmed_for_a_year_is_in_no_list(make_service: MakeService) -> None:
    old = make_service("Old room", assured_date="2025-01-01", brolly={"assurer": "Example group"})
    assert [get(name)["total_items"] for name in LISTS[:3]] == [0, 0, 0]
    assert get(f"services/{old.id}")["name"] == "Old room"
    assert "services" not in get(f"organizations/{old.organization_id}")


def a_line(name: str, *serves: str) -> Service:
    """List a chat that is a place of its own, and serves some areas."""
    key = made("a line", name)
    document = a_document(name, serves=list(serves), chat="https://example.org/chat")
    location = {"id": key, "location_type": "virtual"}
    document["service_at_locations"] = [{"id": made("at", key), "location": location}]
    document["brolly"]["locations"] = [{"id": key, "address_visibility": "none"}]
    return publish(document)


def test_a_line_is_at_one_virtual_location_however_many_areas_it_serves(db: None) -> None:
    service = get(f"services/{a_line('Line', 'country:GB', 'country:IE').id}")
    (place,) = service["service_at_locations"]
    assert (place["location"]["location_type"], place["location"]["url"]) == (
        "virtual",
        "https://example.org/chat",
    )
    assert [area["name"] for area in service["service_areas"]] == ["country:GB", "country:IE"]
    assert [row["id"] for row in get("service_at_locations")["contents"]] == [place["id"]]


def test_where_many_are_listed_what_is_read_in_texts_has_to_be_narrowed(
    make_service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_service("Lantern", minimum_age=18)
    make_service("Kettle", minimum_age=18)
    monkeypatch.setattr(standard, "MOST_READ", 1)
    assert Client().get(f"{ORUK}/services?minimum_age=18").status_code == 400
    assert Client().get(f"{ORUK}/services?minimum_age=18&search=lantern").json()["total_items"] == 1


# Confidential places


def test_r16_a_place_that_shows_its_area_has_nothing_finer(world: World) -> None:
    service = get(f"services/{world.listed['Quiet flat'].id}")
    (place,) = service["service_at_locations"]
    assert place["location"]["name"] == "Address given when you get in touch"
    assert terms_of(place["location"]) == ["address-confidential"]
    assert [area["name"] for area in service["service_areas"]] == ["Manchester"]
    keys = {key for thing in things(service) for key in thing}
    assert not keys & {"addresses", "latitude", "longitude", "distance", "transportation", "external_identifier"}


@pytest.mark.parametrize("root", [HSDS, ORUK])
def test_r18_no_list_shows_a_point_or_distance_of_it(world: World, root: str) -> None:
    near = get("service_at_locations", root, postcode="Manchester", proximity=5000)["contents"]
    flat = next(row for row in near if row["service"]["name"] == "Quiet flat")
    assert set(flat["location"]) == {"id", "location_type", "name", "description"}
    assert not [key for row in near for thing in things(row) for key in thing if "distance" in key]


def test_r23_two_services_at_one_place_are_not_seen_to_be(make_service: MakeService) -> None:
    location, disclosed = place_at("manchester", "Shared")
    for name in ("One", "Two"):
        document = a_document(name, at=[])
        document["service_at_locations"] = [{"id": made(name), "location": location}]
        document["brolly"]["locations"] = [disclosed]
        publish(document)
    ids = [row["location_id"] for row in get("service_at_locations")["contents"]]
    assert len(set(ids)) == len(ids) == 2


# Filters


def test_filters_are_all_of_them(world: World) -> None:
    free, drop_in = made("term", "access", "free"), made("term", "service-type", "drop-in")
    assert names(get("services", taxonomy_term_id=free)) == ["Lantern room", "Night line"]
    assert names(get("services", taxonomy_term_id=drop_in)) == ["Lantern room"]
    assert names(get("services", taxonomy_term_id=free, search="lantern")) == ["Lantern room"]
    assert names(get("services", taxonomy_term_id=free, organization_id=made("nobody"))) == []


def test_a_taxonomy_is_any_of_its_terms(make_service: MakeService) -> None:
    make_service("Says no", no=["id_free"])
    make_service("Says nothing")
    make_service("Hides", areas=["manchester"])
    assert names(get("services", taxonomy_id=made("taxonomy", "access"))) == ["Says no"]
    assert names(get("services", taxonomy_term_id=made("term", "access", "id-free-no"))) == ["Says no"]
    assert names(get("services", taxonomy_id=made("taxonomy", "disclosure"))) == ["Hides"]
    assert get("services", taxonomy_id=made("taxonomy", "service-type"))["total_items"] == 3
    assert get("services", taxonomy_id="somebody else’s")["empty"] is True


def test_near_is_measured_from_what_is_published(make_service: MakeService) -> None:
    make_service("In Manchester")
    make_service("In Salford", at=["salford"])
    make_service("Somewhere in Salford", areas=["salford"])
    a_line("Anywhere", "world")
    a_line("Nobody said where")
    near = {
        metres: get("service_at_locations", postcode="53.48,-2.24", proximity=metres) for metres in (500, 9000)
    }
    assert names(near[500]) == ["In Manchester"]
    assert names(near[9000]) == ["In Manchester", "In Salford", "Somewhere in Salford"]
    assert near[9000]["contents"][0]["service"]["name"] == "In Manchester"


def test_a_postcode_known_roughly_is_not_taken_for_a_point(world: World) -> None:
    answer = Client().get(f"{HSDS}/service_at_locations?postcode=M1+1AA&proximity=500")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["postcode"])
    assert "km only" in answer.json()["detail"]
    assert "too wide" in get("service_at_locations", postcode="United Kingdom")["detail"]


def test_a_postcode_nobody_knows_is_an_answer(db: None) -> None:
    assert Client().get(f"{HSDS}/service_at_locations?postcode=Liverpol").status_code == 422
    assert list(get("service_at_locations", proximity=500)["errors"]) == ["proximity"]


def test_terms_of_a_taxonomy(visitor: Client) -> None:
    found = get("taxonomy_terms", taxonomy_id=made("taxonomy", "disclosure"))["contents"]
    assert [row["code"] for row in found] == ["address-confidential"]
    assert get("taxonomy_terms", parent_id=found[0]["id"])["empty"] is True
    assert get("taxonomy_terms", top_only="true", search="steps")["total_items"] == 2


TAKEN_UP: list[dict[str, Any]] = [
    {"day": "TU", "start_time": "17:00"},
    {"end_time": "21:00"},
    {"minimum_age": 16},
    {"maximum_age": 30},
]
LEFT_OUT: list[dict[str, Any]] = [
    {"day": "WE"},
    {"day": "Tuesday", "end_time": "20:00"},
    {"minimum_age": 19},
    {"maximum_age": 21},
]


def test_ages_and_hours_of_the_uk_feed(make_service: MakeService) -> None:
    rule = {"freq": "WEEKLY", "byday": "TU", "opens_at": "18:00", "closes_at": "21:00"}
    make_service("Evenings", hours=[rule], minimum_age=18, maximum_age=25)
    make_service("Who knows")
    for name in ("services", "service_at_locations"):
        assert [names(get(name, ORUK, **query)) for query in TAKEN_UP] == [["Evenings"]] * 4
        assert [names(get(name, ORUK, **query)) for query in LEFT_OUT] == [[]] * 4


def test_what_ends_after_midnight_ends_late(make_service: MakeService) -> None:
    make_service("Night", hours=[{"freq": "WEEKLY", "byday": "FR", "opens_at": "21:00", "closes_at": "02:00"}])
    assert names(get("services", ORUK, day="FR", start_time="21:00")) == ["Night"]
    assert names(get("services", ORUK, day="FR", end_time="23:00")) == []


# Since when


def test_what_changed_since(make_service: MakeService) -> None:
    with time_machine.travel("2026-05-03T21:00:00Z", tick=False):
        make_service("First")
    with time_machine.travel("2026-06-03T21:00:00Z", tick=False):
        second = make_service("Second")
        assert get(f"services/{second.id}")["last_modified"] == "2026-06-03T21:00:00.000Z"
        assert names(get("services", modified_after="2026-06-03T21:00:00Z")) == ["Second"]
        assert get("services", minimal="true", modified_after="2026-06-04")["contents"] == []
        assert get("services", minimal="true")["contents"][0].keys() == {"id", "last_modified"}


def test_r19_what_is_not_shown_does_not_move_it(make_service: MakeService) -> None:
    service = make_service(description="Tea.")
    Listing.objects.update(last_modified=datetime.now(UTC) - timedelta(days=9))
    before = Listing.objects.get().last_modified
    Service.objects.update(staff_notes="Ask for Sam", revision=9)
    publishing.project([service.id])
    publishing.rebuild()
    assert Listing.objects.get().last_modified == before
    Service.objects.update(description="Coffee.")
    publishing.project([service.id])
    assert Listing.objects.get().last_modified > before
