"""A service at a glance, and what can be done with it in one or two taps."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from locator import moderation, rules, search
from locator.hours import day
from locator.hsds.members import put
from locator.hsds.parts import plain
from locator.models import Change, Status
from locator.portal import steps
from locator.portal.editing import outcome
from locator.portal.mine import own, standing, standings
from locator.portal.previewing import preview
from locator.portal.problems import told
from locator.portal.steps.step import Document
from locator.portal.vouching import to_vouch_for
from locator.rules import Actor, Refused
from locator.web import presenting

A_PAGE = 20  # changes
LONGEST = timedelta(days=366)  # of a closure, both days counted


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor = rules.actor_of(request.user)
    context = {"organizations": standings(actor), "actor": actor, "vouching": len(to_vouch_for(actor))}
    return render(request, "portal/home.html", context)


class BeginForm(forms.Form):
    organization = forms.ChoiceField(label=gettext_lazy("Whose is it?"))
    name = forms.CharField(label=gettext_lazy("What is it called?"), max_length=200, validators=[plain])


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Make a draft of a service; nobody but its organization sees it.

    When something is listed that is called nearly so, it is shown first, and going on takes a button of its own.
    """
    actor = rules.actor_of(request.user)
    organizations = {str(row.id): row for row in rules.organizations_of(actor)}
    if not organizations:
        raise Http404
    form = BeginForm(request.POST or None, initial={"organization": next(iter(organizations))})
    form.fields["organization"].choices = [(key, row.name) for key, row in organizations.items()]  # type: ignore[attr-defined]
    similar: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid() and request.POST.get("another") != "yes":
        similar = listed_like(form.cleaned_data["name"])
    if request.method == "POST" and form.is_valid() and not similar:
        of = organizations[form.cleaned_data["organization"]]
        try:
            change = moderation.begin(of, form.cleaned_data["name"], by=actor)
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            return redirect("service_edit", rules.services_of(actor).get(id=change.subject_id).short_id)
    context = {"form": form, "similar": similar}
    return render(request, "portal/begin.html", context, status=400 if form.errors else 200)


def listed_like(name: str) -> list[dict[str, str]]:
    """Return what anybody can see of the listed services that are called nearly so."""
    return [
        {
            "name": shown["name"],
            "language": shown["text_language"],
            "short_id": shown["short_id"],
            "organization": shown["organization"]["name"],
            "where": presenting.where(shown),
        }
        for shown in search.named_like(name)
    ]


@require_safe
def service(request: HttpRequest, short_id: str) -> HttpResponse:
    """Show how a service stands, what waits, and the steps to edit it."""
    actor, row = own(request, short_id)
    document = moderation.draft_of(row.id)
    alike = [] if row.status == Status.LISTED else moderation.Listed().alike(document)[0]
    waiting = rules.changes_of(actor).filter(subject_id=row.id, state=Change.State.WAITING).first()
    context = {
        "service": row,
        "standing": standing(row, waiting=waiting is not None),
        "waiting": waiting,
        "alike": alike,
        "differences": moderation.differences(moderation.current(row.id), waiting.document) if waiting else [],
        "steps": steps.STEPS.values(),
        "closed": closed_until(document),
        "ready": moderation.missing(document),
        "preview": preview(document),
        "in_backups_until": in_backups_until(rules.changes_of(actor).filter(subject_id=row.id)),
    }
    return render(request, "portal/service.html", context)


def in_backups_until(changes: QuerySet[Change]) -> str:
    """Return the day until which our backups may hold an address that was hidden; "" when none does (R24)."""
    hidden = changes.filter(purged=True).aggregate(last=Max("decided_at"))["last"]
    until = timezone.localdate(hidden) + timedelta(days=settings.BACKUP_DAYS) if hidden else None
    return day(until.isoformat()) if until and until >= timezone.localdate() else ""


@require_safe
def look(request: HttpRequest, short_id: str) -> HttpResponse:
    """Show the page that visitors would see, with what waits."""
    _actor, row = own(request, short_id)
    return render(request, "portal/preview.html", {"service": row, **preview(moderation.draft_of(row.id))})


@require_POST
def ask_for_listing(request: HttpRequest, short_id: str) -> HttpResponse:
    """Ask for a draft, or for a service that was out of sight, to be shown."""
    return _submit(request, short_id, lambda document: document["brolly"].update(status=Status.LISTED.value))


@require_POST
def take_back(request: HttpRequest, short_id: str) -> HttpResponse:
    """Take back what waits."""
    actor, row = own(request, short_id)
    moderation.take_back(row.id, by=actor)
    messages.success(request, _("Taken back. Nothing waits any more."))
    return redirect("service_edit", short_id)


class ClosureForm(forms.Form):
    first = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    why = forms.CharField(
        label=gettext_lazy("Why, in a few words (visitors see it)"),
        max_length=300,
        required=False,
        validators=[plain],
    )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if "first" in found and "last" in found and found["first"] > found["last"]:
            self.add_error("last", _("The last day is before the first."))
        elif "first" in found and "last" in found and found["last"] - found["first"] >= LONGEST:
            self.add_error("last", _("A closure lasts 366 days at most. You can make it longer later."))
        return found


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, short_id: str) -> HttpResponse:
    """Close for some days; without dates, for today."""
    _actor, row = own(request, short_id)
    today = moderation.today_at(moderation.current(row.id))
    if "today" in request.POST:
        return _submit(request, short_id, lambda document: moderation.close(document, today, today))
    form = ClosureForm(request.POST or None, initial={"first": today, "last": today + timedelta(days=7)})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        return _submit(
            request,
            short_id,
            lambda document: moderation.close(document, said["first"], said["last"], said["why"]),
        )
    context = {"service": row, "form": form, "closures": moderation.closures(moderation.current(row.id))}
    return render(request, "portal/close.html", context, status=400 if form.errors else 200)


@require_POST
def reopen(request: HttpRequest, short_id: str) -> HttpResponse:
    """Take every closure that is not over away."""
    return _submit(request, short_id, _reopen)


def _submit(request: HttpRequest, short_id: str, change: Any) -> HttpResponse:
    actor, row = own(request, short_id)
    with told(request):
        document = moderation.draft_of(row.id)
        change(document)
        messages.success(request, outcome(moderation.submit(document, by=actor), document))
    return redirect("service_edit", short_id)


def _reopen(document: Document) -> None:
    today = moderation.today_at(document).isoformat()
    for times in document["brolly"].get("times", []):
        left = [row for row in times.get("dated", []) if "opens_at" in row or row["last"] < today]
        put(times, "dated", left)
    rows = document["brolly"].get("times", [])
    put(document["brolly"], "times", [row for row in rows if row.keys() - {"id"}])


def closed_until(document: Document) -> str:
    """Return the last day of a closure that holds today; "" when it is not closed."""
    today = moderation.today_at(document).isoformat()
    return max((row["last"] for row in moderation.closures(document) if row["first"] <= today), default="")


@require_safe
def history(request: HttpRequest, short_id: str, page: int = 1) -> HttpResponse:
    """Show who changed what, the latest first."""
    actor, row = own(request, short_id)
    here = Paginator(rules.history_of(actor, row), A_PAGE).get_page(page)
    acts = _acts(actor, here)
    rows = [
        (change, moderation.differences(change.previous or change.base, change.document), acts.get(change.id))
        for change in here
    ]
    return render(request, "portal/history.html", {"service": row, "rows": rows, "page": here})


def _acts(actor: Actor, changes: Iterable[Change]) -> dict[UUID, UUID]:
    """Return the act on many services that each of some changes was a part of, where it was one."""
    ids = [change.id for change in changes]
    rows = rules.upload_rows_of(actor).filter(Q(done__in=ids) | Q(waiting__in=ids))
    pairs = rows.values_list("upload_id", "done_id", "waiting_id")
    return {change: upload for upload, *both in pairs for change in both if change}


@require_POST
def undo(request: HttpRequest, short_id: str, change_id: UUID) -> HttpResponse:
    """Take one change back; what needs a second person waits, as in any edit."""
    actor, row = own(request, short_id)
    change = get_object_or_404(rules.changes_of(actor), id=change_id, subject_id=row.id)
    with told(request):
        submitted = moderation.undo(change, by=actor)
        messages.success(request, outcome(submitted, moderation.current(row.id)))
    return redirect("history", short_id)
