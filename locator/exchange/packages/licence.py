"""What goes with every file: on which terms, what to know before showing it, and what describes the tables."""

import json
from typing import Any

from django.conf import settings

from locator.exchange.packages.tables import TABLES, resource

LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
LICENCE = {"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0", "path": LICENCE_URL}
TO_KNOW = """\
What is not in it is unknown: neither yes nor no.
Opening times are on the clock of the place, never in UTC.
A place whose address is not published has its area alone: no address and no point. Do not look for it.
What was withdrawn is gone from here. Fetch this again before you show a copy, and drop what is there no more.
"""


def title() -> str:
    return f"Listings of {settings.SITE_NAME}"


def attribution() -> str:
    return f"{settings.SITE_NAME}, {settings.OPERATOR_NAME}" if settings.OPERATOR_NAME else settings.SITE_NAME


def licence_text() -> str:
    return f"""{title()}

Licence: {LICENCE["title"]} (CC BY 4.0)
{LICENCE_URL}

Use them for anything. Name where you took them from ({attribution()}) and say what you changed. Please pass on who
gave each answer and when, where a file says so, and drop a listing when it is gone here.

Names of towns and areas: GeoNames (https://www.geonames.org/), CC BY 4.0.
"""


def read_me() -> str:
    return f"""{title()}, as tables of the Human Services Data Specification (HSDS) 3.2.

{TO_KNOW}
These tables are for programs: nothing in them is escaped, so do not open them in a spreadsheet program. For that
there is a file whose cells are safe to open; the page "About" of the site leads to it.

datapackage.json describes each table. A table that has only its header is one we have nothing for.
On which terms: LICENCE.txt.
"""


def said_of_all() -> dict[str, Any]:
    """Return what a JSON file says of itself before its listings."""
    return {"title": title(), "description": TO_KNOW, "licenses": [LICENCE], "attribution": attribution()}


def data_package_json() -> str:
    """Return what describes the tables (Tabular Data Package)."""
    about = {"name": "listings", "profile": "tabular-data-package", **said_of_all()}
    return json.dumps(about | {"resources": [resource(name) for name in TABLES]}, ensure_ascii=False, indent=1)
