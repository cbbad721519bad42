"""How often everybody together may do something costly in a minute: a count in memory, for each worker."""

from django.core.cache import cache
from django.utils import timezone


class TooMany(Exception):
    """More than everybody together may do in a minute."""


def check(what: str, most: int) -> None:
    """Raise TooMany where no more may be done in this minute; count nothing."""
    if int(cache.get(_key(what), 0)) >= most:
        raise TooMany


def count(what: str, most: int) -> None:
    """Count one more in this minute. Raises TooMany."""
    key = _key(what)
    cache.add(key, 0, timeout=120)
    if cache.incr(key) > most:
        raise TooMany


def _key(what: str) -> str:
    return f"pace:{what}:{int(timezone.now().timestamp()) // 60}"
