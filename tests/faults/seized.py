"""The site that is seized: the program behind the shipped nginx, with what it is told to write, and PostgreSQL."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyrage

from tests import shipped_nginx
from tests.faults.forgotten import SESSIONS, Partner, forget
from tests.faults.written_down import holders, said_in
from tests.visiting import SHARED, Visitor, location_of, status_of

ROOT = Path(__file__).resolve().parents[2]
HTTP, UPSTREAM, POSTGRES, MAIL = (int(os.environ.get("SEIZURE_PORTS", "8390")) + n for n in range(4))
PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"))
SAVED = b"This page was saved on"
FILL = """
import sys, django; django.setup()
from allauth.account.models import EmailAddress
from locator.models import Place
from tests.accounts import a_person
from tests.conftest import a_document, publish
Place.objects.create(id=2643123, slug="manchester-gb", name="Manchester", kind="city", country="GB",
    population=395_000, latitude=53.48, longitude=-2.24, precision_km=1, reach_km=8, timezone="Europe/London")
service = publish(a_document("Tuesday room", phone="0161 496 0001"))
name, password = sys.argv[1:]
person = a_person(name, of=service.organization, role="manager")
person.set_password(password)
person.save()
print(service.short_id)
"""
# What may be in a site's folder, as docs/privacy.md lists it: anything else is a file that nobody knows of.
INVENTORY = re.compile(
    r"journal|nginx\.(conf|pid)|postgres/(log|data/.*)|x\.sqlite3.*|saved/(lock|\d+T\d+/.*)|"
    r"backups/backup-[^/]*Z\.age"
)


@dataclass
class Site:
    """The program behind the shipped nginx, on one kind of database, in a folder of its own."""

    folder: Path
    visitor: Visitor
    partner: Partner
    url: str
    short_id: str = ""
    statuses: Counter[str] = field(default_factory=Counter)
    traces: set[str] = field(default_factory=set)  # addresses and four words that this visitor alone was given
    unnamed: list[str] = field(default_factory=list)
    held: dict[str, set[str]] = field(default_factory=dict)  # unnamed files, and what they hold
    from_copy: int = 0  # answers of the saved copy
    opened: list[str] = field(default_factory=list)  # backups
    sessions: list[dict[str, Any]] = field(default_factory=list)
    key: Any = field(default_factory=pyrage.x25519.Identity.generate)  # that opens backups, and is elsewhere
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
            "EMAIL_URL": f"smtp://127.0.0.1:{MAIL}",
            "SAVED_DIR": str(self.folder / "saved"),
            "BACKUP_RECIPIENT": str(self.key.to_public()),
            "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
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

    def manage(self, *words: str) -> int:
        """Run a command as its unit does, whose words go to the journal; return 0 where it did what it should."""
        command = [sys.executable, "manage.py", *words]
        with (self.folder / "journal").open("ab") as out:
            return subprocess.run(command, env=self.env, cwd=ROOT, check=False, stdout=out, stderr=out).returncode

    def ready(self) -> None:
        for name in ("tmp", "backups"):
            (self.folder / name).mkdir()
        self.python("manage.py", "migrate", "-v0")
        self.short_id = self.python("-c", FILL, self.partner.name, self.partner.password)
        assert self.manage("save_pages") == 0, "No copy was saved."

    def save_and_back_up(self) -> None:
        """Write what is written each minute and each night, with all in the database that anybody left there."""
        assert self.manage("save_pages", "--anew") == 0, "No copy was saved."
        assert self.manage("backup", str(self.folder / "backups")) == 0, "No backup was made."

    def open_backups(self, into: Path) -> None:
        """Write into files what backups hold for whoever has the key; one that is not locked is not opened."""
        for path in (self.folder / "backups").glob("*.age"):
            file = into / f"{self.folder.name}-{path.stem}"
            with suppress(pyrage.DecryptError):
                file.write_bytes(pyrage.decrypt(path.read_bytes(), [self.key]))
                self.opened.append(str(file))

    def is_database(self, path: str) -> bool:
        return path.startswith((f"{self.folder}/postgres/data/", f"{self.folder}/x.sqlite3"))

    @property
    def said_in_sessions(self) -> set[str]:
        """Return what can be read in sessions of what the partner typed."""
        return said_in([*self.partner.typed.values(), *self.traces], json.dumps(self.sessions).encode())

    def forget_a_password(self) -> None:
        self.traces.add(forget(self.partner, self.ask, self.visitor, MAIL))
        self.sessions = json.loads(self.python("-c", SESSIONS))

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

    def is_told_what_was_saved(self, path: str) -> None:
        (answer,) = self.ask(self.visitor.get(path))
        assert SAVED in answer, f"{path} is not from the saved copy: {answer.decode()[:2000]}"
        self.from_copy += 1

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


class Postgres:
    """A server of PostgreSQL with the shipped settings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
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
        command = [*whose, str(PROGRAMS / program), *map(str, words)]
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
