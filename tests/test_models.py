"""What must never be true is refused by the database itself, on SQLite and on PostgreSQL."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from locator.models import Change, Fact, Location, Organization, Phone, Place, Service
from locator.models.contact_values import dial, validate_phone, validate_url
from locator.models.questions import COSTS, QUESTIONS

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return Organization.objects.create(name="Example group")


@pytest.fixture
def service(organization: Organization) -> Service:
    return Service.objects.create(organization=organization, name="Tuesday room")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("address_1", "1 Secret Street"),
        ("address_2", "Flat 2"),
        ("city", "Manchester"),
        ("postal_code", "M1 1AE"),
        ("transportation", "Bus 42 to the corner"),
        ("external_identifier", "UPRN 100090"),
        ("latitude", 53.48),
        ("longitude", -2.24),
    ],
)
def test_r16_hidden_place_cannot_hold_what_would_find_it(
    organization: Organization, column: str, value: Any
) -> None:
    row = Location.objects.create(organization=organization, address_visibility="none")
    with (
        pytest.raises(IntegrityError, match="hidden_place_has_no_address"),
        transaction.atomic(),
        connection.cursor() as sql,
    ):
        sql.execute(f"UPDATE locator_location SET {column} = %s WHERE organization_id = %s", [value, _stored(row)])


def _stored(row: Location) -> Any:
    return row.organization_id.hex if connection.vendor == "sqlite" else row.organization_id


def test_r16_area_place_names_an_area(organization: Organization) -> None:
    with pytest.raises(IntegrityError, match="area_place_has_area"):
        Location.objects.create(organization=organization, address_visibility="area")


def test_public_place_has_a_point(organization: Organization) -> None:
    with pytest.raises(IntegrityError, match="public_place_has_point"):
        Location.objects.create(
            organization=organization, address_visibility="public", address_1="1 Example Street"
        )


def test_r17_no_area_below_20000_people() -> None:
    assert not Place.objects.filter(slug__isnull=False, population__lt=20_000).exists()
    hamlet = Place(id=1, name="Hamlet", kind="city", country="GB", latitude=1, longitude=1, slug="hamlet-gb")
    hamlet.precision_km, hamlet.reach_km, hamlet.population = 1.0, 1.0, 19_999
    with pytest.raises(IntegrityError, match="area_has_20000_people"):
        hamlet.save(force_insert=True)


def test_a_fact_is_about_one_thing(service: Service) -> None:
    with pytest.raises(IntegrityError, match="fact_about_one_thing"):
        Fact.objects.create(
            question="id_free",
            answer="yes",
            basis="source",
            stated_by="a document",
            stated_on=date(2026, 5, 3),
        )


def test_an_answer_is_yes_no_or_declined(service: Service) -> None:
    with pytest.raises(IntegrityError, match="fact_answer_known"):
        Fact.objects.create(
            service=service,
            question="free",
            answer="maybe",
            basis="source",
            stated_by="x",
            stated_on=date(2026, 5, 3),
        )


def test_a_confirmed_number_has_a_name_and_a_date(service: Service) -> None:
    with pytest.raises(IntegrityError, match="phone_confirmed_by_somebody"):
        Phone.objects.create(service=service, number="0161 496 0000", country="GB", confirmed_by="Olu")


def test_a_decided_change_has_a_decider(service: Service) -> None:
    with pytest.raises(IntegrityError, match="decision_has_decider_and_time"):
        Change.objects.create(
            subject="service",
            subject_id=service.id,
            document={},
            base_revision=0,
            author="Paula",
            state="approved",
        )


def test_new_services_are_drafts(service: Service) -> None:
    assert service.status == "draft"


def test_short_ids_cannot_be_counted_through(organization: Organization) -> None:
    ids = {Service.objects.create(organization=organization, name=str(n)).short_id for n in range(20)}
    assert len(ids) == 20
    assert all(len(short_id) == 8 and not set(short_id) & set("aeiouy01l") for short_id in ids)


@pytest.mark.parametrize(
    ("number", "country"), [("0161 496 0000", "GB"), ("+49 30 901820", "DE"), ("116 123", "GB")]
)
def test_numbers_and_short_numbers_are_valid(number: str, country: str) -> None:
    validate_phone(number, country)


@pytest.mark.parametrize(
    ("number", "country"), [("12", "GB"), ("not a number", "GB"), ("+44 999 999 999 999", "GB")]
)
def test_what_is_no_number_gets_words(number: str, country: str) -> None:
    with pytest.raises(ValidationError, match="phone number"):
        validate_phone(number, country)


def test_a_short_number_is_dialled_as_it_is() -> None:
    assert dial("116 123", "GB") == "116123"
    assert dial("0161 496 0000", "GB") == "+441614960000"


@pytest.mark.parametrize("url", ["https://example.org/chat", "http://example.org", "mailto:hello@example.org"])
def test_web_and_mail_addresses_are_valid(url: str) -> None:
    validate_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://example.org/ x",
        "https://user@example.org",
        "https://localhost",
        "//example.org",
        'https://example.org/"onclick="x',
        "https://[",
    ],
)
def test_r35_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        validate_url(url)


def test_bits_are_never_shared() -> None:
    bits = [question.bit for question in QUESTIONS] + [cost.bit for cost in COSTS if cost.key != "free"]
    assert len(set(bits)) == len(bits)
    assert max(bits) < 63
