"""A proposed document and what was decided about it: the only way a listing changes, and its history."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class Change(models.Model):
    """One proposal. `document` is what the subject shall be, `previous` what it was when decided."""

    class Subject(models.TextChoices):
        SERVICE = "service"
        ORGANIZATION = "organization"

    class State(models.TextChoices):
        WAITING = "waiting"
        APPROVED = "approved"
        REJECTED = "rejected"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.CharField(max_length=15, choices=Subject)
    subject_id = models.UUIDField(db_index=True)
    document = models.JSONField()
    previous = models.JSONField(null=True)
    base_revision = models.PositiveIntegerField()  # of the subject when this was proposed; 0 when it is new
    base = models.JSONField(null=True)  # the subject then, to merge what has changed since
    finds = models.JSONField(default=list)  # what could say where a confidential place is: [where, what, words]
    state = models.CharField(max_length=15, choices=State, default=State.WAITING)
    author = models.CharField(max_length=200)
    author_account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    by_role = models.CharField(max_length=10, blank=True)  # of the author then
    proposed_at = models.DateTimeField(auto_now_add=True)
    decider = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    replaced_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="replaces")
    purged = models.BooleanField(default=False)  # it hid an address, which was taken out of the history then

    class Meta:
        ordering = ["proposed_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="decision_has_decider_and_time",
                condition=Q(state="waiting", decider="", decided_at=None)
                | (~Q(state="waiting") & ~Q(decider="") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(name="change_has_author", condition=~Q(author="")),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id}: {self.state}"


class Approval(models.Model):
    """One person's yes to a change; some changes need two before anything happens."""

    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="approvals")
    name = models.CharField(max_length=200)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    by_role = models.CharField(max_length=10, blank=True)
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "name"], name="approval_once_a_person")]

    def __str__(self) -> str:
        return f"{self.name}: {self.change_id}"
