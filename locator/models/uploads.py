"""A spreadsheet that somebody sent in, or several services closed at once: looked at, confirmed, taken back."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from locator.models.changes import Change
from locator.models.directory import Organization


class Upload(models.Model):
    """One act on many services. Its file is not kept; its rows are, until it is confirmed or 30 days have gone."""

    class Kind(models.TextChoices):
        SHEET = "sheet"
        CLOSURE = "closure"

    class State(models.TextChoices):
        LOOKED_AT = "looked_at"
        CONFIRMED = "confirmed"
        UNDONE = "undone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SHEET)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="uploads")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    author = models.CharField(max_length=200)
    made_at = models.DateTimeField(auto_now_add=True, db_index=True)
    state = models.CharField(max_length=10, choices=State, default=State.LOOKED_AT)
    looks = models.PositiveIntegerField(
        default=1, db_default=1
    )  # how often somebody looked: what was seen is taken over, no other
    stay = models.PositiveIntegerField(default=0)  # rows that say what is there already; they are not kept

    class Meta:
        ordering = ["-made_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="upload_state_known", condition=Q(state__in=["looked_at", "confirmed", "undone"])
            ),
            models.CheckConstraint(name="upload_kind_known", condition=Q(kind__in=["sheet", "closure"])),
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.state}"


class UploadRow(models.Model):
    """A row that would change something, or has something wrong."""

    class Kind(models.TextChoices):
        CHANGE = "change"
        NEW = "new"
        WRONG = "wrong"

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # as the spreadsheet counts them
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=200, blank=True)  # of the service
    service_id = models.UUIDField(null=True)
    cells = models.JSONField(default=dict)  # those that are filled, to look again if the service has changed
    document = models.JSONField(null=True)  # what the service shall be; gone once it is confirmed
    mark = models.CharField(max_length=32, blank=True)  # of what the service was when somebody looked
    problems = models.JSONField(default=dict)  # words by column
    done = models.ForeignKey(Change, on_delete=models.SET_NULL, null=True, related_name="+")
    waiting = models.ForeignKey(Change, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["number", "id"]
        constraints = [
            models.CheckConstraint(name="upload_row_kind_known", condition=Q(kind__in=["change", "new", "wrong"])),
            models.UniqueConstraint(fields=["upload", "number"], name="upload_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}, {self.number}"
