"""Is it still right? All of it, or all but some answers: by a reminder's link, or signed in."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from locator import freshness, moderation, search
from locator.hours import day
from locator.models import Service, Status
from locator.models.questions import BY_KEY
from locator.portal.mine import own
from locator.portal.problems import told
from locator.rules import Actor
from locator.web.guards import problem_page
from locator.web.views import service_context


@require_http_methods(["GET", "HEAD", "POST"])
def by_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a reminder is about; only pressing the button confirms it (SAFETY R61)."""
    found = freshness.opened(token)
    if found is None:
        words = _("Its time is over, or what it was about is not listed now. Sign in to see how things stand.")
        return problem_page(request, 410, _("This link does not work any more"), words)
    done = found.service.assured_date != found.assured
    if request.method == "POST" and not done:
        with told(request):
            _confirm(request, found.service, found.actor)
        return redirect("confirm_by_mail", token)
    return _page(request, found.service, done=found.service.assured_date if done else None)


@require_http_methods(["GET", "HEAD", "POST"])
def still_right(request: HttpRequest, short_id: str) -> HttpResponse:
    """Confirm a listing, signed in."""
    actor, service = own(request, short_id)
    if service.status != Status.LISTED:
        return redirect("service_edit", short_id)
    if request.method == "POST":
        with told(request):
            _confirm(request, service, actor)
        return redirect("service_edit", short_id)
    return _page(request, service, back=short_id)


def _confirm(request: HttpRequest, service: Service, actor: Actor) -> None:
    changed = request.POST.getlist("changed")
    moderation.still_right(service.id, changed=changed, by=actor)
    if changed:
        words = _("Thank you. Visitors do not see those answers any more. Sign in to say what holds now.")
        messages.success(request, words)
    else:
        messages.success(request, _("Thank you. Visitors see that it was checked today."))


def _page(request: HttpRequest, service: Service, *, done: date | None = None, back: str = "") -> HttpResponse:
    rows = search.listings_of(service.short_id)
    context: dict[str, Any] = {
        "service": service,
        "preview": service_context(rows) if rows else {},
        "answers": _answers(service),
        "done": done and day(done.isoformat()),
        "back": back,
    }
    return render(request, "portal/confirm.html", context)


def _answers(service: Service) -> list[tuple[str, Any, Any]]:
    """Return each answer on record once: its question's key, the question, and the answer in a clause."""
    said = {fact["question"]: fact["answer"] for fact in moderation.current(service.id)["brolly"].get("facts", [])}
    words = {"yes": lambda asked: asked.yes, "no": lambda asked: asked.no}
    declined = _("you’d rather not say")
    return [
        (key, asked.ask, words[said[key]](asked) if said[key] in words else declined)
        for key, asked in BY_KEY.items()
        if key in said
    ]
