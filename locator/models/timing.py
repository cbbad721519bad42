"""What holds of the opening times of a place, a number or a chat as a whole; their rules are rows of `Hours`."""

from django.db import models
from django.db.models import Q

from locator.models.contact_values import validate_holiday_region


class Access(models.TextChoices):
    """What has to come before going or calling; empty is "just come", or nobody said."""

    APPOINTMENT = "appointment"
    CALL_FIRST = "call_first"


class OnHolidays(models.TextChoices):
    """What holds on public holidays; empty is "nobody told us", and then we do not know."""

    OPEN = "open"
    CLOSED = "closed"
    HOURS = "hours"  # others, said beside it


class Timed(models.Model):
    """Whatever has opening times."""

    access = models.CharField(max_length=15, choices=Access, blank=True)
    on_public_holidays = models.CharField(max_length=10, choices=OnHolidays, blank=True)
    holiday_opens_at = models.TimeField(null=True)
    holiday_closes_at = models.TimeField(null=True)
    # Whose holidays (ISO 3166-2, "GB-SCT"), where a country's parts have their own.
    holiday_region = models.CharField(max_length=6, blank=True, validators=[validate_holiday_region])

    class Meta:
        abstract = True

    @staticmethod
    def constraints_of(kind: str) -> list[models.BaseConstraint]:
        known = Q(access__in=["", "appointment", "call_first"])
        times = Q(holiday_opens_at__isnull=False, holiday_closes_at__isnull=False, on_public_holidays="hours")
        none = Q(holiday_opens_at=None, holiday_closes_at=None, on_public_holidays__in=["", "open", "closed"])
        return [
            models.CheckConstraint(name=f"{kind}_access_known", condition=known),
            models.CheckConstraint(name=f"{kind}_holiday_hours_if_said", condition=times | none),
        ]
