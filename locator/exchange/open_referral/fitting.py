"""What no column of a listing says, asked of what it shows. What is not known fits nothing."""

from collections.abc import Callable
from datetime import time
from typing import Any

from locator.exchange.open_referral.terms import Term, confirmed

Shown = dict[str, Any]
Fits = Callable[[Shown], bool]


def answering(term: Term) -> Fits:
    """Ask for an answer, yes or no, that somebody gave who knows."""
    return lambda shown: any(
        (question.key, answer["answer"]) == (term.key, term.answer) for question, answer in confirmed(shown)
    )


def answering_anything(shown: Shown) -> bool:
    return any(True for _answer in confirmed(shown))


def from_age(years: int) -> Fits:
    """Ask for a lowest age of so many years or more, as Open Referral UK has it."""
    return lambda shown: shown.get("minimum_age", -1) >= years


def to_age(years: int) -> Fits:
    """Ask for a highest age of so many years or less."""
    return lambda shown: "maximum_age" in shown and shown["maximum_age"] <= years


def at(day: str, opens: time | None, closes: time | None) -> Fits:
    """Ask for one rule of opening times that has the day, begins then or later, and ends then or earlier."""

    def fits(rule: Shown) -> bool:
        if day and not any(code.endswith(day) for code in rule["byday"].split(",")):
            return False
        if "opens_at" not in rule:
            return opens is None and closes is None
        begins, ends = rule["opens_at"][:5], rule["closes_at"][:5]
        if begins == ends == "00:00":
            ends = "23:59"
        late = closes is not None and (ends <= begins or ends > f"{closes:%H:%M}")
        return not late and (opens is None or begins >= f"{opens:%H:%M}")

    return lambda shown: any(fits(rule) for rule in _rules(shown))


def _rules(shown: Shown) -> list[Shown]:
    return [*shown["hours"], *(rule for line in [*shown["phones"], *shown["links"]] for rule in line["hours"])]
