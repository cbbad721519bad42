"""The second steps of an account: whether there is one, and a seal that changes when they do."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.utils.crypto import salted_hmac

KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes alone are none
Steps = list[tuple[Any, ...]]


def steps_of(user_id: int) -> Steps:
    """Return what tells an account's second steps and recovery codes from any others: key, kind, since when."""
    rows = Authenticator.objects.filter(user_id=user_id).order_by("id")
    return list(rows.values_list("id", "type", "created_at"))


def is_one(steps: Steps) -> bool:
    """Say whether there is a second step among them."""
    return any(kind in KINDS for _key, kind, _since in steps)


def is_last(steps: Steps, key: int) -> bool:
    """Say whether an account would have no second step without one: it would be as weak as its password."""
    return is_one(steps) and not is_one([row for row in steps if row[0] != key])


def seal_of(steps: Steps) -> str:
    """Return what stands for them in a session; it changes with each that comes, goes or is renewed."""
    return salted_hmac("locator.portal.second-steps", repr(steps)).hexdigest()
