"""How the cost of a search grows with the number of services, drawn: docs/growth.svg (`make bench`, `--plot`)."""

from html import escape
from math import log10
from pathlib import Path

from tests.scale.asking import DENSEST, EMPTY, NEAR, PAGE, TEXT
from tests.scale.report import Run

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 420, 56, 40, 190, 44
SIZES, TIMES = (2_000, 1_000_000), (0.1, 1_000)  # the ends of both scales: services, milliseconds
TICKS = [2_000, 10_000, 100_000, 1_000_000]
LINES = {NEAR: "#0b6e4f", DENSEST: "#a63d40", TEXT: "#3d5a98", PAGE: "#8a5a00", EMPTY: "#777"}
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#222}.title{font-size:14px}.rule{stroke:#bbb;stroke-width:.5}"
    "path{fill:none;stroke-width:2}.other{stroke-dasharray:5 4}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.rule{stroke:#555}}"
)


def write(path: Path, runs: list[Run]) -> None:
    """Draw the medians of runs of several sizes, both scales logarithmic; the second database's are dashed."""
    path.write_text(drawn(runs), encoding="utf-8")


def drawn(runs: list[Run]) -> str:
    engines = list(dict.fromkeys(run.engine for run in runs))
    parts = [*_scales(), *_legend(engines)]
    for number, engine in enumerate(engines):
        some = sorted((run for run in runs if run.engine == engine), key=lambda run: run.size)
        parts += [_line(name, some, "other" if number else "") for name in LINES]
    words = "Milliseconds in one worker for one request (median), by number of services"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{words}">\n'
        f"<style>{STYLE}</style>\n"
        f'<text class="title" x="{LEFT}" y="20">{words}</text>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _x(size: float) -> float:
    share = log10(size / SIZES[0]) / log10(SIZES[1] / SIZES[0])
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _y(milliseconds: float) -> float:
    share = log10(max(milliseconds, TIMES[0]) / TIMES[0]) / log10(TIMES[1] / TIMES[0])
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def _scales() -> list[str]:
    found = []
    for size in TICKS:
        found.append(f'<line class="rule" x1="{_x(size)}" x2="{_x(size)}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        found.append(f'<text x="{_x(size)}" y="{HEIGHT - 24}" text-anchor="middle">{size:,}</text>')
    for power in range(-1, 4):
        y, words = _y(10**power), f"{10**power:g} ms"
        found.append(f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        found.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{words}</text>')
    return found


def _legend(engines: list[str]) -> list[str]:
    x, found = WIDTH - RIGHT + 16, []
    for number, (name, colour) in enumerate(LINES.items()):
        y = TOP + 14 + 22 * number
        found.append(
            f'<path d="M{x} {y}h22" stroke="{colour}"/><text x="{x + 30}" y="{y + 4}">{escape(name)}</text>'
        )
    for number, engine in enumerate(engines):
        y, dashed = TOP + 150 + 22 * number, ' class="other"' if number else ""
        found.append(
            f'<path{dashed} d="M{x} {y}h22" stroke="#777"/><text x="{x + 30}" y="{y + 4}">{engine}</text>'
        )
    return found


def _line(name: str, runs: list[Run], css: str) -> str:
    points = [f"{_x(run.size)} {_y(run.inside(name))}" for run in runs]
    return f'<path class="{css}" d="M{"L".join(points)}" stroke="{LINES[name]}"/>'
