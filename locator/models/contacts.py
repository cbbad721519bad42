"""Ways to get in touch, the languages spoken there, when they are open, and the people behind them."""

import uuid

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from locator.models.contact_values import validate_language, validate_phone, validate_timezone, validate_url
from locator.models.directory import Organization, Service, ServiceAtLocation, one_of
from locator.models.timing import Timed


class ConfirmedValue(Timed):
    """A number or an address that is shown only after a named person confirmed it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    confirmed_by = models.CharField(max_length=200, blank=True)
    confirmed_on = models.DateField(null=True)
    timezone = models.CharField(max_length=40, blank=True, validators=[validate_timezone])  # of its hours

    class Meta:
        abstract = True

    @staticmethod
    def constraints_of(kind: str) -> list[models.BaseConstraint]:
        return [
            *Timed.constraints_of(kind),
            one_of(f"{kind}_of_one_owner", "service", "organization"),
            models.CheckConstraint(
                name=f"{kind}_confirmed_by_somebody",
                condition=Q(confirmed_on=None, confirmed_by="")
                | (Q(confirmed_on__isnull=False) & ~Q(confirmed_by="")),
            ),
        ]


class Phone(ConfirmedValue):
    """A number: international, or a short one (116 123) with the country it works in."""

    class Type(models.TextChoices):
        VOICE = "voice"
        TEXT = "text"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True, related_name="phones")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, null=True, related_name="phones")
    number = models.CharField(max_length=30)
    country = models.CharField(max_length=2)
    type = models.CharField(max_length=10, choices=Type, default=Type.VOICE)
    description = models.CharField(max_length=300, blank=True)
    free_to_call = models.BooleanField(null=True)

    class Meta:
        constraints = ConfirmedValue.constraints_of("phone")

    def __str__(self) -> str:
        return self.number

    def clean(self) -> None:
        validate_phone(self.number, self.country)


class Link(ConfirmedValue):
    """A web page, chat or e-mail address."""

    class Kind(models.TextChoices):
        WEBSITE = "website"
        CHAT = "chat"
        ONLINE = "online"  # the service itself happens there
        EMAIL = "email"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True, related_name="links")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, null=True, related_name="links")
    kind = models.CharField(max_length=10, choices=Kind)
    label = models.CharField(max_length=100, blank=True)
    url = models.CharField(max_length=500, validators=[validate_url])

    class Meta:
        constraints = ConfirmedValue.constraints_of("link")

    def __str__(self) -> str:
        return self.url


class Language(models.Model):
    """A language people can use at a service, or on one of its lines."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True, related_name="languages")
    phone = models.ForeignKey(Phone, on_delete=models.CASCADE, null=True, related_name="languages")
    code = models.CharField(max_length=10, validators=[validate_language])
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            one_of("language_of_one_owner", "service", "phone"),
            models.UniqueConstraint(fields=["service", "code"], name="language_once_a_service"),
            models.UniqueConstraint(fields=["phone", "code"], name="language_once_a_phone"),
        ]

    def __str__(self) -> str:
        return self.code


class Hours(models.Model):
    """One rule of opening times, in RRULE terms, on the clock of its place.

    `closes_at` before `opens_at` runs past midnight; no time at all means "as the words say".
    """

    class Freq(models.TextChoices):
        WEEKLY = "WEEKLY"
        MONTHLY = "MONTHLY"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at_location = models.ForeignKey(ServiceAtLocation, on_delete=models.CASCADE, null=True, related_name="hours")
    phone = models.ForeignKey(Phone, on_delete=models.CASCADE, null=True, related_name="hours")
    link = models.ForeignKey(Link, on_delete=models.CASCADE, null=True, related_name="hours")
    freq = models.CharField(max_length=10, choices=Freq)
    interval = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    byday = models.CharField(max_length=60)  # "MO,WE" or "1TU,3TU"
    dtstart = models.DateField(null=True)  # the anchor that every n weeks is counted from
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    opens_at = models.TimeField(null=True)
    closes_at = models.TimeField(null=True)
    description = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "hours"
        constraints = [
            one_of("hours_of_one_owner", "at_location", "phone", "link"),
            models.CheckConstraint(name="hours_interval_counts", condition=Q(interval__gte=1)),
            models.CheckConstraint(
                name="hours_both_times_or_none",
                condition=Q(opens_at=None, closes_at=None) | Q(opens_at__isnull=False, closes_at__isnull=False),
            ),
            models.CheckConstraint(
                name="hours_every_n_has_anchor", condition=Q(interval=1) | Q(dtstart__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.byday} {self.opens_at}"


class DatedHours(models.Model):
    """What holds on certain dates instead of the rules: other times, or closed when there are none.

    Always with a last date, so that no closure is forgotten; a night belongs to the date it begins on.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at_location = models.ForeignKey(ServiceAtLocation, on_delete=models.CASCADE, null=True, related_name="dated")
    phone = models.ForeignKey(Phone, on_delete=models.CASCADE, null=True, related_name="dated")
    link = models.ForeignKey(Link, on_delete=models.CASCADE, null=True, related_name="dated")
    first = models.DateField()
    last = models.DateField()
    opens_at = models.TimeField(null=True)
    closes_at = models.TimeField(null=True)
    description = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "dated hours"
        constraints = [
            one_of("dated_hours_of_one_owner", "at_location", "phone", "link"),
            models.CheckConstraint(name="dated_hours_in_order", condition=Q(first__lte=models.F("last"))),
            models.CheckConstraint(
                name="dated_hours_both_times_or_none",
                condition=Q(opens_at=None, closes_at=None) | Q(opens_at__isnull=False, closes_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


class Contact(models.Model):
    """A person at an organization, for moderators to ask; never shown to anybody else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)

    def __str__(self) -> str:
        return self.name
