"""The next days' opening times in one short text, for a search to read beside a row without asking again.

"30001440:30000000-30000240 ?30000300-30003180" says, in minutes since 1970 UTC: complete until 30001440, open
between the first two, and perhaps open (`?`) between the others. An empty text: we do not know.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from locator.hours.opening import Interval, Is

MOST_SPANS = 40
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Packed(NamedTuple):
    """What a packed text says, in minutes since 1970 UTC."""

    complete: int
    spans: list[tuple[int, int]]  # in order
    unsure: list[tuple[int, int]]


def minute(at: datetime) -> int:
    """Return the whole minutes from 1970 to a moment, UTC."""
    return int((at - _EPOCH).total_seconds()) // 60


def at_minute(minute: int) -> datetime:
    """Return the moment (UTC) of a minute since 1970."""
    return _EPOCH + timedelta(minutes=minute)


def pack(complete: datetime, spans: Iterable[Interval], unsure: Iterable[Interval]) -> str:
    """Return the text; where all would be too long for a row, it is complete for a shorter time."""
    known, end = sorted(spans), written(complete)
    perhaps = [f"?{written(at.begins)}-{written(at.ends)}" for at in sorted(unsure)[:MOST_SPANS]]
    if len(known) > MOST_SPANS:
        end = min(end, written(known[MOST_SPANS].begins))
    said = [f"{written(at.begins)}-{written(at.ends)}" for at in known[:MOST_SPANS]]
    return f"{end}:{' '.join([*said, *perhaps])}"


def unpack(packed: str) -> Packed:
    complete, _colon, said = packed.partition(":")
    found = Packed(int(complete), [], [])
    for words in said.split():
        begins, _dash, ends = words.lstrip("?").partition("-")
        (found.unsure if words[0] == "?" else found.spans).append((int(begins), int(ends)))
    return found


def written(at: datetime) -> str:
    """Return a moment's minute as packed texts write it: of two, the earlier sorts first (until the year 2160)."""
    return f"{minute(at):08}"


def judged(packed: str, begins: str, ends: str) -> Is:
    """Return whether somebody is there at any minute from one to before another, both as `written`.

    Asked of every row near a place, so it compares the text as it stands and reads no further than it has to.
    """
    complete, said = packed[:8], packed[9:]
    if begins >= complete:
        return Is.UNKNOWN
    spans, mark, unsure = said.partition("?")
    if _any(spans, begins, ends):
        return Is.OPEN
    if ends > complete or (mark and _any(unsure.replace("?", ""), begins, ends)):
        return Is.UNKNOWN
    return Is.CLOSED


def _any(said: str, begins: str, ends: str) -> bool:
    """Say whether a span of a text, whose spans are in order, has a minute from one to before another."""
    for words in said.split():
        if words[9:] > begins:
            return words[:8] < ends
    return False


class Stand(NamedTuple):
    """What holds at a minute, and the minute that ends it if it is known: closing, or the next opening."""

    what: Is
    until: int | None = None


def stand(packed: str, now: int) -> Stand:
    """Return what holds at a minute; spans that touch are one."""
    if not packed:
        return Stand(Is.UNKNOWN)
    found = unpack(packed)
    begins, ends = _next(found.spans, now)
    if now >= found.complete:
        return Stand(Is.UNKNOWN)
    if begins is not None and begins <= now:
        return Stand(Is.OPEN, ends if ends < found.complete else None)
    ahead = [opens for opens, closes in found.unsure if closes > now]
    if any(opens <= now for opens in ahead):
        return Stand(Is.UNKNOWN)
    return Stand(Is.CLOSED, None if begins is None or any(opens < begins for opens in ahead) else begins)


def _next(spans: list[tuple[int, int]], now: int) -> tuple[int | None, int]:
    """Return the first span that is not over, with those that touch it; None if there is none."""
    begins, ends = None, 0
    for opens, closes in spans:
        if closes <= now:
            continue
        if begins is not None and opens > ends:
            break
        begins, ends = opens if begins is None else begins, max(ends, closes)
    return begins, ends


def opens(packed: str, now: int) -> int | None:
    """Return the minute of the next opening, `now` if it is open; None if we do not know of any."""
    found = stand(packed, now)
    return now if found.what == Is.OPEN else found.until
