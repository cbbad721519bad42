"""What waits for a moderator: edits by their risk and age, what visitors report, what they suggest."""

from dataclasses import dataclass, field
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from locator import freshness, mailing, moderation, rules
from locator.models import Change
from locator.moderation import Alike, Difference, link_health
from locator.moderation.reports import reported
from locator.moderation.suggestions import looked_at, suggested
from locator.portal.moderating import an_id, differences_of, for_moderators, one_of
from locator.portal.problems import told
from locator.rules import Actor, Refused, Role

A_PAGE = 50
MOST = 500  # that are put in order; a queue that long is worked from its oldest end


@dataclass(frozen=True)
class Waiting:
    change: Change
    differences: list[Difference]
    alike: list[Alike]  # of other organizations
    remarks: list[list[str]] = field(default_factory=list)  # kind, field, words: of a file it was read from

    @property
    def risk(self) -> bool:
        changed = any(difference.risk for difference in self.differences)
        return bool(self.change.finds or self.alike) or changed

    @property
    def what(self) -> list[str]:
        return list(dict.fromkeys(difference.where for difference in self.differences))


def waiting(actor: Actor) -> list[Waiting]:
    """Return what waits, what a stranger would change first, then the oldest."""
    rows = rules.changes_of(actor).filter(state=Change.State.WAITING).exclude(by_role=Role.SOURCE)
    rows = rows.annotate(yeses=Count("approvals"))
    found = looked_at_closely(list(rows.order_by("proposed_at")[:MOST]))
    return sorted(found, key=lambda row: (not row.risk, row.change.proposed_at))


def looked_at_closely(changes: list[Change]) -> list[Waiting]:
    """Return changes with what they change, and whose they look like if they say who it is or show it anew."""
    told = [(change, differences_of(change)) for change in changes]
    who = [change for change, differences in told if _says_who(change, differences)]
    found = dict(zip(who, moderation.Directory().alike(*(row.document for row in who)), strict=True))
    return [
        Waiting(change, differences, [each for each in found.get(change, []) if not each.same_organization])
        for change, differences in told
    ]


def _says_who(change: Change, differences: list[Difference]) -> bool:
    shown = moderation.lists_anew(change) or any(difference.risk for difference in differences)
    return change.subject == Change.Subject.SERVICE and shown


@require_http_methods(["GET", "HEAD", "POST"])
@for_moderators
def queue(request: HttpRequest, actor: Actor, page: int = 1) -> HttpResponse:
    """Show what waits; ticked edits are approved or turned down together, each for itself."""
    if request.method == "POST":
        _together(request, actor)
        return redirect("queue")
    context = {
        "page": Paginator(waiting(actor), A_PAGE).get_page(page),
        "imports": rules.imports_seen_by(actor),
        "unions": rules.unions_seen_by(actor),
        "reports": reported(),
        "suggestions": suggested(),
        "unreachable": freshness.unreachable(rules.bounces_seen_by(actor)),
        "failing": link_health.failing(),
    }
    return render(request, "portal/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_moderators
def imported(request: HttpRequest, actor: Actor, import_id: UUID, page: int = 1) -> HttpResponse:
    """Show what waits of one import, in the order of its file; ticked ones are decided like any others."""
    of_import = get_object_or_404(rules.imports_seen_by(actor), id=import_id)
    if request.method == "POST":
        _together(request, actor)
        left = rules.records_waiting(actor, of_import).exists()
        return redirect("imported", import_id) if left else redirect("queue")
    found = Paginator(rules.records_waiting(actor, of_import), A_PAGE).get_page(page)
    rows = [Waiting(row.change, differences_of(row.change), [], row.remarks) for row in found if row.change]
    return render(request, "portal/imported.html", {"of_import": of_import, "page": found, "rows": rows})


def _together(request: HttpRequest, actor: Actor) -> None:
    ticked = filter(None, map(an_id, request.POST.getlist("change")))
    done = 0
    for change in rules.changes_of(actor).filter(id__in=list(ticked)).order_by("proposed_at"):
        with told(request, f"{change.document.get('name', '')}: "):
            _decide(change, request.POST, actor)
            done += 1
    messages.success(request, ngettext("%(n)s decided.", "%(n)s decided.", done) % {"n": done})


def _decide(change: Change, said: QueryDict, actor: Actor) -> None:
    if one_of(said, "act", "approve", "reject") == "reject":
        moderation.reject(change, by=actor, reason=said.get("reason", ""))
        return
    (found,) = looked_at_closely([change])
    if found.alike:
        raise Refused(_("Look at this one by itself: it looks like somebody else’s."))
    if found.risk:
        raise Refused(_("Look at this one by itself: it changes what strangers would change."))
    moderation.approve(change, by=actor)


@require_POST
@for_moderators
def mail_settled(request: HttpRequest, actor: Actor, bounce_id: int) -> HttpResponse:
    """Take an address from which mail came back off the list: reminders go there again."""
    mailing.arrives_again(get_object_or_404(rules.bounces_seen_by(actor), pk=bounce_id).email)
    return redirect("queue")


@require_POST
@for_moderators
def suggestion_seen(request: HttpRequest, actor: Actor, suggestion_id: int) -> HttpResponse:
    looked_at(suggestion_id)
    return redirect("queue")


@require_POST
@for_moderators
def contact_seen(request: HttpRequest, actor: Actor, contact: UUID) -> HttpResponse:
    """Take a page or number that failed off the list for a while."""
    link_health.settle(contact)
    return redirect("queue")
