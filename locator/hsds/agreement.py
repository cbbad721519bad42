"""Whether the parts of a document that are each right alone are right together."""

from typing import Any

from django.core.exceptions import ValidationError

from locator.models import Visibility
from locator.models.contact_values import validate_phone
from locator.models.directory import PLACE_ONLY_IF_PUBLIC
from locator.models.questions import BY_KEY

Document = dict[str, Any]


def disagreements(document: Document) -> list[str]:
    """Return what is wrong between the parts of a document that are each right alone."""
    brolly = document["brolly"]
    at = [row["location"] for row in document.get("service_at_locations", [])]
    disclosed = {row["id"]: row for row in brolly.get("locations", [])}
    problems = [problem for location in at for problem in _disclosure(location, disclosed.get(location["id"]))]
    problems += unmatched(document, "phones", brolly, "phones")
    problems += unmatched(document, "additional_urls", brolly, "links")
    problems += unmatched(document, "service_areas", brolly, "areas")
    problems += wrong_numbers(document.get("phones", []), brolly.get("phones", []))
    at_ids = [{"id": row["id"]} for row in document.get("service_at_locations", [])]
    problems += wrong_times(brolly.get("times", []), [at_ids, brolly.get("phones", []), brolly.get("links", [])])
    if any("timezone" in row for row in brolly.get("times", []) if row["id"] in {at["id"] for at in at_ids}):
        problems.append("The time zone of a place is said with the place, in brolly.locations.")
    problems += _wrong_facts(brolly.get("facts", []), {location["id"] for location in at})
    if {row["option"] for row in document.get("cost_options", [])} != {
        r["option"] for r in brolly.get("costs", [])
    }:
        problems.append("Every way of paying needs to say on whose word it is known.")
    if ("assured_date" in document) != ("assurer" in brolly):
        problems.append("A date of checking needs the name of who checked, and the name a date.")
    if document.get("minimum_age", 0) > document.get("maximum_age", 200):
        problems.append("The lowest age is above the highest.")
    return problems


def _disclosure(location: Document, disclosed: Document | None) -> list[str]:
    """Return what is wrong with how much a place shows of itself (SAFETY R16)."""
    if disclosed is None:
        return ["Every place needs to say how much of its address is public."]
    visibility = disclosed["address_visibility"]
    address = (location.get("addresses") or [{}])[0]
    if visibility != Visibility.PUBLIC and (address or any(location.get(key) for key in PLACE_ONLY_IF_PUBLIC)):
        return ["A place whose address is not public cannot hold an address, a point or directions."]
    if visibility == Visibility.PUBLIC and not ("latitude" in location and "longitude" in location and address):
        return ["A place with a public address needs the address and its latitude and longitude."]
    if (visibility == Visibility.AREA) != ("area" in disclosed):
        return ["A place that shows only an area needs to name one, and only such a place does."]
    if (visibility == Visibility.NONE) != (location["location_type"] == "virtual"):
        return ["A virtual place shows no address, and only a virtual one."]
    return []


def unmatched(document: Document, ours: str, brolly: Document, theirs: str) -> list[str]:
    here = [row["id"] for row in document.get(ours, [])]
    if sorted(here) == sorted(row["id"] for row in brolly.get(theirs, [])) and len(set(here)) == len(here):
        return []
    return [f"Each of {ours} needs its own row in brolly.{theirs}, with the same id."]


def wrong_numbers(phones: list[Document], confirmations: list[Document]) -> list[str]:
    country = {row["id"]: row.get("country", "") for row in confirmations}
    problems = []
    for phone in phones:
        try:
            validate_phone(phone["number"], country.get(phone["id"], ""))
        except ValidationError as problem:
            problems += problem.messages
    return problems


def wrong_times(times: list[Document], owners: list[list[Document]]) -> list[str]:
    known, said = {row["id"] for rows in owners for row in rows}, [row["id"] for row in times]
    if set(said) <= known and len(set(said)) == len(said):
        return []
    return ["Each of brolly.times is of one place, phone or link of this document, by its id, and each has one."]


def _wrong_facts(facts: list[Document], locations: set[str]) -> list[str]:
    problems = []
    for fact in facts:
        of_place = BY_KEY[fact["question"]].of_place
        if of_place and fact.get("location") not in locations:
            problems.append(f"“{fact['question']}” is about a place: name one of this service's places.")
        if not of_place and "location" in fact:
            problems.append(f"“{fact['question']}” is about the service, not about one place.")
    asked = [(fact["question"], fact.get("location")) for fact in facts]
    if len(set(asked)) != len(asked):
        problems.append("Each question has one answer.")
    return problems
