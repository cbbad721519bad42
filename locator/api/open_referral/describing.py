"""The OpenAPI document of each standard, made from what its endpoints take and what is written for them."""

from functools import cache

from django import forms

from locator.api.open_referral.asking import Parameters
from locator.api.open_referral.endpoints import ENDPOINTS, UK, Endpoint
from locator.api.open_referral.members import PROBLEM, THINGS, Schema, page_of, ref, thing
from locator.hours.words import DAYS

OBJECTS = {
    "services": "Service",
    "service_at_locations": "ServiceAtLocation",
    "organizations": "Organization",
    "taxonomies": "Taxonomy",
    "taxonomy_terms": "TaxonomyTerm",
}
CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
WORDS = {
    "search": "Words that are in it, all of them.",
    "page": "From 1.",
    "per_page": "50 if not given; up to 500, with `minimal` up to 5,000.",
    "format": "`ndjson`: everything, one line each, without pages.",
    "full": "With all that hangs on it.",
    "minimal": "Ids and dates alone.",
    "full_service": "Organizations with their services, whole.",
    "top_only": "Terms without a parent; all of ours are.",
    "modified_after": "A date or a moment: since when exactly this is shown.",
    "taxonomy_term_id": "That has this term.",
    "taxonomy_id": "That has a term of this taxonomy.",
    "organization_id": "Of this organization.",
    "parent_id": "Terms below this one; ours have no parents.",
    "postcode": "A postcode, town or district to be near.",
    "proximity": "How far from there, in metres.",
    "minimum_age": "For people of this age and older.",
    "maximum_age": "For people of this age and younger.",
    "day": "Open on this day: MO, TU, WE, TH, FR, SA, SU.",
    "start_time": "Open from this time on, on the clock of the place.",
    "end_time": "Open until this time.",
}
WRITTEN_SO: dict[str, Schema] = {
    **{name: {"type": "string", "pattern": CLOCK} for name in ("start_time", "end_time")},
    "day": {"type": "string", "enum": list(DAYS)},
    "format": {"type": "string", "enum": ["json", "ndjson"]},
}
PROBLEMS = {
    400: "Something cannot be asked; `errors` names it.",
    404: "There is nothing here, or no such page.",
    415: "Send JSON.",
    422: "No place of that name; `suggestions` are spelt nearly alike.",
}


@cache
def document(*, uk: bool) -> Schema:
    """Return the document of HSDS, or of Open Referral UK, but for the address of its server."""
    name = "Open Referral UK 3.0" if uk else "HSDS 3.2"
    paths: dict[str, Schema] = {"/": {"get": _operation("start", "Version and profile", ref("Start"), 400)}}
    for key in UK if uk else ENDPOINTS:
        paths |= _paths(key, ENDPOINTS[key], uk=uk)
    unused = {"Page", *(["Modified"] if uk else [])}
    schemas = {each: thing(each) for each in THINGS if each not in unused} | {"Problem": PROBLEM}
    return {
        "openapi": "3.0.3",
        "info": {
            "title": f"Brolly: {name}",
            "version": "3.0" if uk else "3.2",
            "description": "Support for sex workers. An answer that nobody confirmed is not here: it is unknown.",
            "license": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _paths(key: str, endpoint: Endpoint, *, uk: bool) -> dict[str, Schema]:
    takes = sorted(endpoint.takes_uk if uk else endpoint.takes)
    items = ref(OBJECTS[key])
    if "minimal" in takes:
        items = {"anyOf": [items, ref("Modified")]}
    many = _operation(key, f"A list of {key}", page_of(items), 400, 404, 422, lines=items)
    many["parameters"] = [_parameter(name) for name in takes]
    one = _operation(f"{key}_one", f"One of {key}", ref(OBJECTS[key]), 400, 404)
    one["parameters"] = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    ]
    if "full_service" in takes:
        one["parameters"].append(_parameter("full_service"))
    found: dict[str, Schema] = {f"/{key}": {"get": many}, f"/{key}/{{id}}": {"get": one}}
    if not uk:
        found[f"/{key}"]["post"] = _posted(key, takes, many)
    return found


def _posted(key: str, takes: list[str], many: Schema) -> Schema:
    """Return the same list asked for in a body: nothing that is asked stands in an address then."""
    properties = {name: _schema(name) | {"description": WORDS[name]} for name in takes}
    body = {"type": "object", "additionalProperties": False, "properties": properties}
    return {
        "operationId": f"{key}_asked",
        "summary": f"{many['summary']}, asked in the body",
        "requestBody": {"content": {"application/json": {"schema": body}}},
        "responses": many["responses"] | {"415": _problem(415)},
    }


def _operation(key: str, summary: str, answer: Schema, *problems: int, lines: Schema | None = None) -> Schema:
    content = {"application/json": {"schema": answer}}
    if lines:
        content["application/x-ndjson"] = {"schema": {"type": "string", "description": "One object a line."}}
    good = {"description": "The answer.", "content": content}
    return {
        "operationId": key,
        "summary": summary,
        "responses": {"200": good} | {str(status): _problem(status) for status in problems},
    }


def _problem(status: int) -> Schema:
    return {"description": PROBLEMS[status], "content": {"application/problem+json": {"schema": ref("Problem")}}}


def _parameter(name: str) -> Schema:
    return {"name": name, "in": "query", "description": WORDS[name], "schema": _schema(name)}


def _schema(name: str) -> Schema:
    """Return what a parameter may be, as the form that reads it says."""
    field = Parameters.base_fields[name]
    if name in WRITTEN_SO:
        return WRITTEN_SO[name]
    if isinstance(field, forms.TypedChoiceField):
        return {"type": "boolean"}
    if isinstance(field, forms.IntegerField):
        kind = "number" if isinstance(field, forms.FloatField) else "integer"  # Django's are whole ones, too
        return {"type": kind, "minimum": field.min_value, "maximum": field.max_value}
    longest = getattr(field, "max_length", None)
    return {"type": "string", "maxLength": longest}
