"""What became of each record of a file: counted, and row by row in a CSV file."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from locator.exchange.cells import safe
from locator.exchange.records import Kind, Record, Remark

COLUMNS = ("where", "record", "name", "became", "kind", "field", "words")
Row = tuple[str, ...]


class Became(StrEnum):
    """What became of a record."""

    NEW = "proposed, new"
    CHANGE = "proposed, a change"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    LEFT_OUT = "left out, on request"


@dataclass
class Report:
    """The counts of an import; `write` takes each line of the report by row."""

    import_id: UUID | None = None
    counts: Counter[str] = field(default_factory=Counter)
    writer: Any = None

    def note(self, record: Record, became: Became, remarks: Iterable[Remark] = ()) -> None:
        """Count a record and say what became of it; of who asked to be left out, only that."""
        said = list(dict.fromkeys(remarks))
        self.counts["read"] += 1
        self.counts[became] += 1
        for kind in {remark.kind for remark in said}:
            if kind is not Kind.SKIPPED:
                self.counts[kind] += 1
        name = "" if became is Became.LEFT_OUT else record.name
        for remark in [] if became is Became.LEFT_OUT else said:
            self._write(record.where, record.key, name, became, remark.kind, remark.field, remark.words)
        if not said or became is Became.LEFT_OUT:
            self._write(record.where, record.key, name, became, "", "", "")

    def decided(self, record: Record, words: str) -> None:
        """Count what became of a proposal that was to be approved; `words` say why it still waits."""
        self.counts["waits" if words else "approved"] += 1
        self._write(record.where, record.key, record.name, "waits" if words else "approved", "", "", words)

    def _write(self, *cells: str) -> None:
        if self.writer:
            self.writer.writerow([safe(str(cell)) for cell in cells])

    def __str__(self) -> str:
        counts = self.counts
        new, changed = counts[Became.NEW], counts[Became.CHANGE]
        lines = [
            (
                f"{counts['read']} records read: {new} proposed as new, {changed} as changes, "
                f"{counts[Became.UNCHANGED]} unchanged, {counts[Became.SKIPPED]} skipped, "
                f"{counts[Became.LEFT_OUT]} left out, on request."
            ),
            f"In {counts[Kind.GUESSED]} something was guessed, in {counts[Kind.DROPPED]} something dropped.",
        ]
        if counts["approved"] or counts["waits"]:
            lines.append(f"{counts['approved']} approved, {counts['waits']} still wait for somebody to look.")
        return "\n".join(lines)


@contextmanager
def written_to(report: Report, path: Path | None) -> Iterator[None]:
    """Write the report by row into a file, which is there only once all is done."""
    if path is None:
        yield
        return
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            report.writer = csv.writer(file)
            report.writer.writerow(COLUMNS)
            yield
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
