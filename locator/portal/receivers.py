"""A session knows when it began, and ends when the account's second steps change elsewhere (SAFETY R49)."""

import time
from typing import Any

from allauth.account.signals import user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import receiver
from django.http import HttpRequest

from locator.portal.middleware import begin


@receiver([user_logged_in, authenticator_added, authenticator_removed, authenticator_reset])
def note_second_steps(request: HttpRequest, user: Any, **_signal: Any) -> None:
    begin(request, user.pk)


@receiver(authenticator_added)
def use_up_the_first_code(authenticator: Authenticator, **_signal: Any) -> None:
    """An app's code that set it up has been seen: it lets nobody in (SAFETY R47)."""
    if authenticator.type == Authenticator.Type.TOTP:
        authenticator.data["last_step"] = int(time.time() // 30) + 1
        authenticator.save(update_fields=["data"])
