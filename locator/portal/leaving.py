"""What an organization can always do: see all that is held about it, and go."""

import json
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from locator import keys, moderation, rules
from locator.hsds.reading import organization_document
from locator.models import Change, Membership, Organization, Service, Status
from locator.rules import Actor

LEFT = "The organization left the directory"
NEVER = "They left the directory and asked not to be listed again"


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Send all that is held about a person's organizations as one JSON file, but for moderators' own notes."""
    actor = rules.actor_of(request.user)
    rows = [_held(row, actor) for row in rules.organizations_of(actor)]
    if not rows:
        raise Http404
    response = HttpResponse(
        json.dumps({"organizations": rows}, ensure_ascii=False, indent=2), content_type="application/json"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{timezone.localdate():%Y-%m-%d}.json"'
    return response


def _held(organization: Organization, actor: Actor) -> dict[str, Any]:
    services = rules.services_of(actor).filter(organization=organization)
    manages = str(organization.id) in actor.manages
    changes = rules.changes_of(actor).filter(document__organization__id=str(organization.id))
    return {
        "organization": _without_notes(organization_document(organization)),
        "trusted": organization.trusted,
        "services": [_without_notes(moderation.current(service.id)) for service in services],
        "changes": [_change(change) for change in changes],
        "reports": [_reported(service) for service in services],
        "people": [_person(row, manages=manages) for row in organization.memberships.select_related("user")],
        "invitations": list(organization.invitations.order_by("email").values("email", "role")) if manages else [],
    }


def _person(row: Membership, *, manages: bool) -> dict[str, Any]:
    """Return a colleague; where to write to them is told to a manager alone."""
    return {"name": row.user.first_name, "role": row.role, **({"email": row.user.email} if manages else {})}


def _without_notes(document: dict[str, Any]) -> dict[str, Any]:
    brolly = {key: value for key, value in document.get("brolly", {}).items() if key != "staff_notes"}
    return {**document, "brolly": brolly}


def _change(change: Change) -> dict[str, Any]:
    return {
        "proposed_at": change.proposed_at.isoformat(),
        "author": change.author,
        "state": change.state,
        "decider": change.decider,
        "reason": change.reason,
        "document": _without_notes(change.document),
    }


def _reported(service: Service) -> dict[str, Any]:
    rows = service.reports.order_by("day", "kind").values("day", "kind", "count")
    return {"service": str(service.id), "reports": [{**row, "day": row["day"].isoformat()} for row in rows]}


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True, app="allauth.account")  # type: ignore[untyped-decorator]
def leave(request: HttpRequest) -> HttpResponse:
    """Take every service of the organizations that are ticked out, at once, and for good if they say so.

    Whoever presses the button has given their password or a code lately, or does so first.
    """
    actor = rules.actor_of(request.user)
    rows = rules.services_of(actor).filter(organization_id__in=actor.manages).exclude(status=Status.WITHDRAWN)
    theirs: dict[Organization, list[Service]] = {
        row: [] for row in rules.organizations_of(actor).filter(id__in=actor.manages)
    }
    for service in rows.select_related("organization").order_by("name", "id"):
        theirs[service.organization].append(service)
    ticked = {row: own for row, own in theirs.items() if str(row.id) in request.POST.getlist("organization")}
    if request.method == "POST" and ticked:
        with transaction.atomic():
            for organization, own in ticked.items():
                _take_out(organization, own, actor, for_good=request.POST.get("never") == "yes")
        messages.success(
            request, _("Done. Nothing of it is shown any more, and copies elsewhere are told to drop it.")
        )
        return redirect("team")
    unsure = request.method == "POST"
    context = {"theirs": theirs.items(), "manages": bool(actor.manages), "unsure": unsure}
    return render(request, "portal/leave.html", context, status=400 if unsure else 200)


def _take_out(organization: Organization, services: list[Service], by: Actor, *, for_good: bool) -> None:
    moderation.tell_left(str(organization.id), author=by.name)
    if for_good:  # before they are withdrawn: two people stood for what is listed, and for nothing else
        moderation.leave_out_organization(organization.id, reason=NEVER, by=by)
    for service in services:
        moderation.withdraw(service.id, by=by, reason=LEFT)
    moderation.forget_moves([str(organization.id)])
    keys.end_of_organizations([str(organization.id)])
