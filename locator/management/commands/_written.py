"""What is written on a command line: pairs, dates, moments, opening times; each says how to write it."""

from argparse import ArgumentTypeError
from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import CommandError

from locator import moderation
from locator.exchange.hours_text import read


def a_pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise ArgumentTypeError(f"“{text}” needs a name, an equals sign and what it shall say.")
    return name, value


def some_dates(text: str) -> dict[str, str]:
    """Return the dates of a closure, and why: “2026-12-24..2027-01-02=the holidays”."""
    dates, _sign, why = text.partition("=")
    first, _dots, last = dates.partition("..")
    try:
        days = [date.fromisoformat(first), date.fromisoformat(last or first)]
    except ValueError as problem:
        raise ArgumentTypeError(f"“{dates}” are no dates. Write them as 2026-12-24..2027-01-02.") from problem
    if days[0] > days[1]:
        raise ArgumentTypeError(f"“{dates}” ends before it begins.")
    said = {"first": days[0].isoformat(), "last": days[1].isoformat()}
    return said | ({"description": why} if why else {})


def hours_written(options: dict[str, Any]) -> moderation.Hours | None:
    """Return the hours that were written; say what could not be read, and change nothing then."""
    how = {"closed": options["closed"], "of_lines": options["of_lines"], "reopen": options["reopen"]}
    if options["hours"] is None:
        return moderation.Hours(**how) if options["closed"] or options["reopen"] else None
    found = read(options["hours"])
    if found.unread:
        raise CommandError("Nothing was changed. Not read: " + " ".join(found.unread))
    if not (found.rules or found.times):
        raise CommandError("Nothing was changed. There are no hours in that.")
    return moderation.Hours(found.rules, found.times, **how)


def a_moment(text: str) -> datetime:
    """Return the moment that somebody wrote; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as problem:
        raise ArgumentTypeError(f"“{text}” is no moment. Write it as 2026-12-01T08:00.") from problem
    return found if found.tzinfo else found.replace(tzinfo=UTC)
