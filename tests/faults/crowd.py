"""Two hundred people at once, while the database restarts and a worker is killed: is each answer right? (R42, R44)

`make crowd` (ten minutes), or `python -m tests.faults.crowd [MINUTES] [VISITORS] [WORKERS]`; on its own servers.
Each visitor looks at a page, reads it for three to nine seconds, and goes on. Through the shipped nginx.
"""

import asyncio
import json
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

from tests.faults.servers import Postgres, primary
from tests.faults.site import SAVED, Answer, Site, ask, fill, pages, save_pages, serving

READS = (3.0, 9.0)  # seconds that a visitor looks at a page
SEARCHES = [
    {"near": "Manchester"},
    {"near": "Leeds", "radius_km": "50"},
    {"near": "Berlin"},
    {"near": "London", "id_free": "true"},
    {"near": "Glasgow", "q": "room"},
]
AREAS = ["manchester-gb", "london-gb", "berlin-de", "leeds-gb"]
SAVED_KINDS = {"home", "area", "service", "api"}  # of steps: the copy has their answers
BACK_S = 10.0  # after which nobody may get the copy, or no answer, any more
BROKEN_OFF = {"ValueError", "IncompleteReadError"}
NOT_OURS = -1  # a connection that nginx closed meanwhile: asked once more, as a browser does


@dataclass
class Step:
    """What somebody asks, and what makes an answer the right one."""

    path: str
    form: dict[str, str] | None
    essence: Callable[[str], object]
    expected: object = None
    kind: str = ""


@dataclass
class Seen:
    """What everybody got."""

    answers: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)
    when: list[tuple[float, str]] = field(default_factory=list)
    trouble: list[tuple[float, float]] = field(default_factory=list)  # from when to when something was broken

    def back_after(self) -> float:
        """Return how many seconds after a trouble the last answer came that was not the program's own.

        Without end where one came before there was any trouble.
        """
        late = [when for when, what in self.when if what != "right"]
        return max([0.0, *(when - self._over(when) for when in late)])

    def _over(self, when: float) -> float:
        return max((over for began, over in self.trouble if began <= when), default=float("-inf"))


def services_on(page: str) -> object:
    """Return which services a page of results shows, in their order."""
    return list(dict.fromkeys(re.findall(r'href="/s/([a-z0-9]+)/"', page)))


def services_in(body: str) -> object:
    """Return which services an answer of the API has, in their order."""
    document = json.loads(body)
    return [row["id"] for row in document["results"]] if "results" in document else document["id"]


def has(words: str) -> Callable[[str], object]:
    return lambda page: words in page


def steps(site: Site, looked_at: list[tuple[str, str]]) -> list[Step]:
    """Return what people do, each with what is right: what was answered before anything broke."""
    found = [Step("/", None, has("<title>"), kind="home")]
    found += [Step(f"/in/{slug}/", None, services_on, kind="area") for slug in AREAS]
    found += [Step("/find/search/", form, services_on, kind="search") for form in SEARCHES]
    found += [
        Step(f"/api/v1/services/?{urlencode(form)}", None, services_in, kind="api list") for form in SEARCHES
    ]
    for path, words in looked_at:
        if path.startswith("/s/"):
            found.append(Step(path, None, has(words), kind="service"))
        elif path.startswith("/api/v1/services/"):
            found.append(Step(path, None, services_in, kind="api"))
    for step in found:
        answer = ask(site.port, step.path, step.form)
        if step.form is not None:
            answer = ask(site.port, answer.headers["Location"])
        step.expected = step.essence(answer.body)
        assert answer.status == 200 and step.expected, (step.path, answer.status)  # noqa: PT018
    return found


class Browser:
    """One connection that is kept."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, path: str, form: dict[str, str] | None = None) -> Answer:
        answer = await self._once(path, form)
        return await self._once(path, form) if answer.status == NOT_OURS else answer

    async def _once(self, path: str, form: dict[str, str] | None) -> Answer:
        kept = self.writer is not None
        try:
            if not kept:
                self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
            return await asyncio.wait_for(self._exchange(path, form), 60)
        except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError) as problem:
            await self.close()
            unread = isinstance(problem, ConnectionError | asyncio.IncompleteReadError)
            fresh = unread and not getattr(problem, "partial", b"")
            return Answer(NOT_OURS if kept and fresh else 0, type(problem).__name__)

    async def _exchange(self, path: str, form: dict[str, str] | None) -> Answer:
        assert self.reader and self.writer  # noqa: PT018
        body = urlencode(form).encode() if form is not None else b""
        head = [f"{'GET' if form is None else 'POST'} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        head += [f"Content-Length: {len(body)}", "Content-Type: application/x-www-form-urlencoded"] if body else []
        self.writer.write("\r\n".join([*head, "", ""]).encode() + body)
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        try:
            content = await self._body(self.reader, headers)
        except (OSError, asyncio.IncompleteReadError) as problem:
            raise ValueError("broken off") from problem
        if headers.get("Connection") == "close":
            await self.close()
        return Answer(int(lines[0].split()[1]), content.decode(errors="replace"), headers)

    async def _body(self, reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
        if headers.get("Transfer-Encoding") != "chunked":
            return await reader.readexactly(int(headers.get("Content-Length", "0")))
        found = b""
        while size := int(await reader.readline(), 16):
            found += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
        return found

    async def close(self) -> None:
        if self.writer:
            self.writer.close()
            with suppress(OSError):
                await self.writer.wait_closed()
        self.reader = self.writer = None


async def visit(site: Site, ways: list[Step], seen: Seen, until: float, dice: random.Random) -> None:
    """Be one visitor until the time is over."""
    browser = Browser(site.port)
    await asyncio.sleep(dice.uniform(0, READS[1]))
    while time.monotonic() < until:
        step = dice.choice(ways)
        answer = await timed(browser, step.path, step.form, seen)
        if step.form is not None and answer.status == 303:
            answer = await timed(browser, answer.headers["Location"], None, seen)
        what = judged(step, answer)
        seen.answers[what] += 1
        seen.when.append((time.monotonic(), what))
        if what in ("wrong", "broken off", "error"):
            seen.wrong[
                f"{step.kind} {step.path}: {answer.status} {answer.body[:40] if not answer.status else ''}"
            ] += 1
        await asyncio.sleep(dice.uniform(*READS))
    await browser.close()


async def timed(browser: Browser, path: str, form: dict[str, str] | None, seen: Seen) -> Answer:
    began = time.monotonic()
    answer = await browser.ask(path, form)
    seen.took.append(time.monotonic() - began)
    return answer


def judged(step: Step, answer: Answer) -> str:
    """Return what it was: right, copy, sorry (nothing is saved of it), wrong, broken off or an error."""
    if answer.status == 200:
        found, copy = step.essence(answer.body), SAVED in answer.body
        if copy and isinstance(found, list) and isinstance(step.expected, list):  # an area: all of it on one page
            return "copy" if set(step.expected) <= set(found) else "wrong"
        if found != step.expected:
            return "wrong"
        return "copy" if copy else "right"
    if answer.status == 0 and answer.body in BROKEN_OFF:
        return "broken off"
    clear = answer.status == 503 and "Retry-After" in answer.headers
    return "sorry" if clear and step.kind not in SAVED_KINDS else "error"


async def trouble(site: Site, server: Postgres, seconds: float, seen: Seen) -> None:
    """Restart the database after a third of the time, kill a worker after two thirds."""
    await asyncio.sleep(seconds / 3)
    began = time.monotonic()
    await asyncio.to_thread(server.restart)
    seen.trouble.append((began, time.monotonic()))
    await asyncio.sleep(seconds / 3)
    seen.trouble.append((time.monotonic(), time.monotonic()))
    os.kill(site.workers()[0], signal.SIGKILL)


async def crowd(site: Site, server: Postgres, ways: list[Step], count: int, seconds: float) -> Seen:
    seen, until = Seen(), time.monotonic() + seconds
    visitors = [visit(site, ways, seen, until, random.Random(number)) for number in range(count)]
    await asyncio.gather(trouble(site, server, seconds, seen), *visitors)
    return seen


def main(minutes: str = "10", count: str = "200", workers: str = "2") -> int:
    seconds = float(minutes) * 60
    with tempfile.TemporaryDirectory() as name, primary(Path(name)) as server:
        fill(server.url)
        save_pages(server.url, Path(name) / "saved")
        with serving(Path(name), server.url, workers=int(workers)) as site:
            ways = steps(site, pages(server.url))
            seen = asyncio.run(crowd(site, server, ways, int(count), seconds))
            left = server.connections()
    told(seen, seconds, int(count))
    sys.stdout.write(f"{left} connections left, of {workers} workers.\n")
    unfit = seen.answers["wrong"] or seen.answers["error"] or seen.answers["broken off"] > 1
    return int(bool(unfit) or seen.back_after() > BACK_S or left > int(workers))


def told(seen: Seen, seconds: float, count: int) -> None:
    cuts, back = quantiles(seen.took, n=100), seen.back_after()
    total = sum(seen.answers.values())
    sys.stdout.write(
        f"{count} visitors, {seconds / 60:.1f} minutes, a database restart and a killed worker: {total} answers, "
        f"{seen.answers['right']} right, {seen.answers['copy']} from the copy, {seen.answers['sorry']} sorry "
        f"(nothing saved could have answered), {seen.answers['wrong']} wrong, {seen.answers['broken off']} broken "
        f"off, {seen.answers['error']} errors. The site's own answers were back within {back:.1f} s.\n"
        f"{len(seen.took) / seconds:.0f} requests a second; p50 {cuts[49]:.2f} s, p95 {cuts[94]:.2f} s, "
        f"p99 {cuts[98]:.2f} s, the slowest {max(seen.took):.1f} s.\n"
    )
    sys.stdout.writelines(f"  {what}: {times}\n" for what, times in seen.wrong.most_common(20))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
