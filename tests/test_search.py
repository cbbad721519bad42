"""A search finds what matches, only what matches, the nearest first, and says what else there is."""

import random
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from geopy.distance import geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from locator.geo import Point, ecef
from locator.models import Listing, ListingData, ListingLanguage
from locator.models.questions import COSTS, QUESTIONS
from locator.search import Answer, NoSuchPage, search, unknown_place
from locator.search.filters import each_service_once, in_either, matching, said_to_match, services
from locator.search.judging import COLUMNS, Candidate, Wanted, judge
from tests.conftest import MakeService

pytestmark = pytest.mark.django_db
KEYS = [question.key for question in QUESTIONS]


def ask(**asked: str) -> Answer:
    return search({name: [value] for name, value in asked.items()})


def names(answer: Answer) -> list[str]:
    return [row.shown["name"] for row in answer.rows]


def test_the_nearest_comes_first(make_service: MakeService) -> None:
    make_service("Far", at=["salford"])
    make_service("Near", at=["manchester"])
    assert names(ask(near="Manchester")) == ["Near", "Far"]


def test_what_is_beyond_the_radius_is_not_found_but_named(make_service: MakeService) -> None:
    make_service("Away", at=["london"])
    answer = ask(near="Luton", radius_km="10")
    assert answer.count == 0
    assert answer.nearest
    assert answer.nearest.shown["name"] == "Away"
    assert answer.nearest.distance_km == pytest.approx(46, abs=1)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("state", ["yes", "no", "declined", "said", "unknown"])
def test_only_a_confirmed_yes_matches(make_service: MakeService, key: str, state: str) -> None:
    make_service(**({} if state == "unknown" else {state: [key]}))
    answer = ask(near="Manchester", **{key: "true"})
    assert answer.count == (state == "yes")
    assert answer.unconfirmed_count == (state == "said" and key != "peer_led")


def test_every_question_has_to_be_answered_yes(make_service: MakeService) -> None:
    make_service("Both", yes=["id_free", "free"])
    make_service("One", yes=["id_free"])
    assert names(ask(near="Manchester", id_free="true", free="true")) == ["Both"]


def test_any_of_the_needs_and_languages_will_do(make_service: MakeService) -> None:
    make_service("Legal", types=["legal"], languages=["ro"])
    make_service("Health", types=["health"], languages=["th"])
    make_service("Money", types=["money"], languages=["en"])
    assert sorted(names(ask(near="Manchester", need="legal,health"))) == ["Health", "Legal"]
    assert names(ask(near="Manchester", language="ro,ar")) == ["Legal"]


def test_any_of_the_ways_of_paying_will_do(make_service: MakeService) -> None:
    said = {"option": "sliding_scale", "basis": "organization", "stated_by": "x", "stated_on": "2026-05-03"}
    make_service("Scale", cost_options=[{"option": "sliding_scale"}], brolly={"costs": [said]})
    make_service("Free", yes=["free"])
    make_service("Unsaid")
    assert sorted(names(ask(near="Manchester", cost="free,sliding_scale"))) == ["Free", "Scale"]


def test_a_way_to_get_in_touch_can_be_asked_for(make_service: MakeService) -> None:
    make_service("Line", phone="0161 496 0000")
    make_service("Chat", chat="https://example.org/chat")
    make_service("Unchecked", unchecked_phone="0161 496 0001")
    assert names(ask(near="Manchester", channel="phone")) == ["Line"]
    assert names(ask(near="Manchester", channel="chat,text")) == ["Chat"]


def test_a_service_is_shown_once_at_its_nearest_place(make_service: MakeService) -> None:
    make_service("Two places", at=["salford", "manchester"])
    answer = ask(near="Manchester")
    assert answer.count == 1
    assert answer.rows[0].shown["location"]["city"] == "Manchester"
    assert answer.rows[0].shown["places"] == 2


def test_remote_services_that_cover_the_place_come_after_local_ones(make_service: MakeService) -> None:
    make_service("British line", serves=["country:GB"])
    make_service("German line", serves=["country:DE"])
    make_service("Somewhere line", serves=[])
    make_service("Here")
    make_service("Manchester line", serves=["area:manchester-gb"])
    make_service("European line", serves=["continent:EU"])
    found = names(ask(near="Manchester"))
    assert found == ["Here", "British line", "European line", "Manchester line", "Somewhere line"]


def test_a_line_for_one_city_does_not_cover_another(make_service: MakeService) -> None:
    make_service("Manchester line", serves=["area:manchester-gb"])
    assert ask(near="London").count == 0


def test_what_a_document_says_is_a_second_group(make_service: MakeService) -> None:
    make_service("Asked", yes=["free"])
    make_service("Read about", said=["free"])
    assert names(ask(near="Manchester", free="true")) == ["Asked"]
    both = ask(near="Manchester", free="true", include_unconfirmed="true")
    assert [(row.shown["name"], row.confirmed) for row in both.rows] == [
        ("Asked", True),
        ("Read about", False),
    ]


def test_what_was_offered_once_is_only_in_the_second_group(make_service: MakeService) -> None:
    make_service("Long ago", status="listed", brolly={})
    Listing.objects.update(past=True)
    answer = ask(near="Manchester", include_unconfirmed="true")
    assert (answer.count, answer.unconfirmed_count) == (0, 1)


def test_the_second_group_is_there_without_a_place_too(make_service: MakeService) -> None:
    make_service("Asked", yes=["free"])
    make_service("Read about", said=["free"])
    answer = ask(free="true", include_unconfirmed="true", page_size="1", page="2")
    assert (answer.count, answer.unconfirmed_count) == (1, 1)
    assert [(row.shown["name"], row.confirmed) for row in answer.rows] == [("Read about", False)]


def test_r18_an_area_listing_has_no_distance(make_service: MakeService) -> None:
    make_service("Quiet", areas=["manchester"])
    assert ask(near="Salford").rows[0].distance_km is None


def test_no_kilometres_from_a_place_known_only_roughly(make_service: MakeService) -> None:
    make_service()
    assert ask(near="M1").rows[0].distance_km is None


def test_a_country_is_searched_as_a_whole(make_service: MakeService) -> None:
    make_service("North", at=["manchester"])
    make_service("South", areas=["london"])
    make_service("Abroad", at=["berlin"])
    assert sorted(names(ask(near="United Kingdom"))) == ["North", "South"]


def test_without_a_filter_there_are_more(make_service: MakeService) -> None:
    make_service("One", yes=["id_free", "children_welcome"])
    make_service("Two", yes=["id_free"])
    make_service("Three", yes=["id_free"])
    answer = ask(near="Manchester", id_free="true", children_welcome="true", need="drop-in")
    assert answer.count == 1
    assert answer.without == {("answers", "children_welcome"): 2}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lantern", True),
        ("LANTERN room", True),
        ("lantren", True),
        ("lanter", True),
        ("lamp", False),
        ("Romanian", True),
        ("română", True),
        ("romana", True),
        ("counceling", True),
        ('"lantern" OR 1=1', False),
        ("lantern*", True),
        ("NEAR(lantern)", False),
        ("'", False),
        ("lantern & | !", True),
    ],
)
def test_words_are_found_and_slips_forgiven(make_service: MakeService, typed: str, found: bool) -> None:
    make_service("Lantern room", languages=["ro"], types=["counselling"])
    assert ask(near="Manchester", q=typed).count == found
    assert ask(q=typed).count == found


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Центр підтримки", "пiдтримки"),
        ("Центр підтримки", "підтрмки"),
        ("ศูนย์กรุงเทพมหานคร", "กรุงเทพ"),
        ("支持性工作者", "性工作"),
        ("مركز الدعم", "الدعم"),
        ("Κέντρο υποστήριξης", "υποστηριξης"),
    ],
)
def test_words_are_found_in_any_script(make_service: MakeService, name: str, typed: str) -> None:
    make_service(name)
    assert ask(near="Manchester", q=typed).count == 1
    assert ask(q=typed).count == 1


def test_everything_can_be_read_by_name(make_service: MakeService) -> None:
    for name in ["beta", "Alpha", "Ärmel", "Zeta"]:
        make_service(name, at=["manchester", "berlin"])
    assert names(ask()) == ["Alpha", "Ärmel", "beta", "Zeta"]


def test_checked_most_recently_comes_first(make_service: MakeService) -> None:
    make_service("Never")
    make_service("Old", assured_date="2026-04-03", brolly={"assurer": "x"})
    make_service("New", assured_date="2026-05-03", brolly={"assurer": "x"})
    assert names(ask(near="Manchester", ordering="checked")) == ["New", "Old", "Never"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"near": "Manchester", "radius_km": "900"}, "radius_km"),
        ({"near": "Manchester", "radius_km": "wide"}, "radius_km"),
        ({"near": "Manchester", "id_fre": "true"}, "id_fre"),
        ({"near": "Manchester", "id_free": "yes"}, "id_free"),
        ({"near": "Manchester", "need": "rescue"}, "need"),
        ({"near": "Manchester", "language": "xx"}, "language"),
        ({"near": "Manchester", "page": "0"}, "page"),
        ({"near": "Manchester", "page_size": "101"}, "page_size"),
        ({"near": "Manchester", "ordering": "random"}, "ordering"),
        ({"near": "Manchester", "lat": "53", "lng": "-2"}, "near"),
        ({"near": ""}, "near"),
        ({"lat": "53"}, "lat"),
        ({"lat": "nan", "lng": "1"}, "lat"),
        ({"lat": "0", "lng": "0"}, "lat"),
        ({"area": "atlantis"}, "area"),
        ({"ordering": "distance"}, "ordering"),
        ({"q": "x" * 201}, "q"),
    ],
)
def test_what_cannot_be_asked_is_named(asked: dict[str, str], field: str) -> None:
    with pytest.raises(ValidationError) as problem:
        search({name: [value] for name, value in asked.items()})
    assert list(problem.value.message_dict) == [field]


def test_an_unknown_place_is_told_from_other_mistakes() -> None:
    with pytest.raises(ValidationError) as problem:
        ask(near="Liverpol")
    unknown = unknown_place(problem.value)
    assert unknown
    assert unknown.alternatives[0].name == "Liverpool"


def test_a_page_beyond_the_last_is_refused(make_service: MakeService) -> None:
    make_service()
    with pytest.raises(NoSuchPage):
        ask(near="Manchester", page="2")


def test_pages_follow_one_another(make_service: MakeService) -> None:
    for number in range(5):
        make_service(f"Room {number}")
    pages = [names(ask(near="Manchester", page_size="2", page=str(page))) for page in (1, 2, 3)]
    assert pages == [["Room 0", "Room 1"], ["Room 2", "Room 3"], ["Room 4"]]


def test_a_search_takes_three_queries(make_service: MakeService) -> None:
    for number in range(5):
        make_service(f"Room {number}", yes=["id_free"])
    with CaptureQueriesContext(connection) as queries:
        ask(near="Manchester", id_free="true", need="drop-in", language="en")
    assert len(queries) == 3  # the place, the rows near it, what is shown of one page


# What must hold for all listings: random rows, written straight into the table.

BITS = [question.bit for question in QUESTIONS] + [cost.bit for cost in COSTS if cost.key != "free"]
some_bits = st.lists(st.sampled_from(BITS), max_size=12).map(lambda bits: sum(1 << bit for bit in set(bits)))
some_rows = st.lists(
    st.builds(
        Candidate,
        id=st.integers(0, 10**9),
        short_id=st.sampled_from(["a", "b", "c", "d", "e", "f"]),
        past=st.booleans(),
        yes_bits=some_bits,
        said_bits=some_bits,
        need_bits=st.integers(0, 7),
        channel_bits=st.integers(0, 7),
        language_codes=st.sampled_from(["||", "|en|", "|ro|", "|en|ro|"]),
    ),
    max_size=25,
    unique_by=lambda row: row.id,
)
some_filters = st.builds(
    Wanted,
    answers=st.lists(st.sampled_from(BITS[:25]), max_size=3).map(lambda bits: sum(1 << bit for bit in set(bits))),
    cost=st.sampled_from([0, 1 << 3, 1 << 48, 1 << 48 | 1 << 49]),
    need=st.integers(0, 7),
    channel=st.integers(0, 7),
    languages=st.sampled_from([frozenset(), frozenset({"en"}), frozenset({"ro", "th"})]),
)


@given(some_rows, some_filters)
def test_unknown_never_matches(rows: list[Candidate], wanted: Wanted) -> None:
    for row in judge(rows, wanted).confirmed:
        assert row.yes_bits & wanted.answers == wanted.answers
        assert not row.past


@given(some_rows, some_filters)
def test_a_facet_is_the_count_with_that_answer_added(rows: list[Candidate], wanted: Wanted) -> None:
    facets = judge(rows, wanted).facets["answers"]
    for question in QUESTIONS:
        more = Wanted(
            wanted.answers | 1 << question.bit, wanted.cost, wanted.need, wanted.channel, wanted.languages
        )
        assert facets[question.key] == len(judge(rows, more).confirmed)


@given(some_rows, some_filters)
def test_without_is_the_count_with_that_filter_dropped(rows: list[Candidate], wanted: Wanted) -> None:
    judged = judge(rows, wanted)
    for question in QUESTIONS:
        if wanted.answers >> question.bit & 1:
            less = Wanted(
                wanted.answers & ~(1 << question.bit),
                wanted.cost,
                wanted.need,
                wanted.channel,
                wanted.languages,
            )
            gained = len(judge(rows, less).confirmed) - len(judged.confirmed)
            assert judged.without.get(("answers", question.key), 0) == gained


@given(some_rows, some_filters)
def test_no_service_stands_in_both_groups_or_twice(rows: list[Candidate], wanted: Wanted) -> None:
    judged = judge(rows, wanted)
    shown = [row.short_id for row in judged.confirmed + judged.unconfirmed]
    assert len(set(shown)) == len(shown)


def scatter(rows: list[tuple[Point, Candidate]]) -> None:
    """Write rows straight into the table, one service each."""
    listings = []
    for number, (point, row) in enumerate(rows):
        x, y, z = ecef(point)
        listings.append(
            Listing(
                id=UUID(int=number + 1), service_id=UUID(int=number + 1), organization_id=UUID(int=1),
                short_id=str(number), reach=0, country="GB", sole=True, latitude=point.latitude,
                longitude=point.longitude, x=x, y=y, z=z, past=row.past, yes_bits=row.yes_bits,
                said_bits=row.said_bits, need_bits=row.need_bits, channel_bits=row.channel_bits,
                language_codes=row.language_codes, name_key=f"{number:06d}".encode(),
            )
        )  # fmt: skip
    Listing.objects.bulk_create(listings)
    ListingData.objects.bulk_create([ListingData(listing=row, data='{"name":"x"') for row in listings])


def speak(rows: list[Candidate]) -> None:
    """Write the languages of scattered rows."""
    codes = [(UUID(int=at), code) for at, row in enumerate(rows, 1) for code in row.language_codes.split("|")]
    ListingLanguage.objects.bulk_create(
        [ListingLanguage(listing_id=key, code=code) for key, code in codes if code]
    )


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_sql_and_judge_agree(data: Any) -> None:
    Listing.objects.all().delete()
    rows = data.draw(some_rows)
    wanted = data.draw(some_filters)
    scatter([(Point(53.48, -2.24), row) for row in rows])
    speak(rows)
    stored = [Candidate._make((*values, None)) for values in Listing.objects.values_list(*COLUMNS)]
    judged = judge(stored, wanted)
    everything = Listing.objects.all()
    for group, found in [
        (judged.confirmed, matching(everything, wanted)),
        (judged.unconfirmed, said_to_match(everything, wanted)),
    ]:
        assert set(found.values_list("id", flat=True)) == {row.id for row in group}


@settings(max_examples=30, deadline=None)
@given(some_rows, some_filters)
def test_everywhere_a_service_with_two_places_is_counted_once(rows: list[Candidate], wanted: Wanted) -> None:
    Listing.objects.all().delete()
    scatter([(Point(53.48, -2.24), row) for row in rows])
    speak(rows)
    for first in range(0, len(rows) - 1, 2):
        pair = Listing.objects.filter(id__in=[UUID(int=first + 1), UUID(int=first + 2)])
        pair.update(short_id=str(first), sole=False)
    stored = Listing.objects.order_by("id").values_list(*COLUMNS)
    judged = judge([Candidate._make((*values, None)) for values in stored], wanted)
    confirmed = services(matching(Listing.objects.all(), wanted))
    assert confirmed == len(judged.confirmed)
    assert services(in_either(Listing.objects.all(), wanted)) - confirmed == len(judged.unconfirmed)
    second = each_service_once(said_to_match(Listing.objects.all(), wanted))
    assert {row.id for row in second} == {row.id for row in judged.unconfirmed}


NOTHING = Candidate(0, "", 0, False, 0, 0, 0, 0, "||", "")
DICE = random.Random(7)
CENTRES = [Point(DICE.uniform(-90, 90), DICE.uniform(-180, 180)) for _ in range(12)]
CENTRES += [
    Point(0, 179.95),
    Point(-17, -179.9),
    Point(89.8, 12),
    Point(-89.9, -100),
    Point(51.5, -0.12),
    Point(65, 180),
]


@pytest.mark.parametrize("centre", CENTRES, ids=str)
@pytest.mark.parametrize("radius", [1, 25, 200])
def test_the_count_is_geopys_count(centre: Point, radius: int) -> None:
    dice = random.Random(str(centre))
    around = [
        Point(
            max(-90.0, min(90.0, centre.latitude + dice.gauss(0, radius / 90))),
            (centre.longitude + dice.gauss(0, radius / 60) / max(0.02, abs(90 - abs(centre.latitude)) / 90) + 180)
            % 360
            - 180,
        )
        for _ in range(150)
    ]
    scatter([(point, NOTHING) for point in around])
    answer = search({"lat": [str(centre.latitude)], "lng": [str(centre.longitude)], "radius_km": [str(radius)]})
    assert answer.count == sum(geodesic(centre, point).km <= radius for point in around)
    distances = [row.distance_km for row in answer.rows]
    assert distances == sorted(distances)  # type: ignore[type-var]
