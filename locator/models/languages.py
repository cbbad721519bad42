"""Languages people use at a service: ISO 639-1 codes, else 639-3; the name in English and its own name.

Sign languages stand beside spoken ones. The table is made by `tools/languages.py` from the Unicode CLDR; add a
code there to offer another language.
"""

import csv
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "data" / "languages.csv"

with TABLE.open(encoding="utf-8", newline="") as _file:
    _ROWS = list(csv.DictReader(_file))

LANGUAGES: dict[str, tuple[str, str]] = {row["code"]: (row["name"], row["own_name"]) for row in _ROWS}
SIGNED = frozenset(row["code"] for row in _ROWS if row["kind"] == "signed")
RIGHT_TO_LEFT = frozenset(row["code"] for row in _ROWS if row["direction"] == "rtl")
