"""`make bench`: what a search costs at several sizes, on SQLite and PostgreSQL, beside an empty view and bare SQL.

Prints progress on stderr and Markdown on stdout. A missed budget is a line of the report and no failure; an
answer that is no answer is one.
"""

import argparse
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from pathlib import Path

import django

os.environ |= {
    "DJANGO_SETTINGS_MODULE": "tests.scale.bench_settings",
    "DATABASE_URL": "",
    "PRODUCTION": "False",
    "DEBUG": "False",
    "SECRET_KEY": "of a benchmark, and secret to nobody, fifty letters long",
    "ALLOWED_HOSTS": "127.0.0.1",
    "SITE_COUNTRY": "GB",
}
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Max  # noqa: E402

from locator.models import Listing, OpenInterval  # noqa: E402
from locator.publishing import times  # noqa: E402
from tests.scale import plot  # noqa: E402
from tests.scale.asking import kinds  # noqa: E402
from tests.scale.databases import PLACES, Engine, PostgreSQL, SQLite, make_ready  # noqa: E402
from tests.scale.measuring import measure, memory  # noqa: E402
from tests.scale.report import BUDGETED, MILLION, Run, budgets, table  # noqa: E402
from tests.scale.serving import one_worker  # noqa: E402

POSTGRES = os.environ.get("DATABASE_URL_POSTGRES", "postgres://postgres@127.0.0.1/postgres")


def main() -> int:
    asked = _arguments()
    call_command("collectstatic", interactive=False, verbosity=0)
    runs = []
    for engine in _engines(asked.database):
        sizes = [*asked.sizes, *([MILLION] if asked.million else [])]
        for label in [PLACES, *map(str, sizes)] if asked.fresh else []:
            engine.drop(label)
        for size in sizes:
            runs.append(_run(engine, size, asked.requests))
            sys.stdout.write(f"{table(runs[-1])}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{budgets(runs)}\n")
    if asked.plot:
        plot.write(asked.plot, runs)
    faults = [fault for run in runs for row in run.rows for fault in row.faults]
    for fault in faults:
        _progress(f"FAULT {fault}")
    return 1 if faults or not runs else 0


def _run(engine: Engine, size: int, requests: int) -> Run:
    make_ready(engine, size, progress=_progress)
    _progress(f"{engine.name}, {size:,} services:")
    night = _night() if size <= BUDGETED else 0.0  # the budget is of that size; of a million it takes an hour
    with one_worker() as line:
        rows = measure(kinds(size, requests), line, progress=_progress)
        return Run(engine.name, size, rows, *memory(line), night, load=os.getloadavg()[0])


def _night() -> float:
    """Return the seconds that carrying the opening times of all listings on by a day takes."""
    times.refresh()  # as it would have been done until last night
    _limit("0")
    last = Listing.objects.aggregate(last=Max("hours_to"))["last"]
    OpenInterval.objects.filter(start_utc__gte=datetime.combine(last, clock.min, UTC)).delete()
    Listing.objects.exclude(hours_to=None).update(hours_to=last - timedelta(days=1))
    _limit("2000")  # milliseconds: it has to keep to what a visitor's statements have
    began = time.perf_counter()
    done = times.refresh()
    took = time.perf_counter() - began
    _progress(f"a night of opening times, {done:,} listings: {took:.1f} s")
    return took


def _limit(milliseconds: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, false)", [milliseconds])


def _engines(wanted: list[str]) -> list[Engine]:
    engines: list[Engine] = [SQLite()] if "sqlite" in wanted else []
    if "postgres" in wanted:
        postgres = PostgreSQL(POSTGRES)
        if postgres.reachable():
            engines.append(postgres)
        else:
            _progress("PostgreSQL is skipped: nothing answers at DATABASE_URL_POSTGRES.")
    return engines


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--sizes", type=_numbers, default=[2_000, 10_000, 100_000], help="2000,10000,100000")
    parser.add_argument("--million", action="store_true", help="also 1,000,000")
    parser.add_argument("--plot", type=Path, help="draw how the cost grows: docs/growth.svg")
    parser.add_argument("--database", type=_engine_names, default=["sqlite", "postgres"], help="sqlite,postgres")
    parser.add_argument("--requests", type=int, default=200, help="of each kind, measured")
    parser.add_argument("--fresh", action="store_true", help="generate again what is there")
    return parser.parse_args()


def _numbers(words: str) -> list[int]:
    return [int(word) for word in words.split(",")]


def _engine_names(words: str) -> list[str]:
    found = words.split(",")
    if not set(found) <= {"sqlite", "postgres"}:
        raise argparse.ArgumentTypeError("say sqlite, postgres or both with a comma")
    return found


def _progress(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
