"""Published rules of opening times → schedules. Local time, never an offset: an offset is wrong half the year."""

import json
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from locator.exchange.open_referral.terms import made
from locator.hours.words import dates, words
from locator.hsds.reading import filled

Document = dict[str, Any]
HOLIDAYS = {
    "open": "Open on public holidays.",
    "closed": "Closed on public holidays.",
    "hours": "On public holidays: {holiday_opens_at:.5}–{holiday_closes_at:.5}.",
}
ACCESS = {"appointment": "By appointment.", "call_first": "Call first."}


def schedule(rule: Document, of: dict[str, str], *, attending: str, way: str, clock: str, notes: str) -> Document:
    """Return a rule as a schedule of HSDS 3.2; `of` is the id of the object it is of, by its name, `way` a number.

    All that a schedule is comes from here: HSDS 3.3 has others.
    """
    opens, closes = rule.get("opens_at", ""), rule.get("closes_at", "")
    all_day = opens[:5] == closes[:5] == "00:00"
    with override("en"):
        said = f"{way}: {words(rule)}".removeprefix(": ")
    if clock and opens:
        said += f" (on the clock of {clock})"
    next_day = "Closes on the next day." if opens and closes <= opens and not all_day else ""
    return filled(
        id=made(*of.values(), "schedule", attending, way, json.dumps(rule, sort_keys=True)),
        **of,
        freq=rule["freq"],
        interval=rule["interval"],
        byday=rule["byday"],
        dtstart=rule.get("dtstart"),
        valid_from=rule.get("valid_from"),
        valid_to=rule.get("valid_to"),
        opens_at=f"{opens[:5]}:00" if opens else "",
        closes_at=("23:59:00" if all_day else f"{closes[:5]}:00") if closes else "",
        description=said,
        attending_type=attending,
        notes=" ".join(part for part in (next_day, notes) if part),
    )


def schedules(
    rules: list[Document], times: Document, of: dict[str, str], *, attending: str, clock: str, way: str = ""
) -> list[Document]:
    """Return the rules of a place or line, each with what is said of its hours as a whole."""
    notes = said_of_hours(times)
    return [schedule(rule, of, attending=attending, way=way, clock=clock, notes=notes) for rule in rules]


def said_of_hours(times: Document) -> str:
    """Return what holds for hours as a whole in words; that nobody told us of public holidays, too."""
    holidays = HOLIDAYS.get(times.get("on_public_holidays", ""), "Public holidays: we do not know.")
    said = [ACCESS.get(times.get("access", ""), ""), holidays.format(**times), *closures(times)]
    return " ".join(part for part in said if part)


def closures(times: Document) -> list[str]:
    """Return the days to come, and today, that have times of their own or none, each as a sentence."""
    today = timezone.localdate().isoformat()
    with override("en"):
        return [f"{dates(row)}." for row in times.get("dated", []) if row["last"] >= today]
