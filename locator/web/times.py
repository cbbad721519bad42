"""Whether somebody is there now, in words. What we do not know is never said to be closed (SAFETY R62)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from locator import rules
from locator.hours import day
from locator.hours.opening import DAYS_AHEAD, Dated, Is, Opening, Rule, State
from locator.hours.public_days import public_days

Shown = dict[str, Any]
FAR_OFF = timedelta(days=7)  # an end that is further off is not worth a word: it is always open
_ONE_DAY = timedelta(days=1)


def now(place: Shown, at: datetime) -> Shown | None:
    """Return `state` ("open", "closed", "unknown") and `words` of a place now; None without hours or clock."""
    location = place["location"]
    if not place["hours"] or "timezone" not in location or place["status"] == "inactive":
        return None
    zone = ZoneInfo(location["timezone"])
    local = at.astimezone(zone)
    withheld = _withheld(place, local.date())
    if withheld:
        return {"state": Is.UNKNOWN.value, "words": withheld}
    said = tuple(Rule.read(rule) for rule in place["hours"])
    differing = _holidays(said, location.get("country", ""), local.date())
    found = Opening(zone, said, differing).state(at)
    if found.what == Is.UNKNOWN and differing.keys() & {local.date(), local.date() - _ONE_DAY}:
        words = _("Open now? We do not know: it may be a public holiday there. Call or write first.")
    else:
        words = _words(found, local)
    return {"state": found.what.value, "words": words}


def _withheld(place: Shown, today: date) -> str:
    """Return why we do not say whether it is open; nothing when these hours were confirmed lately."""
    assured = place["assured_date"] and date.fromisoformat(place["assured_date"])
    fresh = rules.fresh_until(place["types"], assured)
    if fresh is None:
        return _("Open now? We do not know: nobody has checked these hours with them.")
    if fresh < today:
        return _("Open now? We do not know: these hours were last checked on %(day)s.") % {
            "day": day(place["assured_date"])
        }
    return ""


def _holidays(said: Iterable[Rule], country: str, today: date) -> dict[date, Dated]:
    """Return the public holidays around now on which somebody would be there in other weeks."""
    first, last = today - _ONE_DAY, today + timedelta(days=DAYS_AHEAD)
    days = {on for year in {first.year, last.year} for on in public_days(country, year)}
    return {on: Dated(None) for rule in said for on in rule.dates(first, last) if on in days}


def _words(found: State, local: datetime) -> str:
    if found.what == Is.UNKNOWN:
        return _("Open now? We do not know: call or write first.")
    if found.what == Is.OPEN:
        if found.until is None or found.until - local > FAR_OFF:
            return _("Open now.")
        return _("Open now until %(time)s.") % {"time": _clock(found.until, local, night=True)}
    if found.until is None:
        return _("Closed now.")
    return _("Closed now. Opens: %(time)s.") % {"time": _clock(found.until, local)}


def _clock(moment: datetime, local: datetime, *, night: bool = False) -> str:
    """Return a moment on the clock of the place: the time alone if that is soon, else with its day."""
    there = moment.astimezone(local.tzinfo)
    soon = there.date() == local.date() or (night and moment - local < _ONE_DAY)
    form = "HH:mm" if soon else "EEEE HH:mm" if moment - local < FAR_OFF - _ONE_DAY else "d MMMM HH:mm"
    locale = to_locale(get_language() or "en")
    return format_datetime(there, form, tzinfo=there.tzinfo, locale="en_GB" if locale == "en" else locale)
