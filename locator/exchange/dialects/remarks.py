"""A part of a record of others: what is read of it, and what nobody read, by its path in the file."""

from collections.abc import Iterator
from typing import Any

from locator.exchange.dialects.older import NAMES
from locator.exchange.dialects.words import cleaned, shortened
from locator.exchange.records import Kind, Remark

DEEPEST = 30  # levels; a service with its location, contact, phone and language has nine
MOST_REMARKS = 300  # of one record
TWICE = "said twice"
NO_PLACE = "We have no place for this."
# What only says which row belongs to which: read in tables.py, and no loss.
STRUCTURE = frozenset(
    "id service_id location_id service_at_location_id organization_id contact_id phone_id program_id link_id "
    "link_entity link_type taxonomy_term_id".split()
)
Row = dict[str, Any]


class Said:
    """What there is to say about a record: one remark for a field, however often it is there."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Remark] = {}

    def say(self, kind: Kind, field: str, words: str) -> None:
        if len(self._found) < MOST_REMARKS:
            self._found.setdefault((kind, field), Remark(kind, field[:200], words[:500]))

    @property
    def remarks(self) -> list[Remark]:
        return list(self._found.values())


def is_empty(value: Any) -> bool:
    return value is None or (
        isinstance(value, (str, list, dict)) and not (value.strip() if isinstance(value, str) else value)
    )


class Part:
    """An object of a record. What is taken from it is remembered; `report_rest` names all that was not."""

    __slots__ = ("_children", "_made", "_taken", "path", "row", "said")

    def __init__(self, row: Row, path: str, said: Said) -> None:
        self.row, self.path, self.said = row, path, said
        self._taken: set[str] = set()
        self._children: list[Part] = []
        self._made: dict[str, list[Part]] = {}

    def field(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name or "(without a name)"

    def get(self, name: str) -> Any:
        """Return what is said under a name of HSDS 3.x, or under an older one; None where nothing is."""
        key = self._key(name)
        return None if key is None else self.row[key]

    def take(self, name: str) -> Any:
        """Return what is said and note that it was read."""
        key = self._key(name)
        if key is None:
            return None
        self._taken.add(key)
        return self.row[key]

    def name_in_file(self, name: str) -> str:
        return self.field(self._key(name) or name)

    def _key(self, name: str) -> str | None:
        for key in NAMES.get(name, (name,)):
            if key in self.row and not is_empty(self.row[key]):
                return key
        return None

    def text(self, name: str, most: int) -> str:
        """Return words as plain text of so many letters; a number as words, a list of words parted by commas."""
        value = self.get(name)
        if isinstance(value, list) and value and all(isinstance(one, (str, int, float)) for one in value):
            value = ", ".join(str(one) for one in value)
        if isinstance(value, (dict, list)) or value is None:
            return ""
        field = self.name_in_file(name)
        self.take(name)
        found, why = cleaned(str(value))
        if why:
            self.guessed(field, why)
        if len(found) > most:
            self.guessed(field, f"Longer than {most} letters; the rest is left away.")
            found = shortened(found, most)
        return found

    def parts(self, name: str, of_words: str = "name") -> list["Part"]:
        """Return the objects under a name; a bare word is one that says it under `of_words`."""
        key = self._key(name)
        if key is None:
            return []
        if key in self._made:
            return self._made[key]
        value, field = self.row[key], self.field(key)
        found, rest = [], 0
        for one in value if isinstance(value, list) else [value]:
            row = one if isinstance(one, dict) else {of_words: one} if isinstance(one, (str, int, float)) else None
            if row is None or is_empty(one):
                rest += row is None
            else:
                found.append(self._child(row, field))
        self._taken.add(key)
        self._made[key] = found
        if rest:
            self.dropped(field, "This is no object.")
        return found

    def part(self, name: str) -> "Part | None":
        found = self.parts(name)
        return found[0] if found else None

    def _child(self, row: Row, path: str) -> "Part":
        child = Part(row, path, self.said)
        self._children.append(child)
        return child

    def take_key(self, key: str) -> None:
        """Note that a member was read, by its very name."""
        self._taken.add(key)

    def take_all(self) -> None:
        """Note that all of it was read."""
        self._taken |= set(self.row)

    def guessed(self, field: str, words: str) -> None:
        self.said.say(Kind.GUESSED, field, words)

    def dropped(self, field: str, words: str) -> None:
        self.said.say(Kind.DROPPED, field, words)

    def report_rest(self) -> None:
        """Say of each leaf that nobody read that it is not taken."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            for key in part.row.keys() - part._taken - STRUCTURE:
                if key == TWICE:
                    part.guessed(part.field(TWICE), f"What was said last is taken: {part.row[key]}.")
                    continue
                for field in _leaves(part.row[key], part.field(str(key))):
                    part.dropped(field, NO_PLACE)
            waiting += part._children


def _leaves(value: Any, path: str) -> Iterator[str]:
    """Yield the path of each member that says something, without the numbers of rows."""
    waiting = [(value, path, 0)]
    while waiting:
        one, where, depth = waiting.pop()
        if is_empty(one):
            continue
        if isinstance(one, dict) and depth < DEEPEST:
            waiting += [
                (member, f"{where}.{key}", depth + 1) for key, member in one.items() if key not in STRUCTURE
            ]
        elif isinstance(one, list) and depth < DEEPEST:
            waiting += [(member, where, depth + 1) for member in one]
        else:
            yield where
