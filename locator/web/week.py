"""When a place or a line is open in the next seven days, in words, for paper: it cannot say "open now"."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from babel.dates import format_datetime, format_skeleton
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from locator.hours import span, spoken_locale
from locator.hours.opening import Interval, moment
from locator.hours.timetable import Timetable
from locator.models.languages import RIGHT_TO_LEFT

DAYS = 7
_ONE_DAY = timedelta(days=1)
_CLOCK = re.compile(r"\d\d:\d\d–\d\d:\d\d")


@dataclass(frozen=True)
class Line:
    """Some days that follow each other and are alike: "Mon 30 Nov – Fri 4 Dec", "09:00–17:00"."""

    days: str
    times: str


def week(timetable: Timetable | None, at: datetime) -> list[Line]:
    """Return the next seven days from a moment (UTC), days alike together; empty where we know of no hours.

    Days with nothing are left out. A day on which we do not know says so, and is never left out.
    """
    if timetable is None or timetable.by_appointment:
        return []
    first = at.astimezone(timetable.zone).date()
    last = first + (DAYS - 1) * _ONE_DAY
    opening = timetable.opening(first - _ONE_DAY, last)
    shifts = [shift for shift in opening.intervals(first - _ONE_DAY, last) if shift.ends > at]
    end = moment(last + _ONE_DAY, time.min, timetable.zone)
    if any(shift.begins <= at and shift.ends >= end for shift in shifts):
        return [Line(_together(first, last), _("day and night"))]
    said: dict[date, list[str]] = {}
    for shift in shifts:
        begins = max(shift.begins.astimezone(timetable.zone).date(), first)
        said.setdefault(begins, []).append(_times(shift, timetable))
    for begins, ends in opening.perhaps(first, last):
        on = begins.astimezone(timetable.zone).date()
        if ends > at and on not in said:
            said[on] = [_("we do not know: call first")]
    return _lines({on: ", ".join(times) for on, times in sorted(said.items()) if on <= last})


def _times(shift: Interval, timetable: Timetable) -> str:
    begins, ends = shift.begins.astimezone(timetable.zone), shift.ends.astimezone(timetable.zone)
    if ends - begins > _ONE_DAY:
        return f"{begins:%H:%M} – {_short(ends.date())} {ends:%H:%M}"
    return _one_way(span(f"{begins:%H:%M}", f"{ends:%H:%M}"))


def _one_way(times: str) -> str:
    """Return times whose clock reads from left to right among words that do not, with isolates (UAX #9)."""
    return _CLOCK.sub("\u2066\\g<0>\u2069", times) if get_language() in RIGHT_TO_LEFT else times


def _lines(said: dict[date, str]) -> list[Line]:
    runs: list[tuple[date, date, str]] = []
    for on, times in said.items():
        if runs and runs[-1][2] == times and runs[-1][1] + _ONE_DAY == on:
            runs[-1] = (runs[-1][0], on, times)
        else:
            runs.append((on, on, times))
    return [Line(_together(first, last), times) for first, last, times in runs]


def _together(first: date, last: date) -> str:
    return _short(first) if first == last else f"{_short(first)} – {_short(last)}"


def _short(on: date) -> str:
    """Return a day as a card has room for it: Fri 27 Nov."""
    noon = datetime.combine(on, time(12))
    locale = spoken_locale()
    return f"{format_datetime(noon, 'EEE', locale=locale)} {format_skeleton('MMMd', noon, locale=locale)}"
