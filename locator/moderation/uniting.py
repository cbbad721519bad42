"""Two services that are one: which stays, and the other leads to it (SAFETY R56).

The one that stays is as it was. Nothing new is put before the public by the one person who does this: what only
the other had can be proposed, and waits for somebody else like any edit.
"""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from locator import publishing
from locator.hsds.agreement import Document
from locator.models import Change, Inclusion, Moved, Service, Status
from locator.moderation import telling
from locator.moderation.beside import brought
from locator.moderation.deciding import Subject, current, propose, put
from locator.rules import Actor, Refused, Role


@transaction.atomic
def unite(
    service_id: UUID | str, into: UUID | str, *, by: Actor, reason: str, bring: Collection[str] = ()
) -> Change | None:
    """Take a service out of the directory as the same as another, to which its address leads from now on.

    To another organization's it leads once a second person has agreed: visitors find other numbers there.

    `bring` are ids of numbers, pages and places that only the first has: they are proposed for the one that stays,
    as the change that is returned. Raises Refused, and changes nothing then.
    """
    goes, stays = _both(service_id, into)
    _check_may_unite(by, goes, stays)
    if not reason.strip():
        raise Refused("Say why they are the same, so that the next person knows.")
    if stays.status != Status.LISTED:
        raise Refused("The one that stays has to be shown to visitors.")
    if Moved.objects.filter(service=goes).exists():
        raise Refused("This one leads to another already. Undo that first.")
    before = current(goes.id)
    said = {"said_by": by.name, "said_account_id": by.account}
    moved = Moved.objects.create(service=goes, to=stays, before=goes.status, was_public=_was_public(goes), **said)
    put(_with_status(before, Status.WITHDRAWN), by=by, reason=f"The same as {stays.short_id}: {reason.strip()}")
    if not waits(moved):
        telling.tell_united(_of(goes, stays), united=True)
    if not bring:
        return None
    return propose(brought(before, current(stays.id), bring), by=by)


@transaction.atomic
def agree(service_id: UUID | str, *, by: Actor) -> None:
    """Say, as a second person, that a service is the same as another organization's (SAFETY R51)."""
    moved = Moved.objects.select_for_update().filter(service_id=service_id, agreed_by="").first()
    if moved is None:
        raise Refused("Somebody has decided this already.")
    _check_may_unite(by, *_both(moved.service_id, moved.to_id))
    if by.name == moved.said_by or (by.account is not None and by.account == moved.said_account_id):
        raise Refused("You said so. Somebody else has to agree.")
    moved.agreed_by = by.name
    moved.save()
    publishing.project([moved.service_id])
    telling.tell_united(_of(moved.service, moved.to), united=True)


def forget_moves(organization_ids: Collection[str]) -> None:
    """Let no address of organizations that leave lead anywhere, and nothing of theirs come back by an undoing."""
    rows = Moved.objects.filter(service__organization_id__in=list(organization_ids))
    if rows.delete()[0]:
        publishing.project([])


def waits(moved: Moved) -> bool:
    """Say whether a second person has to agree before the address leads there."""
    return not moved.agreed_by and moved.service.organization_id != moved.to.organization_id


@transaction.atomic
def separate(service_id: UUID | str, *, by: Actor) -> Change:
    """Undo that a service was taken for another: it is what it was before, and its address its own.

    One of an organization that was refused meanwhile stays out of sight.
    """
    moved = Moved.objects.select_for_update().filter(service_id=service_id).first()
    if moved is None:
        raise Refused("This one does not lead to another.")
    goes, stays = _both(moved.service_id, moved.to_id)
    _check_may_unite(by, goes, stays)
    moved.delete()
    refused = Inclusion.objects.filter(organization=goes.organization, decision=Inclusion.Decision.REFUSED)
    status = Status.UNLISTED if moved.before == Status.LISTED and refused.exists() else Status(moved.before)
    telling.tell_united(_of(goes, stays), united=False)
    return put(_with_status(current(goes.id), status), by=by, reason=f"Not the same as {stays.short_id} after all")


def _both(service_id: UUID | str, into: UUID | str) -> tuple[Service, Service]:
    """Return two services, locked; raise Refused unless there are two."""
    rows = Service.objects.select_for_update(of=("self",)).select_related("organization")
    found = {str(row.id): row for row in rows.filter(id__in=[service_id, into]).order_by("id")}
    if len(found) != 2:
        raise Refused("That takes two services.")
    return found[str(service_id)], found[str(into)]


def _check_may_unite(by: Actor, *services: Service) -> None:
    """Raise Refused for a partner, and for a moderator who gains by it: an address would lead to their own."""
    if by.role == Role.PARTNER:
        raise Refused("Only a moderator says that two services are one.")
    if _of(*services) & by.organizations:
        raise Refused("You work for this organization. Somebody else has to decide it.")


def _of(*services: Service) -> set[str]:
    return {str(row.organization_id) for row in services}


def _was_public(service: Service) -> bool:
    """Say whether a service ever was listed: the address of one that never was leads nowhere."""
    done = Change.objects.filter(subject=Subject.SERVICE, subject_id=service.id, state=Change.State.APPROVED)
    return done.filter(document__brolly__status=Status.LISTED.value).exists()


def _with_status(document: Document, status: Status) -> Document:
    return {**document, "brolly": {**document["brolly"], "status": status.value}}
