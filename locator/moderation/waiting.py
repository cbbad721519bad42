"""An organization's own edits that wait: what it wants of its services, and what waits again after an undoing."""

from collections.abc import Collection, Iterable
from copy import deepcopy
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from rest_framework.exceptions import ValidationError as NoDocument

from locator.hsds.agreement import Document
from locator.hsds.reading import PREFETCH, service_document
from locator.hsds.shape import clean_service
from locator.models import Change, Service
from locator.moderation.merging import Outdated, merge, same
from locator.moderation.register import check_left_out
from locator.moderation.scanning import scan
from locator.rules import Actor, Refused, Role

OURS = (Role.PARTNER, Role.OPERATOR)  # whose waiting edits are the organization's own; a command acts for it
REPLACED = "Replaced by a later edit"
TAKEN_BACK = "Taken back by the organization"
NO_LONGER_FITS = (
    "The later edit that replaced this was taken back, but the service has changed in the same place since. "
    "Propose it again if it is still right."
)


def rows_of(ids: Collection[UUID | str], *, lock: bool = False) -> Iterable[Service]:
    """Return services with all that their documents are made of."""
    rows = Service.objects.select_related("organization").prefetch_related(*PREFETCH)
    return (rows.select_for_update(of=("self",)) if lock else rows).filter(id__in=list(ids)).order_by("id")


def waiting_of(ids: Collection[UUID | str], *, lock: bool = False) -> dict[UUID, list[Change]]:
    """Return what waits of an organization's own edits, by service."""
    rows = Change.objects.filter(subject_id__in=list(ids), state=Change.State.WAITING, by_role__in=OURS)
    found: dict[UUID, list[Change]] = {}
    for change in rows.select_for_update() if lock else rows:
        found.setdefault(change.subject_id, []).append(change)
    return found


def with_waiting(document: Document, waiting: Iterable[Change]) -> Document:
    """Return a document with what waits of an organization's own edits."""
    merged = False
    for change in waiting:
        try:
            document = merge(change.base, change.document, document)
            merged = True  # it may share parts with the change: they are not the caller's to write into
        except Outdated:  # what was decided since goes before
            continue
    return deepcopy(document) if merged else document


def note_replaced(changes: Iterable[Change], by: Change | None) -> None:
    """Note which change took the place of edits that waited; none where the later edit asked for nothing."""
    ids = [change.id for change in changes]
    if ids and by is not None:
        Change.objects.filter(id__in=ids).update(replaced_by=by)


def last_of(change: Change) -> Change:
    """Return the edit that carries on what a change asked for: the change itself if none replaced it."""
    while change.replaced_by is not None:
        change = change.replaced_by
    return change


def take_out(change: Change, later: Change, *, by: Actor) -> None:
    """Take what a change asked for out of the later edit that waits and carries it on; raise Outdated, naming it.

    What was said yes to was more, so that is asked anew.
    """
    try:
        document = clean_service(merge(change.document, change.base, later.document))
    except Outdated as outdated:
        raise Outdated(f"{later.document['name']}: {outdated}") from outdated
    later.approvals.all().delete()
    later.document, later.finds = document, scan(document)
    if same(document, later.base):
        later.state, later.decider, later.reason = Change.State.REJECTED, by.name, TAKEN_BACK
        later.decided_at = timezone.now()
    later.save()


def wait_again(undone: Collection[Change], *, by: Actor) -> None:
    """Let edits wait again that changes, taken back by now, had replaced: same author, same place in the queue.

    One that does not fit any more stays turned down and says so in the history: undoing may be urgent, and an
    older wish does not stop it.
    """
    carried = [change.id for change in undone if change.replaced_by_id]  # into a later edit, and now out of it
    replaced = Change.objects.filter(replaced_by__in=[change.id for change in undone], state=Change.State.REJECTED)
    changes = list(replaced.exclude(id__in=carried).select_for_update(of=("self",)))
    ids = {change.subject_id for change in changes}
    rows, waiting = {row.id: row for row in rows_of(ids)} if ids else {}, waiting_of(ids) if ids else {}
    for change in changes:
        _wait_again(change, rows[change.subject_id], waiting.get(change.subject_id, []), by)
    Change.objects.filter(id__in=carried).update(replaced_by=None, reason=TAKEN_BACK)


def _wait_again(change: Change, row: Service, waiting: list[Change], by: Actor) -> None:
    now = service_document(row)
    try:
        wanted = merge(change.base, change.document, with_waiting(now, waiting))
        if same(wanted, with_waiting(now, waiting)):
            return  # a later edit says the same
        document = clean_service(merge(change.base, change.document, now))
        check_left_out(document, now, by=by)
    except (Refused, ValidationError, NoDocument):
        change.reason, change.decided_at = NO_LONGER_FITS, timezone.now()
    else:
        change.state, change.decider, change.decided_at, change.reason = Change.State.WAITING, "", None, ""
        change.document, change.base, change.base_revision = document, now, row.revision
        change.finds = scan(document)
    change.replaced_by = None
    change.save()
