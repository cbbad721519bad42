"""Public holidays of a country or a part of it: for certain, and perhaps.

Dates are those of the `holidays` library. Perhaps is what is one in some parts of the country alone, when nobody
said which part; and the weekend date of a holiday that was moved to a weekday, of which nobody can say what a
door's "closed on bank holidays" means (docs/decisions/0014).
"""

from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import holidays

_MOVED_BY_AT_MOST = timedelta(days=4)  # two holidays on one weekend, both moved
_SATURDAY = 5


class Days(NamedTuple):
    """Dates of a year that are a public holiday for certain, and those that are perhaps."""

    certain: frozenset[date]
    perhaps: frozenset[date]

    @property
    def either(self) -> frozenset[date]:
        return self.certain | self.perhaps


@cache
def public_days(country: str, year: int, region: str = "") -> Days:
    """Return the public holidays of a year in a country (ISO 3166-1) or a part of it (ISO 3166-2: "GB-SCT").

    Both are empty where nobody lists them.
    """
    try:
        parts = holidays.list_supported_countries()[country]
    except KeyError:
        return Days(frozenset(), frozenset())
    named = region.removeprefix(f"{country}-")
    found = [_of_part(country, part, year) for part in ([named] if region else [None, *parts])]
    certain = frozenset.intersection(*(days.certain for days in found))
    either = frozenset.union(*(days.either for days in found))
    return Days(certain, either - certain)


def has_parts(country: str) -> bool:
    return bool(holidays.list_supported_countries().get(country))


@cache
def part_named(country: str, name: str) -> str:
    """Return the code (ISO 3166-2: "GB-SCT") of a part of a country by its name; "" if it has no such part."""
    if not name or country not in holidays.list_supported_countries():
        return ""
    aliases = holidays.country_holidays(country).get_subdivision_aliases()
    found = next((code for code, names in aliases.items() if name in (code, *names)), "")
    return f"{country}-{found}" if found else ""


def _of_part(country: str, part: str | None, year: int) -> Days:
    listed = {
        on for on in holidays.country_holidays(country, subdiv=part, years=[year, year + 1]) if on.year <= year + 1
    }
    originals = set(holidays.country_holidays(country, subdiv=part, years=[year, year + 1], observed=False))
    moved = listed - originals
    replaced = {
        on
        for on in listed & originals
        if on.weekday() >= _SATURDAY and any(on < to <= on + _MOVED_BY_AT_MOST for to in moved)
    }
    of_the_year = frozenset(on for on in listed if on.year == year)
    return Days(of_the_year - replaced, of_the_year & replaced)
