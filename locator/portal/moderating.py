"""What all of a moderator's pages share."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from locator import moderation, rules
from locator.models import Change
from locator.moderation import Difference
from locator.rules import Actor, Refused, Role

View = Callable[..., HttpResponse]


def for_moderators(view: View) -> View:
    """Hand a moderator's view who acts; to everybody else there is no such page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor: Actor = rules.actor_of(request.user)
        if actor.role != Role.MODERATOR:
            raise Http404
        return view(request, actor, *args, **kwargs)

    return guarded


def one_of(said: QueryDict, name: str, *values: str) -> str:
    """Return which of some values a form holds; raise Refused for none or any other: an act is never a default."""
    value = said.get(name, "")
    if value not in values:
        raise Refused(_("We could not read that"))
    return str(value)


def an_id(value: str) -> UUID | None:
    """Return the id that a form holds; None for anything else that somebody sends."""
    try:
        return UUID(value)
    except ValueError:
        return None


def differences_of(change: Change) -> list[Difference]:
    """Return what a change changes or changed, with moderators' own notes."""
    return moderation.differences(change.previous or change.base, change.document, notes=True)
