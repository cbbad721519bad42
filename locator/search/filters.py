"""The filters as django-filter declares them: each narrows a queryset of listings by one cleaned value.

Near a place only where and words narrow in SQL; the rest is judged row by row (`judging`), because counts
need the rows that just fail. Everywhere, with no place, all of them narrow in SQL.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django_filters import CharFilter, FilterSet

from locator.countries import continent_of
from locator.models import ListingLanguage, ListingText, OpenInterval
from locator.models.listing import ListingQuerySet, as_stored
from locator.search.form import SearchForm
from locator.search.judging import Candidate, Wanted
from locator.search.moments import Window
from locator.spelling import with_neighbours
from locator.text import asked_tokens

MOST_WORDS = 12


class ServiceFilter(FilterSet):
    """Listings that a cleaned question asks for. Always given its queryset; has no `fields` of a model."""

    place = CharFilter(method="filter_place")
    q = CharFilter(method="filter_words")

    class Meta:
        form = SearchForm

    def get_form_class(self) -> type[SearchForm]:
        """Return the one form: django-filter would build a class of widgets for every request."""
        return SearchForm

    def filter_place(self, rows: ListingQuerySet, _name: str, place: Any) -> ListingQuerySet:
        """Keep what is near the place, or in the country that was named, or serves it from afar."""
        continent = continent_of(place.country)
        if place.kind == "country":
            return rows.in_country(place.point, place.country, continent)
        return rows.around(place.point, self.form.cleaned_data["radius_km"], place.country, continent)

    def filter_words(self, rows: ListingQuerySet, _name: str, words: str) -> ListingQuerySet:
        return holding(rows, words)


def holding(rows: ListingQuerySet, words: str) -> ListingQuerySet:
    """Keep what holds every word, or one a letter away; nothing when no letter was typed."""
    alternatives = _alternatives(words)
    return rows.holding(alternatives) if alternatives else rows.none()


def _alternatives(words: str) -> list[list[str]]:
    return with_neighbours(asked_tokens(words)[:MOST_WORDS])


def keep_holding(rows: list[Candidate], words: str) -> list[Candidate]:
    """Keep the rows `filter_words` would, by reading the words of these rows only.

    Near a place that is a hundred rows, where the full-text index would read every row with a common word.
    """
    alternatives = [[f" {word} " for word in words] for words in _alternatives(words)]
    texts = ListingText.objects.filter(listing__in=[row.id for row in rows])
    kept = {
        listing
        for listing, tokens in texts.values_list(as_stored("listing_id"), "tokens")
        if alternatives and all(any(word in f" {tokens} " for word in words) for words in alternatives)
    }
    return [row for row in rows if row.id in kept]


def matching(rows: ListingQuerySet, wanted: Wanted) -> ListingQuerySet:
    """Keep the rows that match as `judging.judge` would: confirmed answers only, nothing offered once."""
    return _matching(rows.filter(past=False), wanted, F("yes_bits"))


def in_either(rows: ListingQuerySet, wanted: Wanted) -> ListingQuerySet:
    """Keep the rows of both groups: that match, or would on what a document says, or were offered once."""
    # Said to be a wide integer: PostgreSQL's adapter would cut the number beside it to 32 bits.
    said: Any = F("said_bits")  # stubs know numbers only
    return _matching(rows, wanted, ExpressionWrapper(F("yes_bits").bitor(said), BigIntegerField()))


def said_to_match(rows: ListingQuerySet, wanted: Wanted) -> ListingQuerySet:
    """Keep the rows of the second group: on what a document says, or offered once, and not in the first."""
    first = matching(rows, wanted).filter(short_id=OuterRef("short_id"))
    rows, short = in_either(rows, wanted), Q(past=True)
    if wanted.answers:
        answers: Any = Value(wanted.answers, BigIntegerField())
        rows, short = rows.alias(sure=F("yes_bits").bitand(answers)), short | ~Q(sure=wanted.answers)
    if wanted.cost:
        cost: Any = Value(wanted.cost, BigIntegerField())
        rows, short = rows.alias(sure_cost=F("yes_bits").bitand(cost)), short | Q(sure_cost=0)
    return rows.filter(short).filter(Q(sole=True) | ~Exists(first))


def _matching(rows: ListingQuerySet, wanted: Wanted, bits: Any) -> ListingQuerySet:
    if wanted.answers:
        answers = Value(wanted.answers, BigIntegerField())
        rows = rows.alias(answered=bits.bitand(answers)).filter(answered=wanted.answers)
    if wanted.cost:
        rows = rows.alias(costs=bits.bitand(Value(wanted.cost, BigIntegerField()))).exclude(costs=0)
    if wanted.need:
        rows = rows.alias(needs=F("need_bits").bitand(wanted.need)).exclude(needs=0)
    if wanted.channel:
        rows = rows.alias(channels=F("channel_bits").bitand(wanted.channel)).exclude(channels=0)
    if wanted.languages:
        spoken = ListingLanguage.objects.filter(listing=OuterRef("id"), code__in=wanted.languages)
        rows = rows.filter(Exists(spoken))
    if wanted.window:
        rows = rows.filter(is_open(wanted.window), known_until__gt=wanted.window.begins)
    return rows


def is_open(window: Window, *, unsure: bool = False) -> Exists:
    """Return the question whether somebody is there in some minutes (or, `unsure`, may be), of a listing.

    Two bounds on one indexed row after another of the listing's own: never a join, never a list of ids.
    """
    times = OpenInterval.objects.filter(listing=OuterRef("id"), unsure=unsure)
    return Exists(times.filter(start_utc__lt=window.ends, end_utc__gt=window.begins))


def soonest_first(rows: ListingQuerySet, now: datetime) -> ListingQuerySet:
    """Order by the next opening: those that are open first and alike, those of which we know none last.

    For most that is the first of a listing's times, found by one look at its index; for the others it is the first
    at which somebody is sure to be there, unless somebody may be there earlier.
    """
    times = OpenInterval.objects.filter(listing=OuterRef("id"), end_utc__gt=now)
    in_order = times.order_by("start_utc", "end_utc", "unsure")  # as the index has them
    begun, kind = When(start_utc__lte=now, then=Value(now)), DateTimeField()
    first = Case(When(unsure=True, then=Value(None)), begun, default=F("start_utc"), output_field=kind)
    earlier = OpenInterval.objects.filter(
        listing=OuterRef("listing"), unsure=True, end_utc__gt=now, start_utc__lt=OuterRef("start_utc")
    )
    sure = Case(begun, When(~Exists(earlier), then=F("start_utc")), output_field=kind)
    # A question for values and not EXISTS, for which PostgreSQL would read the times of all listings.
    soonest = Coalesce(
        Subquery(in_order.values(begins=first)[:1]),
        Subquery(in_order.filter(unsure=False).values(begins=sure)[:1]),
        output_field=kind,
    )
    known = Case(When(known_until__gt=now, then=soonest), output_field=kind)
    return rows.order_by(known.asc(nulls_last=True), "name_key", "id")


def perhaps_open(rows: ListingQuerySet, wanted: Wanted) -> ListingQuerySet:
    """Keep the rows that match but for the time, and are open then or may be for all we know."""
    if wanted.window is None:
        return rows.none()
    times = OpenInterval.objects.filter(listing=OuterRef("id"))
    times = times.filter(start_utc__lt=wanted.window.ends, end_utc__gt=wanted.window.begins)
    begins = Subquery(times.values("start_utc")[:1])  # not EXISTS, as above
    perhaps = Q(known_until=None) | Q(known_until__lte=wanted.window.begins) | Q(begins__isnull=False)
    return matching(rows, replace(wanted, window=None)).alias(begins=begins).filter(perhaps)


def each_service_once(rows: ListingQuerySet) -> ListingQuerySet:
    """Keep one row of each service: the first by id of those in `rows`."""
    earlier = rows.filter(short_id=OuterRef("short_id"), id__lt=OuterRef("id"))
    return rows.filter(Q(sole=True) | ~Exists(earlier))


def services(rows: ListingQuerySet) -> int:
    """Count the services of rows. Of most there is one row, and nothing else has to be looked for."""
    several = Count("short_id", distinct=True, filter=Q(sole=False))
    found = rows.order_by().aggregate(one=Count("sole", filter=Q(sole=True)), several=several)
    return int(found["one"] + found["several"])
