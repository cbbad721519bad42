"""One gunicorn worker, as it is shipped, and a line to it on which every request is timed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from time import perf_counter
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings

from tests.scale.bench_settings import BENCH_FOLDER

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Reply(NamedTuple):
    """An answer; how long the worker took for it, and how long whoever asked had to wait."""

    status: int
    location: str
    body: bytes
    inside_ms: float  # from the request's head read to the answer made
    waited_ms: float  # from the first byte sent over the loopback to the last one received


class Line:
    """A connection to the worker, kept open when the worker keeps it."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, path: str, form: dict[str, str] | None = None) -> Reply:
        if self._connection.sock is None:
            self._connection.connect()  # gunicorn's plain worker hangs up after each answer; not on our clock
        started = perf_counter()
        if form is None:
            self._connection.request("GET", path)
        else:
            self._connection.request("POST", path, urlencode(form), FORM)
        response = self._connection.getresponse()
        body = response.read()
        waited = (perf_counter() - started) * 1000
        inside = float(response.headers["Server-Timing"].partition("dur=")[2])
        return Reply(response.status, response.headers.get("Location", ""), body, inside, waited)


@contextmanager
def one_worker() -> Iterator[Line]:
    """Start gunicorn with the shipped configuration on the database that is in use; yield a line to it."""
    with workers(1) as port:
        yield Line(port)


@contextmanager
def workers(count: int) -> Iterator[int]:
    """Start gunicorn with so many workers on the database that is in use; yield its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = os.environ | {"HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": str(count)}
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "tests.scale.bench_wsgi"]
    log = BENCH_FOLDER / "gunicorn.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stdout=out, stderr=out)
        try:
            if not _answers(Line(port), process):
                raise RuntimeError(f"The worker does not answer /healthz with 200; {log} may say why.")
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)


def _answers(line: Line, process: subprocess.Popen[bytes]) -> bool:
    """Wait up to 20 seconds until the worker says that it is ready; not when it has ended."""
    for _attempt in range(200):
        if process.poll() is not None:
            return False
        try:
            return line.ask("/healthz").status == 200
        except OSError:
            time.sleep(0.1)
    return False
