"""Kill the workers with SIGKILL after each edit that was acknowledged: none may be lost (SAFETY R37).

`python -m tests.faults.kill [ROUNDS] [sqlite|postgresql]`, or `make faults`; on servers of its own. People read on
meanwhile. Every twentieth round the database server goes down at once, too.
"""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.faults.servers import Postgres, primary
from tests.faults.site import Partner, Site, Visitors, fill, pages, python, save_pages, serving, wait_for

SETTINGS = """
import sys, django; django.setup()
from django.db import connection
cursor = connection.cursor()
print([cursor.execute(question).fetchone()[0] for question in sys.argv[1:]])
"""


def kill_workers(site: Site) -> None:
    for pid in site.workers():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def rounds(site: Site, paula: Partner, count: int, also: Callable[[int], None]) -> tuple[int, int, float]:
    """Return how many edits were acknowledged, how many of those were lost, and the longest way back."""
    acknowledged = lost = 0
    slowest = 0.0
    for number in range(count):
        said = f"Round {number}: tea, soup and a chair."
        if not paula.write(said):
            continue
        kill_workers(site)
        also(number)
        acknowledged += 1
        found: list[tuple[str, str]] = []

        def there(found: list[tuple[str, str]] = found) -> bool:
            with suppress(OSError):
                found.append((paula.held(), paula.shown()))
            return bool(found)

        slowest = max(slowest, wait_for(there, 60, "The portal did not come back."))
        held, shown = found[0]
        lost += held != said or said not in shown
    return acknowledged, lost, slowest


def told(kind: str, url: str, folder: Path, count: int, also: Callable[[int], None]) -> int:
    save_pages(url, folder / "saved")
    with serving(folder, url) as site:
        paula = Partner(url, site.port)
        looked_at = [page for page in pages(url) if paula.short_id not in page[0]]
        with Visitors(site, looked_at, 2) as visitors:
            began = time.monotonic()
            acknowledged, lost, slowest = rounds(site, paula, count, also)
            took = time.monotonic() - began
    counted, errors = visitors.counted(), visitors.errors()
    broken_off = [what for what in errors if "IncompleteRead" in what]  # the worker was killed in the middle of it
    errors = [what for what in errors if what not in broken_off]
    sys.stdout.write(
        f"{kind}: {acknowledged} of {count} edits acknowledged, each followed by SIGKILL: {lost} lost. "
        f"Back within {slowest:.1f} s. Visitors meanwhile ({took:.0f} s): {counted['right']} right, "
        f"{counted['copy']} from the copy, {len(broken_off)} broken off, {len(errors)} errors.\n"
    )
    sys.stdout.writelines(f"  {what}\n" for what in sorted(set(errors)))
    return int(bool(lost) or bool(errors) or len(broken_off) > acknowledged / 4 or acknowledged < count * 0.9)


def on_sqlite(count: int) -> int:
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite:///{name}/x.sqlite3"
        fill(url)
        found = python(url, "-c", SETTINGS, "PRAGMA journal_mode", "PRAGMA synchronous").strip()
        sys.stdout.write(f"SQLite: journal_mode, synchronous = {found} (2 is FULL).\n")
        return told("SQLite", url, Path(name), count, lambda _number: None) or int(found != "['wal', 2]")


def on_postgresql(count: int) -> int:
    with tempfile.TemporaryDirectory() as name, primary(Path(name)) as server:
        fill(server.url)
        names = ("fsync", "synchronous_commit", "full_page_writes")  # as the program's own connection has them
        found = python(server.url, "-c", SETTINGS, *(f"SHOW {name}" for name in names)).strip()
        sys.stdout.write(f"PostgreSQL: fsync, synchronous_commit, full_page_writes = {found}.\n")
        also = lambda number: _crash(server) if number % 20 == 19 else None  # noqa: E731
        return told("PostgreSQL", server.url, Path(name), count, also) or int(found != "['on', 'on', 'on']")


def _crash(server: Postgres) -> None:
    """End the whole database server at once; it goes through its log when it starts again."""
    server.stop("immediate")
    server.start()


def main(count: str = "200", which: str = "") -> int:
    drills = {"sqlite": on_sqlite, "postgresql": on_postgresql}
    return max(drill(int(count)) for name, drill in drills.items() if which in ("", name))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
