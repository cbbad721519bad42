"""The text of a file → its objects, one after another, and where each stands; memory holds one at a time."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any, NamedTuple

import ijson
from ijson.common import JSONError

from locator.exchange.dialects.envelopes import File
from locator.exchange.dialects.older import table_of
from locator.exchange.dialects.remarks import DEEPEST, TWICE, is_empty
from locator.exchange.importing import UnreadableFile

LONGEST = 16 * 1024 * 1024  # letters of one line, and of one object
MOST_MEMBERS = 200_000  # of one object, all that hangs on it
MOST_COLUMNS = 500
LISTS = ("contents", "content", "data", "results", "items", "records")  # an envelope's list, whatever is in it
SCALARS = {"null", "string", "number", "boolean"}
_BLANK = {"null", "\\n", "#n/a", "nan"}


class Item(NamedTuple):
    """An object, the table that the file says it is of ("" for none), and where it stands."""

    table: str
    row: dict[str, Any]
    where: str


def items_of(file: File) -> Iterator[Item]:
    """Yield each object of a file; raise UnreadableFile for what is neither CSV nor JSON."""
    try:
        yield from _of_table(file) if file.is_tabular else _of_trees(file)
    except (RecursionError, OverflowError) as problem:
        raise UnreadableFile(f"{file.name} is nested deeper than any data of services.") from problem
    except csv.Error as problem:
        raise UnreadableFile(f"{file.name}: the cells cannot be told apart ({problem}).") from problem
    except (JSONError, ValueError) as problem:
        raise UnreadableFile(f"{file.name} is no JSON: {_first_line(problem)}") from problem
    except (OSError, EOFError) as problem:
        raise UnreadableFile(f"{file.name} is damaged: {problem}") from problem
    except UnreadableFile:
        raise
    except Exception as problem:  # zlib, lzma and bz2 have no common ancestor
        raise UnreadableFile(f"{file.name} is damaged: {problem}") from problem


def _first_line(problem: Exception) -> str:
    return str(problem).strip().partition("\n")[0][:200]


class _Bounded:
    """The text of a file as UTF-8, so many bytes at a time; raises where too many pass without an object."""

    def __init__(self, text: io.TextIOWrapper, name: str) -> None:
        self._text, self._name = text, name
        self.since = 0

    def read(self, size: int = -1) -> bytes:
        if size == 0:
            return b""
        chunk = self._text.read(1 << 16)
        self.since += len(chunk)
        if self.since > LONGEST:
            raise UnreadableFile(f"{self._name} holds one value of more than 16 million letters.")
        return chunk.encode("utf-8", "replace")


def _of_table(file: File) -> Iterator[Item]:
    table = table_of(file.name) or ""
    with closing(file.text()) as text:
        head = text.readline(LONGEST)
        delimiter = max(",;\t", key=head.count)
        rows = csv.reader(_lines(text, head, file.name), delimiter=delimiter)
        header = [name.strip() for name in next(rows, [])]
        if len(header) > MOST_COLUMNS:
            raise UnreadableFile(f"{file.name} has more than {MOST_COLUMNS} columns.")
        for number, cells in enumerate(rows, 2):
            row: dict[str, Any] = {name: cell for name, cell in zip(header, cells, strict=False) if _says(cell)}
            beyond = [cell for cell in cells[len(header) :] if _says(cell)]
            if beyond:
                row["(beside the table)"] = beyond
            if row:
                yield Item(table, row, f"{file.name}, row {number}")


def _says(cell: str) -> bool:
    said = cell.strip()
    return bool(said) and said.lower() not in _BLANK


def _lines(text: io.TextIOWrapper, head: str, name: str) -> Iterator[str]:
    """Yield lines; raise where one never ends, or where an open quotation mark has swallowed too much."""
    csv.field_size_limit(LONGEST)
    line = head
    while line:
        if len(line) >= LONGEST:
            raise UnreadableFile(f"{name} holds a line of more than 16 million letters.")
        yield line
        line = text.readline(LONGEST)


def _of_trees(file: File) -> Iterator[Item]:
    with closing(file.text()) as text:
        first = text.readline(LONGEST)
        while first and not first.strip():
            first = text.readline(LONGEST)
        if _is_line_of_its_own(first) and text.readline(LONGEST).strip():
            yield from _of_lines(file)
            return
    yield from _Tree(file, _lists_of(file)).items()


def _is_line_of_its_own(line: str) -> bool:
    """Say whether a line is a whole object, so that the file is one object a line (ndjson)."""
    if not line.lstrip().startswith("{") or len(line) >= LONGEST or not line.rstrip().endswith("}"):
        return False
    try:
        return isinstance(_loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _of_lines(file: File) -> Iterator[Item]:
    with closing(file.text()) as text:
        number = 0
        while line := text.readline(LONGEST):
            number += 1
            where = f"{file.name}, line {number}"
            if len(line) >= LONGEST:
                raise UnreadableFile(f"{where} is longer than 16 million letters.")
            if not line.strip():
                continue
            try:
                row = _loads(line)
            except ValueError as problem:
                raise UnreadableFile(f"{where} is no JSON: {_first_line(problem)}") from problem
            yield Item("", row if isinstance(row, dict) else {"value": row}, where)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        found[TWICE] = ", ".join(sorted({name for name in names if names.count(name) > 1})[:10])
    return found


def _loads(line: str) -> Any:
    found = json.loads(line, parse_constant=_no_number, object_pairs_hook=_once)  # RecursionError if very deep
    if isinstance(found, (dict, list)):
        _check_depth(found)
    return found


def _check_depth(value: Any) -> None:
    """Raise RecursionError for what is nested deeper than any data of services."""
    level = [value]
    for _depth in range(DEEPEST):
        members = [one for held in level for one in (held.values() if isinstance(held, dict) else held)]
        level = [one for one in members if isinstance(one, (dict, list))]
        if not level:
            return
    raise RecursionError


def _lists_of(file: File) -> dict[str, str]:
    """Return the members of an envelope that hold the objects, each with the table it is; {} for one record."""
    with closing(file.text()) as text:
        members = _members(_Bounded(text, file.name))
    lists = [name for name, kind in members.items() if kind == "start_array"]
    inner = [name for name in lists if name in LISTS]
    if inner:
        return {inner[0]: ""}
    if {members.get(name) for name in ("id", "name")} & {"word"}:
        return {}
    return {name: table for name in lists if (table := table_of(name))}


def _members(stream: "_Bounded") -> dict[str, str]:
    """Return what each member of the first object is: start_array, start_map or word; {} for a list."""
    members: dict[str, str] = {}
    depth, key = 0, ""
    for event, value in ijson.basic_parse(stream, use_float=True, multiple_values=True):
        stream.since = 0
        if depth == 0 and event != "start_map":
            return {}
        if depth == 1 and event == "map_key":
            key = value
        elif depth == 1 and not event.startswith("end_") and not (event in SCALARS and is_empty(value)):
            members[key] = event if event.startswith("start_") else "word"
        depth += event.startswith("start_") - event.startswith("end_")
        if depth == 0:
            break
    return members


class _Tree:
    """The objects of a JSON text: each record, or each row of an envelope's lists; built event by event."""

    def __init__(self, file: File, lists: dict[str, str]) -> None:
        self.file, self.lists = file, lists
        self.number = 0

    def items(self) -> Iterator[Item]:
        with closing(self.file.text()) as text:
            stream = _Bounded(text, self.file.name)
            events = ijson.basic_parse(stream, use_float=True, multiple_values=True)
            for event, value in self._beating(events, stream):
                if event == "start_map" and self.lists:
                    yield from self._envelope(events, stream)
                elif event == "start_array":
                    yield from self._rows("", events, stream)
                else:
                    yield self._item("", self._built(event, value, events, 1))

    def _beating(self, events: Any, stream: _Bounded) -> Iterator[tuple[str, Any]]:
        for event in events:
            stream.since = 0
            yield event

    def _envelope(self, events: Any, stream: _Bounded) -> Iterator[Item]:
        rest: dict[str, Any] = {}
        for event, key in events:
            if event == "end_map":
                break
            kind, value = next(events)
            if kind == "start_array" and key in self.lists:
                yield from self._rows(self.lists[key], events, stream)
            else:
                rest[key] = self._built(kind, value, events, 1)
        yield Item("envelope", rest, self.file.name)

    def _rows(self, table: str, events: Any, stream: _Bounded) -> Iterator[Item]:
        for event, value in self._beating(events, stream):
            if event == "end_array":
                return
            yield self._item(table, self._built(event, value, events, 1))

    def _item(self, table: str, built: Any) -> Item:
        self.number += 1
        row = built if isinstance(built, dict) else {"value": built}
        return Item(table, row, f"{self.file.name}, number {self.number}")

    def _next(self, events: Any, depth: int) -> Any:
        event, value = next(events)
        return self._built(event, value, events, depth)

    def _built(self, event: str, value: Any, events: Any, depth: int) -> Any:
        """Return the value that begins with an event; raise RecursionError for one that is too deep."""
        if event == "start_map":
            if depth > DEEPEST:
                raise RecursionError
            pairs: list[tuple[str, Any]] = []
            for kind, key in events:
                if kind == "end_map":
                    return _once(pairs)
                pairs.append((key, self._next(events, depth + 1)))
        if event == "start_array":
            if depth > DEEPEST:
                raise RecursionError
            found: list[Any] = []
            for kind, one in events:
                if kind == "end_array":
                    return found
                found.append(self._built(kind, one, events, depth + 1))
        return value
