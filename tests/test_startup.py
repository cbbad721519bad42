"""R29: production does not start while a setting that is known to leak is on."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.env import database

SAFE = {"PRODUCTION": "True", "SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": "example.org"}
SAFE |= {"OPERATOR_NAME": "Example group", "OPERATOR_EMAIL": "hello@example.org"}
LEAKING = {
    "debug": ({"DEBUG": "True"}, "", "DEBUG"),
    "any host": ({"ALLOWED_HOSTS": "*"}, "", "ALLOWED_HOSTS"),
    "no host": ({"ALLOWED_HOSTS": ""}, "", "ALLOWED_HOSTS"),
    "admins": ({}, "ADMINS = [('Olu', 'olu@example.org')]", "ADMINS"),
    "managers": ({}, "MANAGERS = [('Olu', 'olu@example.org')]", "MANAGERS"),
    "mail handler": (
        {},
        "LOGGING['handlers']['mail'] = {'class': 'django.utils.log.AdminEmailHandler'}",
        "AdminEmailHandler",
    ),
    "log file": (
        {},
        "LOGGING['handlers']['file'] = {'class': 'logging.FileHandler', 'filename': '/dev/null'}",
        "LOGGING",
    ),
    "access log by variable": ({"GUNICORN_CMD_ARGS": "--access-logfile=-"}, "", "access log"),
    "request lines": ({}, "LOGGING['loggers']['django.server'] = {'handlers': ['faults']}", "access log"),
    "query log": ({}, "LOGGING['loggers']['django.db.backends'] = {'handlers': ['faults']}", "queries"),
    "sentry": ({"SENTRY_DSN": "https://key@example.org/1"}, "", "SENTRY_DSN"),
    "request-logging middleware": ({}, "MIDDLEWARE = [*MIDDLEWARE, 'somebody.RequestLog']", "MIDDLEWARE"),
    "client-side values": (
        {"DATABASE_URL": "postgres://localhost/x"},
        "DATABASES['default']['OPTIONS']['server_side_binding'] = False",
        "server_side_binding",
    ),
    "mails to a file": ({}, "EMAIL_BACKEND = 'django.core.mail.backends.filebased.EmailBackend'", "EMAIL_BACKEND"),
    "mails to the console": (
        {},
        "EMAIL_BACKEND = 'django.core.mail.backends.console.EmailBackend'",
        "EMAIL_BACKEND",
    ),
    "cache on the disk": (
        {},
        "CACHES['default'] = {'BACKEND': 'django.core.cache.backends.filebased.FileBasedCache', 'LOCATION': 'x'}",
        "CACHES",
    ),
    "nobody to ask": ({"OPERATOR_EMAIL": ""}, "", "OPERATOR_EMAIL"),
    "no key": ({"SECRET_KEY": ""}, "", "SECRET_KEY"),
    "a short key": ({"SECRET_KEY": "secret"}, "", "SECRET_KEY"),
    "an empty sealing secret": ({"SEALING_SECRET_FILE": "/dev/null"}, "", "SEALING_SECRET_FILE"),
    "a short secret for messages": ({"MESSAGE_SECRET": "secret"}, "", "MESSAGE_SECRET"),
    "a number in words": ({"BACKUP_DAYS": "a month"}, "", "BACKUP_DAYS must be a whole number above 0"),
    "a misspelt flag": ({"DEBUG": "yes"}, "", "DEBUG must be True or False"),
}


def start(folder: Path, variables: dict[str, str], override: str) -> subprocess.CompletedProcess[str]:
    """Start Django in a process of its own, with settings that change one thing of ours."""
    (folder / "theirs.py").write_text(f"from config.settings import *\n{override}\n")
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{settings.BASE_DIR}:{folder}", **SAFE, **variables}
    command = [
        sys.executable,
        "-c",
        "import django; django.setup()",
    ]
    return subprocess.run(  # noqa: PLW1510  (a refusal is what we look for)
        command, env=environment | {"DJANGO_SETTINGS_MODULE": "theirs"}, cwd=folder, capture_output=True, text=True
    )


@pytest.mark.parametrize("leak", LEAKING)
def test_r29_refuses_to_start(tmp_path: Path, leak: str) -> None:
    variables, override, named = LEAKING[leak]
    refused = start(tmp_path, variables, override)
    assert refused.returncode != 0
    assert named in refused.stderr.splitlines()[-1]


def test_starts_when_nothing_leaks(tmp_path: Path) -> None:
    assert start(tmp_path, {}, "").returncode == 0


def test_outside_production_a_developer_may_debug(tmp_path: Path) -> None:
    assert start(tmp_path, {"PRODUCTION": "False", "DEBUG": "True"}, "").returncode == 0


def test_r29_deploy_check_is_clean() -> None:
    checked = subprocess.run(  # noqa: PLW1510
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env={"PATH": os.environ["PATH"], **SAFE, "SECRET_KEY": "aB3-xY9_" * 10},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    ("variables", "listens", "workers"),
    [({}, "127.0.0.3:9180", 3), ({"PORT": "9181", "WEB_CONCURRENCY": "1"}, "127.0.0.3:9181", 1)],
    ids=["the file", "the environment wins"],
)
def test_gunicorn_listens_and_works_as_the_env_file_says(
    tmp_path: Path, variables: dict[str, str], listens: str, workers: int
) -> None:
    shutil.copytree(settings.BASE_DIR / "config", tmp_path / "config")
    (tmp_path / ".env").write_text("HOST=127.0.0.3\nPORT=9180\nWEB_CONCURRENCY=3\n")
    (tmp_path / "theirs.py").write_text("application = print\n")
    read = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--print-config", "--config", "config/gunicorn.py", "theirs"],
        env={"PATH": os.environ["PATH"], **variables},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = dict(line.replace(" ", "").split("=", 1) for line in read.splitlines())
    assert (found["bind"], found["workers"]) == (f"['{listens}']", str(workers))


def test_the_folder_of_the_default_database_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    database(tmp_path / "var" / "brolly.sqlite3")
    assert (tmp_path / "var").is_dir()


def test_a_database_file_that_is_named_is_as_safe_as_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////var/lib/brolly/directory.sqlite3")
    found = database(settings.BASE_DIR / "var" / "brolly.sqlite3")
    assert "secure_delete=ON" in str(found["OPTIONS"])
    assert "synchronous=FULL" in str(found["OPTIONS"])


def test_who_names_postgresql_without_its_driver_reads_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://localhost/x")
    monkeypatch.setattr("config.env.find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match=r"pip install .* -r requirements-postgres\.txt"):
        database(settings.BASE_DIR / "var" / "brolly.sqlite3")
