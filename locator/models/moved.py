"""Services that turned out to be another one: which stays, and what the other was before."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from locator.models.directory import Service, Status


class Moved(models.Model):
    """A service that is the same as another; there only while it is out of the directory itself."""

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="moved")
    to = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="same_as_this")
    was_public = models.BooleanField()  # its address was public once: somebody may have kept it
    said_by = models.CharField(max_length=200)
    said_account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    agreed_by = models.CharField(max_length=200, blank=True)  # needed where they are of two organizations
    before = models.CharField(max_length=10, choices=Status)  # what it was, to be that again if it was a mistake

    class Meta:
        constraints = [
            models.CheckConstraint(name="moved_to_another", condition=~Q(service=F("to"))),
            models.CheckConstraint(
                name="moved_before_known", condition=Q(before__in=["draft", "listed", "unlisted", "withdrawn"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} is {self.to}"
