"""What stands on a card that somebody takes along: names, places, times, numbers, and the way back to the list.

A card is read by whoever empties a bag. Unless somebody asks for more, it has discreet names, no kinds of help,
no words that somebody wrote freely, no web address and nothing of this site but what the square code holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unicodedata import bidirectional

import segno
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from config.languages import LANGUAGES
from locator.hours import day
from locator.hours.timetable import Timetable
from locator.models.languages import RIGHT_TO_LEFT
from locator.sealing import Question
from locator.search import Row, Shortlist
from locator.search.shortlist import MOST, ids_in
from locator.web import presenting, times
from locator.web.week import Line, week

Shown = dict[str, Any]
SIZES = {
    "pocket": gettext_lazy("Pocket: A5, folded once, nothing outside"),
    "a5": gettext_lazy("A5"),
    "a4": gettext_lazy("A4"),
    "large": gettext_lazy("A4, large letters"),
}
FIELDS = {
    "where": gettext_lazy("Where"),
    "when": gettext_lazy("When, in the next seven days"),
    "touch": gettext_lazy("Numbers"),
    "answers": gettext_lazy("ID, cost, languages"),
    "code": pgettext_lazy("to be scanned with a phone", "Square code that opens this list"),
}
USUAL = ("where", "when", "touch", "code")
TEXT_LETTERS = 300  # of each service, as plain text


@dataclass(frozen=True)
class Asked:
    """What is wanted of a list: which services, and what of them in which dress."""

    ids: tuple[str, ...]
    size: str = "pocket"
    fields: tuple[str, ...] = USUAL
    plain: bool = False  # real names and kinds of help, instead of discreet ones
    language: str = ""
    words: str = ""  # the number behind four words that lead here, once somebody asked for them
    compare: bool = False
    beside: tuple[str, ...] = ()  # which of them to compare; else the first

    @classmethod
    def of(cls, values: Question) -> "Asked":
        """Return what a form or a sealed address asks for; what it cannot mean is as if it had not been said."""
        ids = ids_in(values.get("id", [])) or ids_in(values.get("first", []))
        size, language, words = ("".join(values.get(name, [])[:1]) for name in ("size", "language", "words"))
        fields = tuple(name for name in FIELDS if name in values.get("field", []))
        return cls(
            ids=tuple(ids[: MOST + 1]),
            size=size if size in SIZES else "pocket",
            fields=fields if "chosen" in values else USUAL,
            plain=values.get("names") == ["plain"],
            language=language if language in LANGUAGES else get_language() or "en",
            words=words if words.isdecimal() and len(words) < 15 else "",
            compare=values.get("view") == ["compare"],
            beside=tuple(ids_in(values.get("beside", []))[:MOST]),
        )

    @property
    def question(self) -> Question:
        """Return what `of` makes this from."""
        said: Question = {
            "id": [",".join(self.ids)],
            "size": [self.size],
            "field": list(self.fields),
            "chosen": ["1"],
            "language": [self.language],
        }
        said |= {"names": ["plain"]} if self.plain else {}
        said |= {"words": [self.words]} if self.words else {}
        said |= {"beside": [",".join(self.beside)]} if self.beside else {}
        return said | ({"view": ["compare"]} if self.compare else {})


def entries(found: Shortlist, asked: Asked, now: datetime) -> list[Shown]:
    """Return the services of a card, in order: name, places with their week, numbers, what decides."""
    return [
        _entry(number, key, rows, asked, now) for number, (key, rows) in enumerate(found.services.items(), start=1)
    ]


def _entry(number: int, key: str, rows: list[Row], asked: Asked, now: datetime) -> Shown:
    places, shown = [row.shown for row in rows], rows[0].shown
    entry = {
        "number": number,
        "short_id": key,
        "name": apart(shown["name"] if asked.plain else times.calendar_name(shown)),
        "lang": shown["text_language"] if asked.plain or shown.get("discreet_name") else "",
        "kinds": presenting.kinds(shown) if asked.plain else [],
        "old": _old(shown, now),
        "places": [_place(place, asked, now) for place in places if _is_somewhere(place)],
        "afar": "" if any(_is_somewhere(place) for place in places) else _from_afar(shown),
        "touch": [_way(way, rows[0].country, asked, now) for way in _ways(shown, asked)],
        "no_way": _no_way(places, asked),
        "answers": presenting.deciding(shown),
    }
    return entry | {"text": as_text(entry, asked)}


def apart(words: str) -> str:
    """Return words kept apart from what runs the other way, with isolates (UAX #9): a number must not turn round.

    In the text itself, because a message has no other way, and not every program that draws a page knows `bdi`.
    """
    turned = get_language() in RIGHT_TO_LEFT or any(bidirectional(letter) in {"R", "AL"} for letter in words)
    return f"\u2068{words}\u2069" if turned and words else words


def _is_somewhere(place: Shown) -> bool:
    return bool(place["location"]["address_visibility"] != "none")


def _from_afar(shown: Shown) -> str:
    return _("By phone or online") if shown["location"]["virtual"] else _("Where is not said")


def _old(shown: Shown, now: datetime) -> str:
    """Return since when nobody confirmed it, or that nobody did: a card is believed for longer than a page."""
    if presenting.aged(shown, now) in presenting.OLD:
        return _("Not confirmed since %(day)s. Call first.") % {"day": day(shown["assured_date"])}
    if shown["status"] == "inactive":
        return _("Offered in the past. We do not know if it still is.")
    return "" if shown["assured_date"] else _("Not checked with them. Call first.")


def _place(place: Shown, asked: Asked, now: datetime) -> Shown:
    timetable = Timetable.of_place(place)
    return {
        "where": _address(place, asked),
        "week": week(timetable, now),
        "hours": _about_hours(place, timetable),
    }


def _address(place: Shown, asked: Asked) -> str:
    """Return an address in a line, or the area in words; a house's own name may say what is in it."""
    location = place["location"]
    if location["address_visibility"] != "public":
        return presenting.where(place)
    own = [location.get("name", "")] if asked.plain else []
    own += [location["address_1"], location.get("address_2", "") if asked.plain else ""]
    city = " ".join(part for part in (location.get("city", ""), location.get("postal_code", "")) if part)
    return apart(", ".join(line for line in (*own, city) if line))


def _about_hours(place: Shown, timetable: Timetable | None) -> str:
    if timetable is None:
        return _("Hours not known: call or write first.")
    if timetable.by_appointment:
        return _("By appointment: get in touch first.")
    return _("Call or write before you go.") if timetable.times.get("access") == "call_first" else ""


def _ways(shown: Shown, asked: Asked) -> list[Shown]:
    """Return confirmed ways to get in touch: numbers alone, for a web address says whose it is."""
    return [way for way in presenting.contacts(shown) if asked.plain or way["channel"] in {"phone", "text"}]


def _no_way(places: list[Shown], asked: Asked) -> str:
    """Return what to do where a card holds neither a number nor a door; "" where it holds one of them."""
    if _ways(places[0], asked) or any(_is_door(place) for place in places):
        return ""
    if presenting.contacts(places[0]):
        return _("How to get in touch: see this list on a phone.")
    return _("No number that we could check.")


def _is_door(place: Shown) -> bool:
    return bool(place["location"]["address_visibility"] == "public")


def _way(way: Shown, country: str, asked: Asked, now: datetime) -> Shown:
    return {
        "label": way["label"],
        "words": apart(way["words"]),
        "note": apart(way.get("description", "")) if asked.plain else "",
        "week": week(Timetable.of_line(way, country), now) if "when" in asked.fields else [],
    }


def as_text(entry: Shown, asked: Asked) -> str:
    """Return a service as plain text of 300 letters at most; what does not fit is left out, the last first."""
    name = " ".join([f"{entry['number']}.", entry["name"]])
    lines = [name[: TEXT_LETTERS // 3]]
    rest = (
        [", ".join(way["words"] for way in entry["touch"][:2]), entry["no_way"]] if "touch" in asked.fields else []
    )
    for place in entry["places"][:2]:
        rest += [place["where"]] if "where" in asked.fields else []
        rest += [*map(_in_line, place["week"]), place["hours"]] if "when" in asked.fields else []
    for line in [*rest, entry["old"]]:
        if line and len("\n".join([*lines, line])) <= TEXT_LETTERS:
            lines.append(line)
    return "\n".join(lines)


def _in_line(line: Line) -> str:
    return f"{line.days}: {line.times}"


def address_of(start: str, ids: Iterable[str]) -> str:
    """Return the address that opens a list: its ids come after the "#", which no browser sends to a server."""
    return f"{start}#{','.join(ids)}"


def square_code(address: str) -> SafeString:
    """Return an address as a QR code (ISO/IEC 18004), drawn in the page; dark on light at night too."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        border=2, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None
    )
    # segno writes numbers and the names above, and nothing else
    return mark_safe(drawn.replace("<svg", '<svg aria-hidden="true"', 1))  # noqa: S308  # nosec B308, B703
