"""Places, their names and postcodes: what a typed town is looked up in, never held in memory."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.lookups import Lookup


class Place(models.Model):
    """A place that can be searched near; with a slug, also an area that a listing can be in.

    Areas are the only "where" of a confidential listing, so none has fewer than 20,000 people (SAFETY R17).
    """

    AREA_FLOOR = 20_000

    class Kind(models.TextChoices):
        CITY = "city"
        DISTRICT = "district"
        REGION = "region"
        COUNTRY = "country"

    id = models.BigIntegerField(primary_key=True)  # GeoNames' number; our own places have one above 10¹⁰
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind)
    country = models.CharField(max_length=2)  # ISO 3166-1
    region = models.CharField(max_length=60, blank=True)  # a state or nation people write after the name
    near = models.CharField(max_length=200, blank=True)  # the large town beside it, to tell namesakes apart
    qualifiers = models.CharField(max_length=400, blank=True)  # "|texas|tx|united states|": after a comma
    population = models.PositiveBigIntegerField(default=0)
    latitude = models.FloatField()
    longitude = models.FloatField()
    precision_km = models.FloatField()  # how far the point may be from what the words mean
    reach_km = models.FloatField()  # how far the named place extends from its point
    timezone = models.CharField(max_length=40, blank=True)
    slug = models.SlugField(max_length=80, unique=True, null=True)

    class Meta:
        indexes = [models.Index(fields=["latitude", "longitude"])]
        constraints = [
            models.CheckConstraint(
                name="area_has_20000_people",
                condition=Q(slug=None) | Q(population__gte=20_000),
                violation_error_message="An area needs at least 20,000 people.",
            ),
            models.CheckConstraint(
                name="place_on_earth",
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlaceName(models.Model):
    """One way to write a place's name, folded as `geocoding.fold` does it."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="names")
    norm = models.CharField(max_length=200, db_index=True)
    primary = models.BooleanField()  # the name itself, not another language's or a nickname

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "norm"], name="place_name_once")]

    def __str__(self) -> str:
        return self.norm


class Postcode(models.Model):
    """A postcode or the beginning of one, without spaces, in capitals, with how well it is known."""

    country = models.CharField(max_length=2)
    norm = models.CharField(max_length=12, db_index=True)
    name = models.CharField(max_length=200)  # "Kreuzberg" for 10997, "Inverness" for IV
    population = models.PositiveBigIntegerField(default=0)  # of the town it belongs to; orders countries
    latitude = models.FloatField()
    longitude = models.FloatField()
    precision_km = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "norm"], name="postcode_once"),
            models.CheckConstraint(
                name="postcode_on_earth",
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.norm}"


class Beginning(Lookup):
    """`norm__beginning="manch"`: rows that begin so, through the index on both databases.

    Django's own `startswith` adds ESCAPE on SQLite, which switches the index off. Folded names hold no
    wildcard of either operator.
    """

    lookup_name = "beginning"

    def _compare(self, compiler: Any, connection: Any, operator: str, wildcard: str) -> tuple[str, list[Any]]:
        column, column_params = self.process_lhs(compiler, connection)
        value, value_params = self.process_rhs(compiler, connection)
        return f"{column} {operator} {value}", [*column_params, *(f"{p}{wildcard}" for p in value_params)]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return self._compare(compiler, connection, "GLOB", "*")

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return self._compare(compiler, connection, "LIKE", "%")


models.CharField.register_lookup(Beginning)
