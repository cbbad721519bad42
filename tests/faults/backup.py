"""Back up while somebody writes: each backup holds every act whole, or not at all (SAFETY R38).

`python -m tests.faults.backup [BACKUPS]`, or `make faults`; on a SQLite file of its own.
"""

import os
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRITE = """
import django; django.setup()
from django.db import connection, transaction
from locator.models import Contact, Organization
print("ready", flush=True)
while True:  # one act: an organization with three people
    with transaction.atomic():
        row = Organization.objects.create(name="Written")
        for number in range(3):
            Contact.objects.create(organization=row, name=str(number))
"""
COUNT = """
import django; django.setup()
from locator.models import Contact, Organization
print(Organization.objects.count(), Contact.objects.count())
"""


def env(url: str) -> dict[str, str]:
    own = {"DATABASE_URL": url, "PRODUCTION": "False", "SECRET_KEY": "x" * 50}
    return os.environ | own | {"DJANGO_SETTINGS_MODULE": "config.settings"}


def python(url: str, *words: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, words)], cwd=ROOT, env=env(url), check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def backups_under_load(folder: Path, count: int) -> list[tuple[int, int]]:
    """Return how many organizations and people each of `count` backups holds."""
    url = f"sqlite:///{folder / 'x.sqlite3'}"
    python(url, "manage.py", "migrate", "--verbosity", "0")
    whom = python(url, "manage.py", "backup", "--new-key", folder / "key").removeprefix("BACKUP_RECIPIENT=")
    writer = subprocess.Popen([sys.executable, "-c", WRITE], cwd=ROOT, env=env(url), stdout=subprocess.PIPE)
    with closing(writer.stdout):  # type: ignore[type-var]
        writer.stdout.readline()  # type: ignore[union-attr]
        files = [Path(python(url, "manage.py", "backup", folder, "--for", whom)) for _number in range(count)]
        writer.kill()
        writer.wait()
    found = []
    for number, file in enumerate(files):
        other = f"sqlite:///{folder / f'{number}.sqlite3'}"
        python(other, "manage.py", "restore", file, "--key", folder / "key")
        organizations, people = map(int, python(other, "-c", COUNT).split())
        found.append((organizations, people))
    return found


def main(count: int = 5) -> int:
    with tempfile.TemporaryDirectory() as folder:
        found = backups_under_load(Path(folder), count)
    halves = [pair for pair in found if pair[1] != 3 * pair[0]]
    grown = found[0][0] < found[-1][0]
    sys.stdout.write(
        f"{count} backups while somebody wrote, of {found[0][0]} to {found[-1][0]} acts: {len(halves)} halves.\n"
    )
    return int(bool(halves) or not grown)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
