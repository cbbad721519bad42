"""What is published: one row per service and place, ready to filter and to show, and nothing else.

`publishing` writes these rows; pages, API and files read them. A row exists only while its service is
listed, holds no key that leads to another row of the record, and could be handed to anybody as it is.
"""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Case, ExpressionWrapper, F, FloatField, Q, Value, When
from django.db.models.lookups import Lookup
from django.utils import timezone

from locator.geo import Point, SquaredChord, boxes_around, chord_km

Alternatives = list[list[str]]
AWAY = Case(When(reach=0, then=F("squared")), default=Value(0.0), output_field=FloatField())


def as_stored(column: str) -> Any:  # an expression
    """Return a column for `values_list` as the database gives it: on SQLite an id is text, and yes is 1.

    Of a thousand rows that are read to be counted, making Python types of two columns takes a sixth of a search.
    """
    return ExpressionWrapper(F(column), output_field=models.Field())


class ListingQuerySet(models.QuerySet["Listing"]):
    """Where a visitor can go or call, as a vocabulary that reads in a row."""

    def around(self, point: Point, radius_km: float, country: str, continent: str) -> Self:
        """Return local rows within the radius, and remote ones that serve the point or have not said where.

        Adds `squared`, the squared chord in km² to the point; NULL for a remote row that serves a country.
        """
        box = Q()
        for south, north, west, east in boxes_around(point, radius_km):
            box |= Q(latitude__gte=south, latitude__lte=north, longitude__gte=west, longitude__lte=east)
        local = box & Q(squared__lte=chord_km(radius_km) ** 2)
        return self.annotate(squared=SquaredChord(point)).filter(local | self._serving(country, continent))

    def in_country(self, point: Point, country: str, continent: str) -> Self:
        """Return every local row of a country, and the remote ones that serve it; adds `squared` as above."""
        local = Q(country=country, serves="")
        return self.annotate(squared=SquaredChord(point)).filter(local | self._serving(country, continent))

    def _serving(self, country: str, continent: str) -> Q:
        named = ["world", "unsaid"]
        if country:  # a point at sea is in none, and "" is what a local row says
            named += [country, f"c:{continent}"]
        return Q(serves__in=named) | Q(serves="area", squared__lte=F("reach_squared"))

    def confirmed_after(self, day: date) -> Self:
        """Return the rows that somebody confirmed after a day, and those that nobody has gone through yet."""
        return self.filter(Q(assured_date=None) | Q(assured_date__gt=day))

    def nearest_first(self) -> Self:
        """Order by distance, remote rows last; equals by name. The same on every database."""
        return self.order_by("reach", AWAY, "name_key", "id")

    def fresh_first(self, today: date) -> Self:
        """Order by distance, those that were not confirmed lately after the others; remote rows last, alike."""
        aged = Case(When(fresh_until__gte=today, then=Value(0)), default=Value(1))
        return self.order_by("reach", aged, AWAY, "name_key", "id")

    def most_recently_checked(self) -> Self:
        """Order by the day a person last confirmed it, the newest first, never-checked ones last."""
        return self.order_by(F("assured_date").desc(nulls_last=True), "name_key", "id")

    def holding(self, words: Alternatives) -> Self:
        """Return rows that hold, in one language, one of each list of words; through the full-text index."""
        return self.filter(id__in=ListingText.objects.filter(tokens__has_words=words).values("listing"))


class Listing(models.Model):
    class Reach(models.IntegerChoices):
        """How a row is found; local ones come first in every order by distance."""

        LOCAL = 0
        REMOTE = 1  # by whether `serves` covers the place
        REMOTE_UNSAID = 2  # nobody said where it may be used

    id = models.UUIDField(primary_key=True, editable=False)
    service_id = models.UUIDField()
    organization_id = models.UUIDField()
    short_id = models.CharField(max_length=12, db_index=True)
    sole = models.BooleanField()  # the only row of its service
    reach = models.PositiveSmallIntegerField(choices=Reach)
    # Where a remote one may be used: "world", "c:EU", "GB", "area" (within reach_squared) or "unsaid".
    serves = models.CharField(max_length=12, blank=True)
    country = models.CharField(max_length=2, blank=True)  # where a local one is
    area_only = models.BooleanField(default=False)  # stands at its area's centre; its distance is not shown
    latitude = models.FloatField(null=True)  # only of a local one
    longitude = models.FloatField(null=True)
    x = models.FloatField(null=True)  # km from the Earth's centre (geo.ecef)
    y = models.FloatField(null=True)
    z = models.FloatField(null=True)
    reach_squared = models.FloatField(null=True)  # squared chord in km² that a remote service's area reaches
    past = models.BooleanField(default=False)  # was offered once: only in the second group
    yes_bits = models.BigIntegerField(default=0)  # confirmed yes, by Question.bit and Cost.bit
    said_bits = models.BigIntegerField(default=0)  # yes, but only said in a document
    need_bits = models.BigIntegerField(default=0)  # kinds of help, by their bit in the vocabulary
    channel_bits = models.BigIntegerField(default=0)  # ways to get in touch
    language_codes = models.CharField(max_length=400, blank=True)  # "|en|ro|"; rows of ListingLanguage in one
    assured_date = models.DateField(null=True)
    fresh_until = models.DateField(null=True)  # the last day on which that can be relied on (rules.fresh_until)
    # When somebody is there, kept by publishing.times: the next days in short (hours.packing), the last date that
    # has rows of OpenInterval, and until when (UTC) they may be believed; NULL where we know of no hours.
    open_packed = models.CharField(max_length=2000, blank=True)
    hours_to = models.DateField(null=True, db_index=True)
    known_until = models.DateTimeField(null=True)
    last_modified = models.DateTimeField(default=timezone.now)  # since when exactly this is shown
    name_key = models.BinaryField(max_length=240)  # folded name in UTF-8: sorts alike under every collation

    objects = ListingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["latitude", "longitude"]),
            # The catalogue in its order with all that it filters by: pages and counts of everything are read from
            # here and not from the table.
            models.Index(
                name="listing_catalogue",
                fields=[
                    *("name_key", "id", "short_id", "sole", "past", "assured_date", "yes_bits", "said_bits"),
                    *("need_bits", "channel_bits", "known_until"),
                ],
            ),
            # Each service, organization and place once, without the table.
            models.Index(fields=["service_id", "assured_date"]),
            models.Index(fields=["organization_id", "assured_date"]),
            models.Index(name="listing_places", fields=["id", "reach", "assured_date"]),
            models.Index(fields=["last_modified"]),  # for who asks what changed since
            models.Index(name="listing_from_afar", fields=["country", "id"], condition=Q(reach__gt=0)),
            models.Index(fields=["serves"]),
            models.Index(fields=["country", "serves"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="local_listing_has_point",
                condition=Q(reach=0, serves="", latitude__isnull=False, longitude__isnull=False, x__isnull=False)
                | (Q(reach__gt=0, latitude=None, longitude=None) & ~Q(serves="")),
            ),
        ]

    def __str__(self) -> str:
        return self.short_id


class ListingData(models.Model):
    """What is shown of a listing, ready to send: JSON without its closing brace.

    A table of its own, so that the rows a search reads are small and stay in memory.
    """

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, primary_key=True, related_name="content")
    data = models.TextField()

    def __str__(self) -> str:
        return str(self.listing_id)


class ListingLanguage(models.Model):
    """A language of a listing, for the filter and its counts."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="languages")
    code = models.CharField(max_length=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing", "code"], name="listing_language_once")]
        indexes = [models.Index(fields=["code", "listing"])]

    def __str__(self) -> str:
        return self.code


class ListingText(models.Model):
    """The searchable words of a listing in one language, as tokens between spaces.

    Indexed by FTS5 on SQLite and GIN on PostgreSQL (migration 0002); both see exactly our tokens, because
    neither database's own idea of a word is asked.
    """

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    tokens = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing", "language"], name="listing_text_once")]

    def __str__(self) -> str:
        return self.language


class SearchToken(models.Model):
    """A word that some published listing holds, so that a misspelt one can be met."""

    token = models.CharField(max_length=60, unique=True)
    uses = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(name="token_in_use", condition=Q(uses__gte=1))]

    def __str__(self) -> str:
        return self.token


class TokenVariant(models.Model):
    """A token with one letter left out: two words one edit apart share a variant (SymSpell)."""

    token = models.ForeignKey(SearchToken, on_delete=models.CASCADE, related_name="variants")
    variant = models.CharField(max_length=60, db_index=True)

    def __str__(self) -> str:
        return self.variant


class OpenInterval(models.Model):
    """A time a listing is open, UTC, for the next four weeks; or may be, at hours that nobody told us."""

    # No index of its own: the one below begins with it.
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="intervals", db_index=False)
    start_utc = models.DateTimeField()
    end_utc = models.DateTimeField()
    unsure = models.BooleanField(default=False)

    class Meta:
        # They are always asked for by their listing. There are twenty for each, and every night some are written.
        indexes = [models.Index(fields=["listing", "start_utc", "end_utc", "unsure"])]
        constraints = [
            models.CheckConstraint(name="interval_ends_later", condition=Q(end_utc__gt=models.F("start_utc")))
        ]

    def __str__(self) -> str:
        return f"{self.start_utc} to {self.end_utc}"


class ListingMoved(models.Model):
    """An address that was a listed service's once and leads to another's; there only while that one is listed."""

    short_id = models.CharField(max_length=12, unique=True)
    service_id = models.UUIDField(unique=True)
    to = models.CharField(max_length=12)  # the short id of the one that is listed

    def __str__(self) -> str:
        return f"{self.short_id} → {self.to}"


class HasWords(Lookup):
    """`tokens__has_words=[["drop"], ["centre", "center"]]`: every list has at least one word in the row.

    Every word is quoted for its engine; none is ever read as an operator.
    """

    lookup_name = "has_words"

    def get_prep_lookup(self) -> Alternatives:
        words: Alternatives = self.rhs
        return words

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        table = compiler.quote_name_unless_alias(self.lhs.alias)
        question = " AND ".join("(" + " OR ".join(f'"{word}"' for word in words) + ")" for words in self.rhs)
        match = "SELECT rowid FROM locator_listingtext_fts WHERE locator_listingtext_fts MATCH %s"
        return f"{table}.id IN ({match})", [question]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        question = " & ".join("(" + " | ".join(f"'{word}'" for word in words) + ")" for words in self.rhs)
        return f"array_to_tsvector(string_to_array({column}, ' ')) @@ CAST(%s AS tsquery)", [
            *params,
            question,
        ]


models.TextField.register_lookup(HasWords)
