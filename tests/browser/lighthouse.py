"""Lighthouse on three pages: `make lighthouse` prints the scores and what cost points."""

import json
import subprocess
import sys

from tests.browser.site import ROOT, serving

LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100}


def scores() -> dict[str, dict[str, int]]:
    """Return the scores of each page by category, out of 100."""
    with serving() as site:
        command = ["node", "tests/browser/lighthouse.mjs", site]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, dict[str, int]] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


if __name__ == "__main__":
    low = 0
    for name, page in scores().items():
        low += sum(page[category] < least for category, least in LEAST.items())
        sys.stdout.write(f"{name:<8} " + "  ".join(f"{category} {page[category]}" for category in LEAST) + "\n")
    raise SystemExit(low)
