"""What copies elsewhere have to be told, noted where listings are published.

A note is written in the transaction that publishes, so that none is ever lost or untrue. Its number is given
right after the commit, under a lock: whoever sees a number sees every smaller one that was given. Until then a
reader gets it at the end of every answer (`search.changes`), so a process that dies in between delays nothing.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from locator.models import FeedPosition, Listing, ListingChange

Kind = ListingChange.Kind
KEPT = timedelta(days=365)  # of what was withdrawn; of what is listed, the last note stays


def note(kinds: Mapping[UUID, ListingChange.Kind]) -> None:
    """Note what became of services, in place of what was noted of them before."""
    if not kinds:
        return
    today = timezone.now().date()
    rows = [ListingChange(service_id=key, kind=kind, on=today) for key, kind in sorted(kinds.items())]
    ListingChange.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["service_id"], update_fields=["kind", "on", "number"]
    )
    transaction.on_commit(number, robust=True)


@transaction.atomic
def number() -> int:
    """Give what was noted and is committed its numbers; return how many got one.

    What another transaction is noting anew this moment is left to that one.
    """
    position = _locked()
    waiting = list(ListingChange.objects.select_for_update(skip_locked=True).filter(number=None).order_by("id"))
    for row in waiting:
        position.last += 1
        row.number = position.last
    ListingChange.objects.bulk_create(
        waiting, update_conflicts=True, unique_fields=["id"], update_fields=["number"]
    )
    position.save()
    return len(waiting)


def mend() -> int:
    """Note what the feed does not say of what is listed now; return how much that was."""
    listed = set(Listing.objects.values_list("service_id", flat=True).distinct())
    told = dict(ListingChange.objects.values_list("service_id", "kind"))
    wrong = {key: Kind.LISTED for key in listed if told.get(key, Kind.WITHDRAWN) == Kind.WITHDRAWN}
    wrong |= {key: Kind.WITHDRAWN for key, kind in told.items() if kind != Kind.WITHDRAWN and key not in listed}
    note(wrong)
    return len(wrong)


@transaction.atomic
def forget() -> int:
    """Delete what was withdrawn a year ago, and remember how far; return how many that were."""
    number()
    position = _locked()
    old = ListingChange.objects.filter(kind=Kind.WITHDRAWN, on__lt=timezone.now().date() - KEPT)
    gone = old.filter(number__isnull=False)
    position.forgotten = gone.aggregate(last=Max("number"))["last"] or position.forgotten
    position.save()
    return gone.delete()[0]


def _locked() -> FeedPosition:
    position, _made = FeedPosition.objects.select_for_update().get_or_create(id=1)
    return position
