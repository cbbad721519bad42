"""Every part of a document that can change is told, in words (issue 5: field diffs)."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from rest_framework import serializers

from locator import moderation
from locator.hsds.parts import Shape
from locator.hsds.shape import OrganizationShape, ServiceShape, clean_service
from locator.models.questions import BY_KEY, QUESTIONS
from tests.conftest import a_document, an_id

Path = tuple[Any, ...]
OTHER_ID = an_id("another")
LANGUAGES = [{"code": "ro", "name": "Romanian", "note": "on Tuesdays"}]
RULE = {
    "freq": "WEEKLY", "interval": 2, "byday": "MO", "dtstart": "2026-11-02", "valid_from": "2026-11-02",
    "valid_to": "2027-11-02", "opens_at": "13:00:00", "closes_at": "17:00:00", "description": "Ring first",
}  # fmt: skip
TRIED = {"confirmed_by": "Mo", "confirmed_on": "2026-05-03"}
STATED = {"basis": "organization", "stated_by": "Example group", "stated_on": "2026-05-03"}


def rules(of: str) -> list[dict[str, Any]]:
    return [{"id": an_id("rule", of), **RULE}]


def times(owner: str) -> dict[str, Any]:
    dated = {"id": an_id("dated", owner), "first": "2026-12-24", "last": "2026-12-26", "description": "A party"}
    return {
        "id": owner, "access": "call_first", "on_public_holidays": "hours", "holiday_opens_at": "10:00:00",
        "holiday_closes_at": "12:00:00", "holiday_region": "GB-ENG", "timezone": "Europe/London",
        "dated": [{**dated, "opens_at": "10:00:00", "closes_at": "12:00:00"}],
    }  # fmt: skip


def lines(page: str) -> dict[str, Any]:
    """Return a number and a page with everything that can be said of them; `page` names the pages' part."""
    phone, link = an_id("phone"), an_id("link")
    number = {"number": "0161 496 0000", "type": "voice", "description": "Ask for Sam"}
    return {
        "phones": [{"id": phone, **number, "languages": LANGUAGES, "schedules": rules("phone")}],
        page: [{"id": link, "label": "Write to us", "url": "https://example.org/chat"}],
        "brolly": {
            "phones": [confirmation(phone, country="GB", free_to_call=True)],
            "links": [confirmation(link, kind="chat", schedules=rules("link"))],
            "times": [times(phone), times(link)],
        },
    }


def confirmation(row_id: str, **more: Any) -> dict[str, Any]:
    return {"id": row_id, **TRIED, **more}


def full_service() -> dict[str, Any]:
    """Return a service's document in which every part is filled."""
    place, at, area = an_id("place"), an_id("at"), an_id("area")
    address = {"address_1": "1 Example Street", "address_2": "Door 2", "city": "Manchester", "country": "GB"}
    address |= {"state_province": "England", "postal_code": "M1 1AA", "address_type": "physical"}
    location = {
        "id": place, "location_type": "physical", "name": "The hall", "transportation": "Tram to the end",
        "latitude": 53.48, "longitude": -2.24, "external_identifier": "100", "addresses": [address],
    }  # fmt: skip
    found = lines("additional_urls")
    answered = {"question": "step_free", "answer": "yes", **STATED, "limits": "With a ramp", "location": place}
    found["brolly"] |= {
        "status": "listed", "short_id": "bcdfghjk", "discreet_name": "The room", "text_language": "en",
        "source": "A leaflet", "assurer": "Example group", "staff_notes": "Kind people", "types": ["drop-in"],
        "credentials": ["equitable-care-certification"], "facts": [answered],
        "costs": [{"option": "low_cost", **STATED}],
        "areas": [{"id": area, "covers": "country:GB"}], "locations": [
            {"id": place, "address_visibility": "public", "area": "manchester-gb", "timezone": "Europe/London"}
        ],
        "translations": [
            {"field": "description", "language": "ro", "text": "Ceai", "status": "reviewed", "source_revision": 3}
        ],
    }  # fmt: skip
    found["brolly"]["times"].append(times(at))
    cost = {"option": "low_cost", "amount": "2.00", "currency": "GBP", "amount_description": "If you can"}
    return found | {
        "id": an_id("service"), "name": "Tuesday room", "description": "Tea.", "status": "active",
        "application_process": "Come in.", "fees_description": "Free.", "wait_time": "None",
        "eligibility_description": "Everybody", "minimum_age": 18, "maximum_age": 99,
        "interpretation_services": "By phone", "assured_date": "2026-05-03",
        "organization": {"id": an_id("organization"), "name": "Example group", "description": "A group."},
        "languages": LANGUAGES, "service_areas": [{"id": area, "name": "All over"}], "cost_options": [cost],
        "service_at_locations": [{"id": at, "location": location, "schedules": rules("at")}],
    }  # fmt: skip


def full_organization() -> dict[str, Any]:
    found = lines("additional_websites")
    found["brolly"]["staff_notes"] = "Kind people"
    contact = {"name": "Sam", "title": "Volunteer", "email": "sam@example.org", "phone": "0161 496 0009"}
    return found | {
        "id": an_id("organization"), "name": "Example group", "description": "A group.",
        "contacts": [{"id": an_id("contact"), **contact}],
    }  # fmt: skip


def leaves(part: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the way to every leaf of a shape; of a list, to its first row."""
    if isinstance(part, (serializers.ListSerializer, serializers.ListField)):
        yield from leaves(part.child, (*path, 0))
    elif isinstance(part, Shape):
        for name, field in part.fields.items():
            yield from leaves(field, (*path, name))
    else:
        yield path


def named(path: Path) -> str:
    return ".".join(str(step) for step in path if step != 0)


UNTOLD = {
    "languages.name": "the code says which language it is; this is not kept",
    "phones.languages.name": "the code says which language it is; this is not kept",
    "address_type": "there is one kind",
    "location_type": "follows from what is shown of the address",
    "brolly.phones.kind": "of a page; a number has its kind beside it",
    "brolly.phones.schedules": "of a chat; a number has its hours beside it",
    "brolly.links.country": "of a number",
    "brolly.links.free_to_call": "of a number",
}
ROWS_OF_THEIR_OWN = ("schedules.id", "dated.id")  # nothing refers to them; what they say is told


def told_leaves(shape: type[Shape]) -> list[Path]:
    return [
        path
        for path in leaves(shape())
        if not named(path).endswith((*UNTOLD, *ROWS_OF_THEIR_OWN)) and "brolly.phones.schedules" not in named(path)
    ]


CHOICES = {
    "freq": "MONTHLY", "byday": "TU", "type": "text", "kind": "email", "answer": "no", "basis": "source",
    "question": "interpreter", "address_visibility": "area", "area": "salford-gb", "timezone": "Europe/Paris",
    "country": "DE", "covers": "continent:EU", "field": "wait_time", "text_language": "de", "language": "de",
    "code": "de", "access": "appointment", "on_public_holidays": "closed", "holiday_region": "DE-BE",
    "short_id": "kjhgfdcb", "option": "free", "currency": "EUR", "amount": "3.00", "free_to_call": False,
    "types": "helpline",
}  # fmt: skip
EARLIER = dict.fromkeys(
    ("assured_date", "dtstart", "first", "valid_from", "stated_on", "confirmed_on"), "2026-01-01"
)
DATES = EARLIER | {"last": "2028-01-01", "valid_to": "2028-01-01"}
STATUS = {"status": "inactive", "brolly.status": "draft", "brolly.translations.status": "draft"}


def another(path: Path, value: Any) -> Any:
    """Return a value of the same kind that says something else."""
    name = next(step for step in reversed(path) if step != 0)
    if named(path) in STATUS:
        return STATUS[named(path)]
    if name in CHOICES:
        return CHOICES[name]
    if name in {"id", "location"}:
        return OTHER_ID
    if isinstance(value, (int, float)):
        return value + 1
    clocks = {"opens_at", "closes_at", "holiday_opens_at", "holiday_closes_at"}
    return DATES.get(name) or ("18:30:00" if name in clocks else f"{value} else")


def changed(document: Any, path: Path) -> Any:
    found = deepcopy(document)
    part = found
    for step in path[:-1]:
        part = part[step]
    if path[-2:] == ("credentials", 0):
        part.pop()  # there is one, and no other to put in its place
    else:
        part[path[-1]] = another(path, part[path[-1]])
    assert found != document
    return found


@pytest.mark.parametrize("path", told_leaves(ServiceShape), ids=named)
def test_every_part_of_a_service_is_told(path: Path) -> None:
    before = full_service()
    assert moderation.differences(before, changed(before, path), notes=True), (
        f"a change of {named(path)} is not told"
    )


@pytest.mark.parametrize("path", told_leaves(OrganizationShape), ids=named)
def test_every_part_of_an_organization_is_told(path: Path) -> None:
    before = full_organization()
    assert moderation.differences(before, changed(before, path), notes=True), (
        f"a change of {named(path)} is not told"
    )


@pytest.mark.parametrize("document", [full_service(), full_organization()], ids=["service", "organization"])
def test_what_is_the_same_is_not_told(document: Any) -> None:
    assert moderation.differences(document, deepcopy(document)) == []


def test_what_is_new_has_nothing_old_and_what_is_gone_nothing_new() -> None:
    assert {row.old for row in moderation.differences(None, full_service())} == {""}
    assert {row.new for row in moderation.differences(full_service(), None)} == {""}


@pytest.mark.parametrize("document", [full_service(), full_organization()], ids=["service", "organization"])
def test_no_key_of_ours_is_shown(document: Any) -> None:
    records = {an_id("service"), an_id("organization")}
    told = [row for row in moderation.differences(None, document) if row.new not in records]
    said = {part for row in told for part in (row.where, *row.new.replace("; ", ", ").split(", "))}
    keys = {*BY_KEY, *CHOICES, "listed", "active", "GB", "GB-ENG", "manchester-gb", "drop-in", "MO", "ro", "voice"}
    assert said & keys == set()
    assert not [words for words in said if "_" in words or "{" in words or "country:" in words]


RISKY = {
    "name": ("name",),
    "phone": ("phones", 0, "number"),
    "page": ("additional_urls", 0, "url"),
    "street": ("service_at_locations", 0, "location", "addresses", 0, "address_1"),
    "point": ("service_at_locations", 0, "location", "latitude"),
    "visibility": ("brolly", "locations", 0, "address_visibility"),
    "country of a number": ("brolly", "phones", 0, "country"),
    "organization": ("organization", "name"),
}


@pytest.mark.parametrize("path", RISKY.values(), ids=list(RISKY))
def test_r51_what_a_stranger_would_change_is_marked(path: Path) -> None:
    before = full_service()
    assert any(row.risk for row in moderation.differences(before, changed(before, path), notes=True))


@pytest.mark.parametrize("name", ["description", "wait_time", "minimum_age"])
def test_words_are_not(name: str) -> None:
    before = full_service()
    assert not any(row.risk for row in moderation.differences(before, changed(before, (name,))))


@pytest.mark.parametrize("question", [question.key for question in QUESTIONS])
def test_every_answer_is_told_as_it_is_asked(question: str) -> None:
    asked = str(BY_KEY[question].ask)
    (told,) = moderation.differences(a_document(), a_document(declined=[question]))
    assert told.where == asked
    assert told.new.startswith("We’d rather not say")


@pytest.mark.parametrize("question", [question.key for question in QUESTIONS])
def test_an_answer_is_told_as_visitors_read_it(question: str) -> None:
    (yes,) = moderation.differences(a_document(), a_document(yes=[question]))
    (no,) = moderation.differences(a_document(), a_document(no=[question]))
    assert yes.new.startswith(str(BY_KEY[question].yes))
    assert no.new.startswith(str(BY_KEY[question].no))


def test_an_address_that_is_hidden_is_told_by_the_name_of_its_area() -> None:
    before, after = a_document(), a_document(at=[], areas=["manchester"])
    told = moderation.differences(before, after)
    assert "Manchester, United Kingdom, only the area is shown" in {row.new for row in told}


@pytest.mark.django_db
def test_a_full_document_is_one() -> None:
    document = full_service()
    document["brolly"]["locations"][0].pop("area")
    document["brolly"]["times"][-1].pop("timezone")
    assert clean_service(document)["name"] == "Tuesday room"


@pytest.mark.parametrize(
    ("covers", "words"),
    [
        ("world", "world"),
        ("continent:EU", "Europe"),
        ("country:GB", "United Kingdom"),
        ("area:manchester-gb", "Manchester, United Kingdom"),
    ],
)
def test_where_it_can_be_used_from_is_told_by_name(covers: str, words: str) -> None:
    told = moderation.differences(a_document(at=[]), a_document(serves=[covers]))
    (area,) = [row for row in told if row.where == "Where it can be used from"]
    assert area.new == f"{covers}, {words}"  # the first is what they call it themselves
