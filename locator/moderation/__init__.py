"""The only thing that changes listings: propose, approve, reject, withdraw, roll back."""

from locator.moderation.beside import aligned, only_in
from locator.moderation.deciding import (
    apply,
    approve,
    confirm,
    correct,
    current,
    hold,
    is_of_new_organization,
    lists_anew,
    propose,
    reject,
    withdraw,
)
from locator.moderation.differing import Difference, differences
from locator.moderation.editing import Asked, Correction, Hours, retime, today
from locator.moderation.including import ASKED, decide_inclusion, unanswered
from locator.moderation.likeness import Alike, Directory, alike
from locator.moderation.merging import Outdated
from locator.moderation.organizations import add_organization, trust
from locator.moderation.own import Submitted, begin, draft_of, still_right, submit, take_back, tried_on, undo
from locator.moderation.reports import ReportKind, report
from locator.moderation.suggestions import SuggestionHow, suggest
from locator.moderation.undoing import roll_back, undo_since
from locator.moderation.uniting import separate, unite

__all__ = [
    "ASKED",
    "Alike",
    "Asked",
    "Correction",
    "Difference",
    "Directory",
    "Hours",
    "Outdated",
    "ReportKind",
    "Submitted",
    "SuggestionHow",
    "add_organization",
    "aligned",
    "alike",
    "apply",
    "approve",
    "begin",
    "confirm",
    "correct",
    "current",
    "decide_inclusion",
    "differences",
    "draft_of",
    "hold",
    "is_of_new_organization",
    "lists_anew",
    "only_in",
    "propose",
    "reject",
    "report",
    "retime",
    "roll_back",
    "separate",
    "still_right",
    "submit",
    "suggest",
    "take_back",
    "today",
    "tried_on",
    "trust",
    "unanswered",
    "undo",
    "undo_since",
    "unite",
    "withdraw",
]
