"""Vocabularies: the kinds of help, credentials, languages."""

from django.db import models


class Term(models.Model):
    """A word of a vocabulary, with a stable code; kept in step with `hsds.vocabulary` on every migrate."""

    class Vocabulary(models.TextChoices):
        SERVICE_TYPE = "service-type"
        CREDENTIAL = "credential"
        LANGUAGE = "language"

    vocabulary = models.CharField(max_length=20, choices=Vocabulary)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vocabulary", "code"], name="term_once")]

    def __str__(self) -> str:
        return self.name
