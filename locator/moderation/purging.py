"""What was public and shall be no more leaves the history too (SAFETY R24).

A change keeps whole documents; when a place stops showing its address, every document that held it is redacted,
those that wait as well, so that no roll-back and no approval can bring it back.
"""

import json
from collections.abc import Iterable
from typing import Any

from locator.hsds.agreement import Document
from locator.models import Change, Service, SourceRecord, Upload, UploadRow
from locator.moderation.scanning import words_of

REDACTED = "[removed]"
ADDRESS = ("address_1", "address_2", "postal_code")
SHORTEST = 4  # letters of a value that is looked for in other words; "2a" would be found everywhere


def hidden_by(before: Document | None, after: Document) -> dict[str, Document]:
    """Return what each place shall show from now on that showed its address before, by the place's id."""
    shown = {row["id"]: row for row in (before or {}).get("brolly", {}).get("locations", [])}
    wanted = {row["id"]: row for row in after["brolly"].get("locations", [])}
    gone = {"address_visibility": "none"}
    return {
        place: wanted.get(place, gone)
        for place, row in shown.items()
        if row["address_visibility"] == "public" and wanted.get(place, gone)["address_visibility"] != "public"
    }


def purge(before: Document | None, after: Document) -> int:
    """Redact the addresses that a change hides from the history of its organization; return how many held one."""
    return purge_all([(before, after)])


def purge_all(pairs: Iterable[tuple[Document | None, Document]]) -> int:
    """Redact the addresses that changes of one organization hide, as `purge` does, in one go."""
    hidden: dict[str, Document] = {}
    telling: set[str] = set()
    organization = ""
    for before, after in pairs:
        own = hidden_by(before, after)
        if own and before is not None:
            hidden |= own
            telling |= set(_telling(before, own))
            organization = before["organization"]["id"]
    if not hidden:
        return 0
    words, redacted = sorted(telling), 0
    Upload.objects.filter(organization_id=organization, state=Upload.State.LOOKED_AT).delete()
    UploadRow.objects.filter(upload__organization_id=organization).exclude(problems={}).update(problems={})
    services = Service.objects.filter(organization_id=organization).values("id")
    SourceRecord.objects.filter(row_id__in=services).exclude(remarks=[]).update(remarks=[])
    of = {"subject": Change.Subject.SERVICE, "document__organization__id": organization}
    for change in Change.objects.select_for_update().filter(**of):
        documents = {name: getattr(change, name) for name in ("document", "previous", "base")}
        held = {name for name, document in documents.items() if document and _holds(document, hidden, words)}
        for name in held:
            setattr(change, name, _without(documents[name], hidden, words))
        if held:
            change.save(update_fields=sorted(held))
            redacted += 1
    return redacted


def _telling(before: Document, hidden: dict[str, Document]) -> list[str]:
    """Return the values that could be written into other words: streets and postcodes."""
    places = [row["location"] for row in before.get("service_at_locations", [])]
    found = {
        str(address[name])
        for place in places
        if place["id"] in hidden
        for address in place.get("addresses", [])
        for name in ADDRESS
        if name in address
    }
    return sorted(word for word in found if len(word) >= SHORTEST)


def still_told(before: Document | None, after: Document) -> list[str]:
    """Return the values of a hidden address that the words of the new document would still tell."""
    hidden = hidden_by(before, after)
    text = "\n".join(words for _where, words in words_of(after)).casefold()
    return [word for word in _telling(before, hidden) if word.casefold() in text] if before and hidden else []


def _holds(document: Document, hidden: dict[str, Document], words: list[str]) -> bool:
    places = {row["location"]["id"] for row in document.get("service_at_locations", [])}
    text = json.dumps(document, ensure_ascii=False)
    return bool(places & hidden.keys()) or any(word in text for word in words)


def _without(document: Document, hidden: dict[str, Document], words: list[str]) -> Document:
    """Return the document with the places bare, what they show as it is now, and the values out of all words."""
    found: Document = _redacted(document, words)
    for row in found.get("service_at_locations", []):
        if row["location"]["id"] in hidden:
            kind = "virtual" if hidden[row["location"]["id"]]["address_visibility"] == "none" else "physical"
            row["location"] = {"id": row["location"]["id"], "location_type": kind}
    disclosed = found["brolly"].get("locations", [])
    found["brolly"]["locations"] = [{"id": row["id"], **hidden.get(row["id"], row)} for row in disclosed]
    return found


def _redacted(part: Any, words: list[str]) -> Any:
    if isinstance(part, dict):
        return {key: _redacted(value, words) for key, value in part.items()}
    if isinstance(part, list):
        return [_redacted(value, words) for value in part]
    if isinstance(part, str):
        for word in words:
            part = part.replace(word, REDACTED)
    return part
