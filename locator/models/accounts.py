"""Who edits for which organization, who decides, and who has been asked to."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from locator.models.directory import Organization


class Membership(models.Model):
    """A person's part in an organization."""

    class Role(models.TextChoices):
        EDITOR = "editor"
        MANAGER = "manager"  # also invites and removes colleagues, and can leave the directory

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    since = models.DateTimeField(default=timezone.now)
    language = models.CharField(max_length=10, default="en")  # that we write to them in

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organization"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} for {self.organization}"


class Moderator(models.Model):
    """A person who decides changes; made by an operator's command alone."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="moderator")
    since = models.DateField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.user)


class Invitation(models.Model):
    """A person who has been asked to join; the row goes when they did, or when its time is over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField()
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, null=True, related_name="invitations")
    role = models.CharField(max_length=10, choices=[*Membership.Role.choices, ("moderator", "moderator")])
    invited_by = models.CharField(max_length=200)
    by_account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitation_for_one_thing",
                condition=Q(role="moderator", organization=None)
                | Q(role__in=["editor", "manager"], organization__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"
