"""How much is asked of the server and how long that takes, for its operator; never by whom, where or for what.

A worker writes a line for each answer into a pipe that was made before it was forked. A thread of gunicorn's
master reads them, counts in memory, and shows the counts as Prometheus text on 127.0.0.1 alone, if METRICS_PORT is
set. Labels are words of this file and places in the code. Answers are shown in whole tens and renewed every five
minutes: on a quiet night exact counts would tell when somebody was here (docs/decisions/0040-figures.md).
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from config.languages import LANGUAGES

LOOPBACK = "127.0.0.1"  # and no setting for it
EVERY_S = 300
TENS = 10
PAGES = {  # by the first part of a route; every other is a "page"
    "api": "api", "hsds": "api", "oruk": "api", "message": "message", "healthz": "health", "team": "team",
    "find": "search", "f": "search", "now": "search",
}  # fmt: skip
GROUPS = ("page", "nowhere", *dict.fromkeys(PAGES.values()))
STATUSES = ("2xx", "3xx", "4xx", "5xx")
WITHIN_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
MOST_FAULTS = 500  # kinds and places that are told apart

Line = tuple[str, ...]
_pipe: tuple[int, int] | None = None


def prepare() -> None:
    """Make the pipe, once, before workers are forked."""
    global _pipe  # noqa: PLW0603  # one a server
    if _pipe is None:
        _pipe = os.pipe()
        os.set_blocking(_pipe[1], False)


def note(*words: str) -> None:
    """Hand a line to whoever counts; where nobody does, or the pipe is full, it is lost and nobody waits."""
    if _pipe is not None:
        try:
            os.write(_pipe[1], ("\t".join(words) + "\n").encode()[:512])  # one write is one line, up to PIPE_BUF
        except OSError:
            return


def group_of(request: HttpRequest) -> str:
    """Return what kind of page was asked for, by its route in our own map."""
    if request.resolver_match is None:
        return "nowhere"
    parts = request.resolver_match.route.lstrip("^").split("/")
    return PAGES.get(parts[1] if parts[0] in LANGUAGES and len(parts) > 1 else parts[0], "page")


class Counted:
    """Note of each answer its kind of page, its class of status, and how long it took in steps."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if _pipe is None:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - begun
        within = next((str(step) for step in WITHIN_S if took <= step), "+Inf")
        note("answer", group_of(request), f"{response.status_code // 100}xx", within)
        return response


class Figures:
    """Counts so far, and those that are shown: as they were when the last five minutes ended."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._lock, self._clock = threading.Lock(), clock
        self._counts: Counter[Line] = Counter()
        self._shown, self._at = self._counts.copy(), self._now()

    def _now(self) -> int:
        return int(self._clock() // EVERY_S) * EVERY_S

    def _turn(self) -> None:
        """Show what was counted, where five minutes have ended since: nothing was added after they did."""
        if self._now() != self._at:
            self._shown, self._at = self._counts.copy(), self._now()

    def count(self, line: Line) -> None:
        with self._lock:
            self._turn()
            if line in self._counts or line[0] != "fault" or len(self._counts) < MOST_FAULTS:
                self._counts[line] += 1

    def text(self) -> str:
        """Return what is shown, in Prometheus' text format."""
        with self._lock:
            self._turn()
            return "".join(f"{line}\n" for line in _lines(self._shown, self._at))


def _lines(shown: Counter[Line], at: int) -> Iterator[str]:
    yield from ("# TYPE brolly_figures_timestamp_seconds gauge", f"brolly_figures_timestamp_seconds {at}")
    yield "# TYPE brolly_answers_total counter"
    for group in GROUPS:
        for status in STATUSES:
            yield f'brolly_answers_total{{pages="{group}",status="{status}"}} {_tens(shown, group, status=status)}'
    yield "# TYPE brolly_answer_seconds histogram"
    for group in GROUPS:
        for place, step in enumerate((*WITHIN_S, "+Inf"), start=1):
            steps = [*map(str, WITHIN_S), "+Inf"][:place]
            yield f'brolly_answer_seconds_bucket{{pages="{group}",le="{step}"}} {_tens(shown, group, steps=steps)}'
        yield f'brolly_answer_seconds_count{{pages="{group}"}} {_tens(shown, group)}'
    yield "# TYPE brolly_faults_total counter"
    for line, count in sorted(shown.items()):
        if line[0] == "fault":
            yield f'brolly_faults_total{{kind="{_quoted(line[1])}",place="{_quoted(line[2])}"}} {count}'


def _tens(shown: Counter[Line], group: str, *, status: str = "", steps: Iterable[str] = ()) -> int:
    """Return how many answers there were in all, in whole tens: one more visit does not show."""
    total = 0
    for line, count in shown.items():
        if line[:2] == ("answer", group) and status in {"", line[2]} and (not steps or line[3] in steps):
            total += count
    return total // TENS * TENS


def _quoted(word: str) -> str:
    return word.replace("\\", r"\\").replace('"', r"\"")


class _Silent(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        """Say nothing: there is no access log, of these either."""


def show(port: int) -> None:
    """Count what comes through the pipe, and answer on 127.0.0.1; in threads, so that this returns at once.

    Raises OSError where the port is taken.
    """
    figures = Figures()

    def read() -> None:
        with os.fdopen(os.dup(_pipe[0] if _pipe else 0), encoding="utf-8") as lines:
            for line in lines:
                figures.count(tuple(line.rstrip("\n").split("\t")))

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        if environ["PATH_INFO"] != "/metrics" or environ["REQUEST_METHOD"] != "GET":
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"/metrics\n"]
        start("200 OK", [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")])
        return [figures.text().encode()]

    server = make_server(LOOPBACK, port, answer, handler_class=_Silent)
    for work in (read, server.serve_forever):
        threading.Thread(target=work, daemon=True).start()
