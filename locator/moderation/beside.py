"""Two documents of one service, side by side: what both have, and what only one of them has."""

import json
import re
from collections.abc import Callable, Collection
from typing import Any
from uuid import uuid4

from locator.hosts import read_address
from locator.hsds.agreement import Document
from locator.moderation.likeness import dialled
from locator.rules import Refused

AN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PARTS = ("phones", "additional_urls", "service_at_locations")


def aligned(goes: Document, stays: Document) -> Document:
    """Return the first document with the ids of what both have, so that only what is different is told as such."""
    same = {goes["id"]: stays["id"], goes["organization"]["id"]: stays["organization"]["id"]}
    for key in (_numbers, _pages, _places):
        theirs = key(stays)
        for value, row_id in key(goes).items():
            if value in theirs:
                same[row_id] = theirs[value]
    found: Document = _with_ids(goes, lambda row_id: same.get(row_id, row_id))
    return found


def only_in(goes: Document, stays: Document) -> Document:
    """Return the numbers, pages and places that only the first has, in the parts of a document."""
    own = {
        row_id
        for key in (_numbers, _pages, _places)
        for value, row_id in key(goes).items()
        if value not in key(stays)
    }
    return {part: [row for row in goes.get(part, []) if row["id"] in own] for part in PARTS}


def brought(goes: Document, stays: Document, wanted: Collection[str]) -> Document:
    """Return the second document with those of the first's numbers, pages and places, nobody's word for them.

    Raises Refused for an id of none that only the first has. They get ids of their own: the first keeps its rows.
    """
    own = only_in(goes, stays)
    chosen = {part: [row for row in rows if row["id"] in wanted] for part, rows in own.items()}
    ids = {row_id for rows in chosen.values() for row in rows for row_id in (row["id"], _place_of(row))}
    if not set(wanted) <= ids:
        raise Refused("The other one does not have that.")
    added: Document = _with_ids({**chosen, "brolly": _basis(goes["brolly"], ids)}, _anew())
    found: Document = json.loads(json.dumps(stays))
    for part, rows in chosen.items():
        if rows:
            found[part] = [*found.get(part, []), *added[part]]
    for name, rows in added["brolly"].items():
        if rows:
            found["brolly"][name] = [*found["brolly"].get(name, []), *rows]
    return found


def _basis(brolly: Document, ids: Collection[str]) -> Document:
    """Return what is said of these rows beside HSDS, without who confirmed them."""
    parts = ("phones", "links", "locations", "times")
    unsaid = {"confirmed_by", "confirmed_on"}
    return {
        part: [{key: row[key] for key in row.keys() - unsaid} for row in brolly.get(part, []) if row["id"] in ids]
        for part in parts
    }


def _place_of(row: Document) -> str:
    return str(row.get("location", {}).get("id", ""))


def _numbers(document: Document) -> dict[str, str]:
    countries = {row["id"]: row.get("country", "") for row in document["brolly"].get("phones", [])}
    return {dialled(row["number"], countries.get(row["id"], "")): row["id"] for row in document.get("phones", [])}


def _pages(document: Document) -> dict[str, str]:
    return {read_address(row["url"]).page: row["id"] for row in document.get("additional_urls", [])}


def _places(document: Document) -> dict[str, str]:
    """Return each place by its address or area: the id of the place, and of the service being there."""
    shown = {row["id"]: row.get("area", "") for row in document["brolly"].get("locations", [])}
    found: dict[str, str] = {}
    for row in document.get("service_at_locations", []):
        location = row["location"]
        address = (location.get("addresses") or [{}])[0]
        where = [
            location["location_type"],
            shown.get(location["id"]),
            address.get("address_1"),
            address.get("city"),
        ]
        told = json.dumps([str(part or "").casefold() for part in where])
        found |= {told: location["id"], f"at {told}": row["id"]}
    return found


def _with_ids(part: Any, change: Callable[[str], str]) -> Any:
    """Return a part of a document with each id in it changed, wherever it stands."""
    return json.loads(AN_ID.sub(lambda found: change(found[0]), json.dumps(part)))


def _anew() -> Callable[[str], str]:
    known: dict[str, str] = {}
    return lambda row_id: known.setdefault(row_id, str(uuid4()))
