"""The only thing that changes listings: propose, approve, reject, withdraw, roll back.

Each is one transaction. A change is a whole document; approving one checks it again, locks its subject,
refuses when the subject has changed since it was proposed, writes the rows and projects the listings.
"""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from locator import publishing
from locator.hsds.agreement import Document
from locator.hsds.reading import PREFETCH, organization_document, service_document
from locator.hsds.shape import clean_organization, clean_service
from locator.hsds.writing import write_organization, write_service
from locator.models import Change, Location, Organization, Service
from locator.moderation import editing
from locator.moderation.editing import Asked, Correction, Hours, today
from locator.moderation.reports import ReportKind, report
from locator.rules import Actor, Refused, Role, check_may_decide, check_operator_may_apply

Subject = Change.Subject


class Outdated(Refused):
    """The subject has changed since this was proposed."""


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
        base_revision=row.revision if row else 0,
        author=by.name,
    )


@transaction.atomic
def approve(change: Change, *, by: Actor) -> Change:
    """Make the change the record and publish it; raise Refused or Outdated and change nothing otherwise."""
    change = _waiting(change)
    check_may_decide(by, change)
    row = _find(change.subject, change.subject_id, lock=True)
    if (row.revision if row else 0) != change.base_revision:
        raise Outdated("This has changed since the change was proposed. Look at it again and propose anew.")
    change.previous = _document(row)
    if by.role == Role.OPERATOR and change.subject == Subject.SERVICE:
        check_operator_may_apply(change.previous, change.document)
    _write(change)
    return _decide(change, Change.State.APPROVED, by, "")


@transaction.atomic
def reject(change: Change, *, by: Actor, reason: str) -> Change:
    """Turn the change down, with words for the person who proposed it."""
    change = _waiting(change)
    check_may_decide(by, change)
    if not reason.strip():
        raise Refused("Say why, so that the person who proposed it can do better.")
    return _decide(change, Change.State.REJECTED, by, reason)


@transaction.atomic
def withdraw(service_id: UUID | str, *, by: Actor, reason: str) -> Change:
    """Take a service out of sight everywhere, at once; one person is enough."""
    _find(Subject.SERVICE, service_id, lock=True)
    document = current(service_id)
    change = propose({**document, "brolly": {**document["brolly"], "status": "withdrawn"}}, by=by)
    change.previous = document
    _write(change)
    return _decide(change, Change.State.APPROVED, by, reason)


@transaction.atomic
def roll_back(change: Change, *, by: Actor) -> Change:
    """Make the subject what it was before an approved change, as a change of its own."""
    if by.role == Role.PARTNER:
        raise Refused("Only a moderator rolls a change back.")
    if change.state != Change.State.APPROVED:
        raise Refused("Only an approved change can be rolled back.")
    row = _find(change.subject, change.subject_id, lock=True)
    undo = propose(_before(change), by=by, subject=change.subject)
    undo.previous = _document(row)
    _write(undo)
    return _decide(undo, Change.State.APPROVED, by, f"Rolled back {change.id}")


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
        service = write_service(clean_service(change.document), revision=revision)
        places = Location.objects.filter(of_services__service=service)
        beside = Service.objects.filter(at_locations__location__in=places).exclude(id=service.id).distinct()
        touched = [service.id, *beside.order_by("id").values_list("id", flat=True)]
    publishing.project(touched)


def _decide(change: Change, state: str, by: Actor, reason: str) -> Change:
    change.state = state
    change.decider = by.name
    change.decided_at = timezone.now()
    change.reason = reason
    change.save()
    return change


__all__ = [
    "Asked",
    "Correction",
    "Hours",
    "Outdated",
    "ReportKind",
    "apply",
    "approve",
    "confirm",
    "correct",
    "current",
    "propose",
    "reject",
    "report",
    "roll_back",
    "today",
    "withdraw",
]
