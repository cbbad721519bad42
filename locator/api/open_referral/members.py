"""What the answers of both standards hold, thing by thing, as JSON Schema; nothing else is ever in them.

Each member is `name`, `name:kind` or `name:[Thing]`; a `!` after it is there always. Without a kind it is words.
"""

from typing import Any

Schema = dict[str, Any]
KINDS: dict[str, Schema] = {
    "": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
    "date": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
    "uri": {"type": "string", "format": "uri"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "status": {"type": "string", "enum": ["active", "inactive"]},
    "place": {"type": "string", "enum": ["physical", "virtual"]},
    "freq": {"type": "string", "enum": ["WEEKLY", "MONTHLY"]},
}
OF = "service_id:uuid service_at_location_id:uuid phone_id:uuid location_id:uuid"
THINGS: dict[str, tuple[str, str]] = {
    "Organization": (
        "Who runs services.",
        "id!:uuid name! description! services:[OrganizationService]",
    ),
    "OrganizationService": (
        "A service of an organization: its name, or all of it with `full_service`.",
        "*Service id!:uuid name! status!:status",
    ),
    "Service": (
        "A service. Lists leave out what is nested, but for the organization.",
        (
            "id!:uuid organization_id!:uuid name! description url email status!:status interpretation_services "
            "application_process fees_description fees wait_time accreditations eligibility_description "
            "minimum_age:integer maximum_age:integer assured_date:date alert last_modified!:moment "
            "organization!:Organization additional_urls:[Url] phones:[Phone] schedules:[Schedule] "
            "service_areas:[ServiceArea] service_at_locations:[ServiceAtLocation] languages:[Language] "
            "cost_options:[CostOption] required_documents:[RequiredDocument] attributes:[Attribute]"
        ),
    ),
    "Modified": ("A service with `minimal`.", "id!:uuid last_modified!:moment"),
    "ServiceAtLocation": (
        "A service at one place, or by phone or online.",
        (
            "id!:uuid service_id!:uuid location_id!:uuid description service_areas:[ServiceArea] "
            "schedules:[Schedule] location!:Location service:Service"
        ),
    ),
    "Location": (
        "Where it is, no finer than it may be known.",
        (
            "id!:uuid location_type!:place name description url:uri latitude:number longitude:number "
            "transportation addresses:[Address] accessibility:[Accessibility] attributes:[Attribute]"
        ),
    ),
    "Address": (
        "A postal address.",
        "id!:uuid address_1! address_2 city! state_province! postal_code! country! address_type!",
    ),
    "Accessibility": ("How to get in.", "id!:uuid location_id!:uuid description! details"),
    "Phone": ("A number that a person tried.", f"id!:uuid {OF} number! type! description languages:[Language]"),
    "Url": ("A page that a person tried.", "id!:uuid service_id!:uuid label url!:uri"),
    "Language": ("A language that is spoken.", f"id!:uuid {OF} name! code! note"),
    "Schedule": (
        "A rule of opening times, on the clock that `description` names.",
        (
            f"id!:uuid {OF} freq!:freq interval!:integer byday! dtstart:date valid_from:date valid_to:date "
            "opens_at closes_at description! attending_type notes"
        ),
    ),
    "ServiceArea": ("Where it serves people.", f"id!:uuid {OF} name! extent! extent_type!"),
    "CostOption": (
        "A way of paying.",
        "id!:uuid service_id!:uuid option! currency amount:number amount_description",
    ),
    "RequiredDocument": ("What has to be shown at the door.", "id!:uuid service_id!:uuid document!"),
    "Attribute": (
        "A term that is true of a thing. What nobody told us has none: it is unknown.",
        "id!:uuid link_id!:uuid link_entity! link_type! label taxonomy_term_id!:uuid taxonomy_term!:TaxonomyTerm",
    ),
    "Taxonomy": ("A list of terms.", "id!:uuid name! description! uri! version!"),
    "TaxonomyTerm": (
        "A term. A yes and a no are two.",
        (
            "id!:uuid code! name! description! taxonomy! taxonomy_id!:uuid "
            "taxonomy_detail!:Taxonomy term_uri! language!"
        ),
    ),
    "Publisher": ("Who runs this site.", "name email"),
    "Start": (
        "Which version this is, and where its additions are explained.",
        "version! profile!:uri openapi_url!:uri description data_guide:uri publisher:Publisher",
    ),
    "Page": (
        "A page of a list, without its contents.",
        (
            "total_items!:integer total_pages!:integer page_number!:integer size!:integer first_page!:boolean "
            "last_page!:boolean empty!:boolean"
        ),
    ),
}
PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "title", "detail")},
        "status": {"type": "integer"},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        "suggestions": {"type": "array", "items": {"type": "object"}},
    },
}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def thing(name: str) -> Schema:
    """Return one thing as JSON Schema."""
    words, members = THINGS[name]
    properties: dict[str, Schema] = {}
    needed = []
    for member in members.split():
        if member.startswith("*"):  # all that another thing may have
            properties |= thing(member[1:])["properties"]
            continue
        key, _colon, kind = member.partition(":")
        properties[key.rstrip("!")] = _kind(kind)
        needed += [key[:-1]] if key.endswith("!") else []
    return {
        "type": "object",
        "description": words,
        **({"required": needed} if needed else {}),
        "properties": properties,
        "additionalProperties": False,
    }


def _kind(kind: str) -> Schema:
    if kind.startswith("["):
        return {"type": "array", "minItems": 1, "items": ref(kind[1:-1])}
    return KINDS[kind] if kind in KINDS else ref(kind)


def page_of(items: Schema) -> Schema:
    """Return a page of a list with its contents."""
    page = thing("Page")
    contents = {"contents": {"type": "array", "items": items}}
    return {**page, "required": [*page["required"], "contents"], "properties": page["properties"] | contents}
