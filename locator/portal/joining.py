"""Coming in: an invitation, a password, a second step."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.mfa.webauthn.views import remove_webauthn
from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from locator import membership
from locator.hsds.parts import plain
from locator.models import Invitation
from locator.portal.credentials import is_last, is_one, steps_of
from locator.rules import Refused
from locator.web.guards import problem_page

SHORTEST_NAME = 3  # letters of an address that a password must not hold


class JoinForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your name, as colleagues know you"), max_length=100, validators=[plain]
    )
    password = forms.CharField(
        label=gettext_lazy("A password of 15 letters or more"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def __init__(self, data: Any, email: str) -> None:
        super().__init__(data)
        self.email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        name = self.email.partition("@")[0].casefold()
        if len(name) >= SHORTEST_NAME and name in password.casefold():
            raise forms.ValidationError(_("Your address is in it. Choose words that have nothing to do with you."))
        return password


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Take an invitation: with a new account, or with the one that is signed in."""
    invitation = membership.invitation(token)
    if invitation is None:
        words = _("It was used, or its time is over. Ask whoever invited you for a new one.")
        return problem_page(request, 410, _("This invitation does not work any more"), words)
    if request.user.is_authenticated:
        return _join_signed_in(request, invitation)
    form = JoinForm(request.POST or None, invitation.email)
    if request.method == "POST" and form.is_valid():
        try:
            user = membership.join(invitation.id, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            credentials = {"email": user.email}
            response: HttpResponse = perform_password_login(
                request, credentials, Login(user=user, email=user.email)
            )
            return response
    context = {"form": form, "invitation": invitation}
    return render(request, "portal/join.html", context, status=400 if form.errors else 200)


def _join_signed_in(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if request.method == "POST":
        try:
            membership.join_as(invitation.id, user=request.user)
        except Refused as refused:
            return problem_page(request, 403, _("That is not possible"), str(refused))
        return redirect("team")
    return render(request, "portal/join.html", {"invitation": invitation})


@require_http_methods(["GET", "HEAD", "POST"])
def remove_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a passkey, but not the last second step: the account would be as weak as its password."""
    if is_last(steps_of(request.user.pk or 0), pk):
        messages.error(request, _("Add another second step first."))
        return redirect("mfa_index")
    response: HttpResponse = remove_webauthn(request, pk=pk)
    return response


@require_http_methods(["GET", "HEAD"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Offer the two kinds of second step to somebody who has none."""
    if is_one(steps_of(request.user.pk or 0)):
        return redirect("team")
    return render(request, "portal/second_step.html")
