"""The coming seven days of a place or a line in a few words, for what is read away from this site."""

from datetime import date, datetime, timedelta

from babel.dates import format_date
from django.utils.translation import gettext as _

from locator.hours.opening import Opening
from locator.hours.timetable import Timetable
from locator.hours.words import span, spoken_locale

DAYS_SHOWN = 7
_ONE_DAY = timedelta(days=1)


def coming_week(timetable: Timetable, now: datetime, *, short: bool = False) -> list[str]:
    """Return "Tuesday, Thursday: 13:00–17:00", from today on the clock there; days without a shift are left out.

    Days of the same times stand together; weekdays are enough, because each comes once. `short`: "Tue, Thu".
    A day on which we cannot tell says so. Nothing at all: nobody is there in these days.
    """
    first = now.astimezone(timetable.zone).date()
    opening = timetable.opening(first - _ONE_DAY, first + DAYS_SHOWN * _ONE_DAY)
    days: dict[str, list[date]] = {}
    for on in (first + n * _ONE_DAY for n in range(DAYS_SHOWN)):
        said = _on(opening, on, timetable)
        if said:
            days.setdefault(said, []).append(on)
    return [f"{_together(dates, short=short)}: {said}" for said, dates in days.items()]


def _together(dates: list[date], *, short: bool) -> str:
    """Return days of the same times as people say them, Monday first: "Monday, Wednesday" or "Every day"."""
    if len(dates) == DAYS_SHOWN:
        whole = _("every day")
        return whole[:1].upper() + whole[1:]
    return ", ".join(_weekday(on, short=short) for on in sorted(dates, key=date.weekday))


def _on(opening: Opening, on: date, timetable: Timetable) -> str:
    """Return the times of the shifts that begin on a date; "" when none does."""
    if opening.perhaps(on, on):
        return _("we do not know")
    shifts = [
        (at.begins.astimezone(timetable.zone), at.ends.astimezone(timetable.zone))
        for at in opening.intervals(on, on)
    ]
    return ", ".join(span(f"{begins:%H:%M}", f"{ends:%H:%M}") for begins, ends in shifts)


def _weekday(on: date, *, short: bool) -> str:
    return format_date(on, "EEE" if short else "EEEE", locale=spoken_locale())
