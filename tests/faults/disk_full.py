"""The disk is full: a write is refused in words, reads go on, nothing is half written (SAFETY 1.4, R36).

`python -m tests.faults.disk_full`, or `make faults`; SQLite on a small tmpfs of its own where one may be mounted,
else with a limit on how large a file may grow (RLIMIT_FSIZE), which the database is told of in another way.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.site import Partner, Visitors, ask, fill, pages, python, serving, wait_for

ROOM = 8  # MB beside the database
CHECK = """
import django; django.setup()
from django.db import connection
print(connection.cursor().execute("PRAGMA integrity_check").fetchone()[0])
"""


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[bool]:
    """Mount a disk of so many MB at a folder; yield False where that is not allowed."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(folder)]
    mounted = os.getuid() == 0 and subprocess.run(words, check=False, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def eat(disk: Path) -> Path:
    """Write a file until nothing fits any more."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096) == 4096:
                pass
        except OSError:
            pass
    return ballast


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(f"sqlite:///{folder / 'x.sqlite3'}")
        size = (folder / "x.sqlite3").stat().st_size // 1_000_000 + ROOM
        with small_disk(folder / "disk", size) as mounted:
            if not mounted:
                resource.setrlimit(resource.RLIMIT_FSIZE, (size * 1_000_000,) * 2)
                sys.stdout.write("A tmpfs may not be mounted here: a file may not grow instead.\n")
            os.replace(folder / "x.sqlite3", folder / "moved.sqlite3")  # noqa: PTH105
            return full(folder, folder / "disk")


def full(folder: Path, disk: Path) -> int:
    url = f"sqlite:///{disk / 'x.sqlite3'}"
    (disk / "x.sqlite3").write_bytes((folder / "moved.sqlite3").read_bytes())
    with serving(folder, url) as site:
        paula = Partner(url, site.port)
        assert paula.write("While there was room.")
        form = paula.form()
        ballast = eat(disk)
        long = "Tea, soup and a chair. " * 150
        answers = [ask(site.port, "/add/", {"name": "A room", "where": "Leeds", "how": "went"})]
        answers += [paula.send(form, long + str(number)) for number in range(3)]
        refused = [answer.status for answer in answers]
        clear = all("try again in a few minutes" in answer.body for answer in answers)
        looked_at = [page for page in pages(url) if paula.short_id not in page[0]]
        with Visitors(site, looked_at, 2) as visitors:
            wait_for(lambda: len(visitors.seen) > 60, 60, "Nobody can read.")
        ballast.unlink()
        held = paula.held()
        again = paula.write("When there was room again.")
    found = python(url, "-c", CHECK).strip()
    errors = visitors.errors()
    whole = held == "While there was room." or long.strip()[:40] in held
    right = visitors.counted()["right"]
    sys.stdout.write(
        f"A suggestion and three edits on a full disk: {refused}, in clear words: {clear}. Read meanwhile: "
        f"{right} right, {len(errors)} errors. The service is whole: {whole}; integrity: {found}."
        f" With room again an edit is acknowledged: {again}.\n"
    )
    sys.stdout.writelines(f"  {what}\n" for what in sorted(set(errors)))
    return int(set(refused) != {503} or not clear or bool(errors) or not whole or found != "ok" or not again)


if __name__ == "__main__":
    sys.exit(main())
