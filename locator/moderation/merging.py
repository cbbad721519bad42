"""Three-way merge of documents: what was proposed, onto what has changed since, if they do not touch."""

from typing import Any

from locator.rules import Refused

NOTHING = object()
KEYS = (("id",), ("question", "location"), ("field", "language"), ("option",), ("code",))


class Outdated(Refused):
    """The subject has changed since this was proposed, in the same place."""


def merge(base: Any, proposed: Any, now: Any) -> Any:
    """Return `now` with what `proposed` changed of `base`; raise Outdated where both changed the same thing."""
    if same(proposed, base):
        return now
    if same(now, base) or same(now, proposed):
        return proposed
    if isinstance(proposed, dict) and isinstance(now, dict):
        return _merged(base if isinstance(base, dict) else {}, proposed, now)
    if _keyed(proposed) and _keyed(now):
        rows = _merged(_by_key(base) if _keyed(base) else {}, _by_key(proposed), _by_key(now))
        return list(rows.values())
    raise Outdated("This has changed since the change was proposed. Look at it again and propose anew.")


def _merged(base: dict[Any, Any], proposed: dict[Any, Any], now: dict[Any, Any]) -> dict[Any, Any]:
    keys = [*now, *(key for key in proposed if key not in now)]
    found = {key: merge(*(side.get(key, NOTHING) for side in (base, proposed, now))) for key in keys}
    return {key: value for key, value in found.items() if value is not NOTHING}


def same(one: Any, other: Any) -> bool:
    """Say whether two parts of documents say the same, whatever the order of their rows."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list) and _keyed(one) and _keyed(other):
        return same(_by_key(one), _by_key(other))
    return bool(one == other)


def _keyed(rows: Any) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) and _key(row) for row in rows)


def _by_key(rows: list[dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    return {_key(row): row for row in rows}


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    """Return what tells a row from its neighbours: its id, its question at a place, its field and language …"""
    return next((tuple(row.get(name) for name in names) for names in KEYS if names[0] in row), ())
