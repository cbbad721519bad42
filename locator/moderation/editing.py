"""Edits to a document that an operator's command makes; nothing here touches the database."""

from dataclasses import dataclass, field
from datetime import date
from uuid import uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from locator.hsds.agreement import Document
from locator.models import Basis
from locator.models.questions import BY_KEY
from locator.rules import Actor, Refused

WORDS = (
    "name", "description", "application_process", "fees_description", "wait_time", "eligibility_description",
    "interpretation_services",
)  # fmt: skip
OUR_WORDS = ("discreet_name", "staff_notes")
KEPT_TIMES = ("id", "timezone", "holiday_region")  # when new hours take the place of old ones
ANSWERS = ("yes", "no", "declined", "unknown")


@dataclass(frozen=True)
class Asked:
    """Who was asked, and on which day."""

    assurer: str
    on: date


@dataclass(frozen=True)
class Hours:
    """New opening times of every place, or of the lines where there is no place: rules, and what holds for all.

    `rules` None leaves the rules and what holds for all as they are; else both are replaced. `closed` adds dates
    on which they are closed.
    """

    rules: list[Document] | None = None
    times: dict[str, str] = field(default_factory=dict)
    closed: list[Document] = field(default_factory=list)
    of_lines: bool = False  # of its numbers and chats, though it has a place
    reopen: bool = False  # every closure and every other date of its own is over


@dataclass(frozen=True)
class Correction:
    """What was wrong: answers by question, words by field, contacts to take away, an area to show instead."""

    answers: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    area: str = ""
    hours: Hours | None = None
    basis: Basis = Basis.ORGANIZATION


def today() -> date:
    return timezone.localdate()


def confirm(document: Document, asked: Asked, by: Actor, contacts: list[str]) -> None:
    """Move the day it was checked, and mark the contacts that somebody tried."""
    document["assured_date"] = asked.on.isoformat()
    document["brolly"]["assurer"] = asked.assurer
    mark_tried(document, by, asked.on, contacts)


def mark_tried(document: Document, by: Actor, on: date, contacts: list[str]) -> None:
    """Mark the numbers and addresses that somebody tried; raise Refused for one that is not there."""
    wanted = {_contact_id(document, contact) for contact in contacts}
    for row in [*document["brolly"].get("phones", []), *document["brolly"].get("links", [])]:
        if row["id"] in wanted:
            row |= {"confirmed_by": by.name, "confirmed_on": on.isoformat()}


def correct(document: Document, correction: Correction, asked: Asked) -> None:
    """Make the corrections; raise Refused for a question, field or contact that there is none of."""
    for question, said in correction.answers.items():
        _answer(document, question, said, correction.basis, asked)
    for name, words in correction.words.items():
        _say(document, name, words)
    for contact in correction.removed:
        _remove(document, contact)
    if correction.area:
        _hide(document, correction.area)
    if correction.hours:
        retime(document, correction.hours)


def _contact_id(document: Document, contact: str) -> str:
    known: dict[str, str] = {row["number"]: row["id"] for row in document.get("phones", [])}
    known |= {row["url"]: row["id"] for row in document.get("additional_urls", [])}
    if contact not in known:
        raise Refused(f"The record has no “{contact}”. It has: {', '.join(sorted(known)) or 'none'}.")
    return known[contact]


def _answer(document: Document, question: str, said: str, basis: Basis, asked: Asked) -> None:
    if question not in BY_KEY:
        raise Refused(f"There is no question “{question}”. There are: {', '.join(BY_KEY)}.")
    if said not in ANSWERS:
        raise Refused(f"“{said}” is no answer. An answer is {', '.join(ANSWERS)}.")
    brolly = document["brolly"]
    facts = [fact for fact in brolly.get("facts", []) if fact["question"] != question]
    fact = {"question": question, "answer": said, "basis": basis.value, "stated_by": asked.assurer}
    fact["stated_on"] = asked.on.isoformat()
    if said != "unknown" and BY_KEY[question].of_place:
        places = [row["location"]["id"] for row in document.get("service_at_locations", [])]
        facts += [fact | {"location": place} for place in places]
    elif said != "unknown":
        facts.append(fact)
    brolly["facts"] = facts


def _say(document: Document, name: str, words: str) -> None:
    if name in WORDS:
        document[name] = words
    elif name in OUR_WORDS:
        document["brolly"][name] = words
    else:
        raise Refused(f"“{name}” cannot be set so. These can: {', '.join((*WORDS, *OUR_WORDS))}.")


def _remove(document: Document, contact: str) -> None:
    gone = _contact_id(document, contact)
    brolly = document["brolly"]
    for part, own in (("phones", "phones"), ("additional_urls", "links")):
        document[part] = [row for row in document.get(part, []) if row["id"] != gone]
        brolly[own] = [row for row in brolly.get(own, []) if row["id"] != gone]


def retime(document: Document, hours: Hours) -> None:
    """Give the places of a service, or else its numbers and chats, these hours."""
    brolly = document["brolly"]
    at = document.get("service_at_locations", [])
    places = [row for row in at if row["location"]["location_type"] == "physical" and not hours.of_lines]
    chats = [row for row in brolly.get("links", []) if row["kind"] == "chat"]
    owners = places or [*document.get("phones", []), *chats]
    if not owners:
        raise Refused("It has no place, number or chat that could have hours.")
    known = {row["id"]: row for row in brolly.get("times", [])}
    for owner in owners:
        if hours.rules is not None:
            owner["schedules"] = [{"id": str(uuid4()), **rule} for rule in hours.rules]
        before = known.get(owner["id"], {"id": owner["id"]})
        kept = before if hours.rules is None else {key: before[key] for key in KEPT_TIMES if key in before}
        kept_dates = [] if hours.reopen else before.get("dated", [])
        dated = [*kept_dates, *({"id": str(uuid4()), **row} for row in hours.closed)]
        known[owner["id"]] = {**kept, **hours.times, "dated": dated}
    brolly["times"] = [row for row in known.values() if row.keys() - {"id", "dated"} or row.get("dated")]


def today_at(document: Document) -> date:
    """Return the date on the clock of a service's first place."""
    rows = [*document["brolly"].get("locations", []), *document["brolly"].get("times", [])]
    zone = next((row["timezone"] for row in rows if "timezone" in row), "UTC")
    with timezone.override(zone):
        return timezone.localdate()


def close(document: Document, first: date, last: date, why: str = "") -> None:
    """Close every place of a service, or every line of one without a place; raises Refused without any."""
    closure = {"first": first.isoformat(), "last": last.isoformat()}
    retime(document, Hours(closed=[closure | ({"description": why} if why else {})]))


def closures(document: Document) -> list[Document]:
    """Return the closures that are not over, the next first."""
    today = today_at(document).isoformat()
    rows = [row for times in document["brolly"].get("times", []) for row in times.get("dated", [])]
    own_rows = {(row["first"], row["last"]): row for row in rows if "opens_at" not in row and row["last"] >= today}
    return [row for _key, row in sorted(own_rows.items())]


def missing(document: Document) -> list[str]:
    """Return what a service still needs before it can be listed, in words."""
    found = []
    if not document["brolly"].get("types"):
        found.append(_("Say what you offer."))
    reachable = [*document.get("phones", []), *document.get("additional_urls", [])]
    if not (reachable or document.get("service_at_locations")):
        found.append(_("Say where it is, or how to get in touch."))
    return found


def _hide(document: Document, area: str) -> None:
    """Leave every place its area only: address, point, directions and its name go."""
    brolly = document["brolly"]
    for row in document.get("service_at_locations", []):
        location = row["location"]
        if location["location_type"] == "physical":
            row["location"] = {"id": location["id"], "location_type": "physical"}
    for shown in brolly.get("locations", []):
        if shown["address_visibility"] == "public":
            shown |= {"address_visibility": "area", "area": area}
