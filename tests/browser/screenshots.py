"""Take the pictures: `make screenshots`. Every page in three languages, at two sizes, in light and dark.

They go to .build/pictures/, to be looked at after a change of the pages; the README shows three of them.
"""

import json
import shutil
import subprocess
from pathlib import Path

from tests.browser.site import ROOT, serving

SHOWN = ROOT / "docs" / "pictures"
ALL = ROOT / ".build" / "pictures"
LANGUAGES = ["en", "ar", "th"]
STEPS = [
    {"name": "start", "path": "/", "whole": True},
    {"name": "near-me", "path": "/find/here/", "whole": True},
    {"name": "results", "form": {"near": "Manchester", "need": "drop-in", "id_free": "true"}},
    {"name": "now", "path": "/now/gb/", "whole": True},
    {"name": "open-now", "form": {"near": "Manchester"}, "follow": ".chosen a[data-open]", "whole": True},
    {"name": "results-whole", "form": {"near": "Manchester", "need": "drop-in"}, "whole": True},
    {"name": "nothing", "form": {"near": "Dundee", "need": "drop-in", "id_free": "true"}, "whole": True},
    {"name": "unchecked", "form": {"near": "Berlin", "need": "rest-space"}, "whole": True},
    {"name": "service", "form": {"near": "Manchester"}, "follow": ".row h3 a", "whole": True},
    {"name": "service-top", "form": {"near": "Manchester"}, "follow": ".row h3 a"},
    {"name": "suggest", "path": "/add/", "whole": True},
    {
        "name": "report",
        "form": {"near": "Manchester"},
        "follow": ".row h3 a",
        "then": "a[href$='/wrong/']",
        "whole": True,
    },
    {"name": "map", "form": {"near": "Manchester"}, "follow": "a.to-map", "scripts": True},
    {"name": "ended", "path": "/f/ended/", "whole": True},
    {"name": "unknown-place", "form": {"near": "Zwiebelkanarien"}, "whole": True},
    {"name": "first-contact", "path": "/first-contact/", "whole": True},
    {"name": "safety", "path": "/safety/", "whole": True},
    {"name": "about", "path": "/about/", "whole": True},
    {"name": "not-found", "path": "/nowhere/", "whole": True},
]
FRIDAY_NIGHT = "2026-11-27T23:30"
IN_README = ("results-360-light-en", "service-top-360-light-ar", "results-1280-dark-en")


def take() -> list[Path]:
    """Take every picture; return those that the README shows."""
    ALL.mkdir(parents=True, exist_ok=True)
    SHOWN.mkdir(parents=True, exist_ok=True)
    with serving(at=FRIDAY_NIGHT) as site:
        command = ["node", "tests/browser/screenshots.mjs", site, str(ALL), json.dumps(STEPS), *LANGUAGES]
        subprocess.run(command, cwd=ROOT, check=True)
    shown = [ALL / f"{name}.png" for name in IN_README]
    return [Path(shutil.copy(picture, SHOWN)) for picture in shown]


if __name__ == "__main__":
    for picture in take():
        print(picture.relative_to(ROOT))  # noqa: T201
