"""What the OpenAPI document says of each view; examples included. Follows the tables of questions and terms."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers as s

from locator.hsds.vocabulary import CHANNELS, CREDENTIALS, TYPES
from locator.models.languages import LANGUAGES
from locator.models.questions import COSTS, GROUPS, QUESTIONS
from locator.search.form import LARGEST_PAGE, LONGEST_WORDS, ORDERINGS, WIDEST_KM


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


class PhoneDoc(s.Serializer[Any]):
    channel = s.ChoiceField(["phone", "text"])
    number = s.CharField()
    dial = s.CharField()
    description = s.CharField(required=False)
    free_to_call = s.BooleanField(required=False)
    languages = s.ListField(child=s.CharField())
    hours = HoursDoc(many=True)
    confirmed_on = s.DateField()


class LinkDoc(s.Serializer[Any]):
    channel = s.ChoiceField(["chat", "online", "email"], allow_null=True)
    url = s.CharField()
    label = s.CharField(required=False)  # type: ignore[assignment]  # a field of that name
    hours = HoursDoc(many=True)
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


class ListDoc(s.Serializer[Any]):
    count = s.IntegerField()
    page = s.IntegerField()
    pages = s.IntegerField()
    next = s.CharField(allow_null=True)
    previous = s.CharField(allow_null=True)
    place = PlaceDoc(allow_null=True)
    alternatives = PlaceDoc(many=True)
    unconfirmed_count = s.IntegerField()
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


def _responses(*statuses: int, **good: Any) -> dict[Any, Any]:
    words = {
        400: "Something in the question cannot be asked; `errors` names it.",
        404: "There is nothing here.",
        405: "Only what `Allow` names works here.",
        406: "There is no such format.",
        415: "Send JSON.",
        422: "No place of that name; `suggestions` are spelt nearly alike.",
    }
    found = {
        (status, "application/problem+json"): OpenApiResponse(ProblemDoc, words[status]) for status in statuses
    }
    return {**found, **{(200, media.replace("_", "/", 1)): doc for media, doc in good.items()}}


def _query(name: str, words: str, kind: Any = OpenApiTypes.STR, **rest: Any) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=words, **rest)


def _any_of(name: str, words: str, codes: list[str]) -> OpenApiParameter:
    schema = {"type": "array", "items": {"type": "string", "enum": codes}, "minItems": 1}
    return _query(name, f"{words} Several with commas: any of them.", schema, style="form", explode=False)


def _text(longest: int) -> dict[str, Any]:
    return {"type": "string", "maxLength": longest, "minLength": 1}


PARAMETERS = [
    _query("near", "A town, district, postcode or country, in any script.", _text(100)),
    _query("lat", "Latitude, WGS 84; together with lng.", {"type": "number", "minimum": -90, "maximum": 90}),
    _query("lng", "Longitude, WGS 84; together with lat.", {"type": "number", "minimum": -180, "maximum": 180}),
    _query(
        "area",
        "The slug of a named area, as in /in/<area>/.",
        {"type": "string", "pattern": "^[a-z0-9-]{1,80}$"},
    ),
    _query("radius_km", "Kilometres; 25 if not given.", {"type": "number", "minimum": 0.1, "maximum": WIDEST_KM}),
    _any_of("need", "The kind of help.", [kind.code for kind in TYPES]),
    _any_of("cost", "Ways of paying.", [cost.key for cost in COSTS]),
    _any_of("language", "Languages people can use there.", list(LANGUAGES)),
    _any_of("channel", "Confirmed ways to get in touch.", [channel.code for channel in CHANNELS]),
    *[
        _query(
            question.key,
            f"{question.label}: only where that is a confirmed yes.",
            {"type": "boolean", "enum": [True]},
        )
        for question in QUESTIONS
    ],
    _query("q", "Words in the listing; one slip in a word of five letters is forgiven.", _text(LONGEST_WORDS)),
    _query("include_unconfirmed", "Also those that match on what a document says, after the others.", bool),
    _query("ordering", "distance needs a place.", {"type": "string", "enum": list(ORDERINGS)}),
    _query("page", "From 1.", {"type": "integer", "minimum": 1, "maximum": 10_000}),
    _query("page_size", "20 if not given.", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE}),
]
FORMAT = _query("format", "json if not given.", {"type": "string", "enum": ["json", "geojson", "csv"]})
BODY = {
    "type": "object",
    "additionalProperties": False,
    "properties": {parameter.name: parameter.type for parameter in PARAMETERS if isinstance(parameter.type, dict)}
    | {"include_unconfirmed": {"type": "boolean"}},
}
EXAMPLES = [
    OpenApiExample(
        "Free, no ID, in Romanian, near Manchester",
        value={"near": "Manchester", "id_free": True, "free": True, "language": ["ro"]},
        request_only=True,
    ),
    OpenApiExample(
        "Rest or a drop-in", value={"near": "Berlin", "need": ["rest-space", "drop-in"]}, request_only=True
    ),
]

services = extend_schema(
    operation_id="services",
    summary="Find services",
    description="Services near a place, the nearest first; remote ones that serve it after the local ones.",
    parameters=[*PARAMETERS, FORMAT],
    responses=_responses(
        400,
        404,
        406,
        422,
        application_json=ListDoc,
        **{"application_geo+json": GeoJSONDoc, "text_csv": OpenApiTypes.STR},
    ),
)
services_search = extend_schema(
    operation_id="services_search",
    summary="Find services, asked in the body",
    description="As above, for tools that people use: nothing asked stands in an address or a history.",
    request={"application/json": BODY},
    examples=EXAMPLES,
    responses=_responses(400, 404, 406, 415, 422, application_json=ListDoc),
)
KEY = OpenApiParameter("key", _text(40), OpenApiParameter.PATH, description="`id` or `short_id`")
service = extend_schema(
    operation_id="service",
    summary="One service",
    parameters=[KEY],
    responses=_responses(400, 404, 406, application_json=ServiceDetailDoc),
)
organizations = extend_schema(
    operation_id="organizations",
    summary="Organizations that have a listed service",
    parameters=[_query("page", "From 1.", {"type": "integer", "minimum": 1, "maximum": 10_000})],
    responses=_responses(400, 404, 406, application_json=OrganizationListDoc),
)
organization = extend_schema(
    operation_id="organization",
    summary="One organization",
    parameters=[OpenApiParameter("key", _text(40), OpenApiParameter.PATH, description="`id`")],
    responses=_responses(400, 404, 406, application_json=OrganizationDoc),
)
terms = extend_schema(
    operation_id="terms",
    summary="The words that filters take, with their labels",
    responses=_responses(400, 406, application_json=OpenApiTypes.OBJECT),
)
places = extend_schema(
    operation_id="places",
    summary="Places whose name begins so",
    parameters=[_query("q", "The first letters.", _text(100), required=True)],
    responses=_responses(
        400, 406, application_json=inline_serializer("PlaceList", {"results": PlaceDoc(many=True)})
    ),
)


def vocabularies(offered: list[str]) -> dict[str, Any]:
    """Return every vocabulary with its labels; `offered` are the languages that some listing has."""
    return {
        "need": [{"code": kind.code, "label": str(kind.label)} for kind in TYPES],
        "questions": [
            {
                "key": question.key,
                "label": str(question.label),
                "ask": str(question.ask),
                "group": str(GROUPS[question.group]),
                "of_place": question.of_place,
            }
            for question in QUESTIONS
        ],
        "credential": [{"code": code, "label": name, "is": what} for code, (name, what) in CREDENTIALS.items()],
        "cost": [{"code": cost.key, "label": str(cost.label)} for cost in COSTS],
        "channel": [{"code": channel.code, "label": str(channel.label)} for channel in CHANNELS],
        "language": [
            {"code": code, "name": name, "own_name": own, "offered": code in offered}
            for code, (name, own) in LANGUAGES.items()
        ],
    }
