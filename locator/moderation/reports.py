"""What visitors say is wrong. It waits for a person; it never changes or hides a listing by itself."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Max, Min, Sum
from django.utils import timezone

from locator.models import Report, Service, Status

ReportKind = Report.Kind
KEPT_DAYS = 90


@dataclass(frozen=True)
class Reported:
    """All reports of one kind about one service: one thing to look at, however often it was sent."""

    short_id: str
    name: str
    kind: ReportKind
    count: int
    first: date
    last: date


@transaction.atomic
def report(short_id: str, kind: ReportKind) -> bool:
    """Count a report about a listed service, by the day; return False when there is no such service.

    What is older than 90 days goes at the same time, so that nothing depends on somebody cleaning up.
    """
    forget()
    service = Service.objects.filter(short_id=short_id, status=Status.LISTED).first()
    if service is None:
        return False
    # The same statements whether it is the first or not: nobody can tell by the time it takes.
    today = {"service": service, "kind": kind, "day": timezone.localdate()}
    Report.objects.bulk_create([Report(**today, count=0)], ignore_conflicts=True)
    Report.objects.filter(**today).update(count=F("count") + 1)
    return True


def reported() -> list[Reported]:
    """Return what was reported in the last 90 days, what may be dangerous first, then the latest."""
    forget()
    rows = Report.objects.values_list("service__short_id", "service__name", "kind")
    found = [
        Reported(short_id, name, ReportKind(kind), count, first, last)
        for short_id, name, kind, count, first, last in rows.annotate(Sum("count"), Min("day"), Max("day"))
    ]
    return sorted(found, key=lambda row: (row.kind != ReportKind.NOT_SAFE, -row.last.toordinal(), row.short_id))


def forget() -> int:
    """Delete reports older than 90 days; return how many rows that were."""
    deleted, _by_model = Report.objects.filter(day__lt=timezone.localdate() - timedelta(days=KEPT_DAYS)).delete()
    return deleted


def settle(short_id: str) -> int:
    """Take every report about a service off the list, when somebody has looked at it; return how many."""
    rows = Report.objects.filter(service__short_id=short_id)
    total: int = rows.aggregate(sum=Sum("count"))["sum"] or 0
    rows.delete()
    return total
