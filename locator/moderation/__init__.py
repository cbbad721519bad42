"""The only thing that changes listings: propose, approve, reject, withdraw, roll back."""

from locator.moderation.beside import aligned, only_in
from locator.moderation.by_key import Proposed, for_program, propose_edit, propose_new, shown_to
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
from locator.moderation.leaving_out import entered, holders, leave_out, leave_out_organization, let_back
from locator.moderation.likeness import Alike, Directory, alike, check_unlike
from locator.moderation.listed import Listed
from locator.moderation.merging import Outdated
from locator.moderation.organizations import add_organization, trust
from locator.moderation.own import Submitted, begin, draft_of, still_right, submit, take_back, tried_on, undo
from locator.moderation.register import IsLeftOut, is_left_out
from locator.moderation.reports import ReportKind, report
from locator.moderation.suggestions import SuggestionHow, suggest
from locator.moderation.telling import tell_left, tell_of_key
from locator.moderation.together import Edit, drafts_of, mark, submit_all, undo_all
from locator.moderation.undoing import roll_back, undo_since
from locator.moderation.uniting import agree, forget_moves, separate, unite, waits
from locator.moderation.wishes import Value, a_name, a_number, a_page, an_address, values_given

__all__ = [
    "ASKED",
    "Alike",
    "Asked",
    "Correction",
    "Difference",
    "Directory",
    "Edit",
    "Hours",
    "IsLeftOut",
    "Listed",
    "Outdated",
    "Proposed",
    "ReportKind",
    "Submitted",
    "SuggestionHow",
    "Value",
    "a_name",
    "a_number",
    "a_page",
    "add_organization",
    "agree",
    "aligned",
    "alike",
    "an_address",
    "apply",
    "approve",
    "begin",
    "check_unlike",
    "close",
    "closures",
    "confirm",
    "correct",
    "current",
    "decide_inclusion",
    "differences",
    "draft_of",
    "drafts_of",
    "entered",
    "for_program",
    "forget_moves",
    "hold",
    "holders",
    "is_left_out",
    "is_of_new_organization",
    "leave_out",
    "leave_out_organization",
    "let_back",
    "lists_anew",
    "mark",
    "missing",
    "only_in",
    "propose",
    "propose_edit",
    "propose_new",
    "reject",
    "report",
    "retime",
    "roll_back",
    "separate",
    "shown_to",
    "still_right",
    "submit",
    "submit_all",
    "suggest",
    "take_back",
    "tell_left",
    "tell_of_key",
    "today",
    "today_at",
    "tried_on",
    "trust",
    "unanswered",
    "undo",
    "undo_all",
    "undo_since",
    "unite",
    "values_given",
    "waits",
    "withdraw",
]
