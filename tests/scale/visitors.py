"""`make bench BENCH=visitors`: two hundred people at once, beside two hundred who ask for an empty page.

On the databases of `make bench`, with gunicorn as it is shipped. Nobody pauses to read, so this is all that the
workers can do, and how long one waits for it in a crowd. Prints Markdown.
"""

import argparse
import asyncio
import os
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from statistics import quantiles

from tests.scale.bench import POSTGRES, _progress  # sets Django up

# isort: split
from tests.faults.crowd import Browser
from tests.scale.asking import DETAIL, NEAR, PAGE, Ask, kinds
from tests.scale.databases import Engine, PostgreSQL, SQLite, make_ready
from tests.scale.serving import workers

# What people look at: of each hundred requests, so many are of a kind of tests.scale.asking, or of a page.
MIX = {"/": 20, PAGE: 30, NEAR: 20, DETAIL: 15, "/in/manchester-gb/": 15}
RIGHT = {200, 303}


@dataclass
class Seen:
    took: list[float] = field(default_factory=list)  # seconds, of each answer
    wrong: Counter[int] = field(default_factory=Counter)  # by status; 0 is no answer


async def visit(port: int, asks: list[Ask], seen: Seen, until: float, dice: random.Random) -> None:
    browser = Browser(port)
    while time.monotonic() < until:
        ask = dice.choice(asks)
        answer = await _timed(browser, ask.path, ask.form, seen)
        if ask.form is not None and answer is not None:
            await _timed(browser, answer, None, seen)
    await browser.close()


async def _timed(browser: Browser, path: str, form: dict[str, str] | None, seen: Seen) -> str | None:
    """Ask; return where the answer leads, if it does."""
    began = time.monotonic()
    answer = await browser.ask(path, form)
    seen.took.append(time.monotonic() - began)
    if answer.status not in RIGHT:
        seen.wrong[answer.status] += 1
    return answer.headers.get("Location")


async def crowd(port: int, asks: list[Ask], visitors: int, seconds: float) -> Seen:
    seen, until = Seen(), time.monotonic() + seconds
    await asyncio.gather(*(visit(port, asks, seen, until, random.Random(n)) for n in range(visitors)))
    return seen


def mixed(size: int) -> list[Ask]:
    """Return what a crowd asks for, each as often as people do."""
    known = {kind.name: kind.asks for kind in kinds(size, 100)}
    return [ask for name, share in MIX.items() for ask in known.get(name, [Ask(name)] * 100)[:share]]


def row(what: str, seen: Seen, seconds: float) -> str:
    cuts = quantiles(seen.took, n=100)
    rate = len(seen.took) / seconds
    errors = ", ".join(f"{count} × {status}" for status, count in seen.wrong.items()) or "none"
    waits = " | ".join(f"{cuts[at] * 1000:.0f}" for at in (49, 94, 98))
    return f"| {what} | {rate:.0f} | {waits} | {errors} |"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench BENCH=visitors", description=__doc__)
    parser.add_argument("--database", default="sqlite,postgres")
    parser.add_argument("--services", type=int, default=100_000)
    parser.add_argument("--visitors", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    sys.stdout.write(
        f"{asked.visitors} visitors at once, {asked.workers} workers, {asked.services:,} services, "
        f"{os.cpu_count()} processors that the visitors need too.\n\n"
        "| What | requests a second | p50 ms | p95 ms | p99 ms | errors |\n|---|---:|---:|---:|---:|---|\n"
    )
    engines: dict[str, Engine] = {"sqlite": SQLite(), "postgres": PostgreSQL(POSTGRES)}
    faults = 0
    for name in asked.database.split(","):
        make_ready(engines[name], asked.services, progress=_progress)
        both = {"an empty view": [Ask("/empty/")], "the site": mixed(asked.services)}
        with workers(asked.workers) as port:
            for what, asks in both.items():
                asyncio.run(crowd(port, asks, asked.visitors, 2))  # warm
                seen = asyncio.run(crowd(port, asks, asked.visitors, asked.seconds))
                sys.stdout.write(f"{row(f'{engines[name].name}: {what}', seen, asked.seconds)}\n")
                sys.stdout.flush()
                faults += sum(seen.wrong.values())
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
