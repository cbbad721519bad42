"""Submitted words → services in order, with counts: the one search behind pages and API."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import BinaryField, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from locator.countries import is_country
from locator.geo import SquaredChord, ground_km
from locator.hours import packing
from locator.hours.opening import Is
from locator.hours.packing import minute
from locator.models import Listing
from locator.models.listing import ListingQuerySet, as_stored
from locator.search.answer import Answer, NoSuchPage, Row
from locator.search.catalogue import (
    areas_named,
    countries_with_lines,
    languages_offered,
    lines_open_to,
    listed,
    listings_of,
    moved_to,
    organization,
    organizations,
    services_of,
    towns_around,
)
from locator.search.filters import (
    ServiceFilter,
    each_service_once,
    in_either,
    is_open,
    keep_holding,
    matching,
    perhaps_open,
    said_to_match,
    services,
    soonest_first,
)
from locator.search.form import WIDEST_KM, SearchForm, UnknownPlace, gathered
from locator.search.judging import COLUMNS, Candidate, Judgement, Wanted, judge
from locator.search.moments import Window, at_once, tonight, zone_at
from locator.search.notices import notices_for
from locator.search.resembling import named_like
from locator.search.shortlist import Shortlist, shortlist

READ = [as_stored(name) if name in {"id", "past"} else name for name in COLUMNS]
MOST_CANDIDATES = 20_000  # rows judged at once; only a radius of 200 km in a very large directory has more

MOST_TIMED = 150_000  # services whose opening times are looked at for one question without a place (decision 42)
# Not what the index of names has: PostgreSQL takes words for common, and would go through a million to find ten.
BY_NAME = Coalesce("name_key", Value(b"", output_field=BinaryField()))
NOT_EVERYWHERE = _("To ask for a time, say where.")


def search(params: Mapping[str, list[str]]) -> Answer:
    """Answer a question. Names and values are those of the API; each name has a list of values.

    Raises ValidationError (by field) for what cannot be asked, UnknownPlace within it for a place we do not
    know, and NoSuchPage.
    """
    filters = ServiceFilter(gathered(params), queryset=listed())
    form = filters.form
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    answer = (
        _near(filters, form.cleaned_data)
        if form.cleaned_data["place"]
        else _everywhere(filters, form.cleaned_data)
    )
    if form.cleaned_data["page"] > answer.pages:
        raise NoSuchPage(answer.pages)
    return answer


def unknown_place(problem: ValidationError) -> UnknownPlace | None:
    """Return the unknown place among a question's problems, if that is all that is wrong with it."""
    errors = problem.error_dict if hasattr(problem, "error_dict") else {}
    found = [error for field_errors in errors.values() for error in field_errors]
    return found[0] if len(found) == 1 and isinstance(found[0], UnknownPlace) else None


def _near(filters: ServiceFilter, asked: dict[str, Any]) -> Answer:
    rows = _candidates(filters.filters["place"].filter(filters.queryset, asked["place"]), asked)
    windows = {"now": at_once(asked["now"])}
    if asked["place"].timezone:
        windows["tonight"] = tonight(asked["now"], zone_at(asked["place"]))
    judged = judge(keep_holding(rows, asked["q"]) if asked["q"] else rows, Wanted.of(asked), windows)
    nearest = None if judged.here else _nearest(filters, asked)
    return Answer(
        asked=asked,
        place=asked["place"],
        alternatives=asked["alternatives"],
        count=len(judged.confirmed),
        unconfirmed_count=len(judged.unconfirmed),
        rows=_page(judged, asked),
        here=judged.here,
        facets=judged.facets,
        without=judged.without,
        hours_unknown=judged.hours_unknown,
        nearest=nearest,
    )


def _narrowed(filters: ServiceFilter, rows: ListingQuerySet, asked: dict[str, Any]) -> ListingQuerySet:
    for name in ("place", "q"):
        if asked[name]:
            rows = filters.filters[name].filter(rows, asked[name])
    return rows


def _ordered(rows: ListingQuerySet, asked: dict[str, Any]) -> ListingQuerySet:
    ordering = asked["ordering"]
    if ordering == "soonest" and not asked["place"]:
        return soonest_first(rows, asked["now"])
    if ordering in {"distance", "soonest"}:
        return rows.fresh_first(timezone.localdate(asked["now"]))
    if ordering == "checked":
        return rows.most_recently_checked()
    return rows.order_by(BY_NAME if asked["q"] else "name_key", "id")


def _candidates(rows: ListingQuerySet, asked: dict[str, Any]) -> list[Candidate]:
    """Return the rows to judge, in order; what stands at the time asked for is read beside the others.

    "Now" and "tonight" are in each row's short text. Any other time is asked of the database.
    """
    window, rows = asked["window"], _ordered(rows, asked)
    if asked["open_at"]:
        rows = rows.annotate(opened=is_open(window), perhaps=is_open(window, unsure=True))
        values = rows.values_list(*READ, "known_until", "opened", "perhaps")[:MOST_CANDIDATES]
        return [Candidate._make((*value[:-3], _stands(window, *value[-3:]))) for value in values]
    found = [Candidate._make((*value, None)) for value in rows.values_list(*READ)[:MOST_CANDIDATES]]
    if window:
        begins, ends = packing.written(window.begins), packing.written(window.ends)
        found = [row._replace(stands=packing.judged(row.open_packed, begins, ends)) for row in found]
    if asked["ordering"] == "soonest":
        now, never = minute(asked["now"]), minute(asked["now"]) * 2
        found.sort(key=lambda row: packing.opens(row.open_packed, now) or never)
    return found


def _stands(window: Window, known_until: datetime | None, opened: bool, perhaps: bool) -> Is:  # noqa: FBT001
    if known_until is None or window.begins >= known_until:
        return Is.UNKNOWN
    if opened:
        return Is.OPEN
    return Is.UNKNOWN if perhaps else Is.CLOSED


def _page(judged: Judgement, asked: dict[str, Any]) -> list[Row]:
    """Return the rows of one page, the second group after the first, read by their ids."""
    shown = [(row.id, True) for row in judged.confirmed]
    if asked["include_unconfirmed"]:
        shown += [(row.id, False) for row in judged.unconfirmed]
    start = (asked["page"] - 1) * asked["page_size"]
    wanted = shown[start : start + asked["page_size"]]
    return _read({UUID(str(key)): confirmed for key, confirmed in wanted}, asked)


def _shown_columns(rows: ListingQuerySet, asked: dict[str, Any]) -> Any:
    columns = ["id", "content__data", "reach", "area_only", "open_packed"]
    if asked["place"] is None:
        return rows.values(*columns)
    return rows.annotate(squared=SquaredChord(asked["place"].point)).values(*columns, "squared")


def _row(values: dict[str, Any], asked: dict[str, Any], *, confirmed: bool) -> Row:
    """Return the row with its distance: never of an area, nor from a place we know only roughly (R18)."""
    place, away = asked["place"], None
    if place and not place.coarse and values["reach"] == Listing.Reach.LOCAL and not values["area_only"]:
        away = round(ground_km(values["squared"]), 1)
    remote = values["reach"] != Listing.Reach.LOCAL
    return Row(values["content__data"], away, confirmed, remote=remote, open_packed=values["open_packed"])


def _nearest(filters: ServiceFilter, asked: dict[str, Any]) -> Row | None:
    """Return the nearest match within 200 km, when no place to go to is within the radius asked for."""
    place = asked["place"]
    if place.kind == "country" or asked["radius_km"] >= WIDEST_KM:
        return None
    wide = {**asked, "radius_km": WIDEST_KM}
    rows = matching(listed().filter(reach=Listing.Reach.LOCAL), Wanted.of(asked))
    filters.form.cleaned_data = wide
    found = _shown_columns(_narrowed(filters, rows, wide).nearest_first(), wide)[:1]
    filters.form.cleaned_data = asked
    return next((_row(values, asked, confirmed=True) for values in found), None)


def _everywhere(filters: ServiceFilter, asked: dict[str, Any]) -> Answer:
    """Answer without a place: the catalogue by name or date, filtered and counted in SQL, with no facets.

    The second group is counted as what is in either less what is in the first: nothing is looked for twice.
    """
    wanted, rows = Wanted.of(asked), _narrowed(filters, listed(), asked)
    first, second = matching(rows, wanted), said_to_match(rows, wanted)
    count = services(matching(rows, replace(wanted, window=None)))
    timed = "open" if asked["window"] else "ordering"
    if count > MOST_TIMED and (asked["window"] or asked["ordering"] == "soonest"):
        raise ValidationError({timed: [NOT_EVERYWHERE]})
    if asked["window"]:
        count = services(first)
    # Not below nothing: somebody may publish between one count and the next.
    unconfirmed = max(0, services(in_either(rows, wanted)) - count)
    unknown = max(0, services(perhaps_open(rows, wanted)) - count) if asked["window"] else 0
    start, size = (asked["page"] - 1) * asked["page_size"], asked["page_size"]
    shown = dict.fromkeys(_slice(first, asked, start, min(size, count - start)), True)
    if asked["include_unconfirmed"]:
        rest = min(size - len(shown), count + unconfirmed - start)
        shown |= dict.fromkeys(_slice(second, asked, max(0, start - count), rest), False)
    return Answer(asked, None, [], count, unconfirmed, _read(shown, asked), hours_unknown=unknown)


def _slice(rows: ListingQuerySet, asked: dict[str, Any], start: int, size: int) -> list[Any]:
    """Return ids alone: what is passed over on the way to a late page is not read."""
    if size <= 0:
        return []
    return list(_ordered(each_service_once(rows), asked).values_list("id", flat=True)[start : start + size])


def _read(shown: dict[Any, bool], asked: dict[str, Any]) -> list[Row]:
    """Return rows by their ids, each with whether it is confirmed, in order; not what was hidden since."""
    found = {row["id"]: row for row in _shown_columns(Listing.objects.filter(id__in=shown), asked)}
    return [_row(found[key], asked, confirmed=confirmed) for key, confirmed in shown.items() if key in found]


__all__ = [
    "Answer",
    "NoSuchPage",
    "Row",
    "SearchForm",
    "Shortlist",
    "UnknownPlace",
    "areas_named",
    "countries_with_lines",
    "is_country",
    "languages_offered",
    "lines_open_to",
    "listings_of",
    "moved_to",
    "named_like",
    "notices_for",
    "organization",
    "organizations",
    "search",
    "services_of",
    "shortlist",
    "towns_around",
    "unknown_place",
]
