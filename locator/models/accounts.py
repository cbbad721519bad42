"""Which person edits for which organization."""

from django.conf import settings
from django.db import models

from locator.models.directory import Organization


class Membership(models.Model):
    """A person's part in an organization."""

    class Role(models.TextChoices):
        EDITOR = "editor"
        MANAGER = "manager"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organization"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} for {self.organization}"
