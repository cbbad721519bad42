"""Attack the shipped nginx and gunicorn, one kind at a time, while somebody looks for help (SAFETY R42).

`python -m tests.faults.attacks [SECONDS] [KIND …]`, or `make faults`; on a SQLite file of its own, with the
invented listings. `WITHOUT_NGINX=1` asks gunicorn itself: then it fails, which shows what the proxy is for.
Attackers come from other networks than the visitor: 127.66.n.1, one for each kind.
"""

import asyncio
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

from tests.shipped_nginx import in_front_of

ROOT = Path(__file__).resolve().parents[2]
LONGEST_P95_S = 1.0
VISITOR = "127.0.5.1"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
JSON = "Content-Type: application/json\r\n"
SLOW, FLOOD, MANY, FEW = 500, 200, 40, 8  # connections at once
WORDS = [
    "a b c d e f g h i j k l m n o p q r s t u v w x y z " * 3,
    '"' * 150,
    "* " * 90,
    "room* OR NEAR(a b, 9) AND (",
    " ".join(["lantren", "tuseday", "shleter", "wendesday", "counsil", "helpilne"] * 4)[:200],
    "’%_\\" * 50,
    "ก" * 200,
]


def request(method: str, path: str, head: str = "", body: str = "") -> bytes:
    size = f"Content-Length: {len(body.encode())}\r\n" if method == "POST" else ""
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{head}{size}\r\n{body}".encode()


def asks(path: str, **question: str) -> bytes:
    return request("GET", f"{path}?{urlencode(question)}")


def posted(path: str, body: str, kind: str = FORM) -> bytes:
    return request("POST", path, kind, body)


@dataclass(frozen=True)
class Attack:
    """What is sent, on how many connections at once; `drip` bytes of it a second, or read so."""

    sent: list[bytes]
    lines: int
    drip_sent: int = 0
    drip_read: int = 0


ATTACKS = {
    "nobody": Attack([], 0),
    "half heads, slowly": Attack([request("GET", "/")[:-2] + b"X-A: " + b"b" * 5000], SLOW, drip_sent=20),
    "bodies, slowly": Attack([posted("/find/", "near=" + "x" * 5000)], SLOW, drip_sent=150),
    "answers read slowly": Attack(
        [asks("/api/v1/services/", page_size="100"), request("GET", "/api/v1/export/hsds.json")],
        MANY,
        drip_read=200,
    ),
    "bodies of 10 MB": Attack([posted("/find/", "near=" + "x" * 10_000_000)], FEW),
    "heads of 64 kB": Attack([request("GET", "/", f"X-A: {'b' * 64_000}\r\n")], MANY),
    "10,000 parameters": Attack(
        [
            posted("/find/", "&".join(["a=1"] * 10_000)),
            posted("/api/v1/services/search/", json.dumps({f"a{n}": 1 for n in range(5_000)}), JSON),
            request("GET", "/api/v1/services/?" + "&".join(["a=1"] * 10_000)),
        ],
        MANY,
    ),
    "deep JSON": Attack([posted("/api/v1/services/search/", "[" * 60_000, JSON)], MANY),
    "words that are hard to look for": Attack(
        [asks("/api/v1/services/", q=words[:200], radius_km="200", near="London") for words in WORDS]
        + [asks("/api/v1/services/", q=words[:200]) for words in WORDS]
        + [asks("/api/v1/services/", near=words[:100]) for words in WORDS],
        FLOOD,
    ),
    "sign-ins with made-up addresses": Attack(
        [
            request(
                "POST",
                "/team/account/login/",
                f"{FORM}X-Forwarded-For: 10.{n}.1.1\r\n",
                urlencode({"login": "paula@example.org", "password": f"wrong-wrong-wrong-{n}"}),
            )
            for n in range(99)
        ],
        MANY,
    ),
    "everything as files": Attack([request("GET", "/api/v1/export/hsds.zip")], MANY),
    "pages": Attack([request("GET", "/in/manchester-gb/"), request("GET", "/")], FLOOD),
}


async def _one_line(port: int, source: str, attack: Attack, first: int, told: Counter[str], until: float) -> None:
    """Ask on one connection after the other, and count what is answered."""
    turn = first
    while time.monotonic() < until:
        line = socket.socket()
        line.setblocking(False)
        if attack.drip_read:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.bind((source, 0))
        try:
            await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", port))
            reader, writer = await asyncio.open_connection(sock=line, limit=4096 if attack.drip_read else 65_536)
            try:
                told[await _answer(reader, writer, attack, attack.sent[turn % len(attack.sent)], until)] += 1
            finally:
                writer.close()
        except OSError:
            told["cut off"] += 1
        turn += 1


async def _answer(reader: Any, writer: Any, attack: Attack, sent: bytes, until: float) -> str:
    head = asyncio.ensure_future(reader.readline())
    step = attack.drip_sent or len(sent)
    with suppress(ConnectionError):
        for start in range(0, len(sent), step):
            writer.write(sent[start : start + step])
            await writer.drain()
            if attack.drip_sent and not head.done():
                await asyncio.sleep(1)
            if head.done() or time.monotonic() > until:
                break
    if time.monotonic() > until and not head.done():
        head.cancel()
        return "still waiting"
    words = (await asyncio.wait_for(head, 60)).decode("latin1").split(" ")
    while attack.drip_read and time.monotonic() < until and await reader.read(attack.drip_read):
        await asyncio.sleep(1)
    while not attack.drip_read and await reader.read(65_536):
        pass
    return words[1] if len(words) > 1 else "cut off"


def _attack(kind: str, port: int, seconds: float, tell: Any) -> None:
    """Be all attackers of a kind, in a process of their own."""
    attack, told, until = ATTACKS[kind], Counter[str](), time.monotonic() + seconds
    source = f"127.66.{list(ATTACKS).index(kind)}.1"

    async def all_lines() -> None:
        lines = [_one_line(port, source, attack, n, told, until) for n in range(attack.lines)]
        await asyncio.wait_for(asyncio.gather(*lines), seconds + 70)

    with suppress(TimeoutError):
        asyncio.run(all_lines())
    tell.put(dict(told))


# The site


@contextmanager
def the_site(folder: Path, *, nginx: bool) -> Iterator[int]:
    """Run the shipped configurations on a database of their own; yield the port that visitors ask."""
    env = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder / 'x.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "tests.shipped_settings",
        "PRODUCTION": "False",
        "SECRET_KEY": "x" * 50,
        "TMPDIR": str(folder),
        "HOST": "127.0.0.1",
        "WEB_CONCURRENCY": "2",
    }
    for words in (["migrate", "-v0"], ["load_gazetteer", "--smallest", "15000"], ["load_seeds"], ["load_demo"]):
        subprocess.run([sys.executable, "manage.py", *words], env=env, cwd=ROOT, check=True, capture_output=True)
    upstream, port = _free(), _free()
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
    with (folder / "out.log").open("wb") as out:
        running = subprocess.Popen(gunicorn, env=env | {"PORT": str(upstream)}, cwd=ROOT, stdout=out, stderr=out)
        try:
            _wait_for(upstream)
            if not nginx:
                yield upstream
                return
            with in_front_of(folder, port, upstream, folder / "saved"):
                _wait_for(port)
                yield port
        finally:
            running.terminate()
            running.wait(40)


def _free() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def _wait_for(port: int) -> None:
    for _attempt in range(200):
        with suppress(OSError, HTTPException):
            if ask(port, "GET", "/healthz")[0] == 200:
                return
        time.sleep(0.1)
    raise RuntimeError("The site did not start.")


# The visitor


def ask(port: int, method: str, path: str, form: str = "") -> tuple[int, str]:
    """Return the status and where the answer leads to."""
    line = HTTPConnection("127.0.0.1", port, timeout=20, source_address=(VISITOR, 0))
    try:
        line.request(method, path, form or None, {"Content-Type": FORM.split(": ")[1].strip()} if form else {})
        answer = line.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Location", "")
    finally:
        line.close()


@dataclass
class Seen:
    """What the visitor got: seconds of each answer, and what was no answer."""

    took: list[float]
    errors: Counter[str]

    def fits(self) -> bool:
        return not self.errors and self.p95() < LONGEST_P95_S

    def p95(self) -> float:
        return quantiles(self.took, n=20)[-1] if len(self.took) > 1 else float("inf")


def visit(port: int, service: str, seconds: float) -> Seen:
    """Look for help again and again: the start page, a search, its results, a service."""
    seen, until = Seen([], Counter()), time.monotonic() + seconds
    while time.monotonic() < until:
        found = _timed(seen, port, "GET", "/")
        found = _timed(seen, port, "POST", "/find/", "near=Manchester&id_free=true") or found
        for path in (found or "/find/", service):
            _timed(seen, port, "GET", path)
        time.sleep(0.2)  # as fast as it may go on for a minute without reaching its own limit
    return seen


def _timed(seen: Seen, port: int, method: str, path: str, form: str = "") -> str:
    began = time.monotonic()
    try:
        status, location = ask(port, method, path, form)
    except (OSError, HTTPException) as problem:
        status, location = 0, ""
        seen.errors[f"{method} {path[:12]}: {type(problem).__name__}"] += 1
    if status not in {0, 200, 303}:
        seen.errors[f"{method} {path[:12]}: {status}"] += 1
    seen.took.append(time.monotonic() - began)
    return location


def a_service(port: int) -> str:
    line = HTTPConnection("127.0.0.1", port, timeout=20)
    line.request("GET", "/api/v1/services/?area=manchester-gb")
    found: str = json.loads(line.getresponse().read())["results"][0]["url"]
    line.close()
    return found


def under(kind: str, port: int, service: str, seconds: float) -> tuple[Seen, dict[str, int]]:
    """Return what the visitor got while attackers of a kind were there, and what these got."""
    tell: Any = multiprocessing.Queue()
    attackers = multiprocessing.Process(target=_attack, args=(kind, port, seconds, tell))
    attackers.start()
    time.sleep(0.5)
    seen = visit(port, service, seconds - 1)
    told = tell.get(timeout=120)
    attackers.join()
    return seen, told


def main(*words: str) -> int:
    seconds, fits = float(words[0]) if words else 15.0, True
    nginx = not os.environ.get("WITHOUT_NGINX")
    with tempfile.TemporaryDirectory() as folder, the_site(Path(folder), nginx=nginx) as port:
        service = a_service(port)
        for kind in words[1:] or ATTACKS:
            seen, told = under(kind, port, service, seconds)
            fits = fits and seen.fits()
            sys.stdout.write(_told(kind, seen, told))
            sys.stdout.flush()
    return int(not fits)


def _told(kind: str, seen: Seen, told: dict[str, int]) -> str:
    middle, count = sorted(seen.took)[len(seen.took) // 2], len(seen.took)
    figures = f"p50 {middle:.3f}  p95 {seen.p95():.3f}  max {max(seen.took):.3f} s of {count}"
    answered = "  ".join(f"{name}: {number:,}" for name, number in sorted(told.items()))
    errors = "".join(f"    {name}\n" for name in seen.errors)
    return f"{kind:34} {figures}  {'ok' if seen.fits() else 'FAILED'}\n{errors}    attackers: {answered}\n"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
