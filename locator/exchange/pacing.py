"""How often everybody together may do something costly in a minute: a count in memory, for each worker.

And what one worker at a time may do at all, because whoever reads slowly would hold every worker with it.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import TypeVar

from django.core.cache import cache
from django.utils import timezone


class TooMany(Exception):
    """More than everybody together may do in a minute."""


class Busy(Exception):
    """Another worker does it just now."""


Piece = TypeVar("Piece")
with TemporaryFile() as _file:  # empty and without a name; made before gunicorn forks
    _TURN = os.dup(_file.fileno())


def in_turn(pieces: Iterable[Piece], nothing: Piece) -> Iterator[Piece]:
    """Return the pieces, with `nothing` before them, as the only worker that sends such; raise Busy if one does.

    The turn ends with the last piece, when whoever reads goes away, and when the worker is killed.
    """

    def sent() -> Iterator[Piece]:
        try:
            fcntl.lockf(_TURN, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise Busy from problem
        try:
            yield nothing
            yield from pieces
        finally:
            fcntl.lockf(_TURN, fcntl.LOCK_UN)

    begun = sent()
    next(begun)  # one that has begun lets go of its turn when it is dropped, too
    return begun


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
