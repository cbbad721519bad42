"""What the OpenAPI document says of what a program does with a key."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers as s

from locator.api.members import ProblemDoc
from locator.hsds.shape import ServiceShape
from locator.keys import FORM


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "locator.api.proposing.ByKey"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        words = f"A key that a manager makes at /team/keys/: `{FORM.pattern}`. In this header and nowhere else."
        return {"type": "http", "scheme": "bearer", "description": words}


class ClockScheme(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """RFC 3339 wants a zone with a time, and so does its format; ours are on the clock of the place."""

    target_class = "locator.hsds.parts.Clock"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, str]:
        return {"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"}


class OwnServiceDoc(s.Serializer[Any]):
    etag = s.CharField()
    document = ServiceShape()


class OwnServicesDoc(s.Serializer[Any]):
    count = s.IntegerField()
    next = s.CharField(allow_null=True)
    previous = s.CharField(allow_null=True)
    results = OwnServiceDoc(many=True)


class ProposalDoc(s.Serializer[Any]):
    """What became of a proposal. `unchanged`: it would change nothing, so there is none, and no `id`."""

    id = s.UUIDField(allow_null=True)
    service = s.UUIDField(required=False)
    state = s.ChoiceField(["waiting", "approved", "rejected", "unchanged"])
    proposed_at = s.DateTimeField(required=False)
    decided_at = s.DateTimeField(required=False, allow_null=True)
    reason = s.CharField(required=False, allow_blank=True)
    document = ServiceShape(required=False)


WORDS = {
    400: "Something is wrong with what was sent; `errors` names it.",
    401: "No key, or none that works.",
    403: "It is refused; `detail` says why.",
    404: "There is nothing of yours here.",
    405: "Only what `Allow` names works here.",
    406: "There is no such format.",
    412: "Somebody has changed it since it was read: read it again.",
    413: "The body is too large.",
    415: "Send JSON, or a merge patch.",
    428: "Say what you read, with `If-Match`; or that it is new, with `If-None-Match`.",
    429: "Too often: `Retry-After` says in how many seconds to ask again.",
}


def _responses(*statuses: int, **good: Any) -> dict[Any, Any]:
    found: dict[Any, Any] = {
        (status, "application/problem+json"): OpenApiResponse(ProblemDoc, WORDS[status]) for status in statuses
    }
    return found | {(int(status[1:]), "application/json"): doc for status, doc in good.items()}


PAGE = OpenApiParameter(
    "page", {"type": "integer", "minimum": 1, "maximum": 10_000}, OpenApiParameter.QUERY, description="From 1."
)
ETAG = OpenApiParameter(
    "ETag", OpenApiTypes.STR, OpenApiParameter.HEADER, response=[200], description="Send it back as `If-Match`."
)


def _header(name: str, words: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, description=words)


own_services = extend_schema(
    operation_id="own_services",
    summary="Your organization's services, whole",
    description="As you want them: with what waits of your own edits; also drafts and what visitors do not see.",
    parameters=[PAGE],
    responses=_responses(400, 401, 404, 406, 429, s200=OwnServicesDoc),
)
own_service = extend_schema(
    operation_id="own_service",
    summary="One of your organization's services, whole",
    parameters=[OpenApiParameter("key", OpenApiTypes.UUID, OpenApiParameter.PATH, description="its `id`"), ETAG],
    responses=_responses(400, 401, 404, 406, 429, s200=ServiceShape),
)
propose = extend_schema(
    operation_id="propose",
    summary="Propose a change",
    description=(
        "Send a whole document back, or a merge patch (RFC 7396) with its `id`, and the `ETag` that you read as "
        "`If-Match`. A new service is sent whole, with `If-None-Match: *` and an id that you made. Nothing is "
        "shown before a person looks at it. The same sent twice is one proposal."
    ),
    parameters=[
        _header("If-Match", "The `ETag` of the service as you read it."),
        _header("If-None-Match", "`*` for a new service."),
    ],
    request={
        "application/json": ServiceShape,
        "application/merge-patch+json": {
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"type": "string", "format": "uuid"}},
        },
    },
    responses=_responses(400, 401, 403, 404, 406, 412, 413, 415, 428, 429, s200=ProposalDoc, s201=ProposalDoc),
)
proposal = extend_schema(
    operation_id="proposal",
    summary="What became of a proposal",
    responses=_responses(400, 401, 404, 406, 429, s200=ProposalDoc),
)
