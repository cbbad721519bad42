"""Does PostgreSQL write down what people typed? Asked by `check --deploy --database default` (SAFETY R27)."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as Warned
from django.db import connections

from config.env import BASE_DIR

SHIPPED = BASE_DIR / "deploy" / "postgresql.conf"


def shipped() -> dict[str, str]:
    """Return what deploy/postgresql.conf sets, by name."""
    lines = (line.partition(" = ") for line in SHIPPED.read_text(encoding="utf-8").splitlines())
    return {name: value.strip("'") for name, equals, value in lines if equals and not name.startswith("#")}


@register(Tags.database, deploy=True)
def postgres_writes_nothing_down(databases: Sequence[str] | None = None, **_asked: Any) -> list[CheckMessage]:
    """Return a warning for each setting that is not what we ship; what may not be read is passed over."""
    return [warning for alias in databases or () for warning in _of(alias)]


def _of(alias: str) -> Iterator[CheckMessage]:
    if connections[alias].vendor != "postgresql":
        return
    wanted = shipped()
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s) ORDER BY name", [[*wanted]])
        for name, setting in cursor.fetchall():
            if setting != wanted[name]:
                words = f"PostgreSQL ({alias}) has {name} = {setting!r}, not {wanted[name]!r}."
                yield Warned(words, hint="Put deploy/postgresql.conf where it reads it.", id="brolly.W001")
