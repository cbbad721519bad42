"""Kill a bulk edit with SIGKILL at random moments: what is left is wholly old or wholly new (SAFETY R36).

`python -m tests.faults.bulk [KILLS] [ROWS]`, or `make faults`; on a SQLite file of its own.
"""

import csv
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ORGANIZATION = "Example group"
SETUP = """
import django; django.setup()
from locator.models import Organization
Organization.objects.create(name="Example group", trusted=True)
"""
LISTED = """
import django; django.setup()
from locator import publishing
from locator.models import Service
Service.objects.update(status="listed")
publishing.rebuild()
"""
STATE = """
import json, django; django.setup()
from collections import Counter
from locator.models import ListingData, Service
held = Counter(Service.objects.values_list("description", flat=True))
rows = ListingData.objects.values_list("data", flat=True)
shown = Counter(json.loads(data + "}")["description"] for data in rows)
print("|".join(f"{said}={n}" for counted in (held, shown) for said, n in sorted(counted.items())))
"""
EXPORT = """
import django; django.setup()
from locator.models import Service
print(" ".join(Service.objects.order_by("id").values_list("short_id", flat=True)))
"""


@dataclass
class Place:
    """A database of its own, and the file that is taken over."""

    folder: Path
    rows: int
    lasts: float = 3.0  # seconds that a whole run took, to kill within

    @property
    def env(self) -> dict[str, str]:
        url = f"sqlite:///{self.folder / 'x.sqlite3'}"
        own = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "x" * 50}
        return os.environ | own | {"PRODUCTION": "False"}

    def python(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], env=self.env, cwd=ROOT, check=True, capture_output=True, text=True
        )
        return done.stdout

    def write(self, said: str) -> None:
        with (self.folder / "x.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["short_id", "name", "description", "types"])
            writer.writerows(["", f"Room {n}", said, "drop-in"] for n in range(self.rows))

    def change(self, said: str) -> None:
        """Write a file that gives every service other words."""
        export = self.python("-c", EXPORT)
        with (self.folder / "x.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["short_id", "description"])
            writer.writerows([short_id, said] for short_id in export.split())

    def command(self) -> list[str]:
        who = ["--organization", ORGANIZATION, "--by", "Olu", "--confirm"]
        return [sys.executable, "manage.py", "bulk", str(self.folder / "x.csv"), *who]

    def state(self) -> str:
        return self.python("-c", STATE).strip()

    def whole(self, said: str) -> str:
        """Return what `state` says when every service, and every listing, says the same."""
        return "|".join([f"{said}={self.rows}"] * 2)


def ready(folder: Path, rows: int) -> Place:
    """Return a place with an organization and as many listed services."""
    place = Place(folder, rows)
    place.python("manage.py", "migrate", "--verbosity", "0")
    place.python("-c", SETUP)
    place.write("old")
    began = time.monotonic()
    once(place)
    place.lasts = time.monotonic() - began
    place.python("-c", LISTED)
    return place


def kills(place: Place, count: int, dice: random.Random) -> Iterator[str]:
    """Kill a take-over as often as asked, each at another moment; yield what was left: old, new, or what else."""
    said = "old"
    for number in range(count):
        wanted = f"new {number}"
        place.change(wanted)
        began = time.monotonic()
        running = subprocess.Popen(
            place.command(), env=place.env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            running.wait(dice.uniform(0.2, place.lasts * 1.1))
            place.lasts = time.monotonic() - began
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            running.wait()
        left = place.state()
        if left == place.whole(wanted):
            said = wanted
            yield "new"
        else:
            yield "old" if left == place.whole(said) else left


def once(place: Place) -> None:
    """Take the file over, until it is done."""
    subprocess.run(place.command(), env=place.env, cwd=ROOT, check=True, capture_output=True)


def again(place: Place) -> bool:
    """Say whether the same file, run until it is done and once more, changes everything once and then nothing."""
    once(place)
    first = place.state()
    once(place)
    return first == place.state() and len(set(first.split("|"))) == 1


def drill(make: Callable[[Path, int], Place], count: int, rows: int) -> int:
    """Kill as often as asked, print what was left, and return 1 where anything was left half."""
    with tempfile.TemporaryDirectory() as folder:
        place = make(Path(folder), rows)
        found = Counter(kills(place, count, random.Random(1)))
        safe = again(place)
    halves = [what for what in found if what not in ("old", "new")]
    told = f"{count} kills, {rows} rows: {found['old']} wholly old, {found['new']} wholly new, {len(halves)} half."
    sys.stdout.write(
        "\n".join([told, f"Run again: {'the same once more' if safe else 'NOT THE SAME'}.", *halves, ""])
    )
    return int(bool(halves) or not safe)


def main(count: int = 50, rows: int = 300) -> int:
    return drill(ready, count, rows)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
