"""Services that visitors think should be listed: a name, where, and how to look it up; never who said so."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Suggestion(models.Model):
    """One service that was suggested; the same again only counts (SAFETY R57)."""

    class How(models.TextChoices):
        WENT = "went", _("I went there, or called")
        WORK = "work", _("I work there")
        HEARD = "heard", _("I heard or read about it")

    same = models.CharField(max_length=320, unique=True)  # name and place, folded: what is one thing to look at
    name = models.CharField(max_length=200)
    where = models.CharField(max_length=100)
    contact = models.CharField(max_length=200, blank=True)  # a page or a number, to find them by
    how = models.CharField(max_length=10, choices=How)
    first = models.DateField()
    last = models.DateField(db_index=True)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="suggestion_how_known", condition=Q(how__in=["went", "work", "heard"])),
            models.CheckConstraint(name="suggestion_says_something", condition=~Q(name="") & ~Q(where="")),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.where}"
