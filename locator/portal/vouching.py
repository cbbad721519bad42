"""A partner says that they know an organization which is new here: one of the two yeses it needs (SAFETY R53)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from locator import moderation, rules
from locator.models import Change
from locator.portal.moderating import one_of
from locator.portal.previewing import preview
from locator.portal.problems import told
from locator.rules import Actor


def to_vouch_for(actor: Actor) -> list[Change]:
    """Return the first listings of new organizations that this person may say yes to and has not yet."""
    rows = rules.vouchable_by(actor, moderation.today()).exclude(approvals__account=actor.account)
    return [row for row in rows if moderation.lists_anew(row) and moderation.is_of_new_organization(row)]


@require_safe
def vouch(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/vouch.html", {"changes": to_vouch_for(rules.actor_of(request.user))})


@require_http_methods(["GET", "HEAD", "POST"])
def vouch_for(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Show what visitors would see of it, and take a yes; whoever does not know them says nothing."""
    actor = rules.actor_of(request.user)
    row = next((row for row in to_vouch_for(actor) if row.id == change_id), None)
    if row is None:
        raise Http404
    if request.method == "POST":
        with told(request):
            one_of(request.POST, "act", "approve")
            moderation.approve(row, by=actor)
            messages.success(request, _("Thank you. Your yes is noted, with your name."))
        return redirect("vouch")
    return render(request, "portal/vouch_for.html", {"change": row, "preview": preview(row.document)})
