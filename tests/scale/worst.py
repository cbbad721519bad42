"""`make worst`: the costliest questions we know, of a large directory on PostgreSQL (SAFETY R43).

Prints how long each takes, its slowest statement, and which large table a statement reads from end to end. Fails
where there is no answer, where it takes longer than a statement may, and where a table is read whole that is not
named here with a reason.
"""

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.core.management import call_command
from django.db import connection
from django.test import Client

from tests.scale.asking import _densest
from tests.scale.bench import POSTGRES, _progress  # sets Django up
from tests.scale.databases import PostgreSQL, make_ready
from tests.scale.generate import ADJECTIVES, NOUNS

LARGE = 10_000  # rows
LONGEST_S = 2.0
API, HSDS = "/api/v1/services/", "/hsds/3.2/services"
COMMON = " ".join([*ADJECTIVES, *NOUNS][:12])
# What reads a large table whole all the same, and why; each of them in less time than a statement has.
WHOLE = {
    "everything": {"locator_listing"},  # counts all services: there is nothing to narrow them by
    "everything, soonest": {"locator_listing", "locator_listingdata"},  # orders all of them by when they open
    "everything, far in": {"locator_listing"},
    "everything, with all filters": {"locator_listing"},
    "HSDS, far in": {"locator_listing"},
    "HSDS, common words": {"locator_listing"},  # a word that is in a fifteenth of all
    "the same, with twelve common words": {"locator_listingtext"},  # of thousands of rows by their ids
    "places that begin with a letter": {"locator_place"},  # a tenth of all
    "who answers now": {"locator_listing"},  # which countries have lines
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
            with connection.cursor().connection.cursor() as cursor:
                plan = cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params).fetchone()
            self.whole |= self.tables & set(_read_whole(plan[0][0]["Plan"]))
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.slowest = max(self.slowest, time.perf_counter() - began)


def _read_whole(plan: dict[str, Any]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", []):
        yield from _read_whole(part)


def large() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [LARGE])
        return {name for (name,) in cursor.fetchall()}


def main(size: int = 50_000) -> int:
    call_command("collectstatic", interactive=False, verbosity=0)
    make_ready(PostgreSQL(POSTGRES), size, progress=_progress)
    tables = large()
    client, fits = Client(headers={"host": "127.0.0.1"}, raise_request_exception=False), True
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
    return int(not fits)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
