"""The only thing that changes listings: propose, approve, reject, withdraw, roll back.

Each is one transaction. A change is a whole document; approving one checks it again, locks its subject,
refuses when the subject has changed since it was proposed, writes the rows and projects the listings.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from locator import publishing
from locator.hsds.agreement import Document
from locator.hsds.reading import PREFETCH, organization_document, service_document
from locator.hsds.shape import clean_organization, clean_service
from locator.hsds.writing import write_organization, write_service
from locator.models import Approval, Change, Location, Organization, Service, Status
from locator.moderation import editing, purging, splitting, telling
from locator.moderation.editing import Asked, Correction, Hours, today
from locator.moderation.merging import Outdated, merge, same
from locator.moderation.reports import ReportKind, report
from locator.moderation.scanning import scan
from locator.moderation.suggestions import SuggestionHow, suggest
from locator.rules import (
    Actor,
    Refused,
    Role,
    approvals_needed,
    check_may_decide,
    check_may_submit,
    check_operator_may_apply,
    organization_of,
)

Subject = Change.Subject


def propose(document: Document, *, by: Actor, subject: str = Subject.SERVICE) -> Change:
    """Record what a service or an organization shall be; nothing changes yet.

    Raises rest_framework's ValidationError, naming each field, when it is no document.
    """
    clean = clean_service if subject == Subject.SERVICE else clean_organization
    cleaned = clean(document)
    row = _find(subject, cleaned["id"])
    return Change.objects.create(
        subject=subject,
        subject_id=cleaned["id"],
        document=cleaned,
        base=_document(row),
        base_revision=row.revision if row else 0,
        finds=scan(cleaned) if subject == Subject.SERVICE else [],
        author=by.name,
        author_account_id=by.account,
        by_role=by.role,
    )


@dataclass(frozen=True)
class Submitted:
    """What became of a partner's edit: a part may be in effect, and a part may wait for a second person."""

    done: Change | None
    waiting: Change | None


@transaction.atomic
def submit(document: Document, *, by: Actor) -> Submitted:
    """Take a partner's edit of a service: what needs no second person takes effect at once, the rest waits.

    Raises Refused for another organization's service, and ValidationError as `propose` does.
    """
    row = _find(Subject.SERVICE, document["id"], lock=True)
    before = _document(row)
    check_may_submit(by, before, document)
    after = clean_service(splitting.only_theirs(before, document))
    done = None
    if before is not None and isinstance(row, Service):
        now = splitting.at_once(before, after, trusted=row.organization.trusted)
        if not same(clean_service(now), clean_service(before)):
            done = _put(now, by=by, reason="Needs no second person")
            before = current(row.id)
    if before is not None and same(after, before):
        return Submitted(done, None)
    waiting = propose(after, by=by)
    telling.tell_contacts(waiting, before, asked=True)
    return Submitted(done, waiting)


@transaction.atomic
def approve(change: Change, *, by: Actor, tried: Collection[str] = ()) -> Change:
    """Say yes to a change; once enough people have, make it the record and publish it.

    `tried` are the numbers and addresses in it that this person tried: they are shown from then on. Raises
    Refused, or Outdated when the same thing has changed since it was proposed, and changes nothing then.
    """
    change = _waiting(change)
    check_may_decide(by, change)
    row = _find(change.subject, change.subject_id, lock=True)
    change.previous = _document(row)
    if row and row.revision != change.base_revision:
        change.document = merge(change.base, change.document, change.previous)
        change.base_revision = row.revision
    if by.role == Role.OPERATOR and change.subject == Subject.SERVICE:
        check_operator_may_apply(change.previous, change.document)
    if tried:
        editing.mark_tried(change.document, by, today(), list(tried))
        change.save(update_fields=["document"])
    Approval.objects.get_or_create(change=change, name=by.name, defaults={"account_id": by.account})
    if change.approvals.count() < approvals_needed(by, _is_new(change)):
        return change
    _write(change)
    return _decide(change, Change.State.APPROVED, by, "")


def _is_new(change: Change) -> bool:
    """Say whether nothing of the organization was ever published: nobody has vouched for it yet."""
    listed = Change.objects.filter(subject=Subject.SERVICE, state=Change.State.APPROVED)
    organization = organization_of(change.document)
    return not listed.filter(document__organization__id=organization, document__brolly__status="listed").exists()


@transaction.atomic
def reject(change: Change, *, by: Actor, reason: str) -> Change:
    """Turn the change down, with words for the person who proposed it."""
    change = _waiting(change)
    check_may_decide(by, change)
    if not reason.strip():
        raise Refused("Say why, so that the person who proposed it can do better.")
    return _decide(change, Change.State.REJECTED, by, reason)


def withdraw(service_id: UUID | str, *, by: Actor, reason: str) -> Change:
    """Take a service out of sight everywhere, at once; one person is enough."""
    return _out_of_sight(service_id, Status.WITHDRAWN, by, reason)


def hold(service_id: UUID | str, *, by: Actor, reason: str) -> Change:
    """Take a service out of sight until somebody has looked at it; one moderator is enough (SAFETY R57)."""
    if by.role == Role.PARTNER:
        raise Refused("Only a moderator holds a service back.")
    return _out_of_sight(service_id, Status.UNLISTED, by, reason)


@transaction.atomic
def _out_of_sight(service_id: UUID | str, status: Status, by: Actor, reason: str) -> Change:
    _find(Subject.SERVICE, service_id, lock=True)
    document = current(service_id)
    return _put({**document, "brolly": {**document["brolly"], "status": status.value}}, by=by, reason=reason)


@transaction.atomic
def roll_back(change: Change, *, by: Actor) -> Change:
    """Make the subject what it was before an approved change, as a change of its own."""
    if by.role == Role.PARTNER:
        raise Refused("Only a moderator rolls a change back.")
    if change.state != Change.State.APPROVED:
        raise Refused("Only an approved change can be rolled back.")
    _find(change.subject, change.subject_id, lock=True)
    return _put(_before(change), by=by, reason=f"Rolled back {change.id}", subject=change.subject)


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
        _decide(change, Change.State.REJECTED, by, "Everything this account did since then was undone.")
    by_subject: dict[tuple[str, UUID], list[Change]] = {}
    for change in theirs.filter(state=Change.State.APPROVED).order_by("decided_at", "id"):
        by_subject.setdefault((change.subject, change.subject_id), []).append(change)
    return [_undo(subject, row_id, changes, by) for (subject, row_id), changes in by_subject.items()]


def _undo(subject: str, row_id: UUID, changes: list[Change], by: Actor) -> Change:
    """Take changes of one subject back, the last first."""
    document: Document = dict(_document(_find(subject, row_id, lock=True)) or {})
    try:
        for change in reversed(changes):
            document = merge(change.document, _before(change), document)
    except Outdated:
        document = _before(changes[0])
    return _put(document, by=by, reason="Undone: everything this account did since a time", subject=subject)


def _put(document: Document, *, by: Actor, reason: str, subject: str = Subject.SERVICE) -> Change:
    """Make a document the record at once, as a change of its own; its subject is locked by the caller."""
    change = propose(document, by=by, subject=subject)
    change.previous = change.base
    _write(change)
    return _decide(change, Change.State.APPROVED, by, reason)


def _before(change: Change) -> Document:
    """Return the document before a change; a service that was new goes out of sight."""
    if change.previous is not None:
        return dict(change.previous)
    if change.subject == Subject.ORGANIZATION:
        raise Refused("An organization that was new cannot be rolled back; withdraw its services.")
    return {**change.document, "brolly": {**change.document["brolly"], "status": "unlisted"}}


def apply(service_id: UUID | str, edit: Callable[[Document], None], *, by: Actor) -> Change:
    """Edit the current document and approve the result, for an operator's command."""
    with transaction.atomic():
        document = current(service_id)
        edit(document)
        return approve(propose(document, by=by), by=by)


def confirm(service_id: UUID | str, *, by: Actor, asked: Asked, contacts: list[str]) -> Change:
    """Record that a person asked and the listing is right; show the numbers and links that they tried.

    `contacts` are numbers or addresses as the record has them; raises Refused for one it does not have.
    """
    return apply(service_id, lambda document: editing.confirm(document, asked, by, contacts), by=by)


def correct(service_id: UUID | str, correction: Correction, *, by: Actor, asked: Asked) -> Change:
    """Correct answers and words, take contacts away, hide the address; raises Refused for what is not there."""
    return apply(service_id, lambda document: editing.correct(document, correction, asked), by=by)


def current(service_id: UUID | str) -> Document:
    """Return the document of a service as it stands; raise Refused when there is none."""
    document = _document(_find(Subject.SERVICE, service_id))
    if document is None:
        raise Refused("There is no such service.")
    return document


def _find(subject: str, row_id: UUID | str, *, lock: bool = False) -> Service | Organization | None:
    model = Service if subject == Subject.SERVICE else Organization
    rows = model.objects.select_for_update() if lock else model.objects.all()
    found: Service | Organization | None = rows.filter(id=row_id).first()
    return found


def _document(row: Service | Organization | None) -> Document | None:
    if isinstance(row, Service):
        return service_document(Service.objects.prefetch_related(*PREFETCH).get(id=row.id))
    return organization_document(row) if row else None


def _waiting(change: Change) -> Change:
    """Return the change locked, or raise Refused when somebody has decided it already."""
    fresh = Change.objects.select_for_update().get(id=change.id)
    if fresh.state != Change.State.WAITING:
        raise Refused("Somebody has decided this already.")
    return fresh


def _write(change: Change) -> None:
    """Write the rows of a change and project every service that shares something with them."""
    revision = change.base_revision + 1
    if change.subject == Subject.ORGANIZATION:
        organization = write_organization(clean_organization(change.document), revision=revision)
        touched = list(organization.services.values_list("id", flat=True))
    else:
        told = purging.still_told(change.previous, change.document)
        if told:
            raise Refused(f"The words of this listing still tell the address that it hides: {', '.join(told)}.")
        service = write_service(clean_service(change.document), revision=revision)
        places = Location.objects.filter(of_services__service=service)
        beside = Service.objects.filter(at_locations__location__in=places).exclude(id=service.id).distinct()
        touched = [service.id, *beside.order_by("id").values_list("id", flat=True)]
    publishing.project(touched)
    if change.subject == Subject.SERVICE:
        telling.tell_contacts(change, change.previous, asked=False)


def _decide(change: Change, state: str, by: Actor, reason: str) -> Change:
    change.state = state
    change.decider = by.name
    change.decided_at = timezone.now()
    change.reason = reason
    change.save()
    if state == Change.State.APPROVED and change.subject == Subject.SERVICE:
        purging.purge(change.previous, change.document)
        change.refresh_from_db()
    return change


__all__ = [
    "Asked",
    "Correction",
    "Hours",
    "Outdated",
    "ReportKind",
    "Submitted",
    "SuggestionHow",
    "apply",
    "approve",
    "confirm",
    "correct",
    "current",
    "hold",
    "propose",
    "reject",
    "report",
    "roll_back",
    "submit",
    "suggest",
    "today",
    "undo_since",
    "withdraw",
]
