"""A person's own services: what they may open, and how each stands."""

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest
from django.utils import timezone

from locator import rules
from locator.models import Change, Service, Status
from locator.rules import Actor, Freshness


@dataclass(frozen=True)
class Standing:
    """A service as its organization sees it in a list."""

    service: Service
    freshness: Freshness | None  # None where visitors see nothing
    waiting: bool
    until: date | None


def own(request: HttpRequest, short_id: str) -> tuple[Actor, Service]:
    """Return who asks and their organization's service; raise Http404 for any other: who asks learns nothing."""
    actor = rules.actor_of(request.user)
    row = rules.services_of(actor).filter(short_id=short_id, organization_id__in=actor.organizations).first()
    if row is None:
        raise Http404
    return actor, row


def standings(actor: Actor) -> dict[str, list[Standing]]:
    """Return the services of each of a person's organizations, by the organization's name; four queries."""
    found: dict[str, list[Standing]] = {row.name: [] for row in rules.organizations_of(actor)}
    rows = rules.services_of(actor).filter(organization_id__in=actor.organizations).prefetch_related("types")
    waiting = set(_waiting(actor))
    for service in rows:
        found[service.organization.name].append(standing(service, waiting=service.id in waiting))
    return found


def _waiting(actor: Actor) -> list[object]:
    rows = rules.changes_of(actor).filter(state=Change.State.WAITING, subject=Change.Subject.SERVICE)
    return list(rows.values_list("subject_id", flat=True))


def standing(service: Service, *, waiting: bool) -> Standing:
    types = [term.code for term in service.types.all()]
    fresh = rules.freshness(types, service.assured_date, timezone.localdate())
    shown = service.status == Status.LISTED
    until = rules.fresh_until(types, service.assured_date)
    return Standing(service, fresh if shown else None, waiting, until)
