"""What the API's answers hold, member by member, for its OpenAPI document."""

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers as s

from locator.hsds.vocabulary import TYPES
from locator.models.questions import QUESTIONS


class AnswerDoc(s.Serializer[Any]):
    """An answer to one question, on whose word, and since when. `unknown` is neither yes nor no."""

    answer = s.ChoiceField(["yes", "no", "unknown"])
    basis = s.ChoiceField(["organization", "moderator", "source"], required=False)
    stated_by = s.CharField(required=False)
    stated_on = s.DateField(required=False)
    limits = s.CharField(required=False)


class LanguageDoc(s.Serializer[Any]):
    code = s.CharField()
    name = s.CharField()
    note = s.CharField(required=False)


class HoursDoc(s.Serializer[Any]):
    """A rule of opening times on the clock of its place, in RRULE terms."""

    freq = s.ChoiceField(["WEEKLY", "MONTHLY"])
    interval = s.IntegerField()
    byday = s.CharField()
    dtstart = s.DateField(required=False)
    valid_from = s.DateField(required=False)
    valid_to = s.DateField(required=False)
    opens_at = s.CharField(required=False)
    closes_at = s.CharField(required=False)
    description = s.CharField(required=False)


OSM = "The same as OpenStreetMap writes it; not there where that cannot say it."


class DatedDoc(s.Serializer[Any]):
    """What holds from a first date to a last one instead of the rules; closed where it says no times."""

    first = s.DateField()
    last = s.DateField()
    opens_at = s.CharField(required=False)
    closes_at = s.CharField(required=False)
    description = s.CharField(required=False)


class TimesDoc(s.Serializer[Any]):
    """What holds for the hours as a whole. Without `on_public_holidays` nobody told us: call first."""

    access = s.ChoiceField(["appointment", "call_first"], required=False)
    on_public_holidays = s.ChoiceField(["open", "closed", "hours"], required=False)
    holiday_opens_at = s.CharField(required=False)
    holiday_closes_at = s.CharField(required=False)
    holiday_region = s.CharField(required=False)
    timezone = s.CharField(required=False)
    dated = DatedDoc(many=True, required=False)


class PhoneDoc(s.Serializer[Any]):
    channel = s.ChoiceField(["phone", "text"])
    number = s.CharField()
    dial = s.CharField()
    description = s.CharField(required=False)
    free_to_call = s.BooleanField(required=False)
    languages = s.ListField(child=s.CharField())
    hours = HoursDoc(many=True)
    times = TimesDoc()
    opening_hours = s.CharField(required=False, help_text=OSM)
    confirmed_on = s.DateField()


class LinkDoc(s.Serializer[Any]):
    channel = s.ChoiceField(["chat", "online", "email"], allow_null=True)
    url = s.CharField()
    label = s.CharField(required=False)  # type: ignore[assignment]  # a field of that name
    hours = HoursDoc(many=True)
    times = TimesDoc()
    opening_hours = s.CharField(required=False, help_text=OSM)
    confirmed_on = s.DateField()


class AreaDoc(s.Serializer[Any]):
    name = s.CharField()
    slug = s.CharField()


class LocationDoc(s.Serializer[Any]):
    """Where it is, no finer than it may be known: an area-only place has no address and no point."""

    address_visibility = s.ChoiceField(["public", "area", "none"])
    virtual = s.BooleanField(required=False)
    area = AreaDoc(required=False)
    name = s.CharField(required=False)
    address_1 = s.CharField(required=False)
    address_2 = s.CharField(required=False)
    city = s.CharField(required=False)
    state_province = s.CharField(required=False)
    postal_code = s.CharField(required=False)
    country = s.CharField(required=False)
    latitude = s.FloatField(required=False)
    longitude = s.FloatField(required=False)
    transportation = s.CharField(required=False)
    timezone = s.CharField(required=False)
    holiday_region = s.CharField(required=False, help_text="Whose public holidays: ISO 3166-2, such as GB-SCT.")


class CostDoc(s.Serializer[Any]):
    option = s.CharField()
    amount = s.CharField(required=False)
    currency = s.CharField(required=False)
    amount_description = s.CharField(required=False)
    basis = s.ChoiceField(["organization", "moderator", "source"])
    stated_by = s.CharField()
    stated_on = s.DateField()


class TextDoc(s.Serializer[Any]):
    """Words of a listing in another language; `machine` was read by nobody."""

    text = s.CharField()
    status = s.ChoiceField(["machine", "reviewed"])


class OrganizationRefDoc(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    description = s.CharField(required=False)


AnswersDoc = inline_serializer("Answers", {question.key: AnswerDoc() for question in QUESTIONS})


class ServiceDoc(s.Serializer[Any]):
    """A service at one place, or a remote one."""

    id = s.UUIDField()
    short_id = s.CharField()
    url = s.CharField()
    name = s.CharField()
    text_language = s.CharField(help_text="The language of the words below: a code of the vocabulary.")
    translations = s.DictField(
        child=s.DictField(child=TextDoc()), required=False, help_text="language → field → its words"
    )
    discreet_name = s.CharField(required=False)
    description = s.CharField(required=False)
    source = s.CharField(required=False)  # type: ignore[assignment]
    organization = OrganizationRefDoc()
    types = s.ListField(child=s.ChoiceField([kind.code for kind in TYPES]))
    status = s.ChoiceField(["active", "inactive"])
    assured_date = s.DateField(allow_null=True)
    fresh_until = s.DateField(allow_null=True, help_text="The last day on which that can be relied on.")
    assured_by = s.CharField(required=False)
    application_process = s.CharField(required=False)
    fees_description = s.CharField(required=False)
    wait_time = s.CharField(required=False)
    eligibility_description = s.CharField(required=False)
    minimum_age = s.IntegerField(required=False)
    maximum_age = s.IntegerField(required=False)
    interpretation_services = s.CharField(required=False)
    credentials = s.ListField(child=s.CharField(), required=False)
    languages = LanguageDoc(many=True)
    cost_options = CostDoc(many=True)
    phones = PhoneDoc(many=True)
    links = LinkDoc(many=True)
    unchecked_contact = s.BooleanField()
    service_areas = s.ListField(child=s.CharField())
    places = s.IntegerField()
    hours = HoursDoc(many=True)
    times = TimesDoc()
    opening_hours = s.CharField(required=False, help_text=OSM)
    answers = AnswersDoc


class ResultDoc(ServiceDoc):
    location = LocationDoc()
    distance_km = s.FloatField(allow_null=True)
    confirmed = s.BooleanField()


class ServiceDetailDoc(ServiceDoc):
    location = LocationDoc()
    locations = LocationDoc(many=True)


class PlaceDoc(s.Serializer[Any]):
    name = s.CharField()
    label = s.CharField()  # type: ignore[assignment]
    country = s.CharField(allow_blank=True)
    latitude = s.FloatField()
    longitude = s.FloatField()
    kind = s.ChoiceField(["city", "district", "region", "country", "postcode", "point"])
    precision_km = s.FloatField()
    area = s.CharField(allow_null=True)


class FacetsDoc(s.Serializer[Any]):
    """How many services remain under each choice."""

    answers = s.DictField(child=s.IntegerField())
    cost = s.DictField(child=s.IntegerField())
    need = s.DictField(child=s.IntegerField())
    channel = s.DictField(child=s.IntegerField())
    language = s.DictField(child=s.IntegerField())
    open = s.DictField(child=s.IntegerField())


class ListDoc(s.Serializer[Any]):
    count = s.IntegerField()
    page = s.IntegerField()
    pages = s.IntegerField()
    next = s.CharField(allow_null=True)
    previous = s.CharField(allow_null=True)
    place = PlaceDoc(allow_null=True)
    alternatives = PlaceDoc(many=True)
    unconfirmed_count = s.IntegerField()
    hours_unknown = s.IntegerField(help_text="Match but for the time asked for, and may be open then: call first.")
    facets = FacetsDoc(allow_null=True)
    results = ResultDoc(many=True)


class GeoJSONDoc(s.Serializer[Any]):
    type = s.ChoiceField(["FeatureCollection"])
    features = s.ListField(child=s.DictField())


class ProblemDoc(s.Serializer[Any]):
    """RFC 9457."""

    type = s.CharField()
    title = s.CharField()
    status = s.IntegerField()
    detail = s.CharField()
    errors = s.DictField(child=s.ListField(child=s.CharField()), required=False)  # type: ignore[assignment]
    suggestions = PlaceDoc(many=True, required=False)


class OrganizationServiceDoc(s.Serializer[Any]):
    id = s.UUIDField()
    short_id = s.CharField()
    name = s.CharField()
    url = s.CharField()


class OrganizationDoc(OrganizationRefDoc):
    services = OrganizationServiceDoc(many=True)


class OrganizationListDoc(s.Serializer[Any]):
    count = s.IntegerField()
    next = s.CharField(allow_null=True)
    previous = s.CharField(allow_null=True)
    results = OrganizationDoc(many=True)


class ChangeDoc(s.Serializer[Any]):
    """The last thing that became of a service. `withdrawn`: drop all you have of it, at once."""

    id = s.UUIDField(help_text="Of the service, as everywhere.")
    kind = s.ChoiceField(["listed", "changed", "withdrawn"])
    at = s.DateField(help_text="The day, UTC. What comes first is said by the order, not by this.")
    service = s.CharField(required=False, help_text="Where it is now; not of what was withdrawn.")
    moved_to = s.CharField(required=False, help_text="The service that it turned out to be.")


class ChangeListDoc(s.Serializer[Any]):
    cursor = s.CharField(help_text="Keep it: `after` of the next question.")
    next = s.CharField(allow_null=True, help_text="Where there is more now; null when you have everything.")
    results = ChangeDoc(many=True)
