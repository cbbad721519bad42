"""What a moderator does with an organization as a whole."""

from uuid import UUID, uuid4

from django.db import transaction

from locator.models import Change, Organization
from locator.moderation.deciding import Subject, put
from locator.rules import Actor, Refused, Role


def add_organization(name: str, *, by: Actor) -> Change:
    """Make an organization, so that somebody of it can be invited; nothing of it is shown yet."""
    if by.role == Role.PARTNER:
        raise Refused("Only a moderator adds an organization.")
    document = {"id": str(uuid4()), "name": name.strip()}
    with transaction.atomic():
        return put(document, by=by, reason="Added", subject=Subject.ORGANIZATION)


def trust(organization_id: UUID | str, *, trusted: bool, by: Actor) -> None:
    """Say whether an organization's hours and words need no second person from now on."""
    if by.role == Role.PARTNER or str(organization_id) in by.organizations:
        raise Refused("Only a moderator of another organization decides that.")
    Organization.objects.filter(id=organization_id).update(trusted=trusted)
