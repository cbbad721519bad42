"""Which addresses lead to another service now: those of services that turned out to be one that is listed.

Between two organizations it takes two people who say so.
"""

from uuid import UUID

from django.db.models import F, Q

from locator.models import ListingMoved, Moved, Status

Row = tuple[str, UUID, str]  # short id, id, and the short id of the one that is listed


def project_moves() -> tuple[int, set[UUID]]:
    """Make the published table what the record says.

    Return how many addresses it had otherwise, and the ids of the services whose address leads elsewhere now.

    Few services ever are another one, so all of them are looked at each time: one that stays today may turn out to
    be a third tomorrow.
    """
    wanted = set(_moves())
    stored = set(ListingMoved.objects.values_list("short_id", "service_id", "to"))
    wrong = {short_id for short_id, _id, _to in wanted ^ stored}
    if wrong:
        ListingMoved.objects.filter(short_id__in=wrong).delete()
        new = [ListingMoved(short_id=row[0], service_id=row[1], to=row[2]) for row in sorted(wanted - stored)]
        ListingMoved.objects.bulk_create(new)
    return len(wrong), {key for _short_id, key, _to in wanted - stored}


def _moves() -> list[Row]:
    columns = ("service_id", "service__short_id", "was_public", "to_id", "to__short_id", "to__status")
    # An address that leads from one organization's number to another's shows a new number there (SAFETY R51).
    stand = Moved.objects.filter(Q(service__organization=F("to__organization")) | ~Q(agreed_by=""))
    rows = {row[0]: row for row in stand.values_list(*columns)}
    found = []
    for key, short_id, was_public, to_id, to_short_id, status in rows.values():
        passed = {key}
        while to_id in rows and to_id not in passed:
            passed.add(to_id)
            to_id, to_short_id, status = rows[to_id][3:]  # noqa: PLW2901  (one step on)
        if was_public and status == Status.LISTED:
            found.append((short_id, key, to_short_id))
    return found
