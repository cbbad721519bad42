"""Public holidays of a country: on these dates we do not know whether the usual hours hold.

Dates are those of the `holidays` library, of the whole country and of each of its parts: where a date is one in a
part alone, or was moved to a weekday, saying "we do not know" is right and saying "open" may not be.
"""

from datetime import date
from functools import cache

import holidays


@cache
def public_days(country: str, year: int) -> frozenset[date]:
    """Return the dates of a year that are a public holiday somewhere in a country; none if nobody lists them."""
    try:
        whole = holidays.country_holidays(country, years=year)
    except NotImplementedError:
        return frozenset()
    parts = [holidays.country_holidays(country, subdiv=part, years=year) for part in whole.subdivisions]
    return frozenset(on for found in [whole, *parts] for on in found if on.year == year)
