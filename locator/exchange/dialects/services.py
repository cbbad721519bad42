"""One service of others with all that hangs on it → a document of ours, a draft that nobody has confirmed."""

import re

from locator.exchange.dialects.answers import FREE, Answers, Costs
from locator.exchange.dialects.gazetteer import covers
from locator.exchange.dialects.hidden import is_confidential, without
from locator.exchange.dialects.hours import Hours, holiday, schedule, schedule_parts
from locator.exchange.dialects.lines import Lines
from locator.exchange.dialects.making import Document, Making, id_of_record
from locator.exchange.dialects.places import Places
from locator.exchange.dialects.remarks import Part
from locator.exchange.dialects.spoken import languages
from locator.exchange.dialects.words import folded
from locator.hsds.members import put

STATUS = {"active": "active", "inactive": "inactive", "defunct": "inactive", "temporarily closed": "inactive"}
STATUS |= {"closed": "inactive", "temporarily-closed": "inactive"}
WORDS = {"description": 5000, "application_process": 2000, "wait_time": 200, "interpretation_services": 1000}
TEXTS = (
    "name", "description", "application_process", "fees_description", "wait_time", "eligibility_description",
    "interpretation_services", "amount_description", "note", "label", "limits",
)  # fmt: skip
SAID_ELSEWHERE = ("organization", "program")


def service_document(part: Part, making: Making, organization: Document) -> Document:
    """Return the document of a service; its name is known to be there."""
    answers = Answers(making)
    answers.terms_of(part)
    costs = Costs(making, answers)
    document: Document = {"id": id_of_record(making.source, making.key), "name": part.text("name", 200)}
    _words(document, part, costs, answers)
    document["status"] = _status(part)
    _ages(document, part)
    document["organization"] = organization
    brolly: Document = {"status": "draft", "source": making.source}
    document["brolly"] = brolly
    lines = _lines(part, making)
    places = _places(part, making, answers, lines)
    _areas(document, brolly, part, making, places)
    _hours(document, brolly, part, making, places, lines)
    spoken = [
        *part.parts("languages"),
        *(one for where, _id in places.of_places for one in where.parts("languages")),
    ]
    put(document, "languages", languages(spoken))
    put(document, "cost_options", costs.rows)
    put(brolly, "costs", costs.basis())
    put(brolly, "types", answers.types)
    put(brolly, "facts", answers.rows())
    answers.report(part)
    _dates(part)
    if making.secrets and without(document, making.secrets, TEXTS):
        part.guessed("description", "An address that is not for everybody was taken out of the words.")
    return document


def _words(document: Document, part: Part, costs: Costs, answers: Answers) -> None:
    for name, most in WORDS.items():
        put(document, name, part.text(name, most))
    short = part.text("short_desc", 300)
    if short and not document.get("description"):
        document["description"] = short
    for one in part.parts("cost_options", "option"):
        costs.take(one)
    fees = _together(part.text("fees_description", 2000), part.text("fees", 2000), *costs.words)
    if folded(fees).rstrip(".") in FREE and not costs.rows:
        answers.is_free(part)
        part.guessed(part.name_in_file("fees_description"), "“Free” is taken for an answer.")
    put(document, "fees_description", fees[:2000])
    who = [part.text("eligibility_description", 2000), *_eligibilities(part)]
    put(document, "eligibility_description", _together(*who)[:2000])
    papers = [one.text("document", 500) for one in part.parts("required_documents", "document")]
    papers = [paper for paper in papers if paper and paper != "ID" and not paper.startswith("None: ")]
    if papers:
        part.guessed(part.name_in_file("required_documents"), "It is said in words, with how to come.")
        said = f"Papers: {'; '.join(dict.fromkeys(papers))}"
        put(document, "application_process", _together(document.get("application_process", ""), said)[:2000])


def _together(*said: str) -> str:
    """Return texts one below the other, each once."""
    found: list[str] = []
    for one in said:
        if one and not any(folded(one) in folded(other) for other in found):
            found.append(one)
    return "\n".join(found)


def _eligibilities(part: Part) -> list[str]:
    found = []
    for one in part.parts("eligibilities", "eligibility"):
        for name in ("minimum_age", "maximum_age"):
            if one.get(name) is not None and part.get(name) is None:
                part.row[name] = one.take(name)
        found.append(one.text("eligibility_words", 2000))
    return found


def _status(part: Part) -> str:
    said = folded(part.get("status") or "")
    if said and said not in STATUS:
        part.guessed(part.field("status"), f"“{said[:40]}” is taken for active.")
    elif not said:
        part.guessed(part.field("status"), "Nothing is said; it is taken for active.")
    elif STATUS[said] != said:
        part.guessed(part.field("status"), f"“{said[:40]}” is taken for inactive.")
    part.take("status")
    return STATUS.get(said, "active")


def _ages(document: Document, part: Part) -> None:
    """Take ages; 0 and 100 are what others write for any age."""
    for name, any_age in (("minimum_age", 0), ("maximum_age", 100)):
        said = part.get(name)
        if said is None:
            continue
        part.take(name)
        found = re.fullmatch(r"\s*(\d{1,3})(?:\.\d+)?\s*\+?\s*", str(said))
        age = int(found[1]) if found and not isinstance(said, bool) else -1
        if age == any_age or not 0 <= age < 100:
            part.dropped(part.field(name), "It says no age, or any.")
        else:
            document[name] = age
    if document.get("minimum_age", 0) > document.get("maximum_age", 200):
        for name in ("minimum_age", "maximum_age"):
            del document[name]
            part.dropped(part.field(name), "The lowest age is above the highest.")


def _lines(part: Part, making: Making, *, page: str = "url", pages: str = "additional_urls") -> Lines:
    """Return numbers and links; an organization's pages have names of their own."""
    lines = Lines(making)
    for one in part.parts("phones", "number"):
        lines.phone(one)
    if part.get("email"):
        lines.link(part, "email", "email")
    lines.link(part, page)
    for one in part.parts(pages, "url"):
        lines.labelled(one)
    return lines


def _places(part: Part, making: Making, answers: Answers, lines: Lines) -> Places:
    at_locations = part.parts("service_at_locations")
    said = {k: v for k, v in part.row.items() if k not in {"service_at_locations", "locations", "location"}}
    places = Places(making, confidential=answers.confidential or is_confidential(said))
    for n, at in enumerate([*at_locations, *part.parts("locations")], 1):
        where = at.row.get("location")
        for one in [at, at.part("location")] if isinstance(where, dict) else [at]:
            if one is not None:
                _of_place(one, lines)
        places.take(at, n)
    for where, location in places.of_places:
        answers.terms_of(where, location)
    if answers.confidential and any(row["address_visibility"] == "public" for row in places.disclosed):
        _hide(places)
    contacts = [*part.parts("contacts"), *(one for at in at_locations for one in at.parts("contacts"))]
    if not lines.phones:
        for one in (phone for contact in contacts for phone in contact.parts("phones", "number")):
            lines.phone(one)
            if lines.phones:
                one.guessed(one.path, "The number of a contact is taken for the service's.")
    return places


def _hide(places: Places) -> None:
    """Take back an address: a term on the place says that it is not for everybody."""
    for row, shown in zip(places.rows, places.disclosed, strict=True):
        if shown["address_visibility"] == "public":
            places.making.secrets += [str(v) for v in row["location"]["addresses"][0].values() if len(str(v)) > 4]
            row["location"] = {"id": row["location"]["id"], "location_type": "virtual"}
            shown["address_visibility"] = "none"


def _of_place(part: Part, lines: Lines) -> None:
    for one in part.parts("phones", "number"):
        lines.phone(one)
    lines.link(part, "url")
    if part.get("email"):
        lines.link(part, "email", "email")


def _areas(document: Document, brolly: Document, part: Part, making: Making, places: Places) -> None:
    """Take where a service without a place may be used; one with a place is where that is."""
    rows: list[Document] = []
    shown: list[Document] = []
    local = any(row["address_visibility"] != "none" for row in places.disclosed)
    for one in part.parts("service_areas", "name"):
        name = one.text("area_name", 500)
        for extra in ("extent", "description"):
            if folded(one.row.get(extra) or "") == folded(name):
                one.take_key(extra)
        covered = covers(name, making.country) if name and len(name) <= 100 else ""
        if local or not covered:
            why = "A service with a place is where that is." if local else "We know no area of this name for sure."
            one.dropped(one.name_in_file("area_name"), why)
        elif covered not in [row["covers"] for row in shown]:
            made = making.id("area", covered)
            rows.append({"id": made, "name": name})
            shown.append({"id": made, "covers": covered})
    put(document, "service_areas", rows)
    put(brolly, "areas", shown)


def _hours(document: Document, brolly: Document, part: Part, making: Making, places: Places, lines: Lines) -> None:
    """Hang hours on what they are of: a number or page that they name, else the one place, else the one number."""
    owners: dict[str, Hours] = {}
    for row, hours in zip(places.rows, places.hours, strict=True):
        owners[row["id"]] = hours
    for one in schedule_parts(part):
        named = _named(one, lines)
        owner = named or _alone(places, lines)
        if not owner:
            one.dropped(one.path, "It is not said of which place or number it is.")
            continue
        if not named:
            one.guessed(one.path, "The hours of the service are taken for those of its one place or number.")
        owners.setdefault(owner, Hours()).add(schedule(one, making))
    holidays = part.parts("holiday_schedules")
    if holidays and (owner := _alone(places, lines)):
        for one in holidays:
            owners.setdefault(owner, Hours()).add(holiday(one, making))
    _hang(document, brolly, places, lines, owners)


def _named(part: Part, lines: Lines) -> str:
    """Return the number or page whose hours a schedule says, as our own feed does: "0161 496 0000: Monday …"."""
    said = str(part.row.get("description") or "")
    for phone in lines.phones:
        if said.startswith(f"{phone['number']}: "):
            return str(phone["id"])
    for link in lines.links:
        if link.get("label") and said.startswith(f"{link['label']}: "):
            return str(link["id"])
    return ""


def _alone(places: Places, lines: Lines) -> str:
    if places.rows:
        return str(places.rows[0]["id"]) if len(places.rows) == 1 else ""
    return str(lines.phones[0]["id"]) if lines.phones else ""


def _hang(document: Document, brolly: Document, places: Places, lines: Lines, owners: dict[str, Hours]) -> None:
    times: list[Document] = []
    rows = [*places.rows, *lines.phones, *lines.link_rows]
    for row in rows:
        hours = owners.get(row["id"])
        if not hours:
            continue
        put(row, "schedules", hours.rules)
        whole: Document = {"id": row["id"], **hours.whole}
        put(whole, "dated", hours.dated)
        if hours.timezone and row not in places.rows:
            whole["timezone"] = hours.timezone
        if len(whole) > 1:
            times.append(whole)
    put(document, "phones", lines.phones)
    put(document, "additional_urls", lines.links)
    put(document, "service_at_locations", places.rows)
    put(brolly, "phones", lines.phone_rows)
    put(brolly, "links", lines.link_rows)
    put(brolly, "locations", places.disclosed)
    put(brolly, "times", times)


def _dates(part: Part) -> None:
    for name in ("assured_date", "last_modified"):
        if part.get(name) is not None:
            field = part.name_in_file(name)
            part.take(name)
            part.dropped(field, "It dates what the file says. Nobody has confirmed it to us.")


def organization_document(part: Part, making: Making) -> Document:
    """Return the document of an organization; its name is known to be there."""
    document: Document = {"id": id_of_record(making.source, making.key), "name": part.text("name", 200)}
    put(document, "description", part.text("description", 5000))
    lines = _lines(part, making, page="website", pages="additional_websites")
    put(document, "phones", lines.phones)
    put(document, "additional_websites", lines.links)
    brolly: Document = {}
    put(brolly, "phones", lines.phone_rows)
    put(brolly, "links", lines.link_rows)
    put(document, "brolly", brolly)
    _dates(part)
    return document
