"""Sessions, users and their checks: under `/team/` and nowhere else, so that no public page has any.

A page there needs a password and a second step unless `OPEN` or `HALF_WAY` names it (SAFETY R47).
"""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect

from config.languages import LANGUAGES
from locator.portal.credentials import Steps, is_one, seal_of, steps_of
from locator.web.middleware import NOTHING_ALLOWED

Answer = Callable[[HttpRequest], HttpResponse]
LONGEST = 12 * 60 * 60  # seconds that a session lasts, however busy
SET_BACK = 60  # seconds that a clock may be set back; a session that begins later than that is over
OPEN = {
    "account_login", "account_logout", "account_inactive", "account_reset_password",
    "account_confirm_password_reset_code", "account_complete_password_reset",
    "account_password_reset_completed", "mfa_authenticate", "mfa_login_webauthn", "join", "confirm_by_mail",
}  # fmt: skip
HALF_WAY = {  # with a password, to set up the second step
    "second_step", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate",
}  # fmt: skip
PASSKEYS_ALLOWED = NOTHING_ALLOWED.replace(
    "publickey-credentials-get=()", "publickey-credentials-get=(self), publickey-credentials-create=(self)"
)


def is_team(request: HttpRequest) -> bool:
    """Say whether an address is one of the portal's, in any language, or of the back room's."""
    first, _slash, rest = request.path_info.lstrip("/").partition("/")
    if settings.ADMIN_PATH and first == settings.ADMIN_PATH:
        return True
    return (rest if first in LANGUAGES else f"{first}/{rest}").startswith("team/")


def _of_team(kind: Callable[[Answer], Any]) -> Callable[[Answer], Answer]:
    """Return a middleware that is in effect on the portal's pages alone."""

    def make(get_response: Answer) -> Answer:
        inner = kind(get_response)

        def middleware(request: HttpRequest) -> HttpResponse:
            found: HttpResponse = (inner if is_team(request) else get_response)(request)
            return found

        if hasattr(inner, "process_view"):

            def process_view(request: HttpRequest, *view: Any) -> HttpResponse | None:
                found: HttpResponse | None = inner.process_view(request, *view) if is_team(request) else None
                return found

            middleware.process_view = process_view  # type: ignore[attr-defined]
        return middleware

    return make


class Guard:
    """Let nobody in who is not signed in with a second step, or has been for twelve hours."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        steps: Steps = steps_of(request.user.pk) if request.user.is_authenticated else []
        if request.user.is_authenticated and _is_over(request, steps):
            logout(request)
        request.second_steps = steps  # type: ignore[attr-defined]  # for `process_view`
        response = self.get_response(request)
        response.headers["Referrer-Policy"] = "same-origin"  # or Django refuses forms (SAFETY R33)
        response.headers["Permissions-Policy"] = PASSKEYS_ALLOWED
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else None
        if name in OPEN:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        steps: Steps = request.second_steps  # type: ignore[attr-defined]
        return None if name in HALF_WAY or is_one(steps) else redirect("second_step")


def begin(request: HttpRequest, user_id: int) -> None:
    """Note when a session began, and with which second steps: it ends when they change (SAFETY R49)."""
    request.session["began"] = request.session.get("began", time.time())
    request.session["seal"] = seal_of(steps_of(user_id))


def _is_over(request: HttpRequest, steps: Steps) -> bool:
    began: float = request.session.get("began", 0)
    sealed: str = request.session.get("seal", "")
    return not -SET_BACK <= time.time() - began <= LONGEST or sealed != seal_of(steps)


sessions = _of_team(SessionMiddleware)
csrf = _of_team(CsrfViewMiddleware)
authentication = _of_team(AuthenticationMiddleware)
messages = _of_team(MessageMiddleware)
guard = _of_team(Guard)
