"""Whose clock: the one time zone of a country, where it has one."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

# One day of each season, past and future: zones that agree on all of them are one clock to people.
_SEASONS = [datetime(year, month, 15, 12, tzinfo=UTC) for year in (2025, 2026, 2027) for month in (1, 4, 7, 10)]


@cache
def is_zone(name: str) -> bool:
    """Say whether a time zone is known here: one that was stored may be gone from a newer list."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False
    return bool(name)


def country_of(zone: str) -> str:
    """Return the country (ISO 3166-1) that a time zone belongs to, as CLDR has it; "" if it has none."""
    return str(get_global("zone_territories").get(zone, ""))


@cache
def only_zone(country: str) -> str:
    """Return the time zone of a country (ISO 3166-1) whose clocks all agree; "" if there are several, or none.

    Which zones a country has is what CLDR says.
    """
    zones: list[str] = sorted(get_global("territory_zones").get(country, []))
    clocks = {tuple(at.astimezone(ZoneInfo(zone)).utcoffset() for at in _SEASONS) for zone in zones}
    return zones[0] if len(clocks) == 1 else ""
