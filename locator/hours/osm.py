"""Opening times → the text that OpenStreetMap and schema.org have for them, or nothing where it cannot say them.

https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification. It has no "every second week", and cuts a
closed date at midnight where we let a night go on; who needs that to the minute reads the rules.
"""

from datetime import date
from typing import Any

_DAYS = {"MO": "Mo", "TU": "Tu", "WE": "We", "TH": "Th", "FR": "Fr", "SA": "Sa", "SU": "Su"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Shown = dict[str, Any]


def osm(rules: list[Shown], times: Shown) -> str:
    """Return the text of published rules and what is said of them as a whole; "" where it cannot be said."""
    if times.get("access") == "appointment":
        return '"by appointment"'
    if not rules or any(not _can_be_said(rule) for rule in rules):
        return ""
    said = ", ".join(_rule(rule) for rule in rules)
    policy = times.get("on_public_holidays", "")
    if policy == "closed":
        said += "; PH off"
    elif policy == "hours":
        said += f"; PH {_span(times['holiday_opens_at'], times['holiday_closes_at'])}"
    elif policy == "" and not _always(rules):
        said += "; PH unknown"
    return "; ".join([said, *(_dated(row) for row in times.get("dated", []))])


def _can_be_said(rule: Shown) -> bool:
    return int(rule.get("interval", 1)) == 1 and ("opens_at" in rule or '"' not in rule.get("description", ""))


def _always(rules: list[Shown]) -> bool:
    return any(
        rule.get("opens_at") == rule.get("closes_at") and len(rule["byday"].split(",")) == 7 for rule in rules
    )


def _rule(rule: Shown) -> str:
    begins, ends = rule.get("valid_from") or rule.get("dtstart"), rule.get("valid_to")
    when = f"{_date(begins)}-{_date(ends)} " if begins and ends else f"{_date(begins)}+ " if begins else ""
    if ends and not begins:
        when = f"1970 Jan 01-{_date(ends)} "
    days = ",".join(_day(code) for code in rule["byday"].split(","))
    if "opens_at" in rule:
        return f"{when}{days} {_span(rule['opens_at'], rule['closes_at'])}"
    return f'{when}{days} unknown "{rule["description"]}"' if rule.get("description") else f"{when}{days} unknown"


def _day(code: str) -> str:
    nth, day = code[:-2], _DAYS[code[-2:]]
    return f"{day}[{nth}]" if nth else day


def _span(opens: str, closes: str) -> str:
    ends = "24:00" if closes[:5] == "00:00" else closes[:5]
    if opens == closes and opens[:5] != "00:00":
        hours, minutes = int(closes[:2]) + 24, closes[3:5]
        ends = f"{hours}:{minutes}"
    return f"{opens[:5]}-{ends}"


def _dated(row: Shown) -> str:
    when = _date(row["first"]) if row["first"] == row["last"] else f"{_date(row['first'])}-{_date(row['last'])}"
    return f"{when} {_span(row['opens_at'], row['closes_at'])}" if "opens_at" in row else f"{when} off"


def _date(iso: str) -> str:
    on = date.fromisoformat(iso)
    return f"{on.year} {_MONTHS[on.month - 1]} {on.day:02}"
