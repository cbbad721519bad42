"""One cell of a spreadsheet: how large it may be, what it is called, and how a formula is kept from being one."""

import re

from django.utils.translation import gettext as _

LARGEST = 5 * 1024 * 1024  # bytes of a file
MOST_ROWS = 10_000  # beside the first one and a comment
MOST_COLUMNS = 60
LONGEST_CELL = 10_000  # letters
RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # OWASP, "CSV Injection"
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?|\+[\d\s()./-]+|-")  # of a phone or a point, and "take this away"


class UnreadableSheet(ValueError):
    """A file that cannot be taken; the words say what to do, and nothing has changed."""


def plain(cell: str, row: int, column: int) -> str:
    """Return a cell as it was meant; raise UnreadableSheet where a spreadsheet could run it."""
    if len(cell) > LONGEST_CELL:
        where = {"cell": name_of(row, column)}
        raise UnreadableSheet(_("Cell %(cell)s holds more than 10,000 letters.") % where)
    said = cell.strip()
    if said.startswith(RUN) and not NUMBER.fullmatch(said):
        raise is_formula(row, column)
    return said[1:] if said[:1] == "'" and said[1:].startswith((*RUN, "'")) else said


def is_formula(row: int, column: int) -> UnreadableSheet:
    where = {"cell": name_of(row, column)}
    return UnreadableSheet(
        _(
            "Cell %(cell)s is a formula, or begins like one. Put in what it should say, or an apostrophe (') "
            "before it."
        )
        % where
    )


def too_many(most: int) -> UnreadableSheet:
    """Return what to do with a file of more rows than are taken."""
    if most == MOST_ROWS:
        return UnreadableSheet(_("This file has more than 10,000 rows. Please make several of it."))
    return UnreadableSheet(
        _(
            "This file has more than %(most)s rows, which is the most that can be taken here: make several files "
            "of it, or ask whoever runs this site to take it as a whole."
        )
        % {"most": most}
    )


def safe(cell: str) -> str:
    """Return a cell so that no spreadsheet runs it; `plain` gives back what it was."""
    return f"'{cell}" if cell.startswith((*RUN, "'")) and cell != "-" else cell


def name_of(row: int, column: int) -> str:
    """Return a cell's name as spreadsheets have it, from its row (1 …) and column (0 …): C14."""
    letters, column = "", column + 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row}"
