"""From "now", "tonight" or "Friday 23:30" to when that begins and ends (UTC), on the clock of a place."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from locator import geocoding
from locator.geocoding import Found
from locator.hours.clocks import only_zone
from locator.hours.opening import WEEK, moment

EVENING, MORNING = time(18), time(6)
AT = re.compile(rf"(?P<day>{'|'.join(WEEK)}|\d{{4}}-\d\d-\d\d)[ T](?P<time>\d\d:\d\d)")
_ONE_DAY = timedelta(days=1)
_ONE_MINUTE = timedelta(minutes=1)


class Window(NamedTuple):
    """Some minutes (UTC) at any of which somebody has to be there; the end is not part of them."""

    begins: datetime
    ends: datetime


def zone_at(place: Found) -> ZoneInfo:
    """Return the time zone of a place: its own, its country's only one, or that of the nearest town."""
    name = place.timezone or only_zone(place.country) or geocoding.at(place.latitude, place.longitude).timezone
    return ZoneInfo(name or "UTC")  # at sea


def at_once(now: datetime) -> Window:
    return Window(now, now + _ONE_MINUTE)


def tonight(now: datetime, zone: ZoneInfo) -> Window:
    """Return from now until six in the morning; by day, from six in the evening.

    Who asks at noon for tonight would else be sent to a door that closes at one.
    """
    local = now.astimezone(zone)
    if local.time() < MORNING:
        return Window(now, moment(local.date(), MORNING, zone))
    evening = moment(local.date(), EVENING, zone)
    return Window(max(now, evening), moment(local.date() + _ONE_DAY, MORNING, zone))


def at_time(words: str, now: datetime, zone: ZoneInfo) -> Window:
    """Return the minute that "FR 23:30" or "2026-11-27T23:30" says; a weekday is the next one, today included.

    Raises ValueError for what is neither, or over.
    """
    found = AT.fullmatch(words)
    if found is None:
        raise ValueError(words)
    at = time.fromisoformat(found["time"])
    if found["day"] in WEEK:
        today = now.astimezone(zone).date()
        on = today + timedelta(days=(WEEK.index(found["day"]) - today.weekday()) % 7)
        if moment(on, at, zone) + _ONE_MINUTE <= now:
            on += timedelta(days=7)
    else:
        on = date.fromisoformat(found["day"])
    if on.year > now.year + 1:  # nobody's hours are known so far ahead, and the calendar itself ends in 9999
        raise ValueError(words)
    begins = moment(on, at, zone).astimezone(UTC)
    if begins + _ONE_MINUTE <= now:
        raise ValueError(words)
    return Window(begins, begins + _ONE_MINUTE)
