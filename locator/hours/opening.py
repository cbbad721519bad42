"""Rules of opening times → the moments somebody is there. What nobody told us is unknown, never closed.

A shift belongs to the date it begins on, and runs over midnight into whatever the next date is. A date with hours
of its own takes the place of all rules for shifts that begin on it. Clocks are those of the service's place.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

DAYS_AHEAD = 28  # how far the next opening is looked for
_ONE_DAY = timedelta(days=1)
WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")  # RFC 5545
_WEEKDAYS = {code: weekday(number) for number, code in enumerate(WEEK)}

Span = tuple[time, time]  # opens, closes; on the next date if it closes at the hour it opens or before


class Interval(NamedTuple):
    """From when until when somebody is there, in UTC; the end is not part of it."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class Rule:
    """One rule as RFC 5545 has them: "TU,TH" each week, "1TU,-1FR" each month, every n from a first date on."""

    byday: str
    monthly: bool = False
    interval: int = 1
    dtstart: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    span: Span | None = None  # None: the rule says the days, and its times in words alone

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Rule":
        """Return the rule that a schedule of a document says."""

        def a_date(name: str) -> date | None:
            return date.fromisoformat(document[name]) if name in document else None

        spans = "opens_at" in document
        return cls(
            byday=document["byday"],
            monthly=document.get("freq") == "MONTHLY",
            interval=document.get("interval", 1),
            dtstart=a_date("dtstart"),
            valid_from=a_date("valid_from"),
            valid_to=a_date("valid_to"),
            span=(time.fromisoformat(document["opens_at"]), time.fromisoformat(document["closes_at"]))
            if spans
            else None,
        )

    def dates(self, first: date, last: date) -> Iterator[date]:
        """Yield the dates between two, both included, on which a shift of this rule begins."""
        begins = max(day for day in (first, self.dtstart, self.valid_from) if day)
        ends = min(day for day in (last, self.valid_to) if day)
        if begins > ends:
            return
        # Every n weeks or months are counted from the anchor; with n of one, counting may begin anywhere.
        anchor = begins.replace(day=1) if self.monthly else begins
        if self.dtstart and self.interval > 1:
            anchor = self.dtstart
        found = rrule(
            MONTHLY if self.monthly else WEEKLY,
            dtstart=datetime.combine(anchor, time.min),
            interval=self.interval,
            byweekday=[_weekday(code) for code in self.byday.split(",")],
            until=datetime.combine(ends, time.min),
        )
        yield from (at.date() for at in found.xafter(datetime.combine(begins, time.min), inc=True))


def _weekday(code: str) -> weekday:
    nth = code[:-2]
    return _WEEKDAYS[code[-2:]](int(nth)) if nth else _WEEKDAYS[code[-2:]]


@dataclass(frozen=True)
class Dated:
    """What holds on one date instead of the rules: these spans or none; None if we only know that it differs.

    Of a date that differs we say nothing until it ends; `overnight`, until the next one does.
    """

    spans: tuple[Span, ...] | None = ()
    overnight: bool = True


class Is(StrEnum):
    """What can be said of a moment."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class State(NamedTuple):
    """What holds at a moment, and when (UTC) that ends, if it is known: closing, or the next opening."""

    what: Is
    until: datetime | None = None


@dataclass(frozen=True)
class Opening:
    """All that is known of when somebody is at a place or answers a line."""

    zone: ZoneInfo
    rules: tuple[Rule, ...]
    dated: Mapping[date, Dated] = field(default_factory=dict)

    def intervals(self, first: date, last: date) -> list[Interval]:
        """Return when somebody is there, by shifts that begin from one date to another; in order, apart."""
        shifts = [
            self._shift(on, rule.span)
            for rule in self.rules
            if rule.span
            for on in rule.dates(first, last)
            if on not in self.dated
        ]
        for on, holds in self.dated.items():
            if first <= on <= last:
                shifts += [self._shift(on, span) for span in holds.spans or ()]
        return _together(shift for shift in shifts if shift.begins < shift.ends)

    def perhaps(self, first: date, last: date) -> list[Interval]:
        """Return when somebody may be there for all we know, by dates that begin it; in order."""
        by_words = {on for rule in self.rules if not rule.span for on in rule.dates(first, last)} - set(self.dated)
        days = dict.fromkeys(by_words, 2)
        if not self.rules:  # nobody told us what holds on other dates
            every = [first + n * _ONE_DAY for n in range((last - first).days + 1)]
            days = dict.fromkeys((on for on in every if on not in self.dated), 1)
        for on, holds in self.dated.items():
            if holds.spans is None and first <= on <= last:
                days[on] = 2 if holds.overnight else 1
        return [
            Interval(moment(on, time.min, self.zone), moment(on + many * _ONE_DAY, time.min, self.zone))
            for on, many in sorted(days.items())
        ]

    def state(self, now: datetime) -> State:
        """Return what holds at a moment: unknown where a shift of unknown times may have begun by then."""
        today = now.astimezone(self.zone).date()
        found = self.intervals(today - _ONE_DAY, today + timedelta(days=DAYS_AHEAD))
        for at in found:
            if at.begins <= now < at.ends:
                return State(Is.OPEN, at.ends)
        perhaps = [
            at for at in self.perhaps(today - _ONE_DAY, today + timedelta(days=DAYS_AHEAD)) if at.ends > now
        ]
        if (not self.rules and not self.dated) or (perhaps and perhaps[0].begins <= now):
            return State(Is.UNKNOWN)
        following = next((at.begins for at in found if at.begins > now), None)
        if following and perhaps and perhaps[0].begins <= following:
            following = None
        return State(Is.CLOSED, following)

    def _shift(self, on: date, span: Span) -> Interval:
        opens, closes = span
        end = on if closes > opens else on + _ONE_DAY
        return Interval(moment(on, opens, self.zone), moment(end, closes, self.zone))


def moment(on: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the first moment (UTC) at which the clocks of a zone show a time of a date, or a later one.

    When clocks go forward, a time that they leave out is the moment they do so; when they go back, a time that
    comes twice is its first.
    """
    shown = datetime.combine(on, at)
    found = shown.replace(tzinfo=zone).astimezone(UTC)  # fold=0: the first of two
    if found.astimezone(zone).replace(tzinfo=None) == shown:
        return found
    # Left out: the clocks went forward between these two, which are as far apart as the leap is wide.
    before = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)
    minutes = range(int((found - before).total_seconds()) // 60 + 1)
    clocks = ((before + timedelta(minutes=n)).astimezone(zone).replace(tzinfo=None) for n in minutes)
    return before + timedelta(minutes=next(n for n, clock in enumerate(clocks) if clock >= shown))


def _together(shifts: Iterable[Interval]) -> list[Interval]:
    """Return shifts in order, those that touch or overlap as one."""
    found: list[Interval] = []
    for shift in sorted(shifts):
        if found and shift.begins <= found[-1].ends:
            found[-1] = Interval(found[-1].begins, max(found[-1].ends, shift.ends))
        else:
            found.append(shift)
    return found
