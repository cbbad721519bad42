"""Whether an organization belongs in the directory, who decided that, and why (SAFETY R54, R55)."""

from django.db import models
from django.db.models import Q

from locator.models.directory import Organization


class Inclusion(models.Model):
    """The decision about one organization; without one nothing of it can be listed."""

    class Decision(models.TextChoices):
        INCLUDED = "included"
        REFUSED = "refused"

    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="inclusion")
    decision = models.CharField(max_length=10, choices=Decision)
    reason = models.TextField()
    decided_by = models.CharField(max_length=200)
    decided_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="inclusion_known", condition=Q(decision__in=["included", "refused"])),
            models.CheckConstraint(name="inclusion_has_reason", condition=~Q(reason="") & ~Q(decided_by="")),
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.decision}"
