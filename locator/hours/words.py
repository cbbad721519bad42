"""Rules of opening times → words for people. A time we do not know is never "closed"."""

from datetime import date
from typing import Any

from babel.dates import format_date
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy, to_locale
from django.utils.translation import gettext as _

DAYS = {
    "MO": gettext_lazy("Monday"),
    "TU": gettext_lazy("Tuesday"),
    "WE": gettext_lazy("Wednesday"),
    "TH": gettext_lazy("Thursday"),
    "FR": gettext_lazy("Friday"),
    "SA": gettext_lazy("Saturday"),
    "SU": gettext_lazy("Sunday"),
}
NTH = {
    "1": pgettext_lazy("weekday of the month", "first %(day)s"),
    "2": pgettext_lazy("weekday of the month", "second %(day)s"),
    "3": pgettext_lazy("weekday of the month", "third %(day)s"),
    "4": pgettext_lazy("weekday of the month", "fourth %(day)s"),
    "5": pgettext_lazy("weekday of the month", "fifth %(day)s"),
    "-1": pgettext_lazy("weekday of the month", "last %(day)s"),
    "-2": pgettext_lazy("weekday of the month", "second last %(day)s"),
    "-3": pgettext_lazy("weekday of the month", "third last %(day)s"),
    "-4": pgettext_lazy("weekday of the month", "fourth last %(day)s"),
    "-5": pgettext_lazy("weekday of the month", "fifth last %(day)s"),
}


PAIRS = {
    "1,3": pgettext_lazy("weekday of the month", "first and third %(day)s"),
    "2,4": pgettext_lazy("weekday of the month", "second and fourth %(day)s"),
}


def words(rule: dict[str, Any]) -> str:
    """Return a rule (a schedule of a document) in words: "Tuesday, Thursday: 13:00–17:00"."""
    codes = rule["byday"].split(",")
    days = _("every day") if set(codes) == set(DAYS) else _days(codes)
    days = days[:1].upper() + days[1:]
    if rule.get("interval", 1) > 1:
        every = {"days": days, "n": rule["interval"]}
        monthly = rule.get("freq") == "MONTHLY"
        days = _("%(days)s, every %(n)s months") % every if monthly else _("%(days)s, every %(n)s weeks") % every
    days += _lasting(rule)
    if "opens_at" not in rule:
        return f"{days}: {rule['description']}" if rule.get("description") else days
    times = span(rule["opens_at"], rule["closes_at"])
    note = f" ({rule['description']})" if rule.get("description") else ""
    return f"{days}: {times}{note}"


def span(opens: str, closes: str) -> str:
    """Return from when until when in words: "13:00–17:00"."""
    if opens[:5] == closes[:5] == "00:00":
        return _("day and night")
    times = f"{opens[:5]}–{closes[:5]}"
    return _("%(times)s (next day)") % {"times": times} if closes <= opens else times


def _lasting(rule: dict[str, Any]) -> str:
    """Return from when and until when a rule holds, where it says so: what has ended must not look current."""
    said = ""
    begins = rule.get("valid_from") or rule.get("dtstart")
    if begins:
        said += _(" from %(day)s") % {"day": day(begins)}
    if "valid_to" in rule:
        said += _(" until %(day)s") % {"day": day(rule["valid_to"])}
    return said


def _days(codes: list[str]) -> str:
    """Return days in words; twice a month on one weekday is said as people say it."""
    weekday = {code[-2:] for code in codes}
    pair = PAIRS.get(",".join(sorted(code[:-2] for code in codes))) if len(weekday) == 1 else None
    return str(pair) % {"day": DAYS[weekday.pop()]} if pair else ", ".join(_day(code) for code in codes)


def _day(code: str) -> str:
    nth, day = code[:-2], str(DAYS[code[-2:]])
    return str(NTH[nth]) % {"day": day} if nth else day


def dates(row: dict[str, Any]) -> str:
    """Return what holds on certain dates in words: "From 1 December 2026 until 5 December 2026: closed"."""
    said = {"first": day(row["first"]), "last": day(row["last"])}
    when = said["first"] if row["first"] == row["last"] else _("From %(first)s until %(last)s") % said
    times = span(row["opens_at"], row["closes_at"]) if "opens_at" in row else _("closed")
    note = f" ({row['description']})" if row.get("description") else ""
    return f"{when}: {times}{note}"


def day(iso: str) -> str:
    """Return a date as people of the page's language write it: 3 May 2026."""
    return format_date(date.fromisoformat(iso), "long", locale=spoken_locale())


def spoken_locale() -> str:
    """Return the locale, as Babel names it, that dates and places of the page are written in."""
    locale = to_locale(get_language() or "en")
    return "en_GB" if locale == "en" else locale
