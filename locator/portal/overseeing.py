"""What a moderator can do with a service, a person, an organization."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from locator import membership, moderation, rules
from locator.hsds.parts import plain
from locator.models import Change, Status
from locator.moderation.reports import reported, settle
from locator.portal.moderating import differences_of, for_moderators, one_of
from locator.portal.problems import told
from locator.rules import Actor

A_PAGE = 50
CLOSED = gettext_lazy("This account is closed: they are signed out everywhere and cannot come back.")


@require_safe
@for_moderators
def overseen(request: HttpRequest, actor: Actor, short_id: str) -> HttpResponse:
    """Show a service's state, reports and history."""
    service = get_object_or_404(rules.services_of(actor).select_related("moved__to"), short_id=short_id)
    changes = rules.history_of(actor, service)[:A_PAGE]
    moved = getattr(service, "moved", None)
    context = {
        "service": service,
        "leads_to": moved and moved.to,
        "agreeing": moved and moderation.waits(moved),
        "same_as_this": rules.same_as(actor, service),
        "alike": [] if moved else moderation.alike(moderation.current(service.id)),
        "reports": [row for row in reported() if row.short_id == short_id],
        "rows": [(row, differences_of(row)) for row in changes],
    }
    return render(request, "portal/overseen.html", context)


@require_POST
@for_moderators
def hold(request: HttpRequest, actor: Actor, short_id: str) -> HttpResponse:
    """Take a service out of sight at once."""
    service = get_object_or_404(rules.services_of(actor), short_id=short_id)
    reason = request.POST.get("reason", "").strip()
    if reason:
        moderation.hold(service.id, by=actor, reason=reason)
        messages.success(request, _("It is out of sight until it is listed again."))
    else:
        messages.error(request, _("Say why, so that the next person knows."))
    return redirect("overseen", short_id)


@require_POST
@for_moderators
def show_again(request: HttpRequest, actor: Actor, short_id: str) -> HttpResponse:
    """Propose that a service is shown again; somebody else has to approve that."""
    service = get_object_or_404(rules.services_of(actor), short_id=short_id)
    document = moderation.current(service.id)
    document["brolly"]["status"] = Status.LISTED.value
    with told(request):
        moderation.propose(document, by=actor)
        messages.success(request, _("Proposed. Somebody else has to approve it."))
    return redirect("overseen", short_id)


@require_POST
@for_moderators
def settled(request: HttpRequest, actor: Actor, short_id: str) -> HttpResponse:
    settle(short_id)
    messages.success(request, _("These reports are off the list."))
    return redirect("overseen", short_id)


@require_POST
@for_moderators
def rolled_back(request: HttpRequest, actor: Actor, change_id: UUID) -> HttpResponse:
    row = get_object_or_404(rules.changes_of(actor), id=change_id, subject=Change.Subject.SERVICE)
    service = get_object_or_404(rules.services_of(actor), id=row.subject_id)
    with told(request):
        moderation.roll_back(row, by=actor)
        messages.success(request, _("Rolled back."))
    return redirect("overseen", service.short_id)


class SinceForm(forms.Form):
    since = forms.DateTimeField(
        label=gettext_lazy("Since when (UTC)"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_moderators
def person(request: HttpRequest, actor: Actor, account: int) -> HttpResponse:
    """Show what an account did; undo all of it since a time, and close the account, in one act or two."""
    user = get_object_or_404(rules.accounts_seen_by(actor), pk=account)
    form = SinceForm(request.POST if "undo" in request.POST else None, initial={"since": _this_morning()})
    if "undo" in request.POST and form.is_valid():
        _undo(request, account, form.cleaned_data["since"].astimezone(UTC), actor)
    if "close" in request.POST and not form.errors:
        membership.close(user)
        messages.success(request, str(CLOSED))
    if request.method == "POST" and not form.errors:
        return redirect("person", account)
    changes = rules.changes_of(actor).filter(author_account=account).order_by("-proposed_at", "-id")[:A_PAGE]
    rows = [(row, differences_of(row)) for row in changes]
    context = {"person": user, "memberships": user.memberships.select_related("organization"), "rows": rows}
    return render(request, "portal/person.html", {**context, "form": form})


def _undo(request: HttpRequest, account: int, since: datetime, actor: Actor) -> None:
    """Undo what an account did, whom it let in, and what those did."""
    with told(request):
        with transaction.atomic():
            accounts = [account, *membership.undo_since(account, since)]
            undone = [change for each in accounts for change in moderation.undo_since(each, since, by=actor)]
        services = {change.subject_id for change in undone}
        messages.success(request, _("Undone: %(n)s services are as they were.") % {"n": len(services)})


def _this_morning() -> datetime:
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)


class OrganizationForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, validators=[plain])


@require_http_methods(["GET", "HEAD", "POST"])
@for_moderators
def organizations(request: HttpRequest, actor: Actor, page: int = 1) -> HttpResponse:
    """List the organizations by name; find one, or add one. What is looked for stands in no address."""
    rows = rules.organizations_seen_by(actor)
    form = OrganizationForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        if "add" in request.POST:
            with told(request):
                change = moderation.add_organization(form.cleaned_data["name"], by=actor)
                return redirect("organization", change.subject_id)
            return redirect("organizations")
        found = rows.filter(name__icontains=form.cleaned_data["name"])[:A_PAGE]
    context = {"page": Paginator(rows, A_PAGE).get_page(page), "found": found, "form": form}
    return render(request, "portal/organizations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_moderators
def organization(request: HttpRequest, actor: Actor, organization_id: UUID) -> HttpResponse:
    """Show an organization: its services and people, whether it belongs here, whether it is trusted."""
    row = get_object_or_404(rules.organizations_seen_by(actor).select_related("inclusion"), id=organization_id)
    if request.method == "POST":
        with told(request):
            moderation.trust(row.id, trusted=one_of(request.POST, "trusted", "yes", "no") == "yes", by=actor)
        return redirect("organization", organization_id)
    context: dict[str, Any] = {
        "organization": row,
        "inclusion": getattr(row, "inclusion", None),
        "left_out": moderation.is_left_out({"id": str(row.id), "name": row.name}),
        "services": row.services.order_by("name", "id"),
        "members": row.memberships.select_related("user").order_by("user__first_name", "id"),
        "invited": row.invitations.order_by("email"),
    }
    return render(request, "portal/organization.html", context)
