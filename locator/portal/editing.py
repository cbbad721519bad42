"""Editing a service step by step. What is saved goes through `moderation`: it decides what is shown, and when."""

import hashlib
import json
from copy import deepcopy
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import ValidationError

from locator import moderation
from locator.models import Service, Status
from locator.moderation import Submitted
from locator.portal import steps
from locator.portal.mine import own
from locator.portal.previewing import preview
from locator.portal.steps.step import Document, StepForm
from locator.rules import Actor, Refused

MANY = {"contact", "place"}  # of which a service can get more


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, short_id: str, step: str, which: str = "") -> HttpResponse:
    """Show a step's form and save it; with `preview` show what visitors would see, and save nothing."""
    actor, service = own(request, short_id)
    if step not in steps.STEPS:
        raise Http404
    document = moderation.draft_of(service.id)
    options = steps.choices(step, document)
    if step == "hours" and len(options) == 1:
        which = which or options[0][0]
    if step in {*MANY, "hours", "translation"} and not which:
        return _choose(request, service, step, options)
    if which and which not in dict(options) and not (which == steps.NEW and step in MANY):
        raise Http404
    form = steps.STEPS[step].form(request.POST or None, document=document, which=which)
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
        "which": dict(options).get(which, ""),
        "seen": _mark(document),
        "preview": preview(shown),
        "looking": "preview" in request.POST and not form.errors,
    }
    return render(request, steps.STEPS[step].template, context, status=400 if form.errors else 200)


def _choose(request: HttpRequest, service: Service, step: str, options: list[tuple[str, str]]) -> HttpResponse:
    context = {"service": service, "step": steps.STEPS[step], "options": options, "more": step in MANY}
    return render(request, "portal/steps/which.html", context)


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
    except ValidationError as problem:
        for words in dict.fromkeys(_flat(problem.detail)):
            form.add_error(None, words)
        return False
    except Refused as refused:
        form.add_error(None, str(refused))
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


def _flat(detail: Any) -> list[str]:
    """Return the words of an error, however deep they lie."""
    if isinstance(detail, dict):
        return [words for part in detail.values() for words in _flat(part)]
    if isinstance(detail, list):
        return [words for part in detail for words in _flat(part)]
    return [str(detail)]
