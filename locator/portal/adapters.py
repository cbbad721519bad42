"""What allauth asks of us: nobody signs up, no address is kept, wrong passwords slow down."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from locator.portal import posting, throttling
from locator.portal.credentials import is_last, is_one, steps_of

JUST_NOW = 5 * 60  # seconds


class Accounts(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # by invitation: locator.membership

    def get_client_ip(self, request: HttpRequest) -> str:
        return throttling.network_of(request)

    def get_http_user_agent(self, request: HttpRequest) -> str:
        return ""

    def get_from_email(self) -> str:
        return settings.OPERATOR_EMAIL or str(settings.DEFAULT_FROM_EMAIL)

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.SITE_NAME}: {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        posting.post(self.render_mail(template_prefix, email, {"email": email, **context}))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        super().pre_authenticate(request, **credentials)
        seconds = throttling.wait(request, credentials.get("email", ""))
        if seconds:
            raise ValidationError(throttling.please_wait(seconds))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        throttling.failed(request, credentials.get("email", ""))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again before credentials change or a key is made; not of who has just given it."""
        just_now = time.time() - context.request.session.get("began", 0) < JUST_NOW
        if app in {"allauth.mfa", "keys"} and (just_now or not is_one(steps_of(context.request.user.pk))):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        throttling.remember(request, response, user.email)
        return response


class SecondSteps(DefaultMFAAdapter):
    def build_totp_svg(self, url: str) -> str:
        """Return the code as a part of a page: its own declaration has no place there."""
        return str(super().build_totp_svg(url)).partition("?>")[2]

    def get_totp_issuer(self) -> str:
        return settings.SITE_NAME

    def _get_site_name(self) -> str:
        return settings.SITE_NAME

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Keep the last second step: a page without one would have to be set up anew."""
        return not is_last(steps_of(authenticator.user_id), authenticator.pk)
