"""Opening times of HSDS 1.x to 3.3 → rules, dated hours, and what holds of all; never a rule that says more.

What a rule of ours cannot say (every n days, the 3rd of the month, so many times) is left out whole.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import override

from locator.exchange.dialects.clocks import Unclear, day, days, span
from locator.exchange.dialects.making import Document, Making
from locator.exchange.dialects.remarks import Part
from locator.exchange.dialects.words import folded
from locator.exchange.hours_text import read
from locator.exchange.open_referral.schedules import ACCESS, HOLIDAYS
from locator.hours.clocks import is_zone
from locator.hours.opening import WEEK
from locator.hours.words import words

TABLES = ("schedules", "regular_schedules", "operating_hours", "events")
UNSAYABLE = ("count", "bymonthday", "byweekno", "byyearday", "bymonth")
ATTENDING = {"walk-in", "in person", "by phone", "by text message", "by chat", "online", "by e-mail"}
UNKNOWN = "Public holidays: we do not know."
NEXT_DAY = "Closes on the next day."
_CLOCK = re.compile(r"\s*\(on the clock of ([A-Za-z_/+-]+)\)")
_OTHER_HOURS = re.compile(r"On public holidays: (\d\d:\d\d)[–-](\d\d:\d\d)\.")


@dataclass
class Hours:
    """What was read for one owner: a place, a phone, a link."""

    rules: list[Document] = field(default_factory=list)
    dated: list[Document] = field(default_factory=list)
    whole: Document = field(default_factory=dict)
    timezone: str = ""

    def __bool__(self) -> bool:
        return bool(self.rules or self.dated or self.whole)

    def add(self, other: "Hours") -> None:
        """Take what another says too, each rule once."""
        known = {_content(rule) for rule in [*self.rules, *self.dated]}
        self.rules += [rule for rule in other.rules if _content(rule) not in known]
        self.dated += [row for row in other.dated if _content(row) not in known]
        self.whole = {**other.whole, **self.whole}
        self.timezone = self.timezone or other.timezone


def _content(row: Document) -> tuple[Any, ...]:
    return tuple(sorted((key, value) for key, value in row.items() if key not in {"id", "description"}))


def schedule_parts(part: Part) -> list[Part]:
    return [one for table in TABLES for one in part.parts(table, "description")]


def hours_of(part: Part, making: Making) -> Hours:
    """Return what an object says of its hours."""
    found = Hours()
    for one in schedule_parts(part):
        found.add(schedule(one, making))
    for one in part.parts("holiday_schedules"):
        found.add(holiday(one, making))
    return found


def schedule(part: Part, making: Making) -> Hours:
    """Return one schedule as a rule, or as hours of its one date."""
    found = Hours()
    try:
        rules, once = _read(part)
    except Unclear as why:
        if why.args[0]:
            part.dropped(part.path, f"Not taken: {why}")
        return found
    _of_all(part, found)
    ours = folded(part.get("attending_type") or "") in ATTENDING | {"by appointment"}
    written = _CLOCK.sub("", part.text("description", 300))
    for rule in rules:
        description = _note(rule, written) if ours and not once else written
        name = "dated" if once else "schedule"
        rule["id"] = making.id(name, *(f"{key}={value}" for key, value in sorted(rule.items())))
        if description:
            rule["description"] = description
    if once:
        found.dated = rules
    else:
        found.rules = rules
    return found


def _note(rule: Document, written: str) -> str:
    """Return what our own feed says beside a rule: it writes the rule itself in words, and a note after it."""
    with override("en"):
        said = words(rule)
    before, found, after = written.partition(said)
    if found and (not before or before.endswith(": ")):
        return after.removeprefix(" (").removesuffix(")").removeprefix(": ")
    return written


def _read(part: Part) -> tuple[list[Document], bool]:
    """Return the rules of a schedule, and whether it is of one date; raise Unclear for what no rule can say."""
    if not any(part.get(name) for name in ("byday", "opens_at", "closes_at", "freq", "dtstart", "first")):
        return _of_words(part), False
    beyond = [name for name in UNSAYABLE if part.get(name)]
    if beyond:
        raise Unclear(f"{', '.join(beyond)} cannot be said by a rule here.")
    if folded(part.get("group") or "") in {"holiday", "holidays", "exception", "exceptions"}:
        raise Unclear("which days its group is of is not said.")
    freq = folded(part.get("freq") or "").upper()
    if freq == "ONCE" or (not freq and not part.get("byday") and _one_date(part)):
        return [_once(part)], True
    rule, taken = _rule(part, freq)
    times, guessed = _times(part)
    for name in {*taken, *(("opens_at", "closes_at") if times else ())}:
        part.take(name)
    for how in guessed:
        part.guessed(part.path, how)
    if folded(part.get("wkst") or "") == "mo":
        part.take("wkst")
    return [rule | times], False


def _of_words(part: Part) -> list[Document]:
    """Return hours that only words tell, where they are wholly understood."""
    for name in ("original_text", "description", "hours", "name"):
        said = part.get(name)
        if isinstance(said, str) and any(letter.isdigit() for letter in said):
            found = read(said[:1000])
            if found.rules and not found.unread and not found.times:
                part.take(name)
                part.guessed(part.field(name), "The hours were read from words.")
                return found.rules
    raise Unclear("")


def _one_date(part: Part) -> str:
    first = day(part.get("dtstart")) or day(part.get("first"))
    return first if first and first == (day(part.get("last")) or first) else ""


def _once(part: Part) -> Document:
    first = _one_date(part)
    if not first:
        raise Unclear("it has no date that can be read.")
    times, guessed = _times(part)
    if not times:
        raise Unclear("it has a date and no times.")
    for how in guessed:
        part.guessed(part.path, how)
    for name in (
        "freq",
        "dtstart",
        "valid_from",
        "valid_to",
        "until",
        "start_date",
        "end_date",
        "opens_at",
        "closes_at",
    ):
        if name not in part.row or name in ("freq", "opens_at", "closes_at") or day(part.row[name]) == first:
            part.take(name)
    return {"first": first, "last": first, **times}


def _rule(part: Part, freq: str) -> tuple[Document, set[str]]:
    """Return when a rule comes round, without its times, and the members that it was read from."""
    interval = _interval(part)
    if freq in {"BIWEEKLY", "FORTNIGHTLY"}:
        freq, interval = "WEEKLY", 2
    starts = day(part.get("dtstart"))
    byday, freq = _weekdays(part, freq, starts, interval)
    numbered = bool(byday.split(",")[0][:-2])
    fits = {"": True, "WEEKLY": not numbered, "MONTHLY": numbered}
    if not fits.get(freq, False):
        raise Unclear(f"{freq} with {byday} cannot be said by a rule here.")
    if len(byday) > 60 or (interval > 1 and not starts):
        raise Unclear("“every second week” needs a first date to count from.")
    rule: Document = {"freq": "MONTHLY" if numbered else "WEEKLY", "byday": byday}
    taken = {"freq", "byday"}
    if interval > 1 or part.get("interval"):
        rule["interval"] = interval
        taken.add("interval")
    for name in ("dtstart", "valid_from", "until", "valid_to"):
        if found := day(part.get(name)):
            rule["valid_to" if name == "until" else name] = found
            taken.add(name)
    if rule.get("valid_from", "") > rule.get("valid_to", "9"):
        raise Unclear("it ends before it begins.")
    return rule, taken


def _weekdays(part: Part, freq: str, starts: str, interval: int) -> tuple[str, str]:
    """Return BYDAY and FREQ; raise Unclear where no day is said."""
    if freq == "DAILY" and interval == 1 and not part.get("byday"):
        return ",".join(WEEK), "WEEKLY"
    if part.get("byday"):
        byday, how = days(part.get("byday"))
        if how:
            part.guessed(part.name_in_file("byday"), how)
        return byday, freq
    if freq == "WEEKLY" and starts:
        part.guessed(part.field("dtstart"), "The weekday of its first date is taken.")
        return WEEK[date.fromisoformat(starts).weekday()], freq
    raise Unclear("it does not say on which days.")


def _interval(part: Part) -> int:
    try:
        found = int(float(part.get("interval") or 1))
    except (TypeError, ValueError, OverflowError):
        found = 0
    if not 1 <= found <= 52:
        raise Unclear("its interval is no number of weeks.")
    return found


def _times(part: Part) -> tuple[Document, list[str]]:
    opens, closes = part.get("opens_at"), part.get("closes_at")
    if not opens and not closes and part.get("freq") and part.get("byday"):
        return {}, []  # said in full, in the words of 3.x: on that day, at times we do not know
    if not opens and not closes:
        raise Unclear("it has a day and no times; that may mean closed, or not known.")
    if not opens or not closes:
        raise Unclear("it has one time of two.")
    first, last, zone = span(opens, closes)
    return {"opens_at": first, "closes_at": last}, [zone] if zone else []


def _of_all(part: Part, found: Hours) -> None:
    """Read what our own feed says of hours as a whole, sentence by sentence; other words are not understood."""
    attending = folded(part.get("attending_type") or "")
    if attending == "by appointment":
        found.whole["access"] = "appointment"
    if attending in ATTENDING | {"by appointment"}:
        part.take("attending_type")
    clock = _CLOCK.search(str(part.get("description") or ""))
    if clock and is_zone(clock[1]):
        found.timezone = clock[1]
    if part.get("timezone") is not None:
        part.dropped(part.field("timezone"), "An offset is no time zone; the clock of the place is taken.")
        part.take("timezone")
    if not _notes(str(part.get("notes") or ""), found).strip():
        part.take("notes")


def _notes(notes: str, found: Hours) -> str:
    """Read the sentences that our own feed says of hours; return the rest."""
    rest = notes.replace(UNKNOWN, "").replace(NEXT_DAY, "")
    for access, sentence in ACCESS.items():
        if sentence in rest:
            found.whole["access"], rest = access, rest.replace(sentence, "")
    for said, sentence in HOLIDAYS.items():
        if sentence in rest:
            found.whole["on_public_holidays"], rest = said, rest.replace(sentence, "")
    if other := _OTHER_HOURS.search(rest):
        times = {"holiday_opens_at": f"{other[1]}:00", "holiday_closes_at": f"{other[2]}:00"}
        found.whole |= {"on_public_holidays": "hours", **times}
        rest = rest.replace(other[0], "")
    return rest


def holiday(part: Part, making: Making) -> Hours:
    """Return a holiday schedule of 1.x as hours of its dates."""
    first, last = day(part.get("first")), day(part.get("last"))
    closed = folded(part.get("closed") or "") in {"true", "1", "yes", "t", "y", "1.0"}
    row: Document = {"first": first, "last": last or first}
    if not first or row["last"] < first:
        part.dropped(part.path, "Its dates cannot be read, or end before they begin.")
        return Hours()
    if not closed:
        try:
            times, guessed = _times(part)
        except Unclear as why:
            part.dropped(part.path, f"Not taken: {why}")
            return Hours()
        row |= times
        for how in guessed:
            part.guessed(part.path, how)
        part.take("opens_at")
        part.take("closes_at")
    for name in ("first", "last", "closed", "start_date", "end_date"):
        part.take(name)
    row["id"] = making.id("dated", *(f"{key}={value}" for key, value in sorted(row.items())))
    if description := part.text("description", 300):
        row["description"] = description
    return Hours(dated=[row])
