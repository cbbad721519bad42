"""How long every kind of request takes, in rounds, beside the bare SQL of the same pages and an empty view."""

import gc
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from django.db import connection
from django.test import Client

from tests.scale.asking import Ask, Kind
from tests.scale.serving import Line, Reply

Statement = tuple[str, Any]
WARM_UP = 10
ROW = b'<li class="row'


@dataclass
class Measured:
    """What was seen of one kind: a value for each request."""

    kind: Kind
    inside: list[float] = field(default_factory=list)  # milliseconds in the worker
    waited: list[float] = field(default_factory=list)  # milliseconds at the other end of the loopback
    bare: list[float] = field(default_factory=list)  # milliseconds of the same page's SQL alone
    queries: list[int] = field(default_factory=list)
    found: list[int] = field(default_factory=list)  # services
    faults: list[str] = field(default_factory=list)


def measure(kinds: list[Kind], line: Line, *, progress: Callable[[str], None]) -> list[Measured]:
    """Ask everything, one request of each kind after the other, so that what disturbs one disturbs all."""
    rows = [Measured(kind) for kind in kinds]
    progress("writing down the queries of each page")
    client = Client(SERVER_NAME="127.0.0.1")  # one for all: each new one reads the folder of static files
    recorded = [[_recorded(client, ask) for ask in kind.asks] for kind in kinds]
    for row, statements in zip(rows, recorded, strict=True):
        row.queries = [len(some) for some in statements]
        for ask in row.kind.asks[:WARM_UP]:
            _served(line, ask)
    gc.collect()
    gc.freeze()  # thousands of statements are kept; no need to look at them in the middle of a measurement
    progress("asking")
    for number in range(len(kinds[0].asks)):
        for row in rows:
            _note(row, row.kind.asks[number], _served(line, row.kind.asks[number]))
        for row, statements in zip(rows, recorded, strict=True):
            row.bare.append(_bare(statements[number]))
    return rows


def memory(line: Line) -> tuple[float, float]:
    """Return the megabytes that the worker holds now, and that it held at most."""
    told = json.loads(line.ask("/memory/").body)
    return told["VmRSS"] / 1024, told["VmHWM"] / 1024


def _served(line: Line, ask: Ask) -> Reply:
    return line.ask(ask.path if ask.form is None else line.ask(ask.path, ask.form).location)


def _note(row: Measured, ask: Ask, reply: Reply) -> None:
    found = _found(reply.body) if reply.status == 200 else 0
    row.inside.append(reply.inside_ms)
    row.waited.append(reply.waited_ms)
    row.found.append(found)
    if reply.status != 200:
        row.faults.append(f"{row.kind.name}: {ask} was answered with {reply.status}")
    elif row.kind.always_finds and not found:
        row.faults.append(f"{row.kind.name}: {ask} found nothing")


def _found(body: bytes) -> int:
    """Return how many services an answer speaks of: a list's count, a service itself, a page's rows."""
    if body.startswith(b"{"):
        return int(json.loads(body).get("count", 1))
    return body.count(ROW)


def _recorded(client: Client, ask: Ask) -> list[Statement]:
    """Return the statements that our own program sends to the database for a request, with their values."""
    statements: list[Statement] = []

    def write_down(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    path = ask.path if ask.form is None else client.post(ask.path, ask.form).headers["Location"]
    with connection.execute_wrapper(write_down):
        client.get(path)
    return statements


def _bare(statements: list[Statement]) -> float:
    """Return the milliseconds that the statements take with nothing around them, every row fetched."""
    with connection.cursor() as cursor:
        started = perf_counter()
        for sql, params in statements:
            cursor.execute(sql, params)
            cursor.fetchall()
        return (perf_counter() - started) * 1000
