"""The one shape of a document: what portal, import, approval and export pass to each other.

HSDS 3.2, plus one `brolly` member for what HSDS cannot say: on whose word a fact is known, what may be
shown, and what the directory needs of its own. A key that is not part of the shape is an error, not a loss.
"""

from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from locator.hsds.agreement import Document, disagreements, unmatched, wrong_numbers, wrong_times
from locator.hsds.parts import Clock, Code, Day, Identifier, Shape, Text
from locator.hsds.vocabulary import CREDENTIALS, TYPES_BY_CODE
from locator.models import (
    Basis,
    CostOption,
    Fact,
    Hours,
    Link,
    Offer,
    Phone,
    Place,
    Status,
    Translation,
    Visibility,
)
from locator.models.contact_values import (
    validate_holiday_region,
    validate_language,
    validate_timezone,
    validate_url,
)
from locator.models.directory import TRANSLATABLE
from locator.models.questions import BY_KEY
from locator.models.timing import Access, OnHolidays

COVERS = r"^(world|continent:[A-Z]{2}|country:[A-Z]{2}|area:[a-z0-9-]+)$"
BYDAY = r"^(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*$"


def _known(value: str, choices: Any, what: str) -> None:
    if value not in choices:
        raise ValidationError(f"“{value}” is not {what}.")


def validate_type(code: str) -> None:
    _known(code, TYPES_BY_CODE, "a kind of help we know")


def validate_credential(code: str) -> None:
    _known(code, CREDENTIALS, "a training we know")


def validate_question(key: str) -> None:
    _known(key, BY_KEY, "a question we know")


def validate_country(code: str) -> None:
    if code and not (len(code) == 2 and code.isascii() and code.isupper()):
        raise ValidationError(f"“{code}” is not a country code of two capital letters, such as GB.")


def validate_area(slug: str) -> None:
    if not Place.objects.filter(slug=slug).exists():
        raise ValidationError(f"“{slug}” is not an area we know. /api/v1/places/ tells the name of each.")


def validate_covers(covers: str) -> None:
    kind, _colon, code = covers.partition(":")
    if kind == "area":
        validate_area(code)


class LanguageShape(Shape):
    code = Code(validate_language)
    name = Text()
    note = Text()


class ScheduleShape(Shape):
    id = Identifier()
    freq = serializers.ChoiceField(Hours.Freq.choices)
    interval = serializers.IntegerField(min_value=1, max_value=52, required=False)
    byday = serializers.RegexField(BYDAY, max_length=60)
    dtstart = Day()
    valid_from = Day()
    valid_to = Day()
    opens_at = Clock()
    closes_at = Clock()
    description = Text(300)

    def validate(self, attrs: Document) -> Document:
        if ("opens_at" in attrs) != ("closes_at" in attrs):
            raise serializers.ValidationError("Give both times, opening and closing, or none.")
        numbered = {code[:-2] != "" for code in attrs["byday"].split(",")}
        if attrs["freq"] == Hours.Freq.WEEKLY and True in numbered:
            raise serializers.ValidationError("“First Tuesday” is of the month: freq has to be MONTHLY.")
        if attrs["freq"] == Hours.Freq.MONTHLY and len(numbered) > 1:
            raise serializers.ValidationError("Days of every week and days of the month need a rule each.")
        if attrs.get("interval", 1) > 1 and "dtstart" not in attrs:
            raise serializers.ValidationError("“Every second week” needs a first date to count from.")
        return attrs


class DatedShape(Shape):
    """What holds from a first date to a last one instead of the rules; closed when it says no times."""

    id = Identifier()
    first = Day(needed=True)
    last = Day(needed=True)
    opens_at = Clock()
    closes_at = Clock()
    description = Text(300)

    def validate(self, attrs: Document) -> Document:
        if ("opens_at" in attrs) != ("closes_at" in attrs):
            raise serializers.ValidationError("Give both times, opening and closing, or none for closed.")
        if attrs["first"] > attrs["last"]:
            raise serializers.ValidationError("The last date is before the first.")
        return attrs


class TimesShape(Shape):
    """What HSDS cannot say of the hours of a place (its `service_at_location`), a phone or a link, by its id."""

    id = Identifier()
    access = serializers.ChoiceField(Access.choices, required=False)
    on_public_holidays = serializers.ChoiceField(OnHolidays.choices, required=False)
    holiday_opens_at = Clock()
    holiday_closes_at = Clock()
    holiday_region = Code(validate_holiday_region, needed=False)
    timezone = Code(validate_timezone, needed=False)  # of a phone or a link
    dated = DatedShape(many=True, required=False)

    def validate(self, attrs: Document) -> Document:
        both = {"holiday_opens_at", "holiday_closes_at"} & set(attrs)
        if (attrs.get("on_public_holidays") == OnHolidays.HOURS) != (len(both) == 2) or len(both) == 1:
            raise serializers.ValidationError("Other hours on public holidays need both times, and only they do.")
        return attrs


class PhoneShape(Shape):
    id = Identifier()
    number = Text(30, needed=True)
    type = serializers.ChoiceField(Phone.Type.choices, required=False)
    description = Text(300)
    languages = LanguageShape(many=True, required=False)
    schedules = ScheduleShape(many=True, required=False)


class UrlShape(Shape):
    id = Identifier()
    label = Text(100)  # type: ignore[assignment]  # a field of that name, not the field's own label
    url = serializers.CharField(max_length=500, validators=[validate_url])


class AddressShape(Shape):
    address_1 = Text(needed=True)
    address_2 = Text()
    city = Text(100)
    state_province = Text(100)
    postal_code = Text(20)
    country = Code(validate_country)
    address_type = serializers.ChoiceField(["physical"])


class LocationShape(Shape):
    id = Identifier()
    location_type = serializers.ChoiceField(["physical", "virtual"])
    name = Text()
    transportation = Text(1000)
    latitude = serializers.FloatField(min_value=-90, max_value=90, required=False)
    longitude = serializers.FloatField(min_value=-180, max_value=180, required=False)
    external_identifier = Text(100)
    addresses = AddressShape(many=True, required=False, max_length=1)  # type: ignore[call-arg]  # of the list


class AtLocationShape(Shape):
    id = Identifier()
    location = LocationShape()
    schedules = ScheduleShape(many=True, required=False)


class ServiceAreaShape(Shape):
    id = Identifier()
    name = Text(100, needed=True)


class CostShape(Shape):
    option = serializers.ChoiceField(CostOption.Option.choices)
    amount = serializers.DecimalField(10, 2, required=False, coerce_to_string=True, min_value=0)
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    amount_description = Text()

    def to_internal_value(self, data: Any) -> Document:
        found = super().to_internal_value(data)
        if "amount" in found:
            found["amount"] = str(found["amount"])
        return found


class OrganizationRef(Shape):
    id = Identifier()
    name = Text(needed=True)
    description = Text(5000)


class FactShape(Shape):
    question = Code(validate_question)
    answer = serializers.ChoiceField(Fact.Answer.choices)
    basis = serializers.ChoiceField(Basis.choices)
    stated_by = Text(needed=True)
    stated_on = Day(needed=True)
    limits = Text(500)
    location = Identifier(required=False)


class CostBasis(Shape):
    option = serializers.ChoiceField(CostOption.Option.choices)
    basis = serializers.ChoiceField(Basis.choices)
    stated_by = Text(needed=True)
    stated_on = Day(needed=True)


class Confirmation(Shape):
    """What belongs to one phone or link: `confirmed_by` a person, `confirmed_on` a date, or neither."""

    id = Identifier()
    confirmed_by = Text()
    confirmed_on = Day()
    country = Code(validate_country, needed=False)  # of a phone
    free_to_call = serializers.BooleanField(required=False)
    kind = serializers.ChoiceField(Link.Kind.choices, required=False)  # of a link
    schedules = ScheduleShape(many=True, required=False)  # of a chat

    def validate(self, attrs: Document) -> Document:
        if ("confirmed_by" in attrs) != ("confirmed_on" in attrs):
            raise serializers.ValidationError("A confirmation needs a name and a date.")
        return attrs


class LocationDisclosure(Shape):
    id = Identifier()
    address_visibility = serializers.ChoiceField(Visibility.choices)
    area = serializers.SlugField(required=False, max_length=80, validators=[validate_area])
    timezone = Code(validate_timezone, needed=False)


class AreaCover(Shape):
    id = Identifier()
    covers = serializers.RegexField(COVERS, max_length=90, validators=[validate_covers])


class TranslationShape(Shape):
    field = serializers.ChoiceField(TRANSLATABLE)
    language = Code(validate_language)
    text = Text(5000, needed=True)
    status = serializers.ChoiceField(Translation.Status.choices)
    source_revision = serializers.IntegerField(min_value=0, required=False)


class BrollyShape(Shape):
    """What HSDS cannot say about a service. Public HSDS drops it; an operator's full export keeps it."""

    status = serializers.ChoiceField(Status.choices)
    short_id = serializers.RegexField(r"^[23456789bcdfghjkmnpqrstvwxz]{8}$", required=False)
    discreet_name = Text(100)
    text_language = Code(validate_language, needed=False)  # of the words above; English when not said
    source = Text()  # type: ignore[assignment]
    assurer = Text()
    staff_notes = Text(10_000)
    types = serializers.ListField(child=Code(validate_type), required=False)
    credentials = serializers.ListField(child=Code(validate_credential), required=False)
    facts = FactShape(many=True, required=False)
    costs = CostBasis(many=True, required=False)
    phones = Confirmation(many=True, required=False)
    links = Confirmation(many=True, required=False)
    areas = AreaCover(many=True, required=False)
    locations = LocationDisclosure(many=True, required=False)
    times = TimesShape(many=True, required=False)
    translations = TranslationShape(many=True, required=False)


class ServiceShape(Shape):
    """A service with its phones, places and hours; HSDS `service`."""

    id = Identifier()
    name = Text(needed=True)
    description = Text(5000)
    status = serializers.ChoiceField(Offer.choices)
    application_process = Text(2000)
    fees_description = Text(2000)
    wait_time = Text()
    eligibility_description = Text(2000)
    minimum_age = serializers.IntegerField(min_value=0, max_value=120, required=False)
    maximum_age = serializers.IntegerField(min_value=0, max_value=120, required=False)
    interpretation_services = Text(1000)
    assured_date = Day()
    organization = OrganizationRef()
    languages = LanguageShape(many=True, required=False)
    phones = PhoneShape(many=True, required=False)
    additional_urls = UrlShape(many=True, required=False)
    service_areas = ServiceAreaShape(many=True, required=False)
    cost_options = CostShape(many=True, required=False)
    service_at_locations = AtLocationShape(many=True, required=False)
    brolly = BrollyShape()

    def validate(self, attrs: Document) -> Document:
        problems = disagreements(attrs)
        if problems:
            raise serializers.ValidationError(problems)
        return attrs


class ContactShape(Shape):
    id = Identifier()
    name = Text(needed=True)
    title = Text(100)
    email = serializers.EmailField(required=False)
    phone = Text(30)


class OrganizationBrolly(Shape):
    staff_notes = Text(10_000)
    phones = Confirmation(many=True, required=False)
    links = Confirmation(many=True, required=False)
    times = TimesShape(many=True, required=False)


class OrganizationShape(Shape):
    """An organization with its own numbers and pages; HSDS `organization`."""

    id = Identifier()
    name = Text(needed=True)
    description = Text(5000)
    phones = PhoneShape(many=True, required=False)
    additional_websites = UrlShape(many=True, required=False)
    contacts = ContactShape(many=True, required=False)
    brolly = OrganizationBrolly(required=False)

    def validate(self, attrs: Document) -> Document:
        brolly = attrs.get("brolly", {})
        problems = unmatched(attrs, "phones", brolly, "phones")
        problems += unmatched(attrs, "additional_websites", brolly, "links")
        problems += wrong_numbers(attrs.get("phones", []), brolly.get("phones", []))
        problems += wrong_times(brolly.get("times", []), [brolly.get("phones", []), brolly.get("links", [])])
        if problems:
            raise serializers.ValidationError(problems)
        return attrs


def clean_service(document: Any) -> Document:
    """Return the document in its one shape, or raise serializers.ValidationError naming each field."""
    return _cleaned(ServiceShape, document)


def clean_organization(document: Any) -> Document:
    """Return the document in its one shape, or raise serializers.ValidationError naming each field."""
    return _cleaned(OrganizationShape, document)


@cache
def _made(shape: type[Shape]) -> Shape:
    """Return a shape to check documents with; making one takes four times as long as checking with it."""
    return shape()


def _cleaned(shape: type[Shape], document: Any) -> Document:
    try:
        return dict(_made(shape).run_validation(document))
    except serializers.ValidationError:
        serializer = shape(data=document)  # which says what is wrong as rest_framework does
        serializer.is_valid(raise_exception=True)
        raise
