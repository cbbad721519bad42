"""A partner's edit → what takes effect at once, with one person, and what waits for a second (SAFETY R51).

At once: hiding an address, taking a number or a place away, closing; and of an organization that is trusted, hours
and words. A second person: revealing, adding or replacing a name, a phone, an address or a page, and answers.
"""

from copy import deepcopy
from typing import Any

from locator.hsds.agreement import Document
from locator.models import Status
from locator.moderation.scanning import contacts_in_words, scan

WORDS = (
    "description", "application_process", "fees_description", "wait_time", "eligibility_description",
    "interpretation_services",
)  # fmt: skip
CLOSED = {Status.UNLISTED.value, Status.WITHDRAWN.value}
STAFF_ALONE = ("short_id", "source", "staff_notes", "assurer")  # of `brolly`: no partner's to change
LESS = {"public": 0, "area": 1, "none": 2}  # how little an address shows


def only_theirs(before: Document | None, after: Document) -> Document:
    """Return the edit without what is no partner's to say: the directory's fields, and who confirmed what."""
    found = deepcopy(after)
    kept = before["brolly"] if before else {}
    for name in STAFF_ALONE:
        found["brolly"].pop(name, None)
        if name in kept:
            found["brolly"][name] = deepcopy(kept[name])
    found.pop("assured_date", None)
    if before and "assured_date" in before:
        found["assured_date"] = before["assured_date"]
    for part, values, own in (("phones", "number", "phones"), ("additional_urls", "url", "links")):
        known = _values(before or {"brolly": {}}, part, values, own)
        same = {
            row_id for row_id, value in _values(found, part, values, own).items() if known.get(row_id) == value
        }
        confirmed = {row["id"]: row for row in kept.get(own, []) if row["id"] in same}
        for row in found["brolly"].get(own, []):
            for name in ("confirmed_by", "confirmed_on"):
                row.pop(name, None)
                if name in confirmed.get(row["id"], {}):
                    row[name] = confirmed[row["id"]][name]
    return found


def _values(document: Document, part: str, values: str, own: str) -> dict[str, tuple[Any, Any]]:
    """Return what each number or page is, by its id; a number is another one in another country."""
    countries = {row["id"]: row.get("country") for row in document["brolly"].get(own, [])}
    return {row["id"]: (row[values], countries.get(row["id"])) for row in document.get(part, [])}


def at_once(before: Document, after: Document, *, trusted: bool) -> Document:
    """Return the document as it is, with those parts of the edit that need no second person.

    A draft is nobody's but its organization's: all of an edit takes effect, except that it is listed.
    """
    if before["brolly"]["status"] == Status.DRAFT:
        return {**deepcopy(after), "brolly": {**deepcopy(after["brolly"]), "status": Status.DRAFT.value}}
    found = deepcopy(before)
    _take_away(found, after)
    _hide(found, after)
    # Words can hold a number as well as a number's own field can: a new one waits like any other (SAFETY R51).
    harmless = not scan(after) and contacts_in_words(after) <= contacts_in_words(before)
    _close(found, after, words=harmless)
    if trusted and harmless:
        _reword(found, after)
        _retime(found, after)
    return found


def _take_away(found: Document, after: Document) -> None:
    for part in ("phones", "additional_urls", "service_at_locations"):
        left = {row["id"] for row in after.get(part, [])}
        gone = {row["id"] for row in found.get(part, []) if row["id"] not in left}
        if part == "service_at_locations":
            gone |= {row["location"]["id"] for row in found.get(part, []) if row["id"] in gone}
        if gone:
            found[part] = [row for row in found[part] if row["id"] not in gone]
            brolly = found["brolly"]
            for own in ("phones", "links", "locations", "times"):
                brolly[own] = [row for row in brolly.get(own, []) if row["id"] not in gone]
            brolly["facts"] = [row for row in brolly.get("facts", []) if row.get("location") not in gone]


def _hide(found: Document, after: Document) -> None:
    """Leave places that shall show less of themselves no more than that."""
    shown = {row["id"]: row for row in after["brolly"].get("locations", [])}
    places = {row["location"]["id"]: row["location"] for row in after.get("service_at_locations", [])}
    for row in found["brolly"].get("locations", []):
        wanted = shown.get(row["id"], row)
        if LESS[wanted["address_visibility"]] > LESS[row["address_visibility"]]:
            row.clear()
            row.update(deepcopy(wanted))
            for at in found["service_at_locations"]:
                if at["location"]["id"] == row["id"]:
                    at["location"] = deepcopy(places[row["id"]])


def _close(found: Document, after: Document, *, words: bool) -> None:
    """Close what shall be closed; the words of a closure come along if they can say nothing about a place."""
    if after["brolly"]["status"] in CLOSED:
        found["brolly"]["status"] = after["brolly"]["status"]
    if after["status"] == "inactive":
        found["status"] = "inactive"
    _reopen(found, after)
    for row in after["brolly"].get("times", []):
        closures = [dated for dated in row.get("dated", []) if "opens_at" not in dated]
        owner = _times_of(found, row["id"])
        if closures and owner is not None:
            known = {dated["id"] for dated in owner.get("dated", [])}
            new = [dict(dated) for dated in closures if dated["id"] not in known]
            if not words:
                new = [{key: dated[key] for key in dated if key != "description"} for dated in new]
            if new:
                owner["dated"] = [*owner.get("dated", []), *new]


def _reopen(found: Document, after: Document) -> None:
    """Take closures away that are over for them: what holds then are hours that somebody has looked at."""
    wanted = {row["id"] for times in after["brolly"].get("times", []) for row in times.get("dated", [])}
    for times in found["brolly"].get("times", []):
        left = [row for row in times.get("dated", []) if "opens_at" in row or row["id"] in wanted]
        times.pop("dated", None)
        if left:
            times["dated"] = left
    found["brolly"]["times"] = [row for row in found["brolly"].get("times", []) if row.keys() - {"id"}]


def _times_of(found: Document, owner_id: str) -> Document | None:
    """Return what is said of the hours of a place, phone or link that is there; None if it is not."""
    parts = ("phones", "additional_urls", "service_at_locations")
    if owner_id not in {row["id"] for part in parts for row in found.get(part, [])}:
        return None
    times = found["brolly"].setdefault("times", [])
    own: Document | None = next((row for row in times if row["id"] == owner_id), None)
    if own is None:
        own = {"id": owner_id}
        times.append(own)
    return own


def _reword(found: Document, after: Document) -> None:
    for name in WORDS:
        _take(found, after, name)
    for name in ("discreet_name", "translations"):
        _take(found["brolly"], after["brolly"], name)


def _retime(found: Document, after: Document) -> None:
    parts: tuple[tuple[Any, Any], ...] = (
        (found.get("phones", []), after.get("phones", [])),
        (found.get("service_at_locations", []), after.get("service_at_locations", [])),
        (found["brolly"].get("links", []), after["brolly"].get("links", [])),
    )
    there = {row["id"] for rows, _theirs in parts for row in rows}
    for rows, theirs in parts:
        wanted = {row["id"]: row for row in theirs}
        for row in rows:
            if row["id"] in wanted:
                _take(row, wanted[row["id"]], "schedules")
    kept = [row for row in after["brolly"].get("times", []) if row["id"] in there]
    found["brolly"]["times"] = deepcopy(kept)


def _take(found: Document, after: Document, name: str) -> None:
    found.pop(name, None)
    if name in after:
        found[name] = deepcopy(after[name])
