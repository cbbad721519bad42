"""What a search answers."""

import json
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from locator.geocoding import Found


@dataclass(frozen=True)
class Row:
    """A listing as it is shown. `distance_km` is None where it would say too much, or nothing."""

    data: str  # JSON without its closing brace
    distance_km: float | None
    confirmed: bool
    remote: bool = False  # reached by phone or online, or nobody said where it is
    area: bool = False  # serves a named area alone
    open_packed: str = ""  # when somebody is there (hours.packing)
    country: str = ""  # where it is, or the one country it serves

    @property
    def shown(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.data + "}")
        return found


@dataclass(frozen=True)
class Answer:
    """What a search answers: a page of rows, and what a person needs to know about the rest."""

    asked: dict[str, Any]  # the cleaned question
    place: Found | None
    alternatives: list[Found]
    count: int
    unconfirmed_count: int
    rows: list[Row]
    here: int = 0  # near a place: how many of `count` are places to go to
    facets: dict[str, dict[str, int]] | None = None
    without: dict[tuple[str, str], int] = field(default_factory=dict)
    hours_unknown: int = 0  # match but for the time asked for, and may be open then for all we know
    nearest: Row | None = None  # beyond the radius, when no place to go to is within it

    @property
    def far(self) -> int:
        """How many of `count` are reached by phone or online, or are for a whole country."""
        return self.count - self.here

    @property
    def pages(self) -> int:
        total = self.count + (self.unconfirmed_count if self.asked["include_unconfirmed"] else 0)
        size: int = self.asked["page_size"]
        return max(1, ceil(total / size))


class NoSuchPage(Exception):
    """The page asked for is beyond the last one."""

    def __init__(self, last: int) -> None:
        super().__init__(last)
        self.last = last
