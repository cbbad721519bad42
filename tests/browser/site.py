"""A whole site on loopback with the starter and the invented listings, for browsers to look at."""

import fcntl
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build" / "browser"
DATABASE = BUILD / os.environ.get("PYTEST_XDIST_WORKER", "alone") / "directory.sqlite3"  # each worker has a site


def _python(at: str) -> list[str]:
    """Return how Python is called, with the clock set to a moment (UTC) if one is given."""
    return [sys.executable, "-m", "tests.browser.frozen", at] if at else [sys.executable]


def _manage(*words: str, settings: dict[str, str], at: str = "") -> None:
    command = [*_python(at), "manage.py", *words]
    subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=True, stdout=subprocess.DEVNULL)


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(exit_url: str = "", at: str = "") -> Iterator[str]:
    """Serve a new directory as `make demo` does, with towns of 15,000 people and more; yield its address.

    `at` is a moment (UTC) for its clock: "2026-11-27T23:30".
    """
    settings = {"DATABASE_URL": f"sqlite:///{DATABASE}", "PRODUCTION": "False"}
    settings |= {"EXIT_URL": exit_url} if exit_url else {}
    DATABASE.parent.mkdir(parents=True, exist_ok=True)
    for leftover in DATABASE.parent.glob(f"{DATABASE.name}*"):
        leftover.unlink()
    _manage("migrate", "--verbosity=0", settings=settings)
    _manage("load_gazetteer", "--smallest=15000", settings=settings)
    with (BUILD / "lock").open("w") as lock:  # static files are collected into one folder
        fcntl.flock(lock, fcntl.LOCK_EX)
        _manage("prepare", "--demo", settings=settings, at=at)
    with _gunicorn(settings, "/healthz", at) as address:
        yield address


@contextmanager
def serving_without_tables(exit_url: str) -> Iterator[str]:
    """Serve what is left of the site when its database is gone; static files are those of `serving`."""
    settings = {"DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3", "PRODUCTION": "False", "EXIT_URL": exit_url}
    with _gunicorn(settings, "/about/") as address:
        yield address


@contextmanager
def _gunicorn(settings: dict[str, str], ready: str, at: str = "") -> Iterator[str]:
    port = a_free_port()
    python = _python(at) if at else [sys.executable, "-m"]
    command = [*python, "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | settings | {"PORT": str(port)}) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}{ready}")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def wait_for(address: str, seconds: float = 30) -> None:
    """Return when the address answers; raise TimeoutError after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError(f"{address} did not answer within {seconds} s.")
