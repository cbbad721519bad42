"""What visitors say is wrong with a listing: what kind of thing, on which day, how often, and nothing else."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from locator.models.directory import Service


class Report(models.Model):
    """One kind of report about one service on one day; the same again only counts (SAFETY R57, R58)."""

    class Kind(models.TextChoices):
        CLOSED = "closed", _("It was closed, or is gone")
        NUMBER = "number", _("The number or the address is wrong")
        ASKED_FOR_ID = "asked_for_id", _("They asked for ID, a name or papers, and the page says otherwise")
        NOT_SAFE = "not_safe", pgettext_lazy("safety", "It is not safe there")
        OTHER = "other", _("Something else is wrong")

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=15, choices=Kind)
    day = models.DateField(db_index=True)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "kind", "day"], name="report_once_a_day"),
            models.CheckConstraint(
                name="report_kind_known",
                condition=Q(kind__in=["closed", "number", "asked_for_id", "not_safe", "other"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id}: {self.kind} on {self.day}"
