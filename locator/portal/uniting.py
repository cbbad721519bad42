"""Two services that are one, in front of a moderator: side by side, which one goes, and undone again."""

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from locator import moderation, rules
from locator.hsds.agreement import Document
from locator.models import Service
from locator.moderation.differing import place_words
from locator.portal.moderating import for_moderators, one_of
from locator.portal.problems import told
from locator.rules import Actor

SHORT_ID = re.compile(r"(?:^|/s/)([a-z0-9]{1,12})/?$")  # by itself, or at the end of a page's address


@require_POST
@for_moderators
def same(request: HttpRequest, actor: Actor, short_id: str) -> HttpResponse:
    """Go to the two side by side; what was typed is a short id or the address of a page."""
    typed = SHORT_ID.search(request.POST.get("as", "").strip().lower())
    other = rules.services_of(actor).filter(short_id=typed[1] if typed else "").exclude(short_id=short_id).first()
    if other is None:
        messages.error(request, _("We know no other service by that."))
        return redirect("overseen", short_id)
    return redirect("same_as", short_id, other.short_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_moderators
def same_as(request: HttpRequest, actor: Actor, short_id: str, other: str) -> HttpResponse:
    """Show what two services say differently; take the first out of the directory as the same as the second."""
    goes = get_object_or_404(rules.services_of(actor), short_id=short_id)
    stays = get_object_or_404(rules.services_of(actor).exclude(id=goes.id), short_id=other)
    if request.method == "POST":
        with told(request):
            _unite(request, actor, goes, stays)
            return redirect("overseen", stays.short_id)
    return render(
        request, "portal/same.html", _context(goes, stays), status=400 if request.method == "POST" else 200
    )


def _unite(request: HttpRequest, actor: Actor, goes: Service, stays: Service) -> None:
    one_of(request.POST, "act", "unite")
    said = request.POST
    waiting = moderation.unite(
        goes.id, stays.id, by=actor, reason=said.get("reason", ""), bring=said.getlist("bring")
    )
    if moderation.waits(rules.services_of(actor).select_related("moved__to").get(id=goes.id).moved):
        messages.success(request, _("Its address leads here once a second person agrees."))
    else:
        messages.success(request, _("Its address leads here from now on."))
    if waiting:
        messages.success(request, _("What only it had is proposed. Somebody else has to approve it."))


def _context(goes: Service, stays: Service) -> dict[str, Any]:
    first, second = moderation.current(goes.id), moderation.current(stays.id)
    return {
        "goes": goes,
        "stays": stays,
        "differences": moderation.differences(moderation.aligned(first, second), second, notes=True),
        "only": _in_words(moderation.only_in(first, second), first),
    }


def _in_words(own: Document, document: Document) -> list[tuple[str, str]]:
    """Return each number, page and place by its id, as a person calls it."""
    shown = {row["id"]: row for row in document["brolly"].get("locations", [])}
    found = [(row["id"], row.get("number") or row["url"]) for row in [*own["phones"], *own["additional_urls"]]]
    places = [(row["id"], row["location"]) for row in own["service_at_locations"]]
    return found + [(row_id, place_words(location, shown[location["id"]])) for row_id, location in places]


@require_POST
@for_moderators
def agreed(request: HttpRequest, actor: Actor, short_id: str) -> HttpResponse:
    """Agree, as a second person, that a service is the same as another organization's."""
    service = get_object_or_404(rules.services_of(actor), short_id=short_id)
    with told(request):
        moderation.agree(service.id, by=actor)
        messages.success(request, _("Agreed."))
    return redirect("overseen", short_id)


@require_POST
@for_moderators
def apart(request: HttpRequest, actor: Actor, short_id: str) -> HttpResponse:
    """Undo that a service was taken for another."""
    service = get_object_or_404(rules.services_of(actor), short_id=short_id)
    with told(request):
        moderation.separate(service.id, by=actor)
        messages.success(request, _("It stands for itself again."))
    return redirect("overseen", short_id)
