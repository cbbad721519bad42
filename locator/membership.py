"""Who may come in: invitations, and who belongs to an organization. Listings are `moderation`'s to change."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.languages import LANGUAGES
from locator import keys, mailing
from locator.models import Invitation, Membership, Moderator, Organization
from locator.rules import Refused

LASTS = timedelta(days=7)
SALT = "locator.invitation"
MODERATOR = "moderator"


@dataclass(frozen=True)
class Invited:
    """An invitation and what has to be known to take it: it is signed, so that no copy of the table can."""

    invitation: Invitation
    token: str


@transaction.atomic
def invite(
    email: str, *, role: str, by: str, account: int | None = None, organization: Organization | None = None
) -> Invited:
    """Ask somebody to join; an earlier invitation of theirs to the same is void.

    Raises Refused when they have joined already, or when there is no such role.
    """
    forget()
    email = email.strip().lower()
    if role != MODERATOR and role not in Membership.Role.values:
        raise Refused(_("Choose what they may do."))
    if organization and Membership.objects.filter(user__email=email, organization=organization).exists():
        raise Refused(_("They have joined already."))
    Invitation.objects.filter(email=email, organization=organization).delete()
    who = {"invited_by": by, "by_account_id": account}
    until = timezone.now() + LASTS
    row = Invitation.objects.create(email=email, organization=organization, role=role, expires_at=until, **who)
    return Invited(row, signing.dumps(row.id.hex, salt=SALT))


def send(invited: Invited, link: str) -> bool:
    """Mail the link; no name of an organization or a service stands in it. Return whether a server took it."""
    words = _("%(who)s asks you to help keep some pages right. Open this within 7 days:") % {
        "who": invited.invitation.invited_by
    }
    subject = _("%(site)s: an invitation") % {"site": settings.SITE_NAME}
    last = _("If you do not know what this is about, you need not do anything.")
    return mailing.send(subject, f"{words}\n\n{link}\n\n{last}\n", invited.invitation.email)


def invitation(token: str) -> Invitation | None:
    """Return the invitation of a link; None when it was used, is over, or was never one."""
    try:
        row_id = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    rows = Invitation.objects.filter(id=row_id, expires_at__gt=timezone.now())
    return rows.select_related("organization").first()


@transaction.atomic
def join(invitation_id: UUID, *, name: str, password: str) -> Any:
    """Make the account of somebody who was invited, and return it; the invitation is used up.

    Raises Refused when the invitation is used or over, when the address has an account, or the name is taken:
    what a person does is recorded under their name.
    """
    row = _take(invitation_id)
    users = get_user_model().objects
    if users.filter(email=row.email).exists():
        raise Refused(_("There is an account with this address. Sign in, and open the link again."))
    if users.filter(first_name__iexact=name).exists():
        raise Refused(_("Somebody here has this name. Add a letter or a second name."))
    user = users.create_user(username=uuid4().hex, email=row.email, password=password, first_name=name)
    EmailAddress.objects.create(user=user, email=row.email, verified=True, primary=True)
    _let_in(user, row)
    return user


@transaction.atomic
def join_as(invitation_id: UUID, *, user: Any) -> None:
    """Let somebody with an account take an invitation; raises Refused when it is not theirs, used or over."""
    row = _take(invitation_id)
    if user.email != row.email:
        raise Refused(_("This invitation is for another address."))
    _let_in(user, row)


def _take(invitation_id: UUID) -> Invitation:
    """Use an invitation up; of two who try at once, one has it."""
    row = Invitation.objects.select_for_update().filter(id=invitation_id, expires_at__gt=timezone.now()).first()
    if row is None or not Invitation.objects.filter(id=invitation_id).delete()[0]:
        raise Refused(_("This invitation was used, or its time is over. Ask for a new one."))
    return row


def _let_in(user: Any, row: Invitation) -> None:
    if row.role == MODERATOR:
        Moderator.objects.get_or_create(user=user)
    else:
        defaults = {"role": row.role, "invited_by": row.by_account, "language": get_language() or "en"}
        Membership.objects.update_or_create(user=user, organization=row.organization, defaults=defaults)


@transaction.atomic
def remove(membership: Membership) -> None:
    """End a person's part in an organization, at once; raises Refused for its only manager."""
    _check_other_manager(membership)
    Invitation.objects.filter(by_account=membership.user_id, organization=membership.organization_id).delete()
    keys.end_of_account(membership.user_id, membership.organization_id)
    membership.delete()


@transaction.atomic
def change_role(membership: Membership, role: str) -> None:
    """Make somebody an editor or a manager; raises Refused for the only manager, or when there is no such role."""
    if role not in Membership.Role.values:
        raise Refused(_("Choose what they may do."))
    if role != Membership.Role.MANAGER:
        _check_other_manager(membership)
        keys.end_of_account(membership.user_id, membership.organization_id)
    membership.role = role
    membership.save()


def _check_other_manager(membership: Membership) -> None:
    managers = Membership.objects.select_for_update().filter(
        organization=membership.organization, role=Membership.Role.MANAGER
    )
    if [row.pk for row in managers] == [membership.pk]:
        raise Refused(_("There has to be one manager. Ask a moderator if you all leave."))


@transaction.atomic
def undo_since(account: int, since: datetime) -> list[int]:
    """Take back whom an account invited since a time (UTC), and end its keys and theirs; return those accounts."""
    Invitation.objects.filter(by_account=account).delete()
    rows = Membership.objects.filter(invited_by=account, since__gte=since)
    joined = list(rows.values_list("user_id", flat=True))
    rows.delete()
    for each in (account, *joined):
        keys.end_of_account(each)
    return joined


def close(user: Any) -> None:
    """Close an account: its sessions and keys end with the next request, and nobody can sign in with it."""
    keys.end_of_account(user.pk)
    user.is_active = False
    user.save(update_fields=["is_active"])


def write_in(user: Any, language: str) -> None:
    """Note in which language somebody wants our mails; raises Refused for one that no page is in."""
    if language not in LANGUAGES:
        raise Refused(_("Choose one of the languages."))
    Membership.objects.filter(user=user).update(language=language)


def take_back(invitation: Invitation) -> None:
    invitation.delete()


def forget() -> int:
    """Delete invitations whose time is over; return how many."""
    return Invitation.objects.filter(expires_at__lte=timezone.now()).delete()[0]
