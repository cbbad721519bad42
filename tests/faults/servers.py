"""PostgreSQL servers of a drill's own: made in a folder, on ports of their own, and gone with it."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

FOUND = [*Path("/usr/lib/postgresql").glob("*/bin/pg_basebackup"), Path(shutil.which("pg_basebackup") or "")]
BIN = FOUND[0].parent
CONF = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
wal_level = replica
max_wal_senders = 10
hot_standby = on
wal_retrieve_retry_interval = 1s
# As docs/operating.md says.
log_statement = none
log_min_error_statement = panic
log_min_duration_statement = -1
log_parameter_max_length_on_error = 0
"""


def as_postgres(*words: str | Path) -> None:
    """Run one of PostgreSQL's programs; it refuses to be root."""
    who = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    command = [*who, str(BIN / str(words[0])), *map(str, words[1:])]
    done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{words[0]}: {(done.stdout + done.stderr).decode()}")


def a_port(first: int = 5500, last: int = 5539) -> int:
    """Return a port of the drills that nobody listens on."""
    for port in range(first, last + 1):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError(f"No port is free between {first} and {last}.")


@dataclass
class Postgres:
    """One server."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/brolly"

    def start(self) -> None:
        log = self.folder.with_suffix(".log")
        as_postgres("pg_ctl", "start", "-w", "-D", self.folder, "-l", log, "-o", f"-p {self.port}")

    def stop(self, mode: str = "immediate") -> None:
        as_postgres("pg_ctl", "stop", "-w", "-D", self.folder, "-m", mode)

    def restart(self, mode: str = "fast") -> None:
        log = self.folder.with_suffix(".log")
        as_postgres("pg_ctl", "restart", "-w", "-D", self.folder, "-m", mode, "-l", log, "-o", f"-p {self.port}")

    def promote(self) -> None:
        as_postgres("pg_ctl", "promote", "-w", "-D", self.folder)

    def ask(self, statement: str, database: str = "brolly") -> list[tuple[object, ...]]:
        """Run a statement as the server's owner; return its rows."""
        url = f"postgres://postgres@127.0.0.1:{self.port}/{database}"
        with psycopg.connect(url, autocommit=True, connect_timeout=3) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def connections(self) -> int:
        """Return how many programs are connected to the database, not counting who asks."""
        (row,) = self.ask(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = 'brolly' AND pid <> pg_backend_pid()",
            "postgres",
        )
        return int(str(row[0]))


@contextmanager
def primary(folder: Path) -> Iterator[Postgres]:
    """Run a server with an empty database."""
    server = Postgres(_owned(folder) / "primary", a_port())
    as_postgres(
        "initdb", "-D", server.folder, "-A", "trust", "-U", "postgres", "-N", "-E", "UTF8", "--locale=C.UTF-8"
    )
    with (server.folder / "postgresql.conf").open("a") as conf:
        conf.write(CONF)
    with _running(server):
        server.ask("CREATE DATABASE brolly", "postgres")
        yield server


@contextmanager
def replica(of: Postgres, name: str) -> Iterator[Postgres]:
    """Run a server that follows another one."""
    server = Postgres(of.folder.with_name(name), a_port())
    url = f"host=127.0.0.1 port={of.port} user=postgres"
    as_postgres("pg_basebackup", "-d", url, "-D", server.folder, "-R", "-X", "stream", "-c", "fast")
    with _running(server):
        yield server


@contextmanager
def _running(server: Postgres) -> Iterator[None]:
    server.start()
    try:
        yield
    finally:
        with suppress(RuntimeError):  # a drill may have stopped it
            server.stop()


def _owned(folder: Path) -> Path:
    """Return a folder for the servers that their user may write to and reach."""
    own = folder / "postgresql"
    own.mkdir(exist_ok=True)
    if os.getuid() == 0:
        shutil.chown(own, "postgres")
        folder.chmod(0o755)  # the way to it; what is in it is closed
    return own
