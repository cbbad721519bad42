"""Visit a server, break it in every way, then look through the whole machine for the visitor (SAFETY R25-R27).

`python -m tests.faults.seizure [FOLDER…]`, or `make faults`; needs nginx, PostgreSQL's programs, find and grep of
GNU. A folder that is named is not looked into, because others are at work there, and the figure says so.

The shipped nginx.conf, postgresql.conf and gunicorn.py run on ports and in a folder of their own. One visitor with
words that nobody else uses asks everything, while workers and the database are killed, stopped, locked and out of
room. Then every file of the machine that has changed since is searched for each word in each way to write it down.

What must be found, too: what the visitor suggested, in the database alone, and a file planted for it in each run.
"""

import json
import os
import re
import resource
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests import shipped_nginx
from tests.visiting import SHARED, Visitor, location_of, status_of, ways

ROOT = Path(__file__).resolve().parents[2]
HTTP, UPSTREAM, POSTGRES = (int(os.environ.get("SEIZURE_PORTS", "8390")) + n for n in range(3))
# Of the kernel, and no files: what processes see of themselves. Everything else that has changed is read.
PSEUDO = ("proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "debugfs", "tracefs", "securityfs", "bpf")
FILL = """
import django; django.setup()
from locator.models import Place
from tests.conftest import a_document, publish
Place.objects.create(id=2643123, slug="manchester-gb", name="Manchester", kind="city", country="GB",
    population=395_000, latitude=53.48, longitude=-2.24, precision_km=1, reach_km=8, timezone="Europe/London")
print(publish(a_document("Tuesday room", phone="0161 496 0001")).short_id)
"""
LOCK = """
import sys, time, django; django.setup()
from django.db import connection, transaction
with transaction.atomic(), connection.cursor() as cursor:
    if connection.vendor == "postgresql":
        cursor.execute("LOCK TABLE locator_placename, locator_report, locator_passedon, locator_service")
    print("locked", flush=True)
    sys.stdin.read()
"""


def somebody() -> Visitor:
    """Return a visitor with words of this run alone; numbers are long, for others' coordinates are about, too."""
    mark, digits = secrets.token_hex(5), [f"{secrets.randbelow(10**6):06}" for _n in range(3)]
    return Visitor(
        place=f"Zwiebel{mark}",
        typed=f'Kanariënweg"{secrets.token_hex(4)} 7',
        browser=f"Lantern{secrets.token_hex(4)}/9",
        forwarded=f"2001:db8:{digits[0][:4]}:{digits[1][:4]}::{mark[:4]}",
        latitude=f"51.{digits[0]}{digits[1]}7",
        longitude=f"-0.{digits[1]}{digits[2]}3",
        number=f"+447700{digits[2]}",
        source=f"127.77.{secrets.randbelow(250) + 2}.{secrets.randbelow(250) + 2}",
    )


@dataclass
class Site:
    """The program behind the shipped nginx, on one kind of database, in a folder of its own."""

    folder: Path
    visitor: Visitor
    url: str
    short_id: str = ""
    statuses: Counter[str] = field(default_factory=Counter)
    traces: set[str] = field(default_factory=set)  # addresses and four words that this visitor alone was given
    unnamed: list[str] = field(default_factory=list)
    held: dict[str, set[str]] = field(default_factory=dict)  # unnamed files, and what they hold
    gunicorn: subprocess.Popen[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        return os.environ | {
            "PRODUCTION": "True",
            "SECRET_KEY": "x" * 60,
            "OPERATOR_NAME": "Example group",
            "OPERATOR_EMAIL": "hello@example.org",
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": self.url,
            "STATEMENT_TIMEOUT_MS": "500",
            "EMAIL_URL": "smtp://127.0.0.1:9",
            "TMPDIR": str(self.folder / "tmp"),
            "PORT": str(UPSTREAM),
            "MESSAGE_SECRET": SHARED,
            "GUNICORN_CMD_ARGS": "--timeout 7",
            "DJANGO_SETTINGS_MODULE": "tests.faults.broken_settings",
        }

    def python(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], env=self.env, cwd=ROOT, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def ready(self) -> None:
        (self.folder / "tmp").mkdir()
        self.python("manage.py", "migrate", "-v0")
        self.short_id = self.python("-c", FILL)

    def start(self) -> None:
        with (self.folder / "journal").open("ab") as out:
            command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
            self.gunicorn = subprocess.Popen(command, env=self.env, cwd=ROOT, stdout=out, stderr=out)
        self.wait_for("200")

    def stop(self) -> None:
        if self.gunicorn and self.gunicorn.poll() is None:
            self.gunicorn.terminate()
            self.gunicorn.wait(timeout=20)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the program behind nginx; on a failure print what it wrote."""
        self.ready()
        saved, impatient = self.folder / "saved", shipped_nginx.impatient
        with shipped_nginx.in_front_of(self.folder, HTTP, UPSTREAM, saved, impatient):
            try:
                self.start()
                yield
            except BaseException:
                sys.stderr.write((self.folder / "journal").read_text())
                raise
            finally:
                self.stop()

    def wait_for(self, status: str) -> None:
        """Return when the site answers with a status; raise TimeoutError after thirty seconds."""
        for _attempt in range(300):
            with suppress(OSError):
                if status_of(self.visitor.send(HTTP, self.visitor.get("/healthz"), waits=True)) == status:
                    return
            time.sleep(0.1)
        raise TimeoutError(f"/healthz is not {status}")

    @property
    def workers(self) -> list[int]:
        return family(self.gunicorn.pid)[1:] if self.gunicorn else []

    def ask(self, *requests: str, port: int = HTTP) -> list[bytes]:
        """Send requests one after the other, count what came back, and keep the addresses that were given."""
        answers = [self.visitor.send(port, request, waits=port == HTTP) for request in requests]
        self.statuses.update(map(status_of, answers))
        self.traces |= {address for answer in answers if len(address := location_of(answer)) > 40}
        return answers

    def meanwhile(self, request: str, act: Callable[[], object]) -> None:
        """Send a request, and do something to the server while it is being answered."""
        asking = threading.Thread(target=self.ask, args=[request])
        asking.start()
        time.sleep(0.3)
        act()
        asking.join()

    def look_into_unnamed_files(self, *others: int) -> None:
        """Look for the visitor in files that processes have open and that no folder shows."""
        nginx = int((self.folder / "nginx.pid").read_text())
        pids = [
            pid for master in (self.gunicorn.pid if self.gunicorn else 0, nginx, *others) for pid in family(master)
        ]
        self.unnamed = [path for pid in pids for path in _deleted(pid)]
        self.held = holders([*self.visitor.words, *self.traces], self.unnamed)

    def kill_workers(self, how: signal.Signals) -> None:
        for pid in self.workers:
            os.kill(pid, how)


def family(pid: int) -> list[int]:
    """Return a process and its children."""
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


def _deleted(pid: int) -> Iterator[str]:
    for path in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            if path.is_file() and path.readlink().name.endswith(" (deleted)"):
                yield str(path)


def visit(site: Site, kept: str) -> None:
    """Ask for everything through nginx, and of gunicorn alone what nginx would refuse."""
    who, words = site.visitor, f"near={site.visitor.place}&q={site.visitor.typed}"
    many = "".join(f"X-{n}: {who.typed * 90}\r\n" for n in range(30))
    site.ask(*who.asks())
    site.ask(*who.asks(), port=UPSTREAM)
    site.ask(
        who.get(f"/s/{site.short_id}/?near={who.place}"),
        who.get("/in/manchester-gb/"),
        who.get(f"/api/v1/services/?near=Manchester&q={who.place}"),
        who.get(f"/api/v1/services/{who.place}/"),
        who.post("/find/", f"near={who.place}" * 20_000),
        who.get(f"/{who.place * 2000}"),
        f"GET / HTTP/1.0\r\n{who.head}{many}\r\n",
        who.post("/find/", words, more="Sec-Fetch-Site: cross-site\r\n"),
        who.post("/team/account/login/", f"login={who.place}@example.org&password={who.place}"),
        who.get(f"/team/?next={who.place}"),
        who.get(f"/static/{who.place}.css"),
        *(
            who.post(f"/broken/{kind}/", words)
            for kind in ("fault", "suspicious", "denied", "row", "cast", "slow")
        ),
        who.post(f"/s/{site.short_id}/wrong/", "kind=closed"),
        who.post("/add/", f"name={kept}&where=Leeds&contact=&how=went"),
    )
    given = site.ask(who.post("/list/words/", f"id={site.short_id}"))[0]
    page = site.ask(who.get(location_of(given)))[0].decode()
    site.traces |= set(re.findall(r'class="words"><bdi>([^<]+)', page))
    assert len(site.traces) > 1, "No four words were given."
    for _attempt in range(500):  # each worker counts for itself, and every minute anew
        if status_of(site.ask(who.post("/list/words/", f"id={site.short_id}"))[0]) == "429":
            return
    raise AssertionError("Nobody was told to wait.")


def break_the_program(site: Site) -> None:
    """Kill workers while they answer, stop all of them, hold one for too long, and have none."""
    who = site.visitor
    stuck = who.post("/broken/stuck/", f"near={who.place}&q={who.typed}")
    site.meanwhile(stuck, lambda: site.kill_workers(signal.SIGKILL))
    site.wait_for("200")
    site.meanwhile(stuck, lambda: site.kill_workers(signal.SIGSEGV))
    site.wait_for("200")
    site.ask(stuck)  # until gunicorn ends the worker
    site.wait_for("200")
    frozen = [*site.workers, site.gunicorn.pid if site.gunicorn else 0]
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    site.ask(who.post("/find/", f"near={who.place}&q={who.typed}"))  # 504 to nginx
    for pid in frozen:
        os.kill(pid, signal.SIGCONT)
    site.wait_for("200")


def without_the_program(site: Site) -> None:
    """Ask nginx while nothing is behind it: 502 to nginx, a page of the saved copy or 503 to the visitor."""
    who = site.visitor
    site.stop()
    site.ask(who.get("/"), who.get(f"/{who.place}"), who.post("/find/", f"near={who.place}"), who.get("/team/"))


@contextmanager
def locked(site: Site) -> Iterator[None]:
    """Hold the tables that a visitor needs."""
    with (
        (site.folder.parent / "lock").open("wb") as out,
        subprocess.Popen(
            [sys.executable, "-c", LOCK], cwd=ROOT, env=site.env, stdin=subprocess.PIPE, stdout=out, stderr=out
        ) as holder,
    ):
        while not Path(out.name).read_text().startswith("locked"):
            time.sleep(0.1)
        yield
        if holder.stdin:
            holder.stdin.close()
        holder.wait()


def needs_the_database(site: Site) -> list[str]:
    """Return requests that write and that look a place up, with the visitor's words in them."""
    who = site.visitor
    asked = json.dumps({"near": who.place, "q": who.typed})
    return [
        who.post(f"/s/{site.short_id}/wrong/", f"kind=not_safe&near={who.place}&q={who.typed}"),
        who.post("/api/v1/services/search/", asked, "application/json"),
    ]


class Postgres:
    """A server of PostgreSQL with the shipped settings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
        folder.mkdir()
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        self.run("initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "--no-sync")
        shipped = (ROOT / "deploy/postgresql.conf").read_text()
        own = f"port = {POSTGRES}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n"
        with (folder / "data/postgresql.conf").open("a") as settings:
            settings.write(own + (os.environ.get("POSTGRES_AS_IT_COMES") or shipped))

    def run(self, program: str | Path, *words: str | Path) -> None:
        whose = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        command = [*whose, str(self.programs / program), *map(str, words)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def start(self) -> None:
        self.run("pg_ctl", "start", "-w", "-D", self.folder / "data", "-l", self.log)

    def stop(self) -> None:
        self.run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", self.folder / "data")

    @property
    def pid(self) -> int:
        return int((self.folder / "data/postmaster.pid").read_text().split()[0])

    def kill_who_waits(self) -> None:
        """Kill what holds a visitor's statement: the server writes down then what it was at."""
        waiting = [pid for pid in family(self.pid) if b"waiting" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        assert waiting, "No statement waits."
        os.kill(waiting[0], signal.SIGKILL)

    def has_no_room(self) -> None:
        """Let no file grow beyond the log's few lines, as where the disk is full: the next commit is a PANIC."""
        for pid in family(self.pid):
            self.run(Path(shutil.which("prlimit") or ""), "--fsize=50000", "--pid", str(pid))


def on_postgres(folder: Path, visitor: Visitor, kept: str) -> Site:
    postgres = Postgres(folder / "postgres")
    site = Site(folder, visitor, f"postgres://postgres@127.0.0.1:{POSTGRES}/postgres")
    postgres.start()
    try:
        with site.running():
            visit(site, kept)
            with locked(site):
                site.ask(*needs_the_database(site))
            with locked(site):
                site.meanwhile(needs_the_database(site)[1], postgres.kill_who_waits)
            site.wait_for("200")
            postgres.stop()
            site.ask(*needs_the_database(site), visitor.get(f"/api/v1/services/?near={visitor.place}"))
            postgres.start()
            site.wait_for("200")
            break_the_program(site)
            site.look_into_unnamed_files(postgres.pid)
            postgres.has_no_room()
            site.ask(*needs_the_database(site))
            without_the_program(site)
    finally:
        with suppress(subprocess.CalledProcessError):  # a PANIC may have ended it
            postgres.stop()
    said = postgres.log.read_text()
    assert "terminated by signal 9" in said, said
    assert "PANIC" in said, said
    return site


def on_sqlite(folder: Path, visitor: Visitor, kept: str) -> Site:
    site = Site(folder, visitor, f"sqlite:///{folder}/x.sqlite3")
    with site.running():
        visit(site, kept)
        with locked(site):
            site.ask(*needs_the_database(site))
        break_the_program(site)
        site.meanwhile(needs_the_database(site)[0], lambda: site.kill_workers(signal.SIGKILL))
        site.wait_for("200")
        room = (folder / "journal").stat().st_size + 4_000
        for pid in site.workers:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (room, room))
        site.ask(*needs_the_database(site) * 4)
        site.look_into_unnamed_files()
        without_the_program(site)
    return site


# Looking for what was written down.


def changed_since(moment: float, but: list[str]) -> list[str]:
    """Return every file of the machine that was made or changed since, of whomever, but in the folders named."""
    left_out = [word for kind in PSEUDO for word in ("-fstype", kind, "-o")]
    left_out += [word for folder in but for word in ("-path", folder, "-o")]
    looked_for = ["-type", "f", "-newerct", f"@{moment}", "-print0"]
    command = ["find", "/", "(", *left_out, "-false", ")", "-prune", "-o", *looked_for]
    found = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return [os.fsdecode(path) for path in found.split(b"\0") if path]


def holders(words: list[str], files: list[str]) -> dict[str, set[str]]:
    """Return the files that hold a word in any way to write it, each with those words.

    grep looks line by line, and a hash may have a line's end in it: then for its longest part, and again here.
    """
    patterns = b"\n".join({max(way.split(b"\n"), key=len) for word in words for way in ways(word)}) + b"\n"
    suspects = b""
    for start in range(0, len(files), 500):
        command = [
            "grep",
            "--text",
            "--fixed-strings",
            "-lsZ",
            "-f",
            "/dev/stdin",
            "--",
            *files[start : start + 500],
        ]
        found = subprocess.run(command, input=patterns, stdout=subprocess.PIPE, check=False, env={"LC_ALL": "C"})
        assert found.returncode in {0, 1, 2}, found
        suspects += found.stdout
    held: dict[str, set[str]] = {}
    for path in map(os.fsdecode, filter(None, suspects.split(b"\0"))):
        content = Path(path).read_bytes() if Path(path).exists() else b""
        said = {word for word in words if any(way in content for way in ways(word))}
        if said or not content:
            held[path] = said or {"something, but is gone"}
    return held


def plant(word: str, folder: Path) -> set[str]:
    """Write a word into a file of its own in each way; return their names."""
    for number, way in enumerate(ways(word)):
        (folder / f"planted{number}").write_bytes(b"\0\n" * number + way + b"\0\n")
    return {str(path) for path in folder.iterdir()}


# What may be in a site's folder, as docs/privacy.md lists it: anything else is a file that nobody knows of.
INVENTORY = ("journal", "nginx.conf", "nginx.pid", "postgres/log", "postgres/data/", "x.sqlite3", "tmp/")


def unlisted(folder: Path) -> list[str]:
    names = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
    return [name for name in names if not name.startswith(INVENTORY) or name.startswith("tmp/")]


def main(but: list[str]) -> int:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # LimitCORE=0 in deploy/brolly.service
    began, visitor, kept, planted = (
        time.time(),
        somebody(),
        *(f"Lantern {secrets.token_hex(6)}" for _n in range(2)),
    )
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
        folders = [Path(here) / "on-postgres", Path(here) / "on-sqlite"]
        Path(here).chmod(0o755)  # PostgreSQL runs as somebody else
        for folder in folders:
            folder.mkdir(mode=0o755)
        sites = [on_postgres(folders[0], visitor, kept), on_sqlite(folders[1], visitor, kept)]
        theirs = [*visitor.words, visitor.source, *sites[0].traces, *sites[1].traces]
        traps = plant(planted, Path(memory))
        files = changed_since(began, but)
        size = sum(Path(path).stat().st_size for path in files if Path(path).exists())
        held = holders([*theirs, kept, planted], files)
        strange = [name for folder in folders for name in unlisted(folder)]
        databases = {path for path, words in held.items() if words == {kept} and path.startswith(here)}
    wrong = {path: words for path, words in held.items() if path not in traps | databases}
    wrong |= {path: words for site in sites for path, words in site.held.items()}
    outside = [path for path in databases if not re.search(r"/(postgres/data|x\.sqlite3)", path)]
    counted = sum((site.statuses for site in sites), Counter[str]())
    said = ", ".join(f"{status} × {count}" for status, count in sorted(counted.items()))
    sys.stdout.write(
        f"{counted.total()} requests: {said}; what was 502 and 504 to nginx, it answered with 503.\n"
        f"{len(files):,} files that changed on this machine, {size / 1e6:,.0f} MB, and "
        f"{sum(len(site.unnamed) for site in sites)} without a name: {len(wrong)} hold something of the visitor.\n"
        f"{len(traps & set(held))} of {len(traps)} planted files found; what they suggested is in "
        f"{len(databases)} files of databases.\n"
    )
    if but:
        sys.stdout.write(f"Not looked into, because others were at work there: {', '.join(but)}.\n")
    for path, words in wrong.items():
        sys.stdout.write(f"{path}: {sorted(words)}\n")
    for problem in [*strange, *outside]:
        sys.stdout.write(f"Nobody knows of this file: {problem}\n")
    blind = traps - set(held) or len(databases) < 2 or SEEN - set(counted)
    return int(bool(wrong or strange or outside or blind))


SEEN = {"200", "303", "400", "403", "404", "405", "413", "414", "422", "429", "500", "503"}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
