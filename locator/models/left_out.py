"""Who asked to be left out, so that they never come back: as marks, which match and cannot be read back."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LeftOut(models.Model):
    """One thing that nobody may list; it holds until `let_back_on`, and the row stays after that."""

    class Kind(models.TextChoices):
        ORGANIZATION = "organization", _("A name")
        PHONE = "phone", _("A phone number")
        PAGE = "page", _("A page or mailbox")
        ADDRESS = "address", _("An address")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wish = models.UUIDField(db_index=True)  # what was asked for in one act
    kind = models.CharField(max_length=15, choices=Kind)
    reason = models.TextField()
    decided_by = models.CharField(max_length=200)
    decided_account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_on = models.DateField(db_index=True)
    let_back_by = models.CharField(max_length=200, blank=True)
    let_back_account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    let_back_on = models.DateField(null=True)
    let_back_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="left_out_kind_known", condition=Q(kind__in=["organization", "phone", "page", "address"])
            ),
            models.CheckConstraint(name="left_out_has_reason", condition=~Q(reason="") & ~Q(decided_by="")),
            models.CheckConstraint(
                name="let_back_by_somebody",
                condition=Q(let_back_on=None, let_back_by="", let_back_reason="")
                | (Q(let_back_on__isnull=False) & ~Q(let_back_by="") & ~Q(let_back_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, since {self.decided_on}"


class LeftOutMark(models.Model):
    """A keyed hash (HMAC-SHA-256) of one way to compare what was left out; the words are nowhere."""

    entry = models.ForeignKey(LeftOut, on_delete=models.CASCADE, related_name="marks")
    mark = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "mark"], name="mark_once_an_entry")]

    def __str__(self) -> str:
        return self.mark[:8]
