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

from locator.api.members import (
    ChangeListDoc,
    GeoJSONDoc,
    ListDoc,
    OrganizationDoc,
    OrganizationListDoc,
    PlaceDoc,
    ProblemDoc,
    ServiceDetailDoc,
)
from locator.hsds.vocabulary import CHANNELS, CREDENTIALS, TYPES
from locator.models.languages import LANGUAGES
from locator.models.questions import COSTS, GROUPS, QUESTIONS
from locator.search import changes as feed
from locator.search.form import LARGEST_PAGE, LONGEST_WORDS, OPEN, ORDERINGS, WIDEST_KM
from locator.search.moments import AT


def _responses(*statuses: int, **good: Any) -> dict[Any, Any]:
    words = {
        400: "Something in the question cannot be asked; `errors` names it.",
        404: "There is nothing here.",
        405: "Only what `Allow` names works here.",
        406: "There is no such format.",
        410: "What came after this cursor is not known any more: drop your copy and ask without `after`.",
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
    _query("open", "Open now, or tonight until 06:00 there.", {"type": "string", "enum": list(OPEN)}),
    _query(
        "open_at",
        "Open at a time to come, on the clock there: FR 23:30 or 2026-11-27T23:30. Needs a place.",
        {"type": "string", "pattern": f"^{AT.pattern.replace('?P<day>', '').replace('?P<time>', '')}$"},
    ),
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
    responses=_responses(400, 404, 406, application_json=ServiceDetailDoc)
    | {301: OpenApiResponse(description="It is the same as another service; `Location` leads there.")},
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
changes = extend_schema(
    operation_id="changes",
    summary="What was listed, changed or withdrawn since you last asked",
    description=(
        "The last change of each service, in order. `listed` and `changed` both mean: fetch `service` and put it "
        "in the place of everything you have of it. `withdrawn`: drop everything you have of it. Without `after` "
        "every listed service comes once."
    ),
    parameters=[
        _query("after", "The `cursor` of the answer before.", {"type": "string", "pattern": f"^{feed.CURSOR}$"}),
        _query(
            "page_size",
            f"{feed.USUAL} if not given.",
            {"type": "integer", "minimum": 1, "maximum": feed.LARGEST},
        ),
    ],
    responses=_responses(400, 406, 410, application_json=ChangeListDoc),
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
