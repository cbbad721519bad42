"""One site for all browser tests, and a way to run a script of this folder in an installed browser."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.browser.elsewhere import Elsewhere, elsewhere
from tests.browser.site import ROOT, serving

Drive = Callable[..., Any]
NEEDED = ("node", "chromium", "firefox-esr")


@pytest.fixture(scope="session")
def other() -> Iterator[Elsewhere]:
    """Another site: the one somebody comes from, and the one the exit leads to."""
    with elsewhere() as site:
        yield site


@pytest.fixture(scope="session")
def site(other: Elsewhere) -> Iterator[str]:
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if not (ROOT / "node_modules" / "puppeteer-core").is_dir():
        missing.append("puppeteer-core (npm ci)")
    if missing:
        words = f"NOT TESTED in browsers: {', '.join(missing)} not installed."
        pytest.fail(words) if os.environ.get("BROWSERS") == "required" else pytest.skip(words)
    with serving(other.exit) as address:
        yield address


@pytest.fixture(scope="session")
def drive(site: str, tmp_path_factory: pytest.TempPathFactory) -> Drive:
    """Return a function that runs `script` in a browser with a new profile and returns what it printed."""

    def run(script: str, engine: str, *more: str, seconds: int = 400) -> Any:
        profile = tmp_path_factory.mktemp(engine)
        command = ["node", f"tests/browser/{script}.mjs", engine, site, str(profile), *more]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="session")
def drive_both(drive: Drive) -> Drive:
    """Return what `drive` returns, by engine: for scripts that mostly wait, two at once are done sooner."""

    def run(script: str, *more: str, **options: Any) -> Any:
        engines = ("chromium", "firefox")
        with ThreadPoolExecutor() as pool:
            return dict(
                zip(
                    engines, pool.map(lambda engine: drive(script, engine, *more, **options), engines), strict=True
                )
            )

    return run
