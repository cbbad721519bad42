"""Read settings from the environment, strictly: a misspelt value stops the start instead of being guessed."""

import os
import re
from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

# First parts of addresses that are somebody else's already.
TAKEN = {
    "api", "hsds", "oruk", "f", "find", "healthz", "in", "message", "now", "s", "static", "team", "add", "about",
    "safety",
}  # fmt: skip

environ.Env.read_env(BASE_DIR / ".env")


def flag(name: str, *, default: bool) -> bool:
    """Return True or False; raise ImproperlyConfigured for any other spelling."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value not in {"True", "False"}:
        raise ImproperlyConfigured(f"{name} must be True or False, not {value!r}")
    return value == "True"


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def whole(name: str, default: int) -> int:
    """Return a whole number above 0; raise ImproperlyConfigured for anything else."""
    value = text(name) or str(default)
    if not value.isdecimal() or int(value) == 0:
        raise ImproperlyConfigured(f"{name} must be a whole number above 0, not {value!r}")
    return int(value)


def port(name: str) -> int:
    """Return a port that the site itself does not use, or 0 when it is not set; else raise ImproperlyConfigured.

    A port and nothing else: no value of it can name another address than loopback.
    """
    if not text(name):
        return 0
    value = whole(name, 1)
    if not 1024 <= value <= 65535 or text(name) == text("PORT", "8000"):
        raise ImproperlyConfigured(f"{name} must be a port from 1024 to 65535 and not the site's own: {value!r}")
    return value


def choice(name: str, among: Collection[str], *, default: str) -> str:
    """Return one of the words that are allowed; raise ImproperlyConfigured, naming them, for any other."""
    value = text(name, default)
    if value not in among:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(among)}, not {value!r}")
    return value


def path_part(name: str) -> str:
    """Return the first part of an address, or "" when it is not set; raise ImproperlyConfigured for any other."""
    value = text(name).strip("/")
    if value and (not re.fullmatch(r"[a-z0-9][a-z0-9-]*", value) or value in TAKEN):
        raise ImproperlyConfigured(
            f"{name} must be small letters, digits and hyphens, and no page of ours: {value!r}"
        )
    return value


def onion(name: str) -> str:
    """Return the name of an onion service (v3), or ""; raise ImproperlyConfigured for any other."""
    value = text(name)
    if value and not re.fullmatch(r"[a-z2-7]{56}\.onion", value):
        raise ImproperlyConfigured(f"{name} must be 56 small letters and digits and .onion, not {value!r}")
    return value


def listed(name: str) -> list[str]:
    """Return the comma-separated words of a variable; none when it is not set."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def mail(name: str, default: str) -> dict[str, Any]:
    """Return Django's settings for a mail server's address: smtp://user:password@host:25, or smtp+tls://, smtps://."""
    found: dict[str, Any] = environ.Env.email_url_config(text(name) or default)
    return found


def database(default_path: Path) -> dict[str, object]:
    """Return Django's description of DATABASE_URL, or of a SQLite file when it is not set.

    SQLite: a write waits for its turn instead of failing (WAL, IMMEDIATE, 5 s), what was acknowledged is
    on the disk (synchronous=FULL) and what was deleted is overwritten (secure_delete).
    """
    default_path.parent.mkdir(exist_ok=True)
    found: dict[str, object] = environ.Env.db_url_config(text("DATABASE_URL") or f"sqlite:///{default_path}")
    if "sqlite" in str(found["ENGINE"]):
        found["CONN_MAX_AGE"] = 600  # who connects first makes files beside it, and cannot on a disk that is full
        found["OPTIONS"] = {
            "timeout": 5,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
        }
    return found | _postgresql(3) if _is_postgresql(found) else found


def replicas(primary: dict[str, object]) -> dict[str, dict[str, object]]:
    """Return Django's descriptions of the servers in DATABASE_REPLICA_URLS: PostgreSQL, like the primary."""
    found: dict[str, dict[str, object]] = {}
    for number, url in enumerate(listed("DATABASE_REPLICA_URLS"), 1):
        described: dict[str, object] = environ.Env.db_url_config(url)
        if not (_is_postgresql(described) and _is_postgresql(primary)):
            raise ImproperlyConfigured("DATABASE_REPLICA_URLS follow a DATABASE_URL, all of them postgres://")
        found[f"replica{number}"] = described | _postgresql(2) | {"TEST": {"MIRROR": "default"}}
    return found


def _is_postgresql(described: dict[str, object]) -> bool:
    return "postgresql" in str(described["ENGINE"])


def _postgresql(connect_s: int) -> dict[str, object]:
    """Return how we speak with PostgreSQL.

    Values travel apart from the statement, so that a timeout logs `$1` and never what a visitor typed (SAFETY
    1.4); no statement runs longer than two seconds for a visitor; a server whose packets are lost is given up
    on after five. Raises ImproperlyConfigured without the driver, which is not installed for SQLite.
    """
    if find_spec("psycopg") is None:
        install = ".venv/bin/pip install --require-hashes -r requirements-postgres.txt"
        raise ImproperlyConfigured(f"DATABASE_URL is of PostgreSQL, and its driver is not installed: {install}")
    return {
        "ENGINE": "config.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "server_side_binding": True,
            "connect_timeout": connect_s,
            "tcp_user_timeout": 5000,  # milliseconds
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            "options": f"-c statement_timeout={text('STATEMENT_TIMEOUT_MS', '2000')}",
        },
    }
