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


def said_to_match(rows: ListingQuerySet, wanted: Wanted) -> ListingQuerySet:
    """Keep the rows of the second group: on what a document says, or offered once, and not in the first."""
    # Said to be a wide integer: PostgreSQL's adapter would cut the number beside it to 32 bits.
    said: Any = F("said_bits")  # stubs know numbers only
    either = _matching(rows, wanted, ExpressionWrapper(F("yes_bits").bitor(said), BigIntegerField()))
    if not wanted.answers | wanted.cost:
        either = either.filter(past=True)
    return either.exclude(Exists(matching(rows, wanted).filter(short_id=OuterRef("short_id"))))


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


def opening_next(now: datetime, *, unsure: bool = False) -> Subquery:
    """Return when a listing opens next (UTC), or may; in the past if it is open; NULL if we know of no time."""
    times = OpenInterval.objects.filter(listing=OuterRef("id"), unsure=unsure, end_utc__gt=now)
    return Subquery(times.order_by("start_utc").values("start_utc")[:1])


def soonest_first(rows: ListingQuerySet, now: datetime) -> ListingQuerySet:
    """Order by the next opening: those that are open first and alike, those of which we know none last."""
    opens = Case(When(known_until__gt=now, then=opening_next(now)))
    rows = rows.alias(opens=opens, perhaps=opening_next(now, unsure=True))
    soonest = Case(
        When(opens__lte=now, then=Value(now)),
        When(perhaps__lt=F("opens"), then=Value(None)),  # an earlier one may come first
        default=F("opens"),
        output_field=DateTimeField(),
    )
    return rows.order_by(soonest.asc(nulls_last=True), "name_key", "id")


def perhaps_open(rows: ListingQuerySet, wanted: Wanted) -> ListingQuerySet:
    """Keep the rows that match but for the time, and may be open then for all we know."""
    if wanted.window is None:
        return rows.none()
    begins = wanted.window.begins
    unknown = Q(known_until=None) | Q(known_until__lte=begins) | is_open(wanted.window, unsure=True)
    others = _matching(rows.filter(past=False), replace(wanted, window=None), F("yes_bits"))
    opened = matching(rows, wanted)
    return others.filter(unknown).exclude(Exists(opened.filter(short_id=OuterRef("short_id"))))


def each_service_once(rows: ListingQuerySet) -> ListingQuerySet:
    """Keep one row of each service: the first by id of those in `rows`."""
    earlier = rows.filter(short_id=OuterRef("short_id"), id__lt=OuterRef("id"))
    return rows.filter(Q(sole=True) | ~Exists(earlier))
