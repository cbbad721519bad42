"""Opening times → the text that OpenStreetMap and schema.org have for them, or nothing where it cannot say them.

https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification. It has no "every second week", and cuts a
closed date at midnight where we let a night go on; who needs that to the minute reads the rules.
"""

from datetime import date
from typing import Any

from locator.hours.opening import Rule
from locator.hours.timetable import around_the_clock

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Shown = dict[str, Any]


def osm(rules: list[Shown], times: Shown) -> str:
    """Return the text of published rules and what is said of them as a whole; "" where it cannot be said."""
    if times.get("access") == "appointment":
        return '"by appointment"'
    if not rules or any(not _can_be_said(rule) for rule in rules):
        return ""
    policy, dated = times.get("on_public_holidays", ""), times.get("dated", [])
    if any(_overnight(rule) for rule in rules) and (dated or policy in {"closed", "hours"}):
        return ""  # it would cut the night before, or leave hours after midnight
    said = ", ".join(_rule(rule) for rule in rules)
    if policy == "closed":
        said += "; PH off"
    elif policy == "hours":
        said += f"; PH {_span(times['holiday_opens_at'], times['holiday_closes_at'])}"
    elif policy == "" and not any(around_the_clock(Rule.read(rule)) for rule in rules):
        said += "; PH unknown"
    return "; ".join([said, *_dates(dated)])


def _overnight(rule: Shown) -> bool:
    return "opens_at" in rule and "00:00" < rule["closes_at"][:5] <= rule["opens_at"][:5]


def _dates(dated: list[Shown]) -> list[str]:
    """Return what holds on dates; a closure wins, and several spans of the same dates are one list."""
    found: dict[str, list[str]] = {}
    for row in dated:
        when = "-".join(dict.fromkeys([_date(row["first"]), _date(row["last"])]))
        found.setdefault(when, []).append(_span(row["opens_at"], row["closes_at"]) if "opens_at" in row else "off")
    return [f"{when} {'off' if 'off' in spans else ','.join(spans)}" for when, spans in found.items()]


def _can_be_said(rule: Shown) -> bool:
    return int(rule.get("interval", 1)) == 1 and ("opens_at" in rule or '"' not in rule.get("description", ""))


def _rule(rule: Shown) -> str:
    days = ",".join(_day(code) for code in rule["byday"].split(","))
    when = f"{_lasting(rule.get('valid_from') or rule.get('dtstart'), rule.get('valid_to'))}{days}"
    if "opens_at" in rule:
        return f"{when} {_span(rule['opens_at'], rule['closes_at'])}"
    return f'{when} unknown "{rule["description"]}"' if rule.get("description") else f"{when} unknown"


def _lasting(begins: str | None, ends: str | None) -> str:
    if ends:
        return f"{_date(begins or '1970-01-01')}-{_date(ends)} "
    return f"{_date(begins)}+ " if begins else ""


def _day(code: str) -> str:
    nth, day = code[:-2], code[-2:].title()
    return f"{day}[{nth}]" if nth else day


def _span(opens: str, closes: str) -> str:
    ends = "24:00" if closes[:5] == "00:00" else closes[:5]
    if opens == closes and opens[:5] != "00:00":
        hours, minutes = int(closes[:2]) + 24, closes[3:5]
        ends = f"{hours}:{minutes}"
    return f"{opens[:5]}-{ends}"


def _date(iso: str) -> str:
    on = date.fromisoformat(iso)
    return f"{on.year} {_MONTHS[on.month - 1]} {on.day:02}"
