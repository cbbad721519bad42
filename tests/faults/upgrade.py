"""Upgrade while the release before goes on serving, and go back to it: it works on the new tables (SAFETY R40).

`python -m tests.faults.upgrade [COMMIT]`, or `make faults` (RELEASE=…); in a work tree and on a server of its own.
Without COMMIT: the latest tag, or the commit before the newest migration.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.servers import Postgres, primary
from tests.faults.site import ROOT, Partner, Site, Visitors, ask, environment, pages, python, serving

UNKNOWN = """
import django; django.setup()
from django.apps import apps
from django.db import connection
for model in apps.get_models():
    known = {field.column for field in model._meta.concrete_fields}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
            " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'", [model._meta.db_table])
        missing = {row[0] for row in cursor.fetchall()} - known
    if missing:
        print(model.__name__, sorted(missing))
"""


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True)
    return done.stdout.decode().strip()


def release_before() -> str:
    tags = git("tag", "--sort=-creatordate").splitlines()
    if tags:
        return tags[0]
    newest = sorted(path.name for path in (ROOT / "locator/migrations").glob("0*.py"))[-1]
    added = git("log", "--diff-filter=A", "--format=%H", "--", f"locator/migrations/{newest}").splitlines()
    return f"{added[-1]}^" if added else "HEAD"


@contextmanager
def checked_out(commit: str, folder: Path) -> Iterator[Path]:
    tree = folder / "before"
    git("worktree", "add", "--detach", str(tree), commit)
    try:
        yield tree
    finally:
        git("worktree", "remove", "--force", str(tree))


def journey(words: str, site: Site, paula: Partner, looked_at: list[tuple[str, str]]) -> int:
    """Go the way of a visitor and of a partner; print what did not work."""
    paula.port = site.port
    sealed = ask(site.port, "/find/search/", {"near": "Manchester"})
    short_id = looked_at[0][0].split("/")[2]
    suggestion = {"name": "A room", "where": "Leeds", "how": "went"}
    seen = {
        "home": ask(site.port, "/").status == 200,
        "search": ask(site.port, sealed.headers.get("Location", "/nowhere/")).status == 200,
        "area": ask(site.port, "/in/manchester-gb/").status == 200,
        "service": looked_at[0][1] in ask(site.port, looked_at[0][0]).body,
        "API": ask(site.port, "/api/v1/services/?near=Manchester").status == 200,
        "API of one": ask(site.port, f"/api/v1/services/{short_id}/").status == 200,
        "standard": ask(site.port, "/api/v1/services/?format=csv").status == 200,
        "a suggestion": ask(site.port, "/add/", suggestion).status == 303,
        "a report": ask(site.port, f"/s/{short_id}/wrong/", {"kind": "closed"}).status == 303,
        "a partner's edit": paula.write(f"Said: {words}.") and paula.held() == f"Said: {words}.",
    }
    failed = [name for name, works in seen.items() if not works]
    sys.stdout.write(
        f"{words}: {len(seen) - len(failed)} of {len(seen)} work{': not ' if failed else ''}{failed or ''}.\n"
    )
    sys.stdout.flush()
    return len(failed)


def commands(tree: Path, server: Postgres) -> int:
    """Run what the timers run, of the release before, on the new tables."""
    failed = 0
    for words in (
        ["refresh_hours"],
        ["send_reminders", "--site", "https://support.example.org"],
        ["rebuild_listings"],
    ):
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, check=False, cwd=tree, env=environment(server.url), capture_output=True)
        failed += done.returncode != 0
        if done.returncode:
            sys.stdout.write(f"{words[0]} of the release before: {done.stderr.decode()[-300:]}\n")
    return failed


def migrations_of(tree: Path) -> set[str]:
    return {path.stem for path in (tree / "locator/migrations").glob("0*.py")}


def main(commit: str = "") -> int:
    commit = commit or release_before()
    with (
        tempfile.TemporaryDirectory() as name,
        primary(Path(name)) as server,
        checked_out(commit, Path(name)) as tree,
    ):
        between = sorted(migrations_of(ROOT) - migrations_of(tree))
        sys.stdout.write(f"From {git('rev-parse', '--short', commit)}: {', '.join(between) or 'no migration'}.\n")
        for words in (["migrate", "--verbosity=0"], ["load_gazetteer", "--smallest=15000"], ["load_demo"]):
            python(server.url, "manage.py", *words, root=tree, STATEMENT_TIMEOUT_MS="0")
        failed = upgraded(Path(name), tree, server)
    return int(bool(failed))


def upgraded(folder: Path, tree: Path, server: Postgres) -> int:
    looked_at = pages(server.url)
    with serving(folder, server.url, root=tree) as site:
        paula = Partner(server.url, site.port, root=tree)
        failed = journey("The release before, on its own tables", site, paula, looked_at)
        with Visitors(site, [page for page in looked_at if paula.short_id not in page[0]], 4) as visitors:
            time.sleep(2)
            began = time.monotonic()
            python(server.url, "manage.py", "migrate", "--verbosity=0")
            took = time.monotonic() - began
            time.sleep(2)
        errors = visitors.errors()
        sys.stdout.write(
            f"Migrated in {took:.1f} s (its start too) while {len(visitors.seen)} pages were read: {len(errors)} "
            f"errors, the slowest {visitors.longest():.1f} s.\n"
        )
        failed += len(errors)
        failed += journey("The release before, on the new tables", site, paula, looked_at)
    unknown = python(server.url, "-c", UNKNOWN, root=tree).strip()
    sys.stdout.write(f"Columns that it cannot fill: {unknown or 'none'}.\n")
    failed += bool(unknown) + commands(tree, server)
    with serving(folder, server.url) as site:
        failed += journey("The new release", site, paula, looked_at)
    with serving(folder, server.url, root=tree) as site:
        failed += journey("Back to the release before", site, paula, looked_at)
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
