"""What all columns share: how a cell says "as it was" and "take it away", and what is wrong with one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from locator.hsds.parts import plain

Document = dict[str, Any]
Cells = dict[str, str]
AWAY = "-"


class Wrong(Exception):
    """What cannot be taken over from a row: words, by column."""

    def __init__(self, **words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class Part:
    """Columns that belong together.

    `say` returns what a document says in each; `put` writes the cells that are different into a document, an empty
    one for what shall be taken away, and raises Wrong.
    """

    hints: Mapping[str, str | Promise]  # by column
    say: Callable[[Document], Cells]
    put: Callable[[Document, Cells], None]


def as_cell(said: object) -> str:
    return str(said).replace("\r\n", "\n").strip()


def check_words(column: str, said: str, most: int) -> None:
    """Raise Wrong for words that are too long or hold hidden signs."""
    if len(said) > most:
        raise Wrong(**{column: _("Please use fewer words: up to %(n)s letters.") % {"n": most}})
    check(column, plain, said)


def check(column: str, validate: Callable[..., None], *said: str) -> None:
    """Raise Wrong, with the words of a validator, for what it refuses."""
    try:
        validate(*said)
    except ValidationError as problem:
        raise Wrong(**{column: " ".join(problem.messages)}) from problem
