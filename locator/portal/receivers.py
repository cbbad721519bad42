"""A session knows when it began, and ends when the account's second steps change elsewhere (SAFETY R49)."""

from typing import Any

from allauth.account.signals import user_logged_in
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import receiver
from django.http import HttpRequest

from locator.portal.middleware import begin


@receiver([user_logged_in, authenticator_added, authenticator_removed, authenticator_reset])
def note_second_steps(request: HttpRequest, user: Any, **_signal: Any) -> None:
    begin(request, user.pk)
