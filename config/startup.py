"""Refuse to start in production while a setting that is known to leak is on (SAFETY R29)."""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

KNOWN_MIDDLEWARE = {
    "locator.web.middleware.Onion",
    "config.figures.Counted",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "locator.web.middleware.SafeHeaders",
    "config.unreachable.Unreachable",
    "config.replicas.Replicas",
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.limits.Limits",
    "config.statements.Statements",
    "locator.portal.middleware.sessions",
    "locator.portal.middleware.csrf",
    "locator.portal.middleware.authentication",
    "locator.portal.middleware.messages",
    "allauth.account.middleware.AccountMiddleware",
    "locator.portal.middleware.guard",
}


def refuse_leaks(settings: Any) -> None:
    """Raise ImproperlyConfigured with every reason found; outside production do nothing."""
    if not settings.PRODUCTION:
        return
    reasons = [reason for leak, reason in LEAKS if leak(settings)]
    if reasons:
        raise ImproperlyConfigured("Not starting in production: " + " ".join(reasons))


def _handlers(settings: Any) -> Iterable[str]:
    return [str(handler.get("class", "")) for handler in settings.LOGGING.get("handlers", {}).values()]


def _logger(settings: Any, name: str) -> bool:
    """Say whether the logger `name` writes anywhere."""
    handlers = settings.LOGGING.get("loggers", {}).get(name, {}).get("handlers", [])
    return any(handler != "nowhere" for handler in handlers)


def _access_log(settings: Any) -> bool:
    words = [*sys.argv, os.environ.get("GUNICORN_CMD_ARGS", "")]
    asked = any("--access-logfile" in word or "--access-logformat" in word for word in words)
    return asked or _logger(settings, "gunicorn.access") or _logger(settings, "django.server")


def _client_side_values(settings: Any) -> bool:
    theirs = [each for each in settings.DATABASES.values() if "postgresql" in each["ENGINE"]]
    return not all(each.get("OPTIONS", {}).get("server_side_binding") for each in theirs)


def _unsafe_hosts(settings: Any) -> bool:
    return not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS


def _guessable_key(settings: Any) -> bool:
    secret = Path(settings.SEALING_SECRET_FILE) if settings.SEALING_SECRET_FILE else None
    return len(settings.SECRET_KEY) < 50 or bool(secret and secret.stat().st_size < 32)


LEAKS: list[tuple[Callable[[Any], bool], str]] = [
    (lambda s: s.DEBUG, "DEBUG shows a visitor's words on error pages."),
    (lambda s: bool(s.ADMINS or s.MANAGERS), "ADMINS and MANAGERS mail a visitor's words and address."),
    (
        lambda s: any("AdminEmailHandler" in name for name in _handlers(s)),
        "An AdminEmailHandler mails a visitor's words and address.",
    ),
    (
        lambda s: any(name.endswith(("FileHandler", "SysLogHandler", "HTTPHandler")) for name in _handlers(s)),
        "LOGGING writes to a file or another machine.",
    ),
    (_access_log, "An access log writes down who visited and when."),
    (
        lambda s: bool(os.environ.get("SENTRY_DSN") or getattr(s, "SENTRY_DSN", "")),
        "SENTRY_DSN sends a visitor's words to another machine.",
    ),
    (
        lambda s: not set(s.MIDDLEWARE) <= KNOWN_MIDDLEWARE,
        "MIDDLEWARE holds one that config/startup.py does not know; it may write requests down.",
    ),
    (lambda s: _logger(s, "django.db.backends"), "LOGGING writes queries with their values."),
    (_client_side_values, "PostgreSQL would log values: set server_side_binding."),
    (_guessable_key, "SECRET_KEY needs 50 letters, and SEALING_SECRET_FILE, where it is set, 32 bytes."),
    (lambda s: 0 < len(s.MESSAGE_SECRET) < 32, "MESSAGE_SECRET needs 32 letters."),
    (
        lambda s: not (s.OPERATOR_NAME and s.OPERATOR_EMAIL),
        "OPERATOR_NAME and OPERATOR_EMAIL must say whom to ask to correct or remove a listing.",
    ),
    (_unsafe_hosts, "ALLOWED_HOSTS must name this site's hosts."),
    (
        lambda s: any(word in s.EMAIL_BACKEND for word in ("filebased", "console")),
        "EMAIL_BACKEND writes mails to a file or the console.",
    ),
    (
        lambda s: any(word in cache["BACKEND"] for cache in s.CACHES.values() for word in ("filebased", "db.")),
        "CACHES writes to the disk.",
    ),
]
