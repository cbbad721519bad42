"""Editing a service step by step. What is saved goes through `moderation`: it decides what is shown, and when."""

import hashlib
import json
from copy import deepcopy

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import ValidationError

from locator import moderation
from locator.models import Status
from locator.moderation import Submitted
from locator.portal import steps
from locator.portal.mine import own
from locator.portal.previewing import preview
from locator.portal.problems import reasons
from locator.portal.steps.step import Document, StepForm
from locator.rules import Actor, Refused


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, short_id: str, step: str, which: str = "") -> HttpResponse:
    """Show a step's form and save it; with `preview` show what visitors would see, and save nothing."""
    actor, service = own(request, short_id)
    if step not in steps.STEPS:
        raise Http404
    document, kind = moderation.draft_of(service.id), steps.STEPS[step].form
    options = dict(kind.choices(document))
    if kind.several and len(options) == 1 and not kind.adds:
        which = which or next(iter(options))
    if kind.several and not which:
        context = {"service": service, "step": steps.STEPS[step], "options": options.items(), "more": kind.adds}
        return render(request, "portal/steps/which.html", context)
    if which and which not in options and not (which == steps.NEW and kind.adds):
        raise Http404
    form = kind(request.POST or None, document=document, which=which)
    shown = document
    if request.method == "POST" and form.is_valid() and _is_current(request, form, document):
        edited = deepcopy(document)
        form.apply(edited)
        if "preview" in request.POST:
            shown = edited
        elif _save(request, form, edited, actor):
            return redirect("service_edit", short_id)
    context = {
        "service": service,
        "step": steps.STEPS[step],
        "form": form,
        "which": options.get(which, ""),
        "seen": _mark(document),
        "preview": preview(shown),
        "looking": "preview" in request.POST and not form.errors,
    }
    return render(request, steps.STEPS[step].template, context, status=400 if form.errors else 200)


def _mark(document: Document) -> str:
    """Return what tells a document from any other, so that nobody writes over what they have not seen."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:32]


def _is_current(request: HttpRequest, form: StepForm, document: Document) -> bool:
    if request.POST.get("seen") == _mark(document):
        return True
    form.add_error(
        None,
        _("Somebody has changed this service since you opened this page. Look at what you typed, and save again."),
    )
    return False


def _save(request: HttpRequest, form: StepForm, edited: Document, actor: Actor) -> bool:
    """Submit the edit and say what became of it; return False, with the reasons in the form, if it was refused."""
    try:
        submitted = moderation.submit(edited, by=actor)
    except (Refused, ValidationError) as problem:
        for words in reasons(problem):
            form.add_error(None, words)
        return False
    messages.success(request, outcome(submitted, edited))
    return True


def outcome(submitted: Submitted, document: Document) -> str:
    """Return what became of an edit, in words."""
    if document["brolly"]["status"] == Status.DRAFT and submitted.done:
        return _("Saved. Only you see it until it is listed.")
    if submitted.done and submitted.waiting:
        return _("Part of it is shown already. A second person looks at the rest first.")
    if submitted.waiting:
        return _("Saved. A second person looks at it first; visitors see what was there until then.")
    if submitted.done:
        return _("Saved. Visitors see it now.")
    return _("Nothing was different.")
