"""One answer to one question, and why we believe it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from locator.models.directory import Location, Service
from locator.models.questions import BY_KEY


class Basis(models.TextChoices):
    """On whose word something is known. A filter matches only the first two."""

    ORGANIZATION = "organization"
    MODERATOR = "moderator"
    SOURCE = "source"  # said in a document, not checked with them


def validate_question(key: str) -> None:
    if key not in BY_KEY:
        raise ValidationError(f"There is no question “{key}”.")


class Fact(models.Model):
    """An answer about a service or about a place; no row means that nobody said.

    Declined is kept so that we do not ask again; to everyone but the organization it looks unknown.
    """

    class Answer(models.TextChoices):
        YES = "yes"
        NO = "no"
        DECLINED = "declined"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True, related_name="facts")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, null=True, related_name="facts")
    question = models.CharField(max_length=40, validators=[validate_question])
    answer = models.CharField(max_length=10, choices=Answer)
    basis = models.CharField(max_length=15, choices=Basis)
    stated_by = models.CharField(max_length=200)
    stated_on = models.DateField()
    limits = models.CharField(max_length=500, blank=True)  # "unless somebody is in danger"

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="fact_about_one_thing",
                condition=Q(service=None, location__isnull=False) | Q(service__isnull=False, location=None),
            ),
            models.CheckConstraint(name="fact_answer_known", condition=Q(answer__in=["yes", "no", "declined"])),
            models.CheckConstraint(
                name="fact_basis_known",
                condition=Q(basis__in=["organization", "moderator", "source"]),
            ),
            models.UniqueConstraint(fields=["service", "question"], name="one_answer_a_service"),
            models.UniqueConstraint(fields=["location", "question"], name="one_answer_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.answer}"
