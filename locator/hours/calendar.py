"""Opening times → a calendar file (RFC 5545) under a name that gives nothing away: no address, no link, no words.

What we do not know is not in it: days whose times are only in words. A date that may be a public holiday is
there as tentative, and says to ask first.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vRecur

from locator.hours.opening import Dated, Rule, Span
from locator.hours.timetable import Timetable

MONTHS_AHEAD = 12  # of closed dates and holidays
_ONE_DAY = timedelta(days=1)


def calendar(sessions: list[tuple[str, Timetable]], key: str, now: datetime) -> bytes | None:
    """Return a calendar of the sessions of places, each under its name; None when none can be said.

    `key` tells the events of one service from another's, so that a newer file takes the place of an older.
    """
    found = Calendar()
    found.add("prodid", "-//times//")
    found.add("version", "2.0")
    for name, timetable in sessions:
        for number, event in enumerate(_events(name, timetable, now.astimezone(timetable.zone).date())):
            event.add("uid", str(uuid5(NAMESPACE_URL, f"{key}/{name}/{number}")))
            event.add("dtstamp", now)
            found.add_component(event)
    if not found.subcomponents:
        return None
    found.add_missing_timezones()
    written: bytes = found.to_ical()
    return written


def _events(name: str, timetable: Timetable, today: date) -> Iterator[Event]:
    last = today + relativedelta(months=MONTHS_AHEAD)
    dated = timetable.opening(today, last).dated
    for rule in timetable.rules:
        if rule.span:
            yield from _of_rule(name, rule, list(rule.dates(today, last)), timetable, dated)
    for on, holds in dated.items():
        for span in holds.spans or ():
            yield _event(name, on, span, timetable)


def _of_rule(
    name: str, rule: Rule, dates: list[date], timetable: Timetable, dated: Mapping[date, Dated]
) -> Iterator[Event]:
    """Yield the event of a rule without the dates on which something else holds; those we are unsure of apart."""
    span = rule.span
    if span is None or not dates:
        return
    event = _event(name, dates[0], span, timetable)
    if len(dates) > 1:
        event.add("rrule", _recurrence(rule, dates[-1], timetable))
    other = [on for on in dates if on in dated]
    for on in other:
        event.add("exdate", datetime.combine(on, span[0], timetable.zone))
    yield event
    yield from (_perhaps(name, on, span, timetable) for on in other if dated[on].spans is None)


def _perhaps(name: str, on: date, span: Span, timetable: Timetable) -> Event:
    event = _event(_("%(name)s (ask first)") % {"name": name}, on, span, timetable)
    event.add("status", "TENTATIVE")
    return event


def _event(name: str, on: date, span: Span, timetable: Timetable) -> Event:
    event = Event()
    event.add("summary", name)
    opens, closes = span
    ends = on if closes > opens else on + _ONE_DAY
    event.add("dtstart", datetime.combine(on, opens, timetable.zone))
    event.add("dtend", datetime.combine(ends, closes, timetable.zone))
    return event


def _recurrence(rule: Rule, last: date, timetable: Timetable) -> vRecur:
    """Return the rule until the last date we looked at: of holidays after it we know nothing."""
    said = {"freq": "MONTHLY" if rule.monthly else "WEEKLY", "byday": rule.byday.split(","), "wkst": "MO"}
    if rule.interval > 1:
        said["interval"] = rule.interval  # type: ignore[assignment]
    until = datetime.combine(last, time.max.replace(microsecond=0), timetable.zone).astimezone(UTC)
    said["until"] = until  # type: ignore[assignment]
    return vRecur(said)
