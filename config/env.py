"""Read settings from the environment, strictly: a misspelt value stops the start instead of being guessed."""

import os
import re
from collections.abc import Collection
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
    PostgreSQL: values travel apart from the statement, so that a timeout logs `$1` and never what a
    visitor typed (SAFETY 1.4); no statement runs longer than two seconds for a visitor.
    """
    default_path.parent.mkdir(exist_ok=True)
    found: dict[str, object] = environ.Env.db_url_config(text("DATABASE_URL") or f"sqlite:///{default_path}")
    if "sqlite" in str(found["ENGINE"]):
        found["OPTIONS"] = {
            "timeout": 5,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
        }
    if "postgresql" in str(found["ENGINE"]):
        found["CONN_MAX_AGE"] = 600
        found["CONN_HEALTH_CHECKS"] = True
        found["OPTIONS"] = {
            "server_side_binding": True,
            "connect_timeout": 3,
            "options": f"-c statement_timeout={text('STATEMENT_TIMEOUT_MS', '2000')}",
        }
    return found
