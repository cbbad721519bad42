"""Which reminders were sent, and to which addresses no mail arrives."""

from django.db import models
from django.utils import timezone

from locator.models.directory import Service


class Reminder(models.Model):
    """A reminder to one person: about which confirmation, and how many days from the last it is good for."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="reminders")
    assured_date = models.DateField()  # the confirmation that is growing old
    step = models.SmallIntegerField()  # one of rules.REMINDED
    recipient = models.CharField(
        max_length=50, default="", db_default=""
    )  # "member:7", "contact:<id>"; "" before we noted whom
    sent_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "assured_date", "step", "recipient"], name="reminder_sent_once_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_id}: {self.assured_date} {self.step:+}"


class Bounce(models.Model):
    """An address from which mail came back for good; the row goes when somebody has looked after it."""

    email = models.EmailField(unique=True)
    on = models.DateField(default=timezone.localdate)

    def __str__(self) -> str:
        return self.email
