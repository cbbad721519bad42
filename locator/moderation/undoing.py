"""Taking back what was published: one change, or everything an account did since a time."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from locator.hsds.agreement import Document
from locator.models import Change
from locator.moderation.deciding import Subject, decide, document_of, find, put
from locator.moderation.merging import Outdated, merge
from locator.moderation.register import IsLeftOut
from locator.rules import Actor, Refused, Role


@transaction.atomic
def roll_back(change: Change, *, by: Actor) -> Change:
    """Make the subject what it was before an approved change, as a change of its own."""
    if by.role == Role.PARTNER:
        raise Refused("Only a moderator rolls a change back.")
    if change.state != Change.State.APPROVED:
        raise Refused("Only an approved change can be rolled back.")
    find(change.subject, change.subject_id, lock=True)
    return put(before(change), by=by, reason=f"Rolled back {change.id}", subject=change.subject)


@transaction.atomic
def undo_since(account: int, since: datetime, *, by: Actor) -> list[Change]:
    """Undo everything an account did since a time (UTC), whoever approved it, and turn down what waits (R52).

    What others changed since stays, unless it is of the same thing: then all goes back to what was there before
    the first of those changes.
    """
    if by.role == Role.PARTNER:
        raise Refused("Only a moderator undoes what an account did.")
    theirs = Change.objects.select_for_update().filter(author_account=account, proposed_at__gte=since)
    for change in theirs.filter(state=Change.State.WAITING):
        decide(change, Change.State.REJECTED, by, "Everything this account did since then was undone.")
    by_subject: dict[tuple[str, UUID], list[Change]] = {}
    for change in theirs.filter(state=Change.State.APPROVED).order_by("decided_at", "id"):
        by_subject.setdefault((change.subject, change.subject_id), []).append(change)
    undone = [_undo(subject, row_id, changes, by) for (subject, row_id), changes in by_subject.items()]
    return [change for change in undone if change]


def _undo(subject: str, row_id: UUID, changes: list[Change], by: Actor) -> Change | None:
    """Take changes of one subject back, the last first; what asked to be left out since stays as it is."""
    document: Document = dict(document_of(find(subject, row_id, lock=True)) or {})
    try:
        for change in reversed(changes):
            document = merge(change.document, before(change), document)
    except Outdated:
        document = before(changes[0])
    try:
        return put(document, by=by, reason="Undone: everything this account did since a time", subject=subject)
    except IsLeftOut:
        return None


def before(change: Change) -> Document:
    """Return the document before a change; a service that was new goes out of sight."""
    if change.previous is not None:
        return dict(change.previous)
    if change.subject == Subject.ORGANIZATION:
        raise Refused("An organization that was new cannot be rolled back; withdraw its services.")
    return {**change.document, "brolly": {**change.document["brolly"], "status": "unlisted"}}
