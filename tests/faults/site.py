"""A whole site to break: a filled database, gunicorn, the shipped nginx with a saved copy, and who uses it."""

import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from tests.faults.servers import BIN, a_port
from tests.shipped_nginx import at_any_pace, in_front_of

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / ".build" / "faults"
SAVED = "This page was saved on"
NEVER_SAVED = {"/now/"}  # of the pages that are looked at: it holds at one minute only
COPY = """
import sys, django; django.setup()
from pathlib import Path
from locator.web import saving
saving.LANGUAGES = ["en"]
print(saving.save(Path(sys.argv[1]), anew=True))
"""
PARTNER = """
import django; django.setup()
from locator.models import Service
from tests.accounts import a_person, signed_in
service = Service.objects.filter(status="listed").order_by("short_id").first()
service.organization.trusted = True
service.organization.save()
browser = signed_in(a_person("Paula", of=service.organization, role="manager"))
print(service.short_id, browser.cookies["session"].value)
"""
PLACES = """
import django; django.setup()
from locator.models import Service
rows = Service.objects.filter(status="listed").order_by("short_id").values_list("short_id", "name")
print("\\n".join(f"{short_id} {name}" for short_id, name in rows[:40]))
"""


def environment(url: str, **more: str) -> dict[str, str]:
    own = {
        "DATABASE_URL": url,
        "PRODUCTION": "False",
        "SECRET_KEY": "x" * 50,
        "SAVED_DIR": "",
        "MESSAGE_SECRET": "",
        "LIMIT_A_NETWORK": "1000000",  # a drill comes from one address; tests.faults.attacks tries the limits
    }
    return os.environ | own | {"DJANGO_SETTINGS_MODULE": "tests.shipped_settings"} | more


def python(url: str, *words: str, root: Path = ROOT, **more: str) -> str:
    """Run Python with a database's settings; return what it printed."""
    command = [sys.executable, *words]
    done = subprocess.run(command, check=False, cwd=root, env=environment(url, **more), capture_output=True)
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-3000:])
    return done.stdout.decode()


def fill(url: str) -> None:
    """Put the invented listings, and towns of 15,000 people and more, into an empty database."""
    template = _template("sqlite3" if url.startswith("sqlite") else "dump")
    if url.startswith("sqlite"):
        if not template.exists():
            _make(f"sqlite:///{template}")
        shutil.copy(template, url.removeprefix("sqlite:///"))
        return
    if not template.exists():
        _make(url)
        subprocess.run([BIN / "pg_dump", "-Fc", "-f", template, url], check=True)
        return
    subprocess.run([BIN / "pg_restore", "--no-owner", "-d", url, template], check=True)


def _template(kind: str) -> Path:
    """Return where a filled database of this day and program is kept, because making it takes a minute."""
    TEMPLATES.mkdir(parents=True, exist_ok=True)
    made_of = [
        *sorted((ROOT / "locator/migrations").glob("0*.py")),
        *sorted((ROOT / "fixtures/demo").glob("*.json")),
    ]
    said = b"".join(path.read_bytes() for path in made_of) + datetime.now(UTC).date().isoformat().encode()
    return TEMPLATES / f"{hashlib.sha256(said).hexdigest()[:16]}.{kind}"


def _make(url: str) -> None:
    for words in (["migrate", "--verbosity=0"], ["load_gazetteer", "--smallest=15000"], ["load_demo"]):
        python(url, "manage.py", *words, STATEMENT_TIMEOUT_MS="0")
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def save_pages(url: str, folder: Path) -> None:
    """Write a copy of the pages, in one language."""
    python(url, "-c", COPY, str(folder))


@dataclass
class Site:
    """gunicorn on a port, and nginx before it."""

    url: str
    upstream: int
    port: int
    saved: Path
    process: "subprocess.Popen[bytes]"

    def workers(self) -> list[int]:
        pid = self.process.pid
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def reload(self) -> None:
        self.process.send_signal(1)


@contextmanager
def serving(
    folder: Path,
    url: str,
    *,
    workers: int = 2,
    root: Path = ROOT,
    changed: Callable[[str], str] = at_any_pace,
    **more: str,
) -> Iterator[Site]:
    """Run gunicorn with the shipped settings on a database, and the shipped nginx (`changed`) before it."""
    saved, upstream, port = folder / "saved", a_port(8200, 8249), a_port(8250, 8299)
    own = {"PORT": str(upstream), "WEB_CONCURRENCY": str(workers), "SAVED_DIR": str(saved)}
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
    log = (folder / "gunicorn.log").open("ab")
    process = subprocess.Popen(command, cwd=root, env=environment(url, **own, **more), stdout=log, stderr=log)
    web = folder / "nginx"
    web.mkdir(exist_ok=True)
    try:
        with in_front_of(web, port, upstream, saved, changed):
            site = Site(url, upstream, port, saved, process)
            wait_for(lambda: ask(upstream, "/healthz").status == 200, 300, "The site did not start.")
            yield site
    finally:
        process.terminate()
        process.wait()
        log.close()


@dataclass
class Answer:
    """What somebody got: status 0 where there was no answer at all."""

    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def ask(
    port: int, path: str, form: Mapping[str, str | list[str]] | None = None, *, timeout: float = 60, **headers: str
) -> Answer:
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
    try:
        body = urlencode(form, doseq=True) if form is not None else None
        connection.request("GET" if form is None else "POST", path, body, kind | headers)
        response = connection.getresponse()
        return Answer(response.status, response.read().decode(errors="replace"), dict(response.headers))
    except (OSError, HTTPException) as problem:
        return Answer(0, type(problem).__name__)
    finally:
        connection.close()


def wait_for(is_so: Callable[[], bool], seconds: float, otherwise: str) -> float:
    """Return after how many seconds something was so; raise TimeoutError with words if it never was."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if is_so():
            return time.monotonic() - began
        time.sleep(0.05)
    raise TimeoutError(otherwise)


def pages(url: str) -> list[tuple[str, str]]:
    """Return addresses that people look at, each with words that stand on no other."""
    services = [line.partition(" ") for line in python(url, "-c", PLACES).splitlines()]
    found = [(f"/s/{short_id}/", f"{escape(name)}</bdi></h1>") for short_id, _space, name in services]
    found += [
        (f"/api/v1/services/{short_id}/", f'"short_id":"{short_id}"') for short_id, _space, _name in services
    ]
    return [*found, ("/", "<title>"), ("/in/manchester-gb/", "Manchester"), ("/now/", "<title>")]


class Visitors:
    """People who read on, whatever happens; each answer is looked at."""

    def __init__(self, site: Site, looked_at: Sequence[tuple[str, str]], count: int = 6) -> None:
        self.site, self.pages = site, list(looked_at)
        self.seen: list[tuple[float, float, str]] = []  # when, how long it took, what it was
        self.over = threading.Event()
        self.threads = [
            threading.Thread(target=self._read, args=(number,), daemon=True) for number in range(count)
        ]

    def __enter__(self) -> "Visitors":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _read(self, number: int) -> None:
        turn = number * 7
        while not self.over.is_set():
            path, words = self.pages[turn % len(self.pages)]
            began = time.monotonic()
            what = self.judged(ask(self.site.port, path), path, words)
            self.seen.append((began, time.monotonic() - began, what))
            turn += 1

    def judged(self, answer: Answer, path: str, words: str) -> str:
        """Return what an answer was: right, from the copy, sorry (503, and never saved), or what is wrong."""
        if answer.status == 200 and words in re.sub(r'": ', '":', answer.body):
            return "copy" if SAVED in answer.body else "right"
        if answer.status == 503 and "Retry-After" in answer.headers and path in NEVER_SAVED:
            return "sorry"
        return f"{path}: {answer.status or answer.body}"

    def counted(self) -> Counter[str]:
        return Counter(what for _when, _long, what in self.seen)

    def errors(self) -> list[str]:
        return [what for _when, _long, what in self.seen if what not in ("right", "copy", "sorry")]

    def back_after(self, moment: float) -> float:
        """Return how many seconds after a moment the last answer came that was not the program's own."""
        late = [when + long - moment for when, long, what in self.seen if when + long > moment and what != "right"]
        return max(late, default=0.0)

    def longest(self) -> float:
        return max(long for _when, long, _what in self.seen)


class _Form(HTMLParser):
    """What the forms of a page hold, as a browser would send it."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str | list[str]] = {}
        self.writing = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        value = given.get("value") or ""
        if tag == "input" and name and given.get("type") not in ("checkbox", "radio", "submit"):
            self.values.setdefault(name, value)
        if tag == "input" and name and "checked" in given:
            self.values[name] = [*self.values.get(name, []), value]
        if tag == "textarea" and name:
            self.writing, self.values[name] = name, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.writing = ""

    def handle_data(self, data: str) -> None:
        if self.writing:
            self.values[self.writing] = f"{self.values[self.writing]}{data}"


class Partner:
    """Somebody of a listed organization, signed in, who changes the words of a service; they are shown at once."""

    def __init__(self, url: str, port: int, root: Path = ROOT) -> None:
        self.port = port
        self.short_id, self.session = python(url, "-c", PARTNER, root=root).split()

    @property
    def address(self) -> str:
        return f"/team/s/{self.short_id}/edit/words/"

    def form(self) -> dict[str, str | list[str]]:
        """Return the form as it is now; raise OSError where the page did not come."""
        page = ask(self.port, self.address, Cookie=f"session={self.session}")
        if page.status != 200:
            raise OSError(page.status)
        reader = _Form()
        reader.feed(page.body)
        return reader.values

    def send(self, form: dict[str, str | list[str]], said: str) -> Answer:
        typed = {**form, "description": said}
        return ask(self.port, self.address, typed, Cookie=f"session={self.session}", Origin="https://127.0.0.1")

    def write(self, said: str) -> bool:
        """Say whether it was acknowledged."""
        try:
            return self.send(self.form(), said).status == 302
        except OSError:
            return False

    def held(self) -> str:
        return str(self.form()["description"]).strip()

    def shown(self) -> str:
        """Return the page that everybody sees; raise OSError where it did not come."""
        page = ask(self.port, f"/s/{self.short_id}/")
        if page.status != 200:
            raise OSError(page.status)
        return page.body
