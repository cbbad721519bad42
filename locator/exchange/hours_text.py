"""Opening times as people write them → rules; and exactly what could not be read. Nothing is guessed.

Reads "Mo-Fr 9am–5pm", "1st and 3rd Tues 13:00-17:00", "Fri, Sat 21:30-02:00", "24/7", OpenStreetMap's
"Tu[1,3] 13:00-17:00; PH off", RRULE rows "FREQ=MONTHLY;BYDAY=1TU 13:00-17:00" and a JSON list of HSDS schedules.
A time says whether it is
morning: "9-5" is not read, because at night people work from nine to five too.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from locator.exchange.hsds_schedules import read_schedules
from locator.hours.opening import WEEK

Rule = dict[str, Any]
_DAYS = {
    word: code
    for code, words in zip(
        WEEK,
        (
            "mo mon mons monday mondays",
            "tu tue tues tuesday tuesdays",
            "we wed weds wednesday wednesdays",
            "th thu thur thurs thursday thursdays",
            "fr fri fris friday fridays",
            "sa sat sats saturday saturdays",
            "su sun suns sunday sundays",
        ),
        strict=True,
    )
    for word in words.split()
}
_NTH = {"1st": 1, "first": 1, "2nd": 2, "second": 2, "3rd": 3, "third": 3, "4th": 4, "fourth": 4, "5th": 5}
_NTH |= {"fifth": 5, "last": -1}
_SETS = {
    "daily": WEEK,
    "every day": WEEK,
    "weekdays": WEEK[:5],
    "weekends": WEEK[5:],
    "weekend": WEEK[5:],
}
_DASH = re.compile(r"\s*(?:[-–—−‐‑~〜]|\bto\b|\buntil\b|\btill\b)\s*")
_TIME = r"(?:\d{1,2}[:.]\d{2}\s*(?:[ap]\.?m\.?)?|\d{1,2}\s*[ap]\.?m\.?|noon|midnight)"
_SPAN = re.compile(rf"({_TIME})-({_TIME})(?![\w:.])")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap])?\.?(?:m\.?)?")
_RRULE = re.compile(r"(?:rrule:)?((?:freq|interval|byday|wkst|until)=[^\s]+)\s*(.*)", re.IGNORECASE)
_BYDAY = re.compile(rf"(-?[1-5])?(?:{'|'.join(WEEK)})")
_HOLIDAY = re.compile(r"(?:ph|(?:on )?(?:public|bank) holidays?)[: ]*(off|closed|open|.*)")
LONGEST_H = 18  # a shift that is longer, and not around the clock, is more likely a slip
_PARTS = re.compile(r";|\.\s+|\.$|(?<=[\dm]),\s*(?=(?:mo|tu|we|th|fr|sa|su|ph)[a-z]*)", re.IGNORECASE)
_EVERY = re.compile(r"every (?:(\d+)|(2nd|second|other)) weeks?(?: from (\d{4}-\d\d-\d\d))?")


@dataclass
class Read:
    """What was read: rules as a document has them, what holds on holidays, and the words that were not read."""

    rules: list[Rule] = field(default_factory=list)
    times: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)


class Unreadable(ValueError):
    """Words that are no opening times, or could be two; the message says which."""


class _Days(NamedTuple):
    codes: list[str]
    monthly: bool


def read(text: str) -> Read:
    """Return the rules of a text, one clause after another; a clause that is not wholly understood is not read."""
    if text.lstrip().startswith("["):
        rules, unread = read_schedules(text)
        return Read(rules, unread=unread)
    found, seen = Read(), set[str]()
    for clause in _clauses(re.sub(r"\b([ap])\.m\b\.?", r"\1m", text, flags=re.IGNORECASE)):
        try:
            rules = _read_clause(clause, found)
            days = {code[-2:] for rule in rules for code in rule["byday"].split(",")}
            if days & seen:
                # To OpenStreetMap the later one replaces the earlier, to most people it adds to it.
                raise Unreadable(
                    f"{', '.join(sorted(days & seen))} is there twice; write all its times in one line"
                )
            seen |= days
            found.rules += rules
        except Unreadable as problem:
            found.unread.append(f"“{clause}”: {problem}")
    return found


def _clauses(text: str) -> list[str]:
    """Return the parts that stand alone: lines, and what `;` parts unless it is within a recurrence rule.

    A line with "every 2 weeks" stays whole: nobody can say whether that is meant of its other days too.
    """
    found: list[str] = []
    for line in (line.strip() for line in text.splitlines()):
        whole = _RRULE.fullmatch(line) or _EVERY.search(_plain(line))
        found += [line] if whole else _PARTS.split(line)
    return [part.strip(" ,") for part in found if part.strip(" ,")]


def _read_clause(clause: str, found: Read) -> list[Rule]:
    """Return the rules of a clause; what it says of all hours is put into `found.times`."""
    words = _plain(clause)
    if words in {"by appointment", "by appointment only", "appointment only", '"by appointment"'}:
        found.times["access"] = "appointment"
    elif words in {"call first", "phone first", "ring first"}:
        found.times["access"] = "call_first"
    elif words in {"24/7", "24 hours", "always open"}:
        return [{"freq": "WEEKLY", "byday": ",".join(WEEK), "opens_at": "00:00:00", "closes_at": "00:00:00"}]
    elif rrule := _RRULE.fullmatch(clause.strip()):
        return _of_rrule(rrule[1], _plain(rrule[2]))
    elif holiday := _HOLIDAY.fullmatch(words):
        told = _holidays(holiday[1])
        if found.times.get("on_public_holidays", told["on_public_holidays"]) != told["on_public_holidays"]:
            raise Unreadable("public holidays are there twice")
        found.times |= told
    else:
        return _of_words(words)
    return []


def _plain(text: str) -> str:
    lowered = re.sub(r"\s+", " ", text.lower().replace("&", " and ")).strip()
    return _DASH.sub("-", lowered)


def _holidays(said: str) -> dict[str, str]:
    if said in {"off", "closed"}:
        return {"on_public_holidays": "closed"}
    if said == "open":
        return {"on_public_holidays": "open"}
    spans = _spans(said)
    if len(spans) != 1:
        raise Unreadable("say “closed”, “open” or one span of hours on public holidays")
    opens, closes = spans[0]
    return {"on_public_holidays": "hours", "holiday_opens_at": opens, "holiday_closes_at": closes}


def _of_rrule(parts: str, times: str) -> list[Rule]:
    said = dict(part.lower().split("=", 1) for part in parts.split(";") if "=" in part)
    freq, byday = said.get("freq", "").upper(), said.get("byday", "").upper()
    if freq == "DAILY" and not byday and said.get("interval", "1") == "1":
        freq, byday = "WEEKLY", ",".join(WEEK)
    if freq not in {"WEEKLY", "MONTHLY"} or not byday or set(said) - {"freq", "interval", "byday", "wkst"}:
        raise Unreadable("only FREQ=WEEKLY or MONTHLY with BYDAY and INTERVAL can be read")
    codes = byday.split(",")
    numbered = {code[:-2] != "" for code in codes}
    if (
        not all(_BYDAY.fullmatch(code) for code in codes)
        or len(numbered) > 1
        or (freq == "WEEKLY" and True in numbered)
    ):
        raise Unreadable("BYDAY is MO,WE of the week, or 1TU,-1FR of the month")
    if said.get("interval", "1") != "1":
        raise Unreadable("“every second week” needs a first date: write “every 2 weeks from 2026-11-03”")
    spans = _spans(times)
    if not spans:
        raise Unreadable("the times are missing, such as 13:00-17:00")
    return [{"freq": freq, "byday": byday, "opens_at": a, "closes_at": b} for a, b in spans]


def _of_words(words: str) -> list[Rule]:
    every: dict[str, Any] = {}
    if repeated := _EVERY.search(words):
        if not repeated[3]:
            raise Unreadable("“every second week” needs a first date: “every 2 weeks from 2026-11-03”")
        every = {"interval": int(repeated[1] or 2), "dtstart": _date(repeated[3])}
        words = (words[: repeated.start()] + words[repeated.end() :]).strip(" ,")
    first = _SPAN.search(words)
    if first is None:
        raise Unreadable(_why_no_times(words))
    named = words[: first.start()].strip(" :,")
    if re.search(r"\b(?:second|third|fourth|2nd|3rd|4th) last\b", named):
        raise Unreadable("“second last” is not read; write it as Tu[-2]")
    days = _days(named)
    spans = _spans(words[first.start() :])
    freq = "MONTHLY" if days.monthly else "WEEKLY"
    return [
        {"freq": freq, "byday": ",".join(days.codes), **every, "opens_at": opens, "closes_at": closes}
        for opens, closes in spans
    ]


def _why_no_times(words: str) -> str:
    if re.search(r"\d{1,2}-\d{1,2}(?!\d*[:.])", words):
        return "say am or pm, or write 09:00-17:00"
    return "there are no times such as 09:00-17:00"


def _date(iso: str) -> str:
    try:
        return date.fromisoformat(iso).isoformat()
    except ValueError as problem:
        raise Unreadable(f"{iso} is no date") from problem


def _days(words: str) -> _Days:
    """Return the codes of the days; OpenStreetMap's "tu[1,3]" and "1st and 3rd tues" are days of the month."""
    if words in _SETS:
        return _Days(list(_SETS[words]), monthly=False)
    codes: list[str] = []
    nths: list[int] = []
    monthly = False
    for part in re.split(r",| and (?:the )?|\s+(?=[a-z])", re.sub(r"\[([\d,-]+)\]", _bracketed, words)):
        part = part.strip()  # noqa: PLW2901  (the same word, bare)
        if part in {"", "the", "every", "of", "month", "each"}:
            continue
        if part in _NTH:
            nths.append(_NTH[part])
        elif bracketed := re.fullmatch(r"([a-z]+)\[(-?\d(?:\+-?\d)*)\]", part):
            codes += [f"{int(nth)}{_code(bracketed[1])}" for nth in bracketed[2].split("+")]
            monthly = True
        elif nths:
            codes += [f"{nth}{_code(part)}" for nth in nths]
            nths, monthly = [], True
        else:
            codes += _range(part)
    if nths or not codes:
        raise Unreadable("the days are missing, such as Mon-Fri" if not codes else "a weekday is missing")
    if monthly and not all(code[:-2] for code in codes):
        raise Unreadable("days of every week and days of the month cannot be in one line")
    if len(set(codes)) != len(codes):
        raise Unreadable("a day is there twice")
    return _Days(codes, monthly)


def _bracketed(found: re.Match[str]) -> str:
    return f"[{found[1].replace(',', '+')}]"


def _range(part: str) -> list[str]:
    first, dash, last = part.partition("-")
    if not dash:
        return list(_SETS[part]) if part in _SETS else [_code(first)]
    begins, ends = WEEK.index(_code(first)), WEEK.index(_code(last))
    return [WEEK[n % 7] for n in range(begins, ends + 1 if ends >= begins else ends + 8)]


def _code(word: str) -> str:
    try:
        return _DAYS[word.strip(" .")]
    except KeyError as problem:
        raise Unreadable(f"“{word.strip()}” is no day we know") from problem


def _spans(words: str) -> list[tuple[str, str]]:
    """Return every span of a text that holds nothing else."""
    found = [_span(match[1], match[2]) for match in _SPAN.finditer(words)]
    rest = re.sub(r",|\band\b", " ", _SPAN.sub(" ", words)).strip()
    if rest:
        raise Unreadable(f"“{rest}” is not understood")
    return found


def _span(opens: str, closes: str) -> tuple[str, str]:
    """Return both times; without am or pm they are read only where they can be but one thing."""
    for said in (opens, closes):
        half = re.search(r"[ap]\.?m|noon|midnight", said)
        if half is None and re.search(r"[ap]\.?m", opens + closes):
            raise Unreadable(f"say am or pm of {said} too")
    told = re.search(r"[ap]\.?m|noon|midnight", opens + closes)
    plain = all(re.match(r"\d\d", said) for said in (opens, closes)) or _hour(opens) <= 12 < _hour(closes)
    if not told and not plain:
        raise Unreadable(f"is {opens} morning or evening? Write 09:00, or 9am")
    if _hour(opens) == 24:
        raise Unreadable("24:00 is an end; write 00:00 of the next day")
    found = _clock(opens), _clock(closes)
    lasts = (int(found[1][:2]) * 60 + int(found[1][3:5]) - int(found[0][:2]) * 60 - int(found[0][3:5])) % (24 * 60)
    if not told and lasts > LONGEST_H * 60:
        raise Unreadable(f"{opens} to {closes} is more than {LONGEST_H} hours; write am or pm if that is meant")
    return found


def _hour(said: str) -> int:
    return int(re.match(r"\d+", said)[0]) if said[0].isdigit() else 0  # type: ignore[index]


def _clock(said: str) -> str:
    if said in {"noon", "midnight"}:
        return "12:00:00" if said == "noon" else "00:00:00"
    found = _CLOCK.fullmatch(said.strip())
    if found is None:
        raise Unreadable(f"{said} is no time")
    hour, minutes, half = int(found[1]), int(found[2] or 0), found[3]
    if (half and not 1 <= hour <= 12) or hour > 24 or minutes > 59 or (hour == 24 and minutes):
        raise Unreadable(f"{said} is no time")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour % 24:02}:{minutes:02}:00"
