"""Which of the services near a place match, how many would under each choice, and what to show first.

Filters are bit arithmetic on rows already in order, so pages, counts, facets and "without this there are
3 more" come from one reading and one rule, and are the same on every database.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from locator.hours.opening import Is
from locator.hours.packing import judged, written
from locator.hsds.vocabulary import CHANNELS, TYPES
from locator.models import Listing
from locator.models.questions import BY_KEY, COSTS, QUESTIONS, mask
from locator.search.moments import Window


class Candidate(NamedTuple):
    """What a row says that filters ask for."""

    id: Any  # as stored
    short_id: str
    reach: int
    past: bool
    yes_bits: int
    said_bits: int
    need_bits: int
    channel_bits: int
    language_codes: str
    open_packed: str
    stands: Is | None = None  # at the time that was asked for


COLUMNS = Candidate._fields[:-1]
WIDTH = 63  # bits of a column
GROUPS = ("need", "cost", "language", "channel", "open")  # any of the choices within one will do


@dataclass(frozen=True)
class Wanted:
    """A question's filters as bits; 0 or nothing when a filter is not set."""

    answers: int
    cost: int
    need: int
    channel: int
    languages: frozenset[str]
    window: Window | None = None

    @classmethod
    def of(cls, cleaned: dict[str, Any]) -> "Wanted":
        return cls(
            answers=mask(BY_KEY[key] for key in cleaned["answers"]),
            cost=mask(cost for cost in COSTS if cost.key in cleaned["cost"]),
            need=mask(kind for kind in TYPES if kind.code in cleaned["need"]),
            channel=mask(channel for channel in CHANNELS if channel.code in cleaned["channel"]),
            languages=frozenset(cleaned["language"]),
            window=cleaned["window"],
        )

    def lacking(self, row: Candidate, bits: int) -> list[str]:
        """Return the names of the groups that the row fails, reading its answers from `bits`."""
        fails = []
        if self.need and not row.need_bits & self.need:
            fails.append("need")
        if self.cost and not bits & self.cost:
            fails.append("cost")
        if self.languages and self.languages.isdisjoint(row.language_codes.split("|")):
            fails.append("language")
        if self.channel and not row.channel_bits & self.channel:
            fails.append("channel")
        if self.window and row.stands != Is.OPEN:
            fails.append("open")
        return fails


class Tally(list[Candidate]):
    """Rows that match a choice. Counts are of services, each once though it may have several rows here."""

    @property
    def services(self) -> set[str]:
        return {row.short_id for row in self}

    def bits(self, column: str) -> dict[str, int]:
        """Return, by service, the bits of a column that any of its rows has."""
        at = Candidate._fields.index(column)
        found: dict[str, int] = {}
        for row in self:
            found[row.short_id] = found.get(row.short_id, 0) | row[at]  # type: ignore[operator]
        return found


@dataclass
class Judgement:
    """Rows that match, in order, each service once; and the counts behind every choice."""

    confirmed: list[Candidate]
    unconfirmed: list[Candidate]  # would match on what a document says, or were offered once
    facets: dict[str, dict[str, int]]
    without: dict[tuple[str, str], int]  # (group, choice) → how many more there are without it
    hours_unknown: int = 0

    @property
    def here(self) -> int:
        """How many of the confirmed are places to go to, not a voice from afar."""
        return sum(row.reach == Listing.Reach.LOCAL for row in self.confirmed)


def judge(rows: Iterable[Candidate], wanted: Wanted, windows: Mapping[str, Window] | None = None) -> Judgement:
    """Judge rows in the order they come; the first row of a service that matches stands for it.

    `windows` are the times that can be asked for, each with the name of its choice.
    """
    confirmed: dict[str, Candidate] = {}
    unconfirmed: dict[str, Candidate] = {}
    all_of, only_fails = Tally(), {group: Tally() for group in GROUPS}
    one_answer_short: dict[int, set[str]] = {}
    perhaps: set[str] = set()
    for row in rows:
        missing = wanted.answers & ~row.yes_bits
        fails = wanted.lacking(row, row.yes_bits)
        if not row.past and not missing and not fails:
            confirmed.setdefault(row.short_id, row)
            all_of.append(row)
            continue
        if not row.past and not missing and len(fails) == 1:
            only_fails[fails[0]].append(row)
            if fails == ["open"] and row.stands == Is.UNKNOWN:
                perhaps.add(row.short_id)
        elif not row.past and not fails and missing & (missing - 1) == 0:
            one_answer_short.setdefault(missing, set()).add(row.short_id)
        either = row.yes_bits | row.said_bits
        if not wanted.answers & ~either and not wanted.lacking(row, either):
            unconfirmed.setdefault(row.short_id, row)
    return Judgement(
        confirmed=list(confirmed.values()),
        unconfirmed=[row for key, row in unconfirmed.items() if key not in confirmed],
        facets=_facets(all_of, only_fails) | {"open": _open_counts([*all_of, *only_fails["open"]], windows or {})},
        without=_without(confirmed, one_answer_short, only_fails, wanted),
        hours_unknown=len(perhaps - confirmed.keys()),
    )


def _facets(all_of: Tally, only_fails: dict[str, Tally]) -> dict[str, dict[str, int]]:
    """Return how many services remain under each choice, beside the choices already made elsewhere."""
    answers = all_of.bits("yes_bits")
    bits = _bit_counts(answers.values())
    cost = _bit_counts((only_fails["cost"].bits("yes_bits") | answers).values()) if only_fails["cost"] else bits
    return {
        "answers": {question.key: bits[question.bit] for question in QUESTIONS},
        "cost": {option.key: cost[option.bit] for option in COSTS},
        "need": _coded(TYPES, Tally([*all_of, *only_fails["need"]]).bits("need_bits")),
        "channel": _coded(CHANNELS, Tally([*all_of, *only_fails["channel"]]).bits("channel_bits")),
        "language": _language_counts([*all_of, *only_fails["language"]]),
    }


def _coded(items: Iterable[Any], by_service: dict[str, int]) -> dict[str, int]:
    counts = _bit_counts(by_service.values())
    return {item.code: counts[item.bit] for item in items}


def _language_counts(rows: list[Candidate]) -> dict[str, int]:
    by_service = {row.short_id: row.language_codes for row in rows}
    counts = Counter("".join(by_service.values()).split("|"))
    return {code: counts[code] for code in sorted(counts) if code}


def _open_counts(rows: list[Candidate], windows: Mapping[str, Window]) -> dict[str, int]:
    """Return how many services have a place or a line that is open at some minute of each window."""
    found = {}
    for name, window in windows.items():
        begins, ends = written(window.begins), written(window.ends)
        found[name] = len({row.short_id for row in rows if judged(row.open_packed, begins, ends) == Is.OPEN})
    return found


def _bit_counts(values: Iterable[int]) -> list[int]:
    """Return how many values have each bit set, from the lowest: by their digits in one long row of them."""
    digits = "".join([f"{value:0{WIDTH}b}" for value in values])
    return [digits[at::WIDTH].count("1") for at in reversed(range(WIDTH))]


def _without(
    confirmed: dict[str, Candidate],
    one_answer_short: dict[int, set[str]],
    only_fails: dict[str, Tally],
    wanted: Wanted,
) -> dict[tuple[str, str], int]:
    """Return, for each filter that was set, how many more services match when it alone is dropped."""
    more: dict[tuple[str, str], int] = {}
    for question in QUESTIONS:
        if wanted.answers >> question.bit & 1:
            keys = one_answer_short.get(1 << question.bit, set())
            more["answers", question.key] = len(keys - confirmed.keys())
    for group in GROUPS:
        more[group, ""] = len(only_fails[group].services - confirmed.keys())
    return {choice: count for choice, count in more.items() if count}
