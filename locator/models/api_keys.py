"""Keys with which an organization's own programs propose changes to its services."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from locator.models.directory import Organization


class ApiKey(models.Model):
    """One key. What it is stands nowhere: `prefix` is its first letters, `mark` a SHA-256 of all of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=8, unique=True)  # after `brolly_`: shown, so that people know it again
    mark = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_on = models.DateField()  # the last day on which it works
    last_used_on = models.DateField(null=True)  # the day alone: it is no list of what a program does
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "id"]
        constraints = [
            models.CheckConstraint(name="api_key_has_name_and_mark", condition=~Q(name="") & ~Q(mark="")),
        ]

    def __str__(self) -> str:
        return f"brolly_{self.prefix}…"

    def is_over(self, today: date) -> bool:
        return self.revoked_at is not None or self.expires_on < today
