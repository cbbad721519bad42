"""Members of a document, set and taken away: what is empty is left out, what belongs together goes together."""

from typing import Any

from locator.hsds.agreement import Document


def put(part: Document, name: str, value: Any) -> None:
    """Set a member of a document, or take it away where there is nothing to say: empty members are left out."""
    if value in ("", None, [], {}):
        part.pop(name, None)
    else:
        part[name] = value


def row_of(rows: list[Document], row_id: str) -> Document | None:
    return next((row for row in rows if row["id"] == row_id), None)


def remove_line(document: Document, row_id: str) -> None:
    """Take a number or a page away, with all that is said of it."""
    brolly = document["brolly"]
    for part in ("phones", "additional_urls"):
        put(document, part, [row for row in document.get(part, []) if row["id"] != row_id])
    for own in ("phones", "links", "times"):
        put(brolly, own, [row for row in brolly.get(own, []) if row["id"] != row_id])


def remove_place(document: Document, at_id: str) -> None:
    """Take a place away, with all that is said of it."""
    at = row_of(document["service_at_locations"], at_id)
    gone = {at_id, at["location"]["id"]} if at else set()
    brolly = document["brolly"]
    rows = [row for row in document["service_at_locations"] if row["id"] != at_id]
    put(document, "service_at_locations", rows)
    for own in ("locations", "times"):
        put(brolly, own, [row for row in brolly.get(own, []) if row["id"] not in gone])
    put(brolly, "facts", [row for row in brolly.get("facts", []) if row.get("location") not in gone])
