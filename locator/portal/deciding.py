"""One edit in front of a moderator: old and new, what to look out for, yes or no."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from locator import moderation, rules
from locator.models import Change
from locator.portal.moderating import an_id, differences_of, for_moderators, one_of
from locator.portal.previewing import preview
from locator.portal.problems import told
from locator.rules import Actor, approvals_needed, organization_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_moderators
def change(request: HttpRequest, actor: Actor, change_id: UUID) -> HttpResponse:
    row = get_object_or_404(rules.changes_of(actor), id=change_id)
    if request.method == "POST":
        with told(request):
            _decide(request, row, actor)
            return redirect("queue")
    return render(request, "portal/change.html", _context(row, actor))


def _decide(request: HttpRequest, row: Change, actor: Actor) -> None:
    if one_of(request.POST, "act", "approve", "reject") == "reject":
        moderation.reject(row, by=actor, reason=request.POST.get("reason", ""))
        messages.success(request, _("Turned down; who proposed it gets your reason."))
        return
    done = moderation.approve(row, by=actor, tried=request.POST.getlist("tried"))
    shown = done.state == Change.State.APPROVED
    messages.success(request, _("Approved.") if shown else _("Noted. One more person has to say yes."))


def _context(row: Change, actor: Actor) -> dict[str, Any]:
    is_service = row.subject == Change.Subject.SERVICE
    of = organization_of(row.document)
    lists = moderation.lists_anew(row)
    organization = rules.organizations_seen_by(actor).select_related("inclusion").filter(id=of).first()
    inclusion = getattr(organization, "inclusion", None)
    alike = moderation.alike(row.document) if is_service else []
    return {
        "change": row,
        "differences": differences_of(row),
        "untried": untried(row.document),
        "alike_others": [each for each in alike if not each.same_organization],
        "alike_own": [each for each in alike if each.same_organization],
        "unanswered": moderation.unanswered(row.document) if lists else [],
        "inclusion": inclusion,
        "asks_inclusion": lists and inclusion is None,
        "organization_id": of,
        "is_known": organization is not None,
        "approvals": row.approvals.all(),
        "needed": approvals_needed(actor, moderation.is_of_new_organization(row)),
    }


def untried(document: dict[str, Any]) -> list[str]:
    """Return the numbers and pages of a document that nobody has tried yet: visitors do not see those."""
    brolly = document.get("brolly", {})
    tried = {row["id"] for row in [*brolly.get("phones", []), *brolly.get("links", [])] if "confirmed_on" in row}
    rows = [(row["id"], row["number"]) for row in document.get("phones", [])]
    rows += [(row["id"], row["url"]) for row in document.get("additional_urls", [])]
    return [value for row_id, value in rows if row_id not in tried]


@require_safe
@for_moderators
def change_preview(request: HttpRequest, actor: Actor, change_id: UUID) -> HttpResponse:
    row = get_object_or_404(rules.changes_of(actor), id=change_id, subject=Change.Subject.SERVICE)
    return render(request, "portal/preview.html", {"back": row, **preview(row.document)})


@require_POST
@for_moderators
def include(request: HttpRequest, actor: Actor, organization_id: UUID) -> HttpResponse:
    """Decide whether an organization belongs in the directory, with a reason; of a change, or on its own page.

    Of a change that brings an organization nobody knows yet, its name is taken from there.
    """
    change = rules.changes_of(actor).filter(id__in=filter(None, [an_id(request.POST.get("change", ""))])).first()
    row = rules.organizations_seen_by(actor).filter(id=organization_id).first()
    named = change.document.get("organization", change.document)["name"] if change else ""
    if row is None and (change is None or organization_of(change.document) != str(organization_id)):
        raise Http404
    with told(request):
        moderation.decide_inclusion(
            organization_id,
            name=row.name if row else named,
            included=one_of(request.POST, "included", "yes", "no") == "yes",
            reason=request.POST.get("reason", ""),
            by=actor,
        )
        messages.success(request, _("Noted, with your reason."))
    return redirect("change", change.id) if change else redirect("organization", organization_id)
