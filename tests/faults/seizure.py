"""Visit a server, break it in every way, then look through the machine for the visitor (SAFETY R25-R27, R31).

`python -m tests.faults.seizure [FOLDER…]`, or `make faults`; needs nginx, PostgreSQL's programs, find and grep of
GNU. A folder that is named is not looked into, because others are at work there, and the figure says so.

The shipped nginx.conf, postgresql.conf and gunicorn.py run on ports and in a folder of their own. One visitor with
words that nobody else uses asks everything, and a partner forgets a password, while workers and the database are
killed, stopped, locked and out of room, a copy of the pages is written and served, and a backup is made. Then
every file of the machine that has changed since is searched for each word in each way to write it down; what is
packed in the site's own files, a session or a backup that is not locked, is searched as well.

What must be found, too: what the visitor suggested and the partner's own address, in the database alone, and in
the backup once it is opened with its key; that address in sessions, once decoded; and files planted in each run.
"""

import json
import os
import re
import resource
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.faults.forgotten import NOTES, Partner
from tests.faults.seized import INVENTORY, POSTGRES, ROOT, UPSTREAM, Postgres, Site
from tests.faults.written_down import changed_since, holders, packed_holders, plant
from tests.visiting import Visitor, location_of, status_of

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


def visit(site: Site, kept: str) -> None:
    """Ask for everything through nginx, and of gunicorn alone what nginx would refuse; a partner comes first."""
    site.forget_a_password()
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
    site.is_told_what_was_saved(f"/s/{site.short_id}/?near={who.place}")
    for pid in frozen:
        os.kill(pid, signal.SIGCONT)
    site.wait_for("200")


def without_the_program(site: Site) -> None:
    """Ask nginx while nothing is behind it: 502 to nginx, a page of the saved copy or 503 to the visitor."""
    who = site.visitor
    site.stop()
    asked = [who.get(f"/{who.place}"), who.post("/find/", f"near={who.place}"), who.get("/team/")]
    for path in ("/", f"/in/manchester-gb/?near={who.place}", f"/s/{site.short_id}/?q={who.place}"):
        site.is_told_what_was_saved(path)
    site.ask(*asked, who.post("/find/", f"near={who.place}" * 30_000))
    (site.folder / "saved/current").unlink()  # as where somebody has just hidden something
    site.ask(who.get("/"), *asked)


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


def on_postgres(folder: Path, visitor: Visitor, kept: str) -> Site:
    postgres = Postgres(folder / "postgres")
    site = Site(folder, visitor, Partner(), f"postgres://postgres@127.0.0.1:{POSTGRES}/postgres")
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
            site.is_told_what_was_saved(f"/s/{site.short_id}/?near={visitor.place}")  # 503 of the program
            for command in (["save_pages"], ["backup", str(folder / "backups")]):
                assert site.manage(*command), "It says that it did what it could not."
            postgres.start()
            site.wait_for("200")
            site.save_and_back_up()
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
    site = Site(folder, visitor, Partner(), f"sqlite:///{folder}/x.sqlite3")
    with site.running():
        visit(site, kept)
        with locked(site):
            site.ask(*needs_the_database(site))
        site.save_and_back_up()
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


SEEN = {"200", "302", "303", "400", "403", "404", "405", "413", "414", "422", "429", "500", "503"}
Held = dict[str, set[str]]  # files, and the words in each


def search_for(words: list[str], files: list[str], *own: Path) -> Held:
    """Return which files hold which words: written in any of them, or packed in those of our own."""
    held = holders(words, files)
    ours = [path for path in files if any(Path(path).is_relative_to(folder) for folder in own)]
    for path, said in packed_holders(words, ours).items():
        held[path] = held.get(path, set()) | said
    return held


def misplaced(site: Site) -> Iterator[str]:
    """Yield what was found where no name leads to, files that nobody knows of, and what a session may not hold."""
    yield from (f"{path}: {sorted(said)}" for path, said in site.held.items())
    for path in filter(Path.is_file, site.folder.rglob("*")):
        if not INVENTORY.fullmatch(str(path.relative_to(site.folder))):
            yield f"Nobody knows of this file: {path}"
    if said := site.said_in_sessions - {site.partner.known}:
        yield f"A session of {site.folder.name}: {sorted(said)}"


def not_found(site: Site, kept: str, held: Held) -> Iterator[str]:
    """Yield what must be there and was not: then this drill is blind."""
    theirs = {kept, site.partner.known}
    if not theirs <= set().union(*(held[path] for path in filter(site.is_database, held))):
        yield "what they left, in the database"
    if len(site.opened) != 1 or held.get(site.opened[0]) != theirs:
        yield "what they left, in the backup, opened with its key"
    if site.partner.known not in site.said_in_sessions:
        yield "the partner's address, in a session"
    if not any(NOTES in session for session in site.sessions):
        yield "a session of somebody who waits for a code"


def main(but: list[str]) -> int:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # LimitCORE=0 in deploy/brolly.service
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
        Path(here).chmod(0o755)  # PostgreSQL runs as somebody else
        return drill(Path(here), Path(memory), but)


def drill(here: Path, memory: Path, but: list[str]) -> int:
    began, visitor = time.time(), somebody()
    kept, planted = (f"Lantern {secrets.token_hex(6)}" for _n in range(2))
    for name in ("on-postgres", "on-sqlite"):
        (here / name).mkdir(mode=0o755)
    sites = [on_postgres(here / "on-postgres", visitor, kept), on_sqlite(here / "on-sqlite", visitor, kept)]
    words = [*visitor.words, visitor.source, kept, planted]
    words += [word for site in sites for word in (*site.traces, *site.partner.typed.values())]
    traps = plant(planted, memory)
    for site in sites:
        site.open_backups(memory)
    files = changed_since(began, but)
    size = sum(Path(path).stat().st_size for path in files if Path(path).exists())
    held = search_for(words, files, here, memory)
    allowed = {path: {planted} for path in traps}
    databases = [path for site in sites for path in filter(site.is_database, held)]
    for site in sites:
        theirs = {kept, site.partner.known}
        allowed |= dict.fromkeys((*filter(site.is_database, held), *site.opened), theirs)
    wrong = [f"{path}: {sorted(said)}" for path, said in held.items() if not said <= allowed.get(path, set())]
    wrong += [said for site in sites for said in misplaced(site)]
    blind = [f"{path}, which was planted" for path in sorted(traps - set(held))]
    blind += [f"{said} ({site.folder.name})" for site in sites for said in not_found(site, kept, held)]
    counted = sum((site.statuses for site in sites), Counter[str]())
    blind += [f"an answer {status}" for status in sorted(SEEN - set(counted))]
    said = ", ".join(f"{status} × {count}" for status, count in sorted(counted.items()))
    kinds = sorted({key for site in sites for session in site.sessions for key in session})
    read = {name for site in sites for name, word in site.partner.typed.items() if word in site.said_in_sessions}
    sys.stdout.write(
        f"{counted.total()} requests: {said}; what was 502 and 504 to nginx, it answered with 503, or from the "
        f"saved copy: {sum(site.from_copy for site in sites)} pages.\n"
        f"{len(files):,} files that changed on this machine, {size / 1e6:,.0f} MB, and "
        f"{sum(len(site.unnamed) for site in sites)} without a name: "
        f"{len(wrong)} hold something of the visitor or the partner.\n"
        f"{len(traps & set(held))} of {len(traps)} planted files found; what the visitor suggested and the "
        f"partner's own address are in {len(databases)} files of databases, and in "
        f"{sum(len(site.opened) for site in sites)} backups, once opened with their key.\n"
        f"{sum(len(site.sessions) for site in sites)} sessions hold {', '.join(kinds)}; of what the partner "
        f"typed, this can be read there: {', '.join(read)}.\n"
    )
    if but:
        sys.stdout.write(f"Not looked into, because others were at work there: {', '.join(but)}.\n")
    for problem in [*wrong, *(f"Not found: {said}" for said in blind)]:
        sys.stdout.write(f"{problem}\n")
    return int(bool(wrong or blind))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
