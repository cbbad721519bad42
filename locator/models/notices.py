"""Emergency notices: a warning, a cold-weather opening, a closure; for an area, with an end, in plain words."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from locator.models.contact_values import validate_language
from locator.models.gazetteer import Place


class Notice(models.Model):
    """Shown beside results in its area from when it begins until it ends, and then no more."""

    class Kind(models.TextChoices):
        WARNING = "warning", _("Warning")
        OPENING = "opening", _("Open in this weather")
        CLOSURE = "closure", _("Closed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    area = models.ForeignKey(
        Place, on_delete=models.CASCADE, null=True, related_name="+", limit_choices_to={"slug__isnull": False}
    )
    country = models.CharField(max_length=2, blank=True)  # the whole of it, when no area is named
    words = models.TextField()
    language = models.CharField(max_length=10, default="en", validators=[validate_language])
    begins = models.DateTimeField()
    ends = models.DateTimeField(db_index=True)
    author = models.CharField(max_length=200)
    taken_back = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="notice_ends_later", condition=Q(ends__gt=models.F("begins"))),
            models.CheckConstraint(name="notice_has_author_and_words", condition=~Q(author="") & ~Q(words="")),
            models.CheckConstraint(
                name="notice_is_somewhere",
                condition=Q(area__isnull=False, country="") | (Q(area=None) & ~Q(country="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} until {self.ends:%Y-%m-%d %H:%M} UTC"
