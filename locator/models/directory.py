"""The record: organizations, their services, places and ways to get in touch. Never shown as it stands.

Names are those of HSDS 3.2. Rows change through `moderation` alone; the public reads `Listing`.
"""

import secrets
import uuid

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from locator.models.contact_values import validate_language, validate_timezone
from locator.models.gazetteer import Place
from locator.models.taxonomy import Term
from locator.models.timing import Timed

SHORT_ID_LETTERS = "23456789bcdfghjkmnpqrstvwxz"  # no vowels, so that no word can arise


def new_short_id() -> str:
    """Return eight random letters: they cannot be counted through, unlike a number."""
    return "".join(secrets.choice(SHORT_ID_LETTERS) for _ in range(8))


class Offer(models.TextChoices):
    """Whether a service is on offer; HSDS `status`."""

    ACTIVE = "active"
    INACTIVE = "inactive"  # was offered once: history, not an offer


class Status(models.TextChoices):
    """Whether the public may see a service."""

    DRAFT = "draft"
    LISTED = "listed"
    UNLISTED = "unlisted"
    WITHDRAWN = "withdrawn"


def one_of(name: str, *fields: str) -> models.CheckConstraint:
    """Return the constraint that exactly one of the fields is filled."""
    condition = Q()
    for field in fields:
        condition |= Q(**{f"{other}__isnull": other != field for other in fields})
    return models.CheckConstraint(name=name, condition=condition)


class Organization(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    staff_notes = models.TextField(blank=True)
    trusted = models.BooleanField(default=False)  # its hours and words need no second person
    revision = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    short_id = models.CharField(max_length=12, unique=True, default=new_short_id)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="services")
    name = models.CharField(max_length=200)
    discreet_name = models.CharField(max_length=100, blank=True)  # for cards, messages and calendars
    text_language = models.CharField(max_length=10, default="en", validators=[validate_language])  # of its words
    description = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    offer = models.CharField(max_length=10, choices=Offer, default=Offer.ACTIVE)
    application_process = models.TextField(blank=True)
    fees_description = models.TextField(blank=True)
    wait_time = models.CharField(max_length=200, blank=True)
    eligibility_description = models.TextField(blank=True)
    minimum_age = models.PositiveSmallIntegerField(null=True)
    maximum_age = models.PositiveSmallIntegerField(null=True)
    interpretation_services = models.TextField(blank=True)
    source = models.CharField(max_length=200, blank=True)  # the document it is known from, if nobody asked
    assured_date = models.DateField(null=True)  # moves only when a person confirms
    assurer = models.CharField(max_length=200, blank=True)
    types = models.ManyToManyField(Term, related_name="+", limit_choices_to={"vocabulary": "service-type"})
    credentials = models.ManyToManyField(Term, related_name="+", limit_choices_to={"vocabulary": "credential"})
    staff_notes = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)
    last_modified = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="service_status_known",
                condition=Q(status__in=["draft", "listed", "unlisted", "withdrawn"]),
            ),
            models.CheckConstraint(name="service_offer_known", condition=Q(offer__in=["active", "inactive"])),
            models.CheckConstraint(
                name="service_ages_in_order",
                condition=Q(minimum_age=None) | Q(maximum_age=None) | Q(minimum_age__lte=models.F("maximum_age")),
            ),
            models.CheckConstraint(
                name="service_assured_by_somebody",
                condition=Q(assured_date=None) | ~Q(assurer=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Visibility(models.TextChoices):
    PUBLIC = "public"  # address and point
    AREA = "area"  # a curated named area; no address, no point of its own, anywhere
    NONE = "none"  # remote


PLACE_ONLY_IF_PUBLIC = {
    "address_1": "",
    "address_2": "",
    "city": "",
    "state_province": "",
    "postal_code": "",
    "transportation": "",
    "external_identifier": "",
    "latitude": None,
    "longitude": None,
}


class Location(models.Model):
    """Where a service is. A confidential one holds a named area and nothing that could find it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="locations")
    name = models.CharField(max_length=200, blank=True)
    address_visibility = models.CharField(max_length=10, choices=Visibility)
    area = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, related_name="+", limit_choices_to={"slug__isnull": False}
    )
    address_1 = models.CharField(max_length=200, blank=True)
    address_2 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state_province = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True)
    latitude = models.FloatField(null=True, validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(null=True, validators=[MinValueValidator(-180), MaxValueValidator(180)])
    transportation = models.TextField(blank=True)
    external_identifier = models.CharField(max_length=100, blank=True)
    timezone = models.CharField(max_length=40, blank=True, validators=[validate_timezone])

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hidden_place_has_no_address",
                condition=Q(address_visibility="public") | Q(**PLACE_ONLY_IF_PUBLIC),
                violation_error_message="A place whose address is not public cannot hold an address or a point.",
            ),
            models.CheckConstraint(
                name="public_place_has_point",
                condition=~Q(address_visibility="public")
                | Q(
                    latitude__isnull=False,  # a comparison with NULL is neither, which CHECK lets pass
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
            ),
            models.CheckConstraint(
                name="area_place_has_area",
                condition=Q(address_visibility="area", area__isnull=False)
                | Q(address_visibility__in=["public", "none"], area=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.id)


class ServiceAtLocation(Timed):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="at_locations")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="of_services")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "location"], name="service_once_a_place"),
            *Timed.constraints_of("at_location"),
        ]

    def __str__(self) -> str:
        return f"{self.service} at {self.location}"


class ServiceArea(models.Model):
    """Where a remote service may be used: `world`, `continent:EU`, `country:GB` or `area:<slug>`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="service_areas")
    name = models.CharField(max_length=100)
    covers = models.CharField(
        max_length=90,
        validators=[RegexValidator(r"^(world|continent:[A-Z]{2}|country:[A-Z]{2}|area:[a-z0-9-]+)$")],
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "covers"], name="service_area_once")]

    def __str__(self) -> str:
        return self.name


class CostOption(models.Model):
    """A way of paying other than free of charge, which is a fact (`questions`)."""

    class Option(models.TextChoices):
        LOW_COST = "low_cost"
        SLIDING_SCALE = "sliding_scale"
        DONATION = "donation"
        FIXED = "fixed"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="cost_options")
    option = models.CharField(max_length=15, choices=Option)
    amount = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    amount_description = models.CharField(max_length=200, blank=True)
    basis = models.CharField(max_length=15)
    stated_by = models.CharField(max_length=200)
    stated_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "option"], name="cost_option_once"),
            models.CheckConstraint(
                name="cost_basis_known", condition=Q(basis__in=["organization", "moderator", "source"])
            ),
        ]

    def __str__(self) -> str:
        return self.option


TRANSLATABLE = (
    "name", "description", "application_process", "fees_description", "wait_time", "eligibility_description",
    "interpretation_services",
)  # fmt: skip


class Translation(models.Model):
    """A text of a service in another language, and how far it can be trusted."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        MACHINE = "machine"
        REVIEWED = "reviewed"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="translations")
    field = models.CharField(max_length=40)
    language = models.CharField(max_length=10, validators=[validate_language])
    text = models.TextField()
    status = models.CharField(max_length=10, choices=Status)
    source_revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "field", "language"], name="translation_once"),
            models.CheckConstraint(
                name="translation_status_known", condition=Q(status__in=["draft", "machine", "reviewed"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} in {self.language}"
