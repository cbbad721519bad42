"""The only thing that changes listings: propose, approve, reject, withdraw, roll back."""

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
from locator.moderation.editing import (
    Asked,
    Correction,
    Hours,
    close,
    closures,
    missing,
    retime,
    today,
    today_at,
)
from locator.moderation.including import ASKED, decide_inclusion, unanswered
from locator.moderation.likeness import alike
from locator.moderation.merging import Outdated
from locator.moderation.organizations import add_organization, trust
from locator.moderation.own import Submitted, begin, draft_of, still_right, submit, take_back, tried_on, undo
from locator.moderation.reports import ReportKind, report
from locator.moderation.suggestions import SuggestionHow, suggest
from locator.moderation.together import Edit, drafts_of, mark, submit_all, undo_all
from locator.moderation.undoing import roll_back, undo_since

__all__ = [
    "ASKED",
    "Asked",
    "Correction",
    "Difference",
    "Edit",
    "Hours",
    "Outdated",
    "ReportKind",
    "Submitted",
    "SuggestionHow",
    "add_organization",
    "alike",
    "apply",
    "approve",
    "begin",
    "close",
    "closures",
    "confirm",
    "correct",
    "current",
    "decide_inclusion",
    "differences",
    "draft_of",
    "drafts_of",
    "hold",
    "is_of_new_organization",
    "lists_anew",
    "mark",
    "missing",
    "propose",
    "reject",
    "report",
    "retime",
    "roll_back",
    "still_right",
    "submit",
    "submit_all",
    "suggest",
    "take_back",
    "today",
    "today_at",
    "tried_on",
    "trust",
    "unanswered",
    "undo",
    "undo_all",
    "undo_since",
    "withdraw",
]
