"""What was measured, as Markdown: a table for each database, and a line for each budget of DESIGN.md, 7."""

import os
from dataclasses import dataclass
from statistics import median

from tests.scale.asking import DENSEST, EMPTY, ID_FREE, NEAR, OPEN_AT, OPEN_NOW, PAGE
from tests.scale.measuring import Measured

HEAD = [
    "Request",
    *("in the worker, median ms", "p95", "× empty", "× (empty + SQL)"),
    *("over the loopback, median ms", "p95", "× empty", "× (empty + SQL)"),
    *("bare SQL ms", "queries", "found"),
]
BUDGETED = 100_000  # services that the budgets of time speak of
MILLION = 1_000_000


@dataclass
class Run:
    """Everything measured on one database."""

    engine: str
    size: int
    rows: list[Measured]
    resident: float  # megabytes after the last request
    peak: float
    night: float  # seconds that carrying all opening times on by a day took; 0 above the size its budget speaks of
    load: float  # processes that wanted to run in the last minute; what is over one was not ours

    def row(self, name: str) -> Measured:
        return next(row for row in self.rows if row.kind.name == name)

    def inside(self, name: str) -> float:
        """Return the median of a kind in the worker, in milliseconds."""
        return median(self.row(name).inside)

    def waited(self, name: str) -> float:
        """Return the median of a kind at the other end of the loopback, in milliseconds."""
        return median(self.row(name).waited)

    def bare(self, name: str) -> float:
        """Return the median of the bare SQL of a kind, in milliseconds."""
        return median(self.row(name).bare)


def table(run: Run) -> str:
    """Return one database's figures."""
    title = f"### {run.engine}, {run.size:,} services"
    held = f"The worker holds {run.resident:.0f} MB, and held {run.peak:.0f} MB at most."
    busy = f"Load {run.load:.1f} on {os.cpu_count()} processors; over 1, others kept them busy too."
    rule = ["---"] + ["---:"] * (len(HEAD) - 1)
    return "\n".join(
        [title, "", f"{held} {busy}", "", *map(_line, [HEAD, rule, *(_cells(run, row) for row in run.rows)]), ""]
    )


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(run: Run, row: Measured) -> list[str]:
    name, bare = row.kind.name, run.bare(row.kind.name)
    found = f"{median(row.found):.0f}"
    inside = _against(row.inside, run.inside(EMPTY), bare)
    waited = _against(row.waited, run.waited(EMPTY), bare)
    return [name, *inside, *waited, f"{bare:.2f}", _span(row.queries), found]


def _against(values: list[float], empty: float, bare: float) -> list[str]:
    """Return the median and p95 in milliseconds, and how often the median holds an empty view, then with SQL."""
    middle, slow = median(values), sorted(values)[int(len(values) * 0.95)]
    return [f"{middle:.2f}", f"{slow:.2f}", f"{middle / empty:.1f}", f"{middle / (empty + bare):.1f}"]


def _span(values: list[int]) -> str:
    return str(max(values)) if min(values) == max(values) else f"{min(values)}–{max(values)}"


def budgets(runs: list[Run]) -> str:
    """Return a line for each budget that these runs can tell something of."""
    lines = []
    for run in runs:
        if run.size == BUDGETED:
            lines += [*_time(run, NEAR, 8), *_time(run, DENSEST, 20)]
            lines += [_dearer(run, OPEN_NOW, 1.3), _dearer(run, OPEN_AT, 3)]
            lines.append(_budget(f"{run.engine}, {run.size:,}: a night of opening times", run.night, 120, "s"))
        about = f"{run.engine}, {run.size:,}"
        lines.append(_budget(f"{about}: queries of a results page", max(run.row(PAGE).queries), 6))
        lines.append(_budget(f"{about}: a worker's memory", run.resident, 160, "MB"))
        if run.size == MILLION:
            before = [other for other in runs if (other.engine, other.size) == (run.engine, BUDGETED)]
            lines += [_growth(run, other) for other in before]
    return "\n".join(["### Budgets", "", *lines])


def _time(run: Run, name: str, limit: float) -> list[str]:
    about = f"{run.engine}, {run.size:,}: {name}"
    ratio = run.inside(name) / (run.inside(EMPTY) + run.bare(name))
    return [
        _budget(f"{about}, median in the worker", run.inside(name), limit, "ms"),
        _budget(f"{about}, median over the loopback", run.waited(name), limit, "ms"),
        _budget(f"{about}, in the worker, times an empty view and the bare SQL", ratio, 5),
    ]


def _dearer(run: Run, name: str, limit: float) -> str:
    """Return what a question about time costs, times the same question without it, in the worker."""
    return _budget(f"{run.engine}, {run.size:,}: {name}", run.inside(name) / run.inside(ID_FREE), limit, "times")


def _growth(million: Run, other: Run) -> str:
    grown = million.inside(NEAR) / other.inside(NEAR)
    return _budget(f"{million.engine}: near among {MILLION:,}, times {BUDGETED:,}", grown, 2.5)


def _budget(words: str, value: float, limit: float, unit: str = "") -> str:
    verdict = "met" if value <= limit else "missed"
    amounts = [f"{amount:.4g} {unit}".strip() for amount in (value, limit, abs(limit - value))]
    return f"- {words}: {amounts[0]}, at most {amounts[1]}: **{verdict}** by {amounts[2]}"
