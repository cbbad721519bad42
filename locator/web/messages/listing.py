"""A listing as a text message: where, when and how in two messages at most, under a name that tells nothing."""

from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.languages import LANGUAGES
from locator.hours import day
from locator.search import Row
from locator.web import presenting, times
from locator.web.messages.segments import segments
from locator.web.plain import LEFT_TO_RIGHT

Shown = dict[str, Any]
MOST = 2  # segments a listing
CALLED = ("phone", "text")  # the first that there is; an address of a page or a mailbox says whose it is


def written(number: int, row: Row, now: datetime, clock: str) -> str:
    """Return a listing's message: whole if it fits, else without what matters least; no number is ever cut."""
    shown = row.shown
    place, way = shown["location"], contact(shown)
    name = shown.get("discreet_name", "")
    where = "" if row.remote else (address(place) or presenting.where(shown))
    parts = {
        "name": f"{number}. {name}".strip(),
        "when": when(row, now, clock),
        "where": where,
        "far": presenting.distance(row.distance_km),
        "how": way,
        "id": _identity(shown),
        "cost": _cost(shown),
        "checked": _("Checked: %(day)s.") % {"day": day(shown["assured_date"])},
    }
    shorter = [("checked", ""), ("cost", ""), ("id", ""), ("far", ""), ("name", f"{number}.")]
    shorter += [("where", str(place.get("city", ""))[:40]), ("when", parts["when"][:40])]
    return fitted(parts, shorter)


def fitted(parts: dict[str, str], shorter: list[tuple[str, str]]) -> str:
    """Return the parts as sentences, put shorter in turn until two segments hold them."""
    for name, instead in [("", ""), *shorter]:
        parts = {**parts, name: instead}
        text = " ".join(
            part if part.endswith((".", "。", "!", "?")) else f"{part}." for part in parts.values() if part
        )
        if segments(text) <= MOST:
            return text
    return " ".join(part for part in (parts["name"], parts["how"]) if part)


def when(row: Row, now: datetime, clock: str) -> str:
    stands = times.in_short(row.open_packed, row.shown, now, clock)
    return stands["words"] if stands else _("Hours not known: call or write first.")


def address(location: Shown) -> str:
    """Return a public address without what the house is called: that may tell what it is."""
    if location["address_visibility"] != "public":
        return ""
    town = " ".join(location[part] for part in ("city", "postal_code") if location.get(part))
    return ", ".join(part for part in (location.get("address_1", ""), town) if part)


def contact(shown: Shown) -> str:
    """Return a number to call, or else one to text; "" where there is none."""
    ways = [way for way in presenting.contacts(shown) if way["channel"] in CALLED]
    return next((number(way) for way in sorted(ways, key=lambda way: CALLED.index(way["channel"]))), "")


def number(way: Shown) -> str:
    """Return a number so that it runs left to right among any words."""
    language = LANGUAGES.get(get_language() or "")
    mark = LEFT_TO_RIGHT if language and language.right_to_left else ""
    return mark + str(way["number"])


def _identity(shown: Shown) -> str:
    """Return that no ID is asked, or that it is; in English too where nobody has read the translation (R66)."""
    fact = presenting.identity(shown)
    if fact["state"] not in {"yes", "no"}:
        return str(fact["words"]) if fact["state"] == "unknown" else ""
    language = LANGUAGES.get(get_language() or "")
    english = {"yes": "No ID asked", "no": "Asks for ID"}[fact["state"]]
    return str(fact["words"]) if language is None or language.reviewed else f"{fact['words']} ({english})"


def _cost(shown: Shown) -> str:
    fact = presenting.cost(shown)
    return str(fact["words"]) if fact["state"] in {"yes", "no"} else ""
