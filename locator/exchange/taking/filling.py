"""What a source says of a listing we have: what is new goes in where we know nothing, the rest is told.

Of a row that this source made, what it says differently since replaces what it said, if nobody has touched it.
What a person confirmed is never overwritten.
"""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from locator.exchange.records import Kind, Remark
from locator.hosts import read_address
from locator.hsds.agreement import Document
from locator.hsds.members import put
from locator.hsds.reading import SERVICE_WORDS
from locator.models import Basis
from locator.moderation.likeness import dialled
from locator.text import fold

# Rows that have a row of the same id, or option, in `brolly`.
PAIRED = {
    "phones": "phones",
    "additional_urls": "links",
    "additional_websites": "links",
    "service_areas": "areas",
    "cost_options": "costs",
    "service_at_locations": "locations",
}
OWN_PARTS = ("types", "credentials")
SHOWN = 80  # letters of each side in a remark
Units = dict[tuple[str, ...], Any]


@dataclass(frozen=True)
class Filled:
    """A listing's document with what is new in it, and what was said otherwise."""

    document: Document
    remarks: list[Remark]


def fill(ours: Document, theirs: Document, before: Document | None) -> Filled:
    """Return our document with what the source says new; `before`: what it said when it made the row."""
    found, remarks = deepcopy(ours), list[Remark]()
    own, said, base = units(ours), units(theirs), units(before) if before else {}
    for unit in dict.fromkeys([*said, *base]):
        if own.get(unit) == said.get(unit):
            continue
        confirmed = confirmed_on(ours, unit)
        replaces = before is not None and said.get(unit) != base.get(unit) and own.get(unit) == base.get(unit)
        if (unit in said and unit not in own) or (replaces and not confirmed):
            if before is None or said.get(unit) != base.get(unit):  # what somebody took out since stays out
                _take(found, theirs, unit)
        elif unit in said and said.get(unit) != base.get(unit):
            remarks.append(_kept(unit, own.get(unit), said[unit], confirmed))
    return Filled(found, remarks)


def units(document: Document) -> Units:
    """Return what a document says, each thing by itself, as it is compared: without ids and spellings."""
    brolly = document.get("brolly", {})
    found: Units = {(name,): document[name] for name in ("name", *SERVICE_WORDS) if name in document}
    found |= {("brolly", name): sorted(brolly[name]) for name in OWN_PARTS if brolly.get(name)}
    if document.get("languages"):
        found[("languages",)] = sorted(row["code"] for row in document["languages"])
    for part in PAIRED:
        if document.get(part):
            found[(part,)] = sorted(_plain(part, row, document) for row in document[part])
    for fact in brolly.get("facts", []):
        if "location" not in fact:
            found[("facts", fact["question"])] = fact["answer"]
    for row in brolly.get("translations", []):
        found[("translations", row["field"], row["language"])] = row["text"]
    return found


def _plain(part: str, row: Document, document: Document) -> str:
    """Return a row of a part in words, without its id."""
    brolly = document.get("brolly", {})
    basis: Document = next((own for own in brolly.get(PAIRED[part], []) if own.get("id") == row.get("id")), {})
    if part == "phones":
        words = [dialled(row["number"], basis.get("country", "")), row.get("description", "")]
    elif part in {"additional_urls", "additional_websites"}:
        words = [read_address(row["url"]).page]
    elif part == "service_areas":
        words = [basis.get("covers", "")]
    elif part == "cost_options":
        words = [row["option"], str(float(row.get("amount") or 0)), row.get("currency", "")]
    else:
        words = _place(row, brolly)
    return ", ".join(word for word in words if word)


def _place(row: Document, brolly: Document) -> list[str]:
    location = row["location"]
    shown: Document = next((own for own in brolly.get("locations", []) if own["id"] == location["id"]), {})
    address = (location.get("addresses") or [{}])[0]
    words = [fold(address.get(key, "")) for key in ("address_1", "postal_code", "city")]
    hours = [
        " ".join(str(rule.get(key, "")) for key in ("freq", "byday", "opens_at", "closes_at"))
        for rule in row.get("schedules", [])
    ]
    return [shown.get("area", ""), *words, *sorted(hours)]


def confirmed_on(ours: Document, unit: tuple[str, ...]) -> str:
    """Return the day on which a person confirmed a part of our document; "" if nobody did."""
    brolly = ours.get("brolly", {})
    if unit[0] == "facts":
        own = (row for row in brolly.get("facts", []) if row["question"] == unit[1] and "location" not in row)
        return next((str(row["stated_on"]) for row in own if row["basis"] != Basis.SOURCE), "")
    rows = brolly.get(PAIRED.get(unit[0], ""), [])
    days = [row["confirmed_on"] for row in rows if "confirmed_on" in row]
    days += [row["stated_on"] for row in rows if row.get("basis", Basis.SOURCE) != Basis.SOURCE]
    return str(max([*days, ours.get("assured_date", "")]))


def _kept(unit: tuple[str, ...], ours: Any, theirs: Any, confirmed: str) -> Remark:
    when = f", confirmed on {confirmed}" if confirmed else ""
    words = f"Ours says {_short(ours)}{when}; the source says {_short(theirs)}."
    return Remark(Kind.DROPPED, " ".join(unit), words)


def _short(said: Any) -> str:
    words = "; ".join(said) if isinstance(said, list) else str(said) if said is not None else "nothing"
    return f"“{words[:SHOWN]}…”" if len(words) > SHOWN else f"“{words}”"


def _take(found: Document, theirs: Document, unit: tuple[str, ...]) -> None:
    """Put what the source says of one thing in place of what we have."""
    brolly, said = found.setdefault("brolly", {}), theirs.get("brolly", {})
    part = unit[0]
    if part == "brolly":
        put(brolly, unit[1], said.get(unit[1]))
    elif part in {"facts", "translations"}:
        own = [row for row in brolly.get(part, []) if _unit_of(part, row) != unit]
        put(brolly, part, own + [row for row in said.get(part, []) if _unit_of(part, row) == unit])
    elif part in PAIRED:
        _take_rows(found, theirs, part)
    else:
        put(found, part, theirs.get(part))


def _unit_of(part: str, row: Document) -> tuple[str, ...]:
    if part == "facts":
        return (part, row["question"]) if "location" not in row else ()
    return (part, row["field"], row["language"])


def _take_rows(found: Document, theirs: Document, part: str) -> None:
    """Put a part's rows in place of ours, with what `brolly` says of them: hours, disclosure, answers."""
    brolly, said, own = found["brolly"], theirs.get("brolly", {}), PAIRED[part]
    gone, come = (_ids(document.get(part, [])) for document in (found, theirs))
    put(found, part, deepcopy(theirs.get(part)))
    put(brolly, own, deepcopy(said.get(own)))
    kept = [row for row in brolly.get("times", []) if row["id"] not in gone]
    put(brolly, "times", kept + [row for row in said.get("times", []) if row["id"] in come])
    if part == "service_at_locations":
        facts = [row for row in brolly.get("facts", []) if row.get("location") not in gone]
        put(brolly, "facts", facts + [row for row in said.get("facts", []) if row.get("location") in come])


def _ids(rows: list[Document]) -> set[str]:
    return {str(part["id"]) for row in rows for part in (row, row.get("location", {})) if "id" in part}
