"""Words for a screen of letters: lines of 72 columns in any script, and numbers that keep their order."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from locator.hours import day
from locator.models.languages import LANGUAGES

Shown = dict[str, Any]
COLUMNS = 72
INDENT = "  "
# Makes what follows run left to right (Unicode TR9, W7): groups of digits would else be shown in turned order.
LEFT_TO_RIGHT = "\u200e"


def written(pack: Shown, *, right_to_left: bool) -> str:
    """Return a pack as text: a line or two of heading, then each place in as few lines as it takes."""
    mark = LEFT_TO_RIGHT if right_to_left else ""
    made = _("Made on %(day)s. Times are those until %(until)s.")
    lines = [
        _("Near %(place)s") % {"place": pack["place"].name},
        made % {"day": day(pack["day"]), "until": day(pack["until"])},
        f"{_('After that day, get it anew:')} {mark}{pack['again']}",
        *(
            f"{row['notice'].get_kind_display()}: {row['notice'].words} "
            f"({_('Until %(day)s.') % {'day': row['until']}})"
            for row in pack["notices"]
        ),
    ]
    for heading, rows in ((_("Places to go to"), pack["local"]), (_("By phone or online"), pack["remote"])):
        if rows:
            lines += ["", f"== {heading} =="]  # no capitals: not every script has them, and Turkish has its own
            lines += [line for row in rows for line in _entry(row, mark)]
    if pack["danger"]:
        number = {"country": pack["danger"].country_name, "number": f"{mark}{pack['danger'].emergency}"}
        lines += ["", _("In danger, %(country)s: call %(number)s.") % number]
    return "\n".join(part for line in lines for part in wrapped(line)) + "\n"


def _entry(row: Shown, mark: str) -> Iterator[str]:
    """Yield the lines of one place: what it is, where, when, how, and what is known of it."""
    yield ""
    yield f"{row['name']} ({', '.join(map(str, row['kinds']))})"
    if not row["away"]:
        yield INDENT + row["address"]
    if row["hours"]:
        yield INDENT + "; ".join(row["hours"])
    elif not row["away"]:
        yield INDENT + _("Hours not known.")
    for way in row["ways"]:
        times = f" ({'; '.join(way['hours'])})" if way["hours"] else ""
        yield f"{INDENT}{mark}{way['number'] if 'number' in way else way['url'].removeprefix('mailto:')}{times}"
    yield INDENT + ". ".join([*map(_answer, row["deciding"]), _checked(row)])


def _answer(answer: Shown) -> str:
    if "languages" in answer:
        more = f" +{answer['more']}" if answer["more"] else ""
        return ", ".join(LANGUAGES[code][1] for code in answer["languages"]) + more
    said = f" {_('(in a document)')}" if answer["said"] else ""
    return f"{answer['words']}{said}"


def _checked(row: Shown) -> str:
    if row["fresh"]:
        return _("Checked: %(day)s.") % {"day": row["checked"]}
    if row["checked"]:
        return _("Not confirmed since %(day)s.") % {"day": row["checked"]}
    return _("Not confirmed.")


def wrapped(line: str, columns: int = COLUMNS) -> list[str]:
    """Return a line as lines of so many columns at most; what is indented stays so. An address is never cut."""
    indent = line[: len(line) - len(line.lstrip(" "))]
    found, room = [indent], columns
    for word in _pieces(line.strip(), columns - len(indent)):
        if width(found[-1] + word.rstrip()) > room and found[-1].strip():
            found.append(indent)
        found[-1] += word
    return [part.rstrip() for part in found]


def _pieces(text: str, columns: int) -> Iterable[str]:
    """Yield words with the space behind them; what is wider than a line letter by letter, unless it is a link."""
    for word in re.findall(r"\S+\s*", text):
        if width(word.rstrip()) <= columns or "://" in word:
            yield word
        else:
            yield from _clusters(word)


def _clusters(word: str) -> Iterator[str]:
    """Yield letters, each with the marks that stand on it."""
    held = ""
    for letter in word:
        if held and width(letter):
            yield held
            held = ""
        held += letter
    yield held


def width(text: str) -> int:
    """Return how many columns a terminal gives a text: two for wide letters, none for marks (Unicode TR11)."""
    return sum(_width(letter) for letter in text)


def _width(letter: str) -> int:
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1
