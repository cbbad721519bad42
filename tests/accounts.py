"""People with accounts, signed in with a second step, for tests of the portal."""

from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth import get_user_model
from django.test import Client

from locator.models import Membership, Moderator, Organization
from locator.portal.credentials import seal_of, steps_of

PASSWORD = "kettle-orbit-lantern-moss"


def a_person(name: str, *, of: Organization | None = None, role: str = "editor", moderator: bool = False) -> Any:
    """Return an account with a password and a second step; `of` makes it a member, `moderator` one who decides."""
    email = f"{name.lower()}@example.org"
    user = get_user_model().objects.create(username=uuid4().hex, email=email, first_name=name)
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    if of:
        Membership.objects.create(user=user, organization=of, role=role)
    if moderator:
        Moderator.objects.create(user=user)
    return user


def who_proved_it_lately(client: Client) -> Client:
    """Return a browser whose person has given their password once more just now."""
    client.post("/team/account/again/", {"password": PASSWORD})
    return client


def signed_in(user: Any) -> Client:
    """Return a browser in which this person is signed in."""
    import time

    client = Client()
    client.force_login(user)
    session = client.session
    session["began"], session["seal"] = time.time(), seal_of(steps_of(user.pk))
    session.save()
    return client
