"""A code of an authenticator app is good once, whichever worker sees it (SAFETY R47)."""

from typing import Any

from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.core.exceptions import ValidationError
from django.db import transaction

from locator.portal import throttling


class _Once:
    """Refuse a code whose time step, or a later one, was used: allauth remembers that in one worker only."""

    authenticator: Authenticator
    user: Any

    def clean_code(self) -> str:
        seconds = throttling.wait(context.request, self.user.email, code=True)
        if seconds:
            raise ValidationError(throttling.please_wait(seconds))
        try:
            code: str = super().clean_code()  # type: ignore[misc]
            if self.authenticator.type == Authenticator.Type.TOTP and not _take(self.authenticator.pk, code):
                raise get_adapter().validation_error("incorrect_code")
        except ValidationError:
            throttling.failed(context.request, self.user.email, code=True)
            raise
        return code


@transaction.atomic
def _take(authenticator_id: int, code: str) -> bool:
    row = Authenticator.objects.select_for_update().get(pk=authenticator_id)
    step = _step_of(decrypt(row.data["secret"]), code)
    if step <= row.data.get("last_step", -1):
        return False
    row.data["last_step"] = step
    row.save(update_fields=["data"])
    return True


def _step_of(secret: str, code: str) -> int:
    """Return the latest time step (of 30 seconds, RFC 6238) that a code belongs to; -1 if to none."""
    steps = [
        step
        for step in totp.yield_hotp_counters_from_time()
        if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, step)))
    ]
    return max(steps, default=-1)


class Authenticate(_Once, AuthenticateForm):
    def save(self) -> None:
        self.authenticator.refresh_from_db()  # with the step that was taken: it is saved again as used
        super().save()


class Reauthenticate(_Once, ReauthenticateForm):
    def save(self) -> None:
        self.authenticator.refresh_from_db()
        super().save()
