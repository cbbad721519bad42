"""What waits for a moderator: edits by their risk and age, what visitors report, what they suggest."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST
from rest_framework.exceptions import ValidationError

from locator import moderation
from locator.models import Change
from locator.moderation import Difference
from locator.moderation.reports import reported
from locator.moderation.suggestions import looked_at, suggested
from locator.portal.moderating import differences_of, for_moderators
from locator.rules import Actor, Refused

A_PAGE = 50
MOST = 500  # that are put in order; a queue that long is worked from its oldest end


@dataclass(frozen=True)
class Waiting:
    change: Change
    differences: list[Difference]

    @property
    def risk(self) -> bool:
        return bool(self.change.finds) or any(difference.risk for difference in self.differences)

    @property
    def what(self) -> list[str]:
        return list(dict.fromkeys(difference.where for difference in self.differences))


def waiting() -> list[Waiting]:
    """Return what waits, what a stranger would change first, then the oldest."""
    rows = Change.objects.filter(state=Change.State.WAITING).annotate(yeses=Count("approvals"))
    found = [Waiting(row, differences_of(row)) for row in rows.order_by("proposed_at")[:MOST]]
    return sorted(found, key=lambda row: (not row.risk, row.change.proposed_at))


@require_http_methods(["GET", "HEAD", "POST"])
@for_moderators
def queue(request: HttpRequest, actor: Actor, page: int = 1) -> HttpResponse:
    """Show what waits; ticked edits are approved or turned down together, each for itself."""
    if request.method == "POST":
        _together(request, actor)
        return redirect("queue")
    context = {
        "page": Paginator(waiting(), A_PAGE).get_page(page),
        "reports": reported(),
        "suggestions": suggested(),
    }
    return render(request, "portal/queue.html", context)


def _together(request: HttpRequest, actor: Actor) -> None:
    ticked = [Change.objects.filter(id=row_id).first() for row_id in _ids(request.POST.getlist("change"))]
    done = 0
    for change in filter(None, ticked):
        try:
            _decide(change, request.POST, actor)
            done += 1
        except (Refused, ValidationError) as problem:
            messages.error(request, f"{_name(change)}: {problem}")
    messages.success(request, ngettext("%(n)s decided.", "%(n)s decided.", done) % {"n": done})


def _decide(change: Change, said: dict[str, str], actor: Actor) -> None:
    if said.get("act") == "reject":
        moderation.reject(change, by=actor, reason=said.get("reason", ""))
    elif Waiting(change, differences_of(change)).risk:
        raise Refused(_("Look at this one by itself: it changes what strangers would change."))
    else:
        moderation.approve(change, by=actor)


def _ids(values: list[str]) -> list[UUID]:
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


def _name(change: Change) -> str:
    return str(change.document.get("name", ""))


@require_POST
@for_moderators
def suggestion_seen(request: HttpRequest, actor: Actor, suggestion_id: int) -> HttpResponse:
    looked_at(suggestion_id)
    return redirect("queue")
