"""Kill an import with SIGKILL at random moments: what is left is wholly old or wholly new (SAFETY R36).

`python -m tests.faults.taking [KILLS] [ROWS]`, or `make faults`; on a SQLite file of its own.
"""

import json
import sys
import time
from pathlib import Path

from tests.faults.bulk import Place, drill, once
from tests.scale.imports import service

STATE = """
import django; django.setup()
from collections import Counter
from locator.models import Change, Service, SourceRecord
held = Counter(Service.objects.values_list("description", flat=True))
approved = Change.objects.filter(state="approved")
documents = approved.order_by("decided_at", "id").values_list("document", flat=True)
newest = {row["id"]: row["description"] for row in documents}
kept = Counter(SourceRecord.objects.values_list("change__document__description", flat=True))
for counted in (held, Counter(newest.values()), kept):
    print("|".join(f"{said}={n}" for said, n in sorted(counted.items())))
"""


class Import(Place):
    """A database of its own, and a file of somebody else that is taken over."""

    def change(self, said: str) -> None:
        services = [service(n, 5, ["drop-in"]) | {"description": said} for n in range(self.rows)]
        (self.folder / "x.json").write_text(json.dumps({"services": services}))

    def command(self) -> list[str]:
        who = ["--source", "A register", "--approve", "--by", "Olu"]
        return [sys.executable, "manage.py", "import_hsds", str(self.folder / "x.json"), *who]

    def state(self) -> str:
        return "|".join(self.python("-c", STATE).strip().splitlines())

    def whole(self, said: str) -> str:
        return "|".join([f"{said}={self.rows}"] * 3)


def ready(folder: Path, rows: int) -> Import:
    """Return a place with as many services that a file brought."""
    place = Import(folder, rows)
    place.python("manage.py", "migrate", "--verbosity", "0")
    place.change("older")
    once(place)
    place.change("old")  # a change takes longer than what is new, and is what will be killed
    began = time.monotonic()
    once(place)
    place.lasts = time.monotonic() - began
    return place


def main(count: int = 50, rows: int = 300) -> int:
    return drill(ready, count, rows)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
