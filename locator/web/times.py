"""Whether somebody is there now, in words. What we do not know is never said to be closed (SAFETY R62)."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_skeleton, get_timezone_location
from django.conf import settings
from django.utils.translation import gettext as _

from locator.hours import day, spoken_locale
from locator.hours.calendar import calendar as written_calendar
from locator.hours.clocks import only_zone
from locator.hours.opening import Is, State
from locator.hours.packing import at_minute, minute, stand
from locator.hours.timetable import Timetable, timed, zone_of
from locator.models import Notice

Shown = dict[str, Any]
FAR_OFF = timedelta(days=7)  # an end that is further off is not worth a word: it is always open
APPOINTMENT = "appointment"
_ONE_DAY = timedelta(days=1)


def now(place: Shown, at: datetime) -> Shown | None:
    """Return `state` ("open", "closed", "unknown", "appointment"), `words` and `until` of a place at a moment.

    `until` is when (UTC) that ends, if it is known. None without hours, or where nobody knows the clock there.
    """
    return _now(Timetable.of_place(place), place, at)


def of_line(line: Shown, shown: Shown, country: str, at: datetime, home: str = "") -> Shown | None:
    """Return the same of a phone or a chat of a listing; `home` is the clock a visitor is likely to have."""
    return _now(Timetable.of_line(line, country), shown, at, home)


def _now(timetable: Timetable | None, shown: Shown, at: datetime, home: str = "") -> Shown | None:
    if timetable is None or shown["status"] == "inactive":
        return None
    whose = other_clock(timetable.zone.key, home or only_zone(settings.SITE_COUNTRY), at)
    if timetable.by_appointment:
        words = _("By appointment: get in touch first.")
        return {"state": APPOINTMENT, "words": " ".join([words, *whose]), "until": None}
    local = at.astimezone(timetable.zone)
    withheld = _withheld(shown, local.date())
    if withheld:
        return {"state": Is.UNKNOWN.value, "words": " ".join([withheld, *whose]), "until": None}
    found = timetable.state(at)
    words = _unknown(timetable, local) if found.what == Is.UNKNOWN else _words(found, timetable, local)
    if timetable.times.get("access") == "call_first":
        words = _("%(words)s Call or write before you go.") % {"words": words}
    return {"state": found.what.value, "words": " ".join([words, *whose]), "until": found.until}


def other_clock(zone: str, home: str, at: datetime) -> list[str]:
    """Return whose clock the times are by, when it is not sure to show what the visitor's does."""
    if home and at.astimezone(ZoneInfo(zone)).utcoffset() == at.astimezone(ZoneInfo(home)).utcoffset():
        return []
    city = get_timezone_location(zone, return_city=True, locale=spoken_locale())
    return [_("By the clock of %(city)s.") % {"city": city}]


def _withheld(shown: Shown, today: date) -> str:
    """Return why we do not say whether it is open; nothing when these hours were confirmed lately."""
    fresh = shown["fresh_until"] and date.fromisoformat(shown["fresh_until"])
    if not fresh:
        return _("Open now? We do not know: nobody has checked these hours with them.")
    if fresh < today:
        return _("Open now? We do not know: these hours were last checked on %(day)s.") % {
            "day": day(shown["assured_date"])
        }
    return ""


def _unknown(timetable: Timetable, local: datetime) -> str:
    if timetable.holiday(local.date()) or timetable.holiday(local.date() - _ONE_DAY):
        return _("Open now? We do not know: it may be a public holiday there. Call or write first.")
    return _("Open now? We do not know: call or write first.")


def _words(found: State, timetable: Timetable, local: datetime) -> str:
    if found.what == Is.OPEN:
        if found.until is None or found.until - local > FAR_OFF:
            return _("Open now.")
        return _("Open now until %(time)s.") % {"time": _clock(found.until, local, night=True)}
    why = timetable.closed_by(local.date())
    closed = _("Closed now.")
    if why == "holiday":
        closed = _("Closed today (public holiday).")
    elif why == "dated":
        told = timetable.told_of(local.date())
        closed = _("Closed today (%(why)s).") % {"why": told} if told else _("Closed today.")
    if found.until is None:
        return closed
    return _("%(closed)s Opens: %(time)s.") % {"closed": closed, "time": _clock(found.until, local)}


def _clock(moment: datetime, local: datetime, *, night: bool = False) -> str:
    """Return a moment on the clock of the place: the time alone if that is soon, else with its day."""
    there = moment.astimezone(local.tzinfo)
    soon = there.date() == local.date() or (night and moment - local < _ONE_DAY)
    locale = spoken_locale()
    clock = format_datetime(there, "HH:mm", tzinfo=there.tzinfo, locale=locale)
    if soon:
        return clock
    if moment - local < FAR_OFF - _ONE_DAY:
        return f"{format_datetime(there, 'EEEE', tzinfo=there.tzinfo, locale=locale)} {clock}"
    return f"{format_skeleton('MMMMd', there, tzinfo=there.tzinfo, locale=locale)} {clock}"


def calendar(places: list[Shown], at: datetime) -> bytes | None:
    """Return the calendar of a service's places; None where nothing lately confirmed can be said in one."""
    fresh = with_sessions(places, at)
    if not fresh:
        return None
    name = calendar_name(fresh[0][0])
    sessions = [
        (name if len(fresh) == 1 else f"{name} ({number})", found)
        for number, (_place, found) in enumerate(fresh, start=1)
    ]
    return written_calendar(sessions, fresh[0][0]["id"], at)


def with_sessions(places: list[Shown], at: datetime) -> list[tuple[Shown, Timetable]]:
    """Return the places whose sessions a calendar can hold: at times that were told, and confirmed lately."""
    told = [(place, found) for place in places if (found := Timetable.of_place(place))]
    return [
        (place, found)
        for place, found in told
        if place["status"] != "inactive"
        and not found.by_appointment
        and any(rule.span for rule in found.rules)
        and not _withheld(place, at.astimezone(found.zone).date())
    ]


def calendar_name(shown: Shown) -> str:
    """Return what a calendar calls it: the name the organization chose for that, else one that says nothing."""
    return str(shown.get("discreet_name") or _("Meeting"))


def until(notice: Notice) -> str:
    """Return when a notice ends, in words, on the clock of its area or of its country's only one; else UTC."""
    zone = notice.area.timezone if notice.area else only_zone(notice.country)
    ends = notice.ends.astimezone(ZoneInfo(zone or "UTC"))
    return f"{day(ends.date().isoformat())} {ends:%H:%M}" + ("" if zone else " UTC")


def in_short(packed: str, shown: Shown, at: datetime, home: str) -> Shown | None:
    """Return `state` and a few `words` for a results row, from the next days in short; None without hours.

    `home` is the time zone of the place searched near.
    """
    told = [row for row in timed(shown) if row["hours"] or row["times"].get("dated")]
    zone = zone_of(shown)
    if not told or not zone or shown["status"] == "inactive":
        return None
    if all(row["times"].get("access") == APPOINTMENT for row in told):
        return {"state": APPOINTMENT, "words": _("By appointment")}
    found = stand(packed, minute(at))
    local = at.astimezone(ZoneInfo(zone))
    then = at_minute(found.until) if found.until is not None else None
    if found.what == Is.UNKNOWN:
        words = _("Open now? We do not know")
    elif found.what == Is.OPEN:
        words = _("Open now")
        if then and then - at < FAR_OFF:
            words = _("Open until %(time)s") % {"time": _clock(then, local, night=True)}
    else:
        words = _("Opens %(time)s") % {"time": _clock(then, local)} if then else _("Closed now")
    whose = other_clock(zone, home, at) if then else []
    if found.what == Is.OPEN and told[0]["times"].get("access") == "call_first":
        words = _("%(words)s Call or write before you go.") % {"words": f"{words}."}
    return {"state": found.what.value, "words": " · ".join([words, *whose])}
