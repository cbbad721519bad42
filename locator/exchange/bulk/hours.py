"""The columns of opening times, of a closure, and of whether the public may see a service."""

from datetime import date
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locator import moderation
from locator.exchange.bulk.parts import Cells, Document, Part, Wrong
from locator.exchange.hours_text import read
from locator.hours.osm import osm
from locator.hsds.members import put, row_of
from locator.models import Status
from locator.models.timing import Access
from locator.rules import Refused

CLOSURE = {"closed_from": "first", "closed_until": "last"}
KEPT = ("id", "timezone", "holiday_region", "dated")  # of what holds for all, when hours are written anew
ALONE = {Access.APPOINTMENT.value: '"by appointment"', Access.CALL_FIRST.value: "call first"}


def _owner(document: Document) -> Document | None:
    """Return the row whose `schedules` the column says: of the first place, else the first number or chat."""
    brolly = document["brolly"]
    places = [
        row for row in document.get("service_at_locations", []) if row["location"]["location_type"] == "physical"
    ]
    chats = [row for row in brolly.get("links", []) if row["kind"] == "chat"]
    return next(iter([*places, *document.get("phones", []), *chats]), None)


def _say(document: Document) -> Cells:
    owner = _owner(document) or {"id": ""}
    times = row_of(document["brolly"].get("times", []), owner["id"]) or {}
    whole = {key: value for key, value in times.items() if key not in ("access", "dated")}
    text = osm(owner.get("schedules", []), whole).removesuffix("; PH unknown")
    said = [text, ALONE.get(times.get("access", ""), "")]
    closure: Document = next(iter(moderation.closures(document)), {})
    dates = {column: closure.get(end, "") for column, end in CLOSURE.items()}
    return {"hours": "; ".join(filter(None, said)), **dates}


def _put(document: Document, said: Cells) -> None:
    before = _say(document)
    if "hours" in said:
        _put_hours(document, said["hours"])
    if said.keys() & CLOSURE.keys():
        _put_closure(document, before, {**before, **said})


def _put_hours(document: Document, typed: str) -> None:
    """Write the hours anew, with what holds of all of them; raise Wrong for what could not be read."""
    owner = _owner(document)
    if owner is None:
        raise Wrong(hours=_("It has no place, number or chat that could have hours."))
    found = read(typed)
    if found.unread or (typed and not (found.rules or found.times)):
        what = "; ".join(found.unread)[:500] or typed[:200]
        raise Wrong(hours=_("We could not read: %(what)s") % {"what": what})
    known = {_said(rule): rule["id"] for rule in owner.get("schedules", [])}
    rules = [{**rule, "id": known.get(_said(rule)) or str(uuid4())} for rule in found.rules]
    put(owner, "schedules", rules)
    rows = document["brolly"].get("times", [])
    times = row_of(rows, owner["id"]) or {"id": owner["id"]}
    whole = {key: times[key] for key in KEPT if key in times} | found.times
    others = [row for row in rows if row["id"] != owner["id"]]
    put(document["brolly"], "times", [*others, *([whole] if len(whole) > 1 else [])])


def _said(rule: Document) -> tuple[Any, ...]:
    return tuple(sorted((key, value) for key, value in rule.items() if key != "id"))


def _put_closure(document: Document, before: Cells, wanted: Cells) -> None:
    """Put the closure in the place of the one that the columns said before."""
    dates = {column: _date(column, wanted[column]) for column in CLOSURE if wanted[column]}
    if len(dates) == 1:
        words = _("Give both dates, closed_from and closed_until.")
        raise Wrong(**{column: words for column in CLOSURE if not wanted[column]})
    if dates and dates["closed_from"] > dates["closed_until"]:
        raise Wrong(closed_until=_("The last day is before the first."))
    old = tuple(before[column] for column in CLOSURE)
    for times in document["brolly"].get("times", []):
        rows = times.get("dated", [])
        left = [row for row in rows if "opens_at" in row or (row["first"], row["last"]) != old]
        put(times, "dated", left)
    rows = document["brolly"].get("times", [])
    put(document["brolly"], "times", [row for row in rows if row.keys() - {"id"}])
    if dates:
        try:
            moderation.close(document, dates["closed_from"], dates["closed_until"])
        except Refused as refused:
            raise Wrong(closed_from=str(refused)) from refused


def _date(column: str, typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as problem:
        raise Wrong(**{column: _("This is no date. Write it as 2026-12-24.")}) from problem


def _say_status(document: Document) -> Cells:
    return {"status": document["brolly"]["status"]}


def _put_status(document: Document, said: Cells) -> None:
    wanted, now = said["status"].lower(), document["brolly"]["status"]
    if wanted not in {Status.LISTED.value, Status.UNLISTED.value}:
        raise Wrong(status=_("Write listed, to ask for it to be shown, or unlisted, to take it out of sight."))
    if wanted == Status.UNLISTED and now == Status.DRAFT:
        raise Wrong(status=_("This is a draft: nobody sees it. Leave the cell empty."))
    missing = moderation.missing(document) if wanted == Status.LISTED else []
    if missing:
        raise Wrong(status=" ".join([_("Before it can be listed:"), *missing]))
    document["brolly"]["status"] = wanted


HOURS_COLUMNS = Part(
    {
        "hours": gettext_lazy("as in: Mo-Fr 09:00-17:00; Tu[1,3] 18:00-20:00; PH off"),
        "closed_from": gettext_lazy("the first day of a closure, as in 2026-12-24"),
        "closed_until": gettext_lazy("its last day"),
    },
    _say,
    _put,
)
STATUS_COLUMN = Part(
    {"status": gettext_lazy("listed: asks for it to be shown; unlisted: takes it out of sight")},
    _say_status,
    _put_status,
)
