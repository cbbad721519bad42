"""A change: proposed, approved, turned down, put at once. Each is one transaction.

A change is a whole document; approving one checks it again, locks its subject, merges what has changed since,
writes the rows and projects the listings.
"""

from collections.abc import Callable, Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from locator import publishing
from locator.hsds.agreement import Document
from locator.hsds.reading import PREFETCH, organization_document, service_document
from locator.hsds.shape import clean_organization, clean_service
from locator.hsds.writing import write_organization, write_service
from locator.models import Approval, Change, Inclusion, Location, Membership, Moved, Organization, Service, Status
from locator.moderation import editing, purging, telling
from locator.moderation.editing import Asked, Correction, today
from locator.moderation.merging import merge
from locator.moderation.register import check_left_out, check_let_back_by_another
from locator.moderation.scanning import scan
from locator.rules import (
    Actor,
    Refused,
    Role,
    approvals_needed,
    check_may_decide,
    check_operator_may_apply,
    organization_of,
)

Subject = Change.Subject


def propose(document: Document, *, by: Actor, subject: str = Subject.SERVICE) -> Change:
    """Record what a service or an organization shall be; nothing changes yet.

    Raises rest_framework's ValidationError, naming each field, when it is no document, and IsLeftOut for what
    asked not to be listed.
    """
    clean = clean_service if subject == Subject.SERVICE else clean_organization
    cleaned = clean(document)
    row = find(subject, cleaned["id"])
    change = proposal(cleaned, row, document_of(row), by=by, subject=subject)
    change.save()
    return change


def proposal(
    cleaned: Document, row: Service | Organization | None, base: Document | None, *, by: Actor, subject: str
) -> Change:
    """Return a change that is not stored yet; `base` is what the row says now. Raises IsLeftOut."""
    check_left_out(cleaned, base, by=by)
    return Change(
        subject=subject,
        subject_id=UUID(cleaned["id"]),
        document=cleaned,
        base=base,
        base_revision=row.revision if row else 0,
        finds=scan(cleaned) if subject == Subject.SERVICE else [],
        author=by.name,
        author_account_id=by.account,
        by_role=by.role,
    )


@transaction.atomic
def approve(change: Change, *, by: Actor, tried: Collection[str] = ()) -> Change:
    """Say yes to a change; once enough people have, make it the record and publish it.

    `tried` are the numbers and addresses in it that this person tried: they are shown from then on. Raises
    Refused, or Outdated when the same thing has changed since it was proposed, and changes nothing then.
    """
    change = _waiting(change)
    is_new = by.role != Role.OPERATOR and is_of_new_organization(change)
    check_may_decide(by, change, is_new=is_new, today=today())
    _check_not_invited_by(by, change)
    _check_included(change, by)
    if by.role == Role.PARTNER and (tried or change.approvals.filter(by_role=Role.PARTNER).exists()):
        raise Refused("A moderator has to say the other yes, and to try the numbers.")
    row = find(change.subject, change.subject_id, lock=True)
    change.previous = document_of(row)
    if row and row.revision != change.base_revision:
        change.document = merge(change.base, change.document, change.previous)
        change.base_revision = row.revision
    check_left_out(change.document, change.previous, by=by)
    check_let_back_by_another(change.document, change.previous, by=by)
    if by.role == Role.OPERATOR and change.subject == Subject.SERVICE:
        check_operator_may_apply(change.previous, change.document)
    if tried:
        editing.mark_tried(change.document, by, today(), list(tried))
        change.save(update_fields=["document"])
    said = {"account_id": by.account, "by_role": by.role}
    Approval.objects.get_or_create(change=change, name=by.name, defaults=said)
    if change.approvals.count() < approvals_needed(by, is_new):
        return change
    write(change)
    decide(change, Change.State.APPROVED, by, "")
    telling.tell_author(change)
    return change


def _check_not_invited_by(by: Actor, change: Change) -> None:
    """Raise Refused for a moderator who let the proposer in: that could be one person with two accounts."""
    invited = Membership.objects.filter(user=change.author_account_id, invited_by=by.account)
    if by.account is not None and change.author_account_id is not None and invited.exists():
        raise Refused("You invited the person who proposed this. Somebody else has to decide it.")


def _check_included(change: Change, by: Actor) -> None:
    """Raise Refused when a change would list something of an organization nobody has let in (SAFETY R55)."""
    if by.role == Role.OPERATOR or not lists_anew(change):
        return
    rows = Inclusion.objects.filter(organization_id=organization_of(change.document))
    if not rows.filter(decision=Inclusion.Decision.INCLUDED).exists():
        raise Refused("Decide first whether this organization belongs in the directory, and say why.")


def lists_anew(change: Change) -> bool:
    """Say whether a change would show a service that is not shown now."""
    wanted, now = (row.get("brolly", {}).get("status") for row in (change.document, change.base or {}))
    return bool(wanted == Status.LISTED and now != Status.LISTED)


def is_of_new_organization(change: Change) -> bool:
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
    decide(change, Change.State.REJECTED, by, reason.strip())
    telling.tell_author(change)
    return change


def withdraw(service_id: UUID | str, *, by: Actor, reason: str) -> Change:
    """Take a service out of sight everywhere, at once; one person is enough."""
    return _out_of_sight(service_id, Status.WITHDRAWN, by, reason)


def withdraw_all(service_ids: Collection[UUID | str], *, by: Actor, reason: str) -> None:
    """Take several services out of sight, until somebody lists each of them again."""
    for service_id in service_ids:
        _out_of_sight(service_id, Status.UNLISTED, by, reason)


def hold(service_id: UUID | str, *, by: Actor, reason: str) -> Change:
    """Take a service out of sight until somebody has looked at it; one moderator is enough (SAFETY R57)."""
    if by.role == Role.PARTNER:
        raise Refused("Only a moderator holds a service back.")
    return _out_of_sight(service_id, Status.UNLISTED, by, reason)


@transaction.atomic
def _out_of_sight(service_id: UUID | str, status: Status, by: Actor, reason: str) -> Change:
    find(Subject.SERVICE, service_id, lock=True)
    document = current(service_id)
    return put({**document, "brolly": {**document["brolly"], "status": status.value}}, by=by, reason=reason)


def put(document: Document, *, by: Actor, reason: str, subject: str = Subject.SERVICE) -> Change:
    """Make a document the record at once, as a change of its own; its subject is locked by the caller."""
    change = propose(document, by=by, subject=subject)
    change.previous = change.base
    check_let_back_by_another(change.document, change.previous, by=by)
    write(change)
    return decide(change, Change.State.APPROVED, by, reason)


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
    document = document_of(find(Subject.SERVICE, service_id))
    if document is None:
        raise Refused("There is no such service.")
    return document


def find(subject: str, row_id: UUID | str, *, lock: bool = False) -> Service | Organization | None:
    model = Service if subject == Subject.SERVICE else Organization
    rows = model.objects.select_for_update() if lock else model.objects.all()
    found: Service | Organization | None = rows.filter(id=row_id).first()
    return found


def document_of(row: Service | Organization | None) -> Document | None:
    if isinstance(row, Service):
        return service_document(Service.objects.prefetch_related(*PREFETCH).get(id=row.id))
    return organization_document(row) if row else None


def _waiting(change: Change) -> Change:
    """Return the change locked, or raise Refused when somebody has decided it already."""
    fresh = Change.objects.select_for_update().get(id=change.id)
    if fresh.state != Change.State.WAITING:
        raise Refused("Somebody has decided this already.")
    return fresh


def write(change: Change) -> None:
    """Write the rows of a change and project every service that shares something with them."""
    revision = change.base_revision + 1
    if change.subject == Subject.ORGANIZATION:
        organization = write_organization(clean_organization(change.document), revision=revision)
        touched = list(organization.services.values_list("id", flat=True))
    else:
        service = write_rows(change, clean_service(change.document))
        touched = [service.id, *beside([service.id])]
    publishing.project(touched)
    if change.subject == Subject.SERVICE:
        telling.tell_contacts(change, change.previous, asked=False)


def write_rows(change: Change, cleaned: Document) -> Service:
    """Write the rows of a service's change, and publish nothing yet; raise Refused if its words tell too much."""
    told = purging.still_told(change.previous, cleaned)
    if told:
        raise Refused(f"The words of this listing still tell the address that it hides: {', '.join(told)}.")
    service = write_service(cleaned, revision=change.base_revision + 1, before=change.previous)
    moved = Moved.objects.filter(service=service)
    if (
        service.status != Status.WITHDRAWN and moved.exists()
    ):  # it is in the directory again, and leads to no other
        if change.by_role == Role.PARTNER:
            raise Refused("A moderator found this to be the same as another one. Ask a moderator.")
        moved.delete()
    return service


def beside(service_ids: Collection[UUID]) -> list[UUID]:
    """Return the other services that are at a place of one of these."""
    places = Location.objects.filter(of_services__service__in=service_ids)
    others = Service.objects.filter(at_locations__location__in=places).exclude(id__in=service_ids).distinct()
    return list(others.order_by("id").values_list("id", flat=True))


def decide(change: Change, state: str, by: Actor, reason: str) -> Change:
    change.state = state
    change.decider = by.name
    change.decided_at = timezone.now()
    change.reason = reason
    change.save()
    if state == Change.State.APPROVED and change.subject == Subject.SERVICE:
        hides = bool(purging.hidden_by(change.previous, change.document))
        purging.purge(change.previous, change.document)
        Change.objects.filter(id=change.id).update(purged=hides)
        change.refresh_from_db()
    return change
