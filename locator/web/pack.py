"""What there is in a named area as one file, to be read later without a connection: a page, or plain text.

It is made to be kept, so it says from which day it is and how to get it anew, and its name tells nothing. It is an
answer like any other page: a program is told by its ETag that nothing changed, and no browser keeps a second copy.
"""

from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page

from locator import hours, search
from locator.countries import danger_in
from locator.geocoding import Found
from locator.hours import day
from locator.hours.timetable import Timetable
from locator.hours.week import DAYS_SHOWN, coming_week
from locator.models.languages import RIGHT_TO_LEFT
from locator.rules import Freshness
from locator.search import Row
from locator.search.form import LARGEST_PAGE
from locator.search.moments import zone_at
from locator.web import plain, presenting, times
from locator.web.context import spoken
from locator.web.guards import look, problem_page

Shown = dict[str, Any]
MOST_LINES = 10  # helplines, when the nearest places fill the file
DECIDING = {"identity", "cost", "access", "telling"}  # of these the file also says what we do not know
STYLE = "web/pack.css"
ONE_DAY = timedelta(days=1)


@look
@conditional_page
def as_page(request: HttpRequest, area: str) -> HttpResponse:
    """Send the file as a page: its one style is in it, and its own policy lets it load nothing at all."""
    if request.GET:
        return _no_words(request)
    style = render_to_string(STYLE)
    context = {
        **_of_area(area, timezone.now()),
        "style": style,
        "style_hash": b64encode(sha256(style.encode()).digest()).decode(),
        "again": _again(request, area),
    }
    return _file(render_to_string("web/pack.html", context, request), "html", context["day"])


@look
@conditional_page
def as_text(request: HttpRequest, area: str) -> HttpResponse:
    """Send the same as text, short enough for the slowest line, in lines that fit a terminal."""
    if request.GET:
        return _no_words(request)
    context = {**_of_area(area, timezone.now(), short=True), "again": _again(request, area)}
    return _file(plain.written(context, right_to_left=spoken().right_to_left), "txt", context["day"])


def _no_words(request: HttpRequest) -> HttpResponse:
    return problem_page(request, 400, _("Please use the form"), _("Nothing you look for belongs in an address."))


def _again(request: HttpRequest, area: str) -> str:
    return request.build_absolute_uri(reverse("area", args=[area]))


def _file(content: str, kind: str, iso: str) -> HttpResponse:
    types = {"html": "text/html; charset=utf-8", "txt": "text/plain; charset=utf-8"}
    response = HttpResponse(content, content_type=types[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="notes-{iso}.{kind}"'
    return response


def _of_area(area: str, now: datetime, *, short: bool = False) -> Shown:
    """Return what both files say of an area; raise Http404 where there is none of the name."""
    try:
        answer = search.search({"area": [area], "page_size": [str(LARGEST_PAGE)]})
    except ValidationError as problem:
        raise Http404 from problem
    place = answer.place
    assert place  # noqa: S101  # nosec B101 (an area was found, or it would have been a problem)
    at_home = now.astimezone(zone_at(place))
    local = [row for row in answer.rows if not row.remote]
    return {
        "place": place,
        "day": at_home.date().isoformat(),
        "until": (at_home.date() + (DAYS_SHOWN - 1) * ONE_DAY).isoformat(),
        "local": _entries(local, place, now, short=short),
        "remote": _entries(_remote(answer, place), place, now, short=short),
        "more": answer.here - len(local),
        "notices": [{"notice": notice, "until": times.until(notice)} for notice in search.notices_for(place, now)],
        "danger": danger_in(place.country),
    }


def _remote(answer: search.Answer, place: Found) -> list[Row]:
    """Return what is reached from afar and how: of the answer, and helplines where places left no room for it."""
    found = [row for row in answer.rows if row.remote]
    if len(answer.rows) < answer.count:
        found += search.lines_open_to(place.country, MOST_LINES)
    once = {row.shown["short_id"]: row for row in reversed(found) if presenting.contacts(row.shown)}
    return list(reversed(once.values()))


def _entries(rows: Iterable[Row], place: Found, now: datetime, *, short: bool) -> list[Shown]:
    return [_entry(row, place, now, short=short) for row in rows]


def _entry(row: Row, place: Found, now: datetime, *, short: bool) -> Shown:
    shown = row.shown
    aged = presenting.aged(shown, now)
    fresh = aged in {Freshness.FRESH, Freshness.AGEING}
    clock = presenting.clock_of(place)
    country = row.country or place.country
    return {
        "name": shown["name"],
        "lang": shown["text_language"],
        "dir": "rtl" if shown["text_language"] in RIGHT_TO_LEFT else "ltr",
        "kinds": presenting.kinds(shown),
        "address": _address(shown["location"]) or presenting.where(shown),
        "distance": presenting.distance(row.distance_km),
        "hours": _hours(Timetable.of_place(shown), shown, now, fresh=fresh, short=short, home=clock),
        "away": row.remote,
        "ways": [
            {
                **way,
                "hours": _hours(Timetable.of_line(way, country), way, now, fresh=fresh, short=short, home=clock),
            }
            for way in presenting.contacts(shown)
        ],
        "deciding": presenting.deciding(shown),
        "groups": presenting.before_you_go(shown),
        "known_about": DECIDING,
        "checked": shown["assured_date"] and day(shown["assured_date"]),
        "by": shown.get("assured_by", ""),
        "fresh": fresh,
        "source": shown.get("source", ""),
    }


def _address(location: Shown) -> str:
    if location["address_visibility"] != "public":
        return ""
    parts = ("name", "address_1", "address_2", "city", "postal_code")
    return ", ".join(location[part] for part in parts if location.get(part))


def _hours(
    timetable: Timetable | None, told: Shown, now: datetime, *, fresh: bool, short: bool, home: str
) -> list[str]:
    """Return the coming week in words; of what nobody confirmed lately only what was told; [] if nothing was."""
    if timetable is None:
        return _as_told(told, now)
    if timetable.by_appointment:
        return [_("By appointment: get in touch first.")]
    whose = times.other_clock(timetable.zone.key, home, now)
    if not fresh:
        return _as_told(told, now) + whose
    return (coming_week(timetable, now, short=short) or [_("Closed in these seven days.")]) + whose


def _as_told(told: Shown, now: datetime) -> list[str]:
    dated = [row for row in told["times"].get("dated", []) if row["last"] >= (now - ONE_DAY).date().isoformat()]
    return [hours.words(rule) for rule in told["hours"]] + [hours.dates(row) for row in dated]
