"""Whether something asked to be left out: asked of every change before it is noted and before it is written."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from locator.hsds.agreement import Document
from locator.models import LeftOut, LeftOutMark, Status
from locator.moderation.marks import Form, forms_of, marks
from locator.rules import Actor, Refused, Role

CLOSED = {Status.UNLISTED.value, Status.WITHDRAWN.value}
LOCK = 2_424  # of PostgreSQL, for as long as a transaction: any number that nothing else here uses


class IsLeftOut(Refused):
    """It asked to be left out. A partner is not told that, nor why: the words would be somebody's else's."""


def entries_of(forms: Iterable[Form]) -> list[LeftOut]:
    """Return what holds now of these forms, the oldest first."""
    found = set(LeftOutMark.objects.filter(mark__in=marks(forms)).values_list("entry", flat=True))
    # Nearly every document has none: a second query for the few that do is cheaper than a join for all.
    return (
        list(LeftOut.objects.filter(id__in=found, let_back_on=None).order_by("decided_on", "id")) if found else []
    )


def is_left_out(document: Document) -> list[str]:
    """Return why a document may not be listed: the reasons of all that it or a part of it asked for."""
    return list(dict.fromkeys(entry.reason for entry in entries_of(forms_of(document))))


def check_left_out(document: Document, before: Document | None, *, by: Actor) -> None:
    """Raise IsLeftOut for a document that somebody asked to be left out, or a part of it.

    What is out of sight, and only says what it said before, may stay so and be changed: it has to be withdrawn.
    """
    in_turn()
    found = entries_of(forms_of(document))
    if not found:
        return
    known = {entry.id for entry in entries_of(forms_of(before))} if before and _out_of_sight(document) else set()
    new = [entry for entry in found if entry.id not in known]
    if new:
        raise IsLeftOut(_words(new, by))


def left_out_among(pairs: Iterable[tuple[Document, Document | None]]) -> set[int]:
    """Return the numbers, from 0, of documents that `check_left_out` would refuse; two queries for all of them."""
    if not LeftOut.objects.filter(let_back_on=None).exists():
        return set()
    told = [(forms_of(document), document, before) for document, before in pairs]
    own = [marks(forms) for forms, _document, _before in told]
    rows = LeftOutMark.objects.filter(mark__in=set().union(*own), entry__let_back_on=None)
    found = set(rows.values_list("mark", flat=True))
    held = {number for number, mine in enumerate(own) if mine & found}
    return {number for number in held if _is_refused(*told[number][1:])}


def _is_refused(document: Document, before: Document | None) -> bool:
    try:
        check_left_out(document, before, by=Actor("", Role.SOURCE))
    except IsLeftOut:
        return True
    return False


def has_let_back(by: Actor) -> bool:
    """Say whether a person ever took anything off the register."""
    theirs = Q(let_back_by=by.name) | Q(let_back_account=by.account, let_back_account__isnull=False)
    return LeftOut.objects.filter(theirs, let_back_on__isnull=False).exists()


def check_let_back_by_another(document: Document, before: Document | None, *, by: Actor) -> None:
    """Raise IsLeftOut when this person alone would bring back what had asked to be left out.

    Who takes something off the register may not approve its listing as well; once it is listed, they may.
    """
    if _out_of_sight(document):
        return
    theirs = Q(let_back_by=by.name) | Q(let_back_account=by.account, let_back_account__isnull=False)
    rows = set(LeftOut.objects.filter(theirs, let_back_on__isnull=False).values_list("id", flat=True))
    if not rows:
        return
    known = forms_of(before) if before and not _out_of_sight(before) else set()
    if LeftOutMark.objects.filter(entry__in=rows, mark__in=marks(forms_of(document) - known)).exists():
        raise IsLeftOut(_("You took this off the list of what was left out. Somebody else has to approve it."))


def in_turn(*, alone: bool = False) -> None:
    """Let no change be written while an entry is made, to the end of both; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_xact_lock{'' if alone else '_shared'}(%s::bigint)", [LOCK])


def _out_of_sight(document: Document) -> bool:
    """Say whether a document shows nothing: an organization's own shows nothing by itself."""
    return "organization" not in document or document["brolly"]["status"] in CLOSED


def _words(entries: list[LeftOut], by: Actor) -> str:
    if by.role == Role.PARTNER:
        return _("This cannot be listed here. Ask a moderator.")
    reasons = "; ".join(dict.fromkeys(f"{entry.reason} ({entry.decided_on.isoformat()})" for entry in entries))
    return _("This was left out, on request: %(reasons)s") % {"reasons": reasons}
