"""What a source may say of a service or an organization, and under which ids."""

from functools import partial
from typing import Any
from uuid import UUID, uuid5

from locator.exchange.records import Kind, Remark
from locator.hsds.agreement import Document
from locator.models import Basis, Change, Status, Translation

NAMESPACE = UUID("0a9b3f0c-5c0e-4d0b-9a52-6d1f7f8a2c47")
OURS_ALONE = ("short_id", "staff_notes", "assurer")  # of `brolly`


def of_source(document: Document, subject: str, *, source: str, status: str) -> tuple[Document, list[Remark]]:
    """Return a document as a source may say it, and what was left out of it; the one that is given stays as it is.

    Nobody here asked them: an answer is of basis `source`, no number is tried, no day of checking is ours. The
    rows inside get ids that no row of another has, the same ones each time.
    """
    found: Document = _anew(document, partial(_own_id, source))
    found["id"] = document.get("id")
    if isinstance(document.get("organization"), dict):
        found["organization"]["id"] = document["organization"].get("id")
    brolly = found.get("brolly")
    if not isinstance(brolly, dict):
        return found, []
    remarks = [_no_word("assured_date")] if found.pop("assured_date", None) else []
    for name in OURS_ALONE:
        if brolly.pop(name, None) and name == "staff_notes":
            remarks.append(_no_word(name))
    for row in _rows(brolly, "phones") + _rows(brolly, "links"):
        if row.pop("confirmed_on", None):
            remarks.append(_no_word("confirmed_on"))
        row.pop("confirmed_by", None)
    if subject == Change.Subject.SERVICE:
        _of_service(brolly, source, status)
    return found, list(dict.fromkeys(remarks))


def _of_service(brolly: Document, source: str, status: str) -> None:
    brolly["status"] = status
    brolly.setdefault("source", source)
    for row in _rows(brolly, "facts") + _rows(brolly, "costs"):
        row["basis"] = Basis.SOURCE.value
    for row in _rows(brolly, "translations"):
        if row.get("status") == Translation.Status.REVIEWED:
            row["status"] = Translation.Status.DRAFT.value


def _no_word(name: str) -> Remark:
    return Remark(Kind.DROPPED, name, "Only somebody of ours can say this here.")


def _rows(brolly: Document, name: str) -> list[Document]:
    rows = brolly.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _own_id(source: str, value: Any) -> str:
    return str(uuid5(NAMESPACE, f"{source}/{value}".lower()))


def _anew(part: Any, own_id: Any) -> Any:
    """Return a part of a document, copied, with other ids: of rows, and of the places that answers are about."""
    if isinstance(part, dict):
        return {
            key: own_id(value)
            if key == "id" or (key == "location" and isinstance(value, str))
            else _anew(value, own_id)
            for key, value in part.items()
        }
    if isinstance(part, list):
        return [_anew(row, own_id) for row in part]
    return part


def with_status(document: Document, status: str) -> Document:
    """Return a service's document with another status."""
    return {**document, "brolly": {**document["brolly"], "status": Status(status).value}}
