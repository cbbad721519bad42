"""`make worst`: the costliest questions we know, of a large directory on both databases (SAFETY R43).

`make worst WORST="100000 sqlite"` asks of another size, and of one database. Prints how long each takes, its
slowest statement, and which large table a statement reads from end to end. Fails where there is no answer, where
it takes longer than a statement may, and where a table is read whole that is not named here with a reason.
"""

import re
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from tests.scale.bench import POSTGRES, _progress  # sets Django up, which the others need

# isort: split
from django.core.management import call_command
from django.db import connection
from django.test import Client

from locator.exchange.open_referral.terms import made
from tests.scale.asking import _densest
from tests.scale.databases import Engine, PostgreSQL, SQLite, make_ready
from tests.scale.generate import ADJECTIVES, NOUNS

LARGE = 10_000  # rows
LONGEST_S = 2.0
API, HSDS = "/api/v1/services/", "/hsds/3.2/services"
COMMON = " ".join([*ADJECTIVES, *NOUNS][:12])
# What reads a large table whole all the same, and why; each of them in less time than a statement has.
# SQLite read an index for those that were tried.
WHOLE = {
    # Counts all services: PostgreSQL takes the table for it, unless it knows that its disk is quick.
    "everything": {"locator_listing"},
    "everything, soonest": {"locator_listing"},
    "everything, far in": {"locator_listing"},
    "everything, its second group": {"locator_listing"},
    "everything, the last checked": {"locator_listing"},
    "everything, with all filters": {"locator_listing"},
    # Of all; refused above MOST_TIMED.
    "everything that is open": {"locator_listing", "locator_openinterval"},
    "HSDS, places far in": {"locator_listing"},
    "HSDS, of some kind": {"locator_listing"},  # half of all
    "HSDS, common words": {"locator_listing"},  # a word that is in a fifteenth of all
    "one common word": {"locator_listing"},
    "the same, with twelve common words": {"locator_listingtext"},  # of thousands of rows by their ids
    "places that begin with a letter": {"locator_place"},  # a tenth of all
}


def questions() -> dict[str, str]:
    """Return the addresses that are asked, each by what is bad about it."""
    densest = _densest()
    asked: dict[str, dict[str, Any]] = {
        "200 km around the densest city": {"near": densest, "radius_km": 200, "page_size": 100},
        "the same, its last page": {"near": densest, "radius_km": 200, "page": 9, "page_size": 100},
        "the same, with twelve common words": {"near": densest, "radius_km": 200, "q": COMMON},
        "the same, at a time": {"near": densest, "radius_km": 200, "open_at": "FR 23:30"},
        "the same, soonest": {"near": densest, "radius_km": 200, "ordering": "soonest"},
        "a country": {"near": "India", "page_size": 100},
        "twelve common words": {"q": COMMON, "page_size": 100},
        "one common word": {"q": NOUNS[0], "page_size": 100},
        "words one letter off": {"q": " ".join(f"{word[:-1]}x" for word in NOUNS[:12])},
        "everything": {"page_size": 100},
        "everything, soonest": {"ordering": "soonest", "page_size": 100},
        "everything, far in": {"page": 400, "page_size": 100},
        "everything, its second group": {
            "id_free": "true",
            "include_unconfirmed": "true",
            "page": 230,
            "page_size": 100,
        },
        "everything, the last checked": {"ordering": "checked", "page": 400, "page_size": 100},
        "everything that is open": {"open": "now", "page_size": 100},
        "everything, with all filters": {
            "id_free": "true",
            "language": "en,ro",
            "channel": "phone",
            "open": "now",
        },
    }
    return {name: f"{API}?{urlencode(words)}" for name, words in asked.items()} | {
        "places that begin with a letter": "/api/v1/places/?q=a",
        "a place nobody knows": f"{API}?near={'mancehstr' * 11}",
        "organizations, far in": "/api/v1/organizations/?page=300",
        "changes": "/api/v1/changes/?page_size=500",
        "HSDS, far in": f"{HSDS}?page=400&per_page=100",
        "HSDS, places far in": f"{HSDS[:-8]}service_at_locations?page=400&per_page=100",
        "HSDS, organizations far in": f"{HSDS[:-8]}organizations?page=150&per_page=100",
        "HSDS, of some kind": f"{HSDS}?taxonomy_id={made('taxonomy', 'service-type')}",
        "ORUK, by an age": "/oruk/3.0/services?minimum_age=18",
        "HSDS, common words": f"{HSDS}?search={NOUNS[0]}&per_page=100",
        "the start page": "/",
        "who answers now": "/now/",
        "who answers now, in a country": "/now/in/",
    }


class Watched:
    """Every statement of a request: how long it took, and what it reads whole."""

    def __init__(self, tables: set[str]) -> None:
        self.slowest, self.whole, self.tables = 0.0, set[str](), tables

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not many and sql.startswith("SELECT"):
            self.whole |= self.tables & set(read_whole(sql, params))
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.slowest = max(self.slowest, time.perf_counter() - began)


def read_whole(sql: str, params: Any) -> Iterator[str]:
    """Yield the tables that a statement reads from end to end; an index of one read so is not the table."""
    how = "EXPLAIN (FORMAT JSON)" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        steps = cursor.cursor.execute(f"{how} {sql}", params).fetchall()  # past the wrapper that asks for this
    if connection.vendor == "postgresql":
        yield from _sequential(steps[0][0][0]["Plan"])
        return
    called = {name: table for table, name in re.findall(r'"(locator_\w+)" ([A-Z]\d+)\b', sql)}
    for step in steps:
        scanned = re.fullmatch(r"SCAN (\w+)( LEFT-JOIN)?", step[-1])
        if scanned:
            yield called.get(str(scanned[1]), str(scanned[1]))


def _sequential(plan: dict[str, Any]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", []):
        yield from _sequential(part)


def large() -> set[str]:
    """Return the tables that have many rows."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
            if cursor.fetchone()[0] > LARGE:
                found.add(table)
    return found


def ask(engine: Engine, size: int) -> bool:
    """Ask everything of one database; return whether all fits."""
    make_ready(engine, size, progress=_progress)
    tables, fits = large(), True
    client = Client(headers={"host": "127.0.0.1"}, raise_request_exception=False)
    for name, path in questions().items():
        client.get(path)  # what is read once a process
        began = time.perf_counter()
        status = client.get(path).status_code
        took, watched = time.perf_counter() - began, Watched(tables)
        with connection.execute_wrapper(watched):
            client.get(path)
        good = status < 500 and took < LONGEST_S and watched.whole <= WHOLE.get(name, set())
        fits = fits and good
        sys.stdout.write(
            f"{name:38} {status}  {took * 1000:6.0f} ms, a statement {watched.slowest * 1000:6.0f} ms"
            f"  {'ok' if good else 'FAILED'}  {' '.join(sorted(watched.whole))}\n"
        )
        sys.stdout.flush()
    return fits


def main(size: int, names: list[str]) -> int:
    call_command("collectstatic", interactive=False, verbosity=0)
    engines: list[Engine] = [PostgreSQL(POSTGRES), SQLite()]
    chosen = [engine for engine in engines if not names or engine.name.lower() in names]
    fits = []
    for engine in chosen:
        sys.stdout.write(f"{engine.name}, {size:,} services\n")
        fits.append(ask(engine, size))
    return int(not all(fits))


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()]
    sys.exit(main(sizes[0] if sizes else 50_000, [word for word in sys.argv[1:] if not word.isdigit()]))
