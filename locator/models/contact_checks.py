"""Whether a page or number of a listed service was found working; no value of one, only which and when."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from locator.models.directory import Service


class ContactCheck(models.Model):
    """The last look at one phone or link, and since when it fails; moderators see what failed on two days."""

    class Fault(models.TextChoices):
        NO_ANSWER = "no_answer", _("This page did not answer")
        GONE = "gone", _("This page is not there any more")
        BROKEN = "broken", _("This page answered with an error")
        CERTIFICATE = "certificate", _("This page has no valid certificate")
        PRIVATE = "private", _("This page leads into a private network")
        NO_NUMBER = "no_number", _("This is no number of its country any more")
        ABROAD = "abroad", _("This number is of another country")

    contact = models.UUIDField(
        primary_key=True
    )  # the key of a Phone or a Link: those rows are made anew with each edit
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    mark = models.CharField(max_length=64)  # a keyed hash of its value: another one is checked from the start
    checked_on = models.DateField(db_index=True)
    fault = models.CharField(max_length=15, choices=Fault, blank=True)
    first_failed = models.DateField(null=True)
    last_failed = models.DateField(null=True)
    quiet_until = models.DateField(null=True)  # a moderator looked

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="fault_has_days",
                condition=Q(fault="", first_failed=None, last_failed=None)
                | (~Q(fault="") & Q(first_failed__isnull=False, last_failed__gte=models.F("first_failed"))),
            )
        ]

    def __str__(self) -> str:
        return f"{self.contact}: {self.fault or 'fine'} on {self.checked_on}"
