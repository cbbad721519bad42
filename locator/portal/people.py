"""Who works on an organization's listings: invite, change a role, remove; and a person's own page."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from config.languages import LANGUAGES
from locator import membership, rules
from locator.models import Membership, Organization
from locator.portal.moderating import for_moderators
from locator.portal.problems import told
from locator.rules import Actor, Refused


class InviteForm(forms.Form):
    email = forms.EmailField()
    role = forms.ChoiceField(choices=Membership.Role.choices)


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Show who works on each organization of mine; a manager invites colleagues here."""
    actor = rules.actor_of(request.user)
    asked, form = request.POST.get("organization", ""), None
    if request.method == "POST":
        if asked not in actor.manages:
            raise Http404
        form = InviteForm(request.POST)
        if form.is_valid():
            organization = rules.organizations_of(actor).get(id=asked)
            try:
                return _invite(request, organization, form.cleaned_data)
            except Refused as refused:
                form.add_error(None, str(refused))
    groups = [_group(row, actor, form if str(row.id) == asked else None) for row in rules.organizations_of(actor)]
    return render(
        request,
        "portal/people.html",
        {"groups": groups, "manages": bool(actor.manages)},
        status=400 if form else 200,
    )


def _group(organization: Organization, actor: Actor, form: InviteForm | None) -> dict[str, Any]:
    manages = str(organization.id) in actor.manages
    return {
        "organization": organization,
        "manages": manages,
        "members": organization.memberships.select_related("user").order_by("user__first_name", "id"),
        "invited": organization.invitations.order_by("email") if manages else [],
        "form": form,
    }


def _invite(request: HttpRequest, organization: Organization, said: dict[str, str]) -> HttpResponse:
    by = rules.actor_of(request.user)
    invited = membership.invite(
        said["email"], role=said["role"], by=by.name, account=by.account, organization=organization
    )
    link = request.build_absolute_uri(reverse("join", args=[invited.token]))
    return render(request, "portal/invited.html", {"link": link, "mailed": membership.send(invited, link)})


@require_POST
@for_moderators
def invite_manager(request: HttpRequest, actor: Actor, organization_id: UUID) -> HttpResponse:
    """Invite an organization's first manager, as a moderator."""
    organization = get_object_or_404(rules.organizations_seen_by(actor), id=organization_id)
    form = InviteForm({"email": request.POST.get("email", ""), "role": Membership.Role.MANAGER})
    if not form.is_valid():
        messages.error(request, _("That is no e-mail address."))
        return redirect("organization", organization_id)
    with told(request):
        rules.check_first_manager(organization)
        return _invite(request, organization, form.cleaned_data)
    return redirect("organization", organization_id)


def _membership(request: HttpRequest, membership_id: int) -> Membership:
    """Return a part that this person may change; raise Http404 for any other."""
    return get_object_or_404(rules.memberships_of(rules.actor_of(request.user)), pk=membership_id)


@require_POST
def role(request: HttpRequest, membership_id: int) -> HttpResponse:
    row = _membership(request, membership_id)
    with told(request):
        rules.check_manages(rules.actor_of(request.user), row.organization_id)
        membership.change_role(row, request.POST.get("role", ""))
    return redirect("people")


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Ask once, then end a person's part at once: a manager that of others, everybody their own."""
    row = _membership(request, membership_id)
    if request.method != "POST":
        return render(request, "portal/remove.html", {"membership": row})
    with told(request):
        membership.remove(row)
    return redirect("people")


@require_POST
def uninvite(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    rows = rules.invitations_of(rules.actor_of(request.user))
    membership.take_back(get_object_or_404(rows, id=invitation_id))
    return redirect("people")


@require_http_methods(["GET", "HEAD", "POST"])
def you(request: HttpRequest) -> HttpResponse:
    """Show a person's own page, and take the language in which they want our mails."""
    if request.method == "POST":
        with told(request):
            membership.write_in(request.user, request.POST.get("language", ""))
            messages.success(request, _("Saved."))
        return redirect("you")
    own = rules.memberships_of(rules.actor_of(request.user)).filter(user=request.user.pk).first()
    return render(request, "portal/you.html", {"own": own, "written_in": LANGUAGES})


@require_POST
def everywhere(request: HttpRequest) -> HttpResponse:
    """End every other session of this account."""
    own = request.session.session_key
    for session in Session.objects.exclude(session_key=own):
        if session.get_decoded().get("_auth_user_id") == str(request.user.pk):
            session.delete()
    messages.success(request, _("Done. You are signed in here and nowhere else."))
    return redirect("you")
