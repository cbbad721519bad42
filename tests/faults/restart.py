"""Restart the database while people read: no error that the saved copy could have answered (SAFETY R44).

`python -m tests.faults.restart [RESTARTS]`, or `make faults`; on servers of its own.
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.faults.servers import primary
from tests.faults.site import Visitors, fill, pages, save_pages, serving

WORKERS = 2


def main(restarts: int = 3) -> int:
    with tempfile.TemporaryDirectory() as folder, primary(Path(folder)) as server:
        fill(server.url)
        save_pages(server.url, Path(folder) / "saved")
        with serving(Path(folder), server.url, workers=WORKERS) as site:
            with Visitors(site, pages(server.url)) as visitors:
                back = []
                for _number in range(restarts):
                    time.sleep(3)
                    began = time.monotonic()
                    server.restart()
                    up = time.monotonic()
                    time.sleep(5)
                    back.append((up - began, visitors.back_after(began) - (up - began)))
            left = server.connections()
    counted, errors = visitors.counted(), visitors.errors()
    for down, after in back:
        sys.stdout.write(f"Down for {down:.1f} s; the site's own answers are back {max(after, 0):.1f} s after.\n")
    sys.stdout.write(
        f"{restarts} restarts, {sum(counted.values())} answers: {counted['right']} right, {counted['copy']} "
        f"from the copy, {len(errors)} errors; the slowest {visitors.longest():.1f} s. "
        f"{left} connections left, of {WORKERS} workers.\n"
    )
    sys.stdout.writelines(f"  {what}\n" for what in sorted(set(errors)))
    return int(bool(errors) or left > WORKERS or any(after > 3 for _down, after in back))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
