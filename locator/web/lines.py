"""Who answers at this minute: confirmed helplines, text lines and chats of a country, on their own clock."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from locator import search
from locator.countries import danger_in, spoken_name
from locator.hours.clocks import only_zone
from locator.hours.opening import Is
from locator.hours.timetable import ANSWERED
from locator.models.languages import LANGUAGES
from locator.search import Row
from locator.web import presenting, times
from locator.web.guards import look

Shown = dict[str, Any]
A_FEW = 2


@look
def countries(request: HttpRequest) -> HttpResponse:
    """Ask which country: it is chosen, never guessed from where somebody seems to be."""
    found = [{"code": code.lower(), "name": spoken_name(code)} for code in search.countries_with_lines()]
    context = {
        "countries": sorted(found, key=lambda row: (row["code"] != settings.SITE_COUNTRY.lower(), row["name"])),
        "danger": danger_in(settings.SITE_COUNTRY),
    }
    return render(request, "web/now_countries.html", context)


@look
def of_country(request: HttpRequest, country: str, language: str = "") -> HttpResponse:
    """Show who answers now in a country, who is next, and whose hours we do not know; perhaps in one language."""
    code = country.upper()
    if not country.islower() or not search.is_country(code) or (language and language not in LANGUAGES):
        raise Http404
    now = timezone.now()
    rows = search.lines_open_to(code, areas=True)
    found = [line for row in rows for line in _lines(row, now, only_zone(code))]
    spoken = sorted({code for line in found for code in line["languages"]})
    if language:
        found = [line for line in found if language in line["languages"]]
    context = {
        "country": spoken_name(code),
        "code": country,
        "spoken": spoken,
        "chosen": language,
        **_by_state(found, now),
        "danger": danger_in(code),
    }
    return render(request, "web/now.html", context)


def a_few(country: str, home: str, now: datetime, most: int = A_FEW) -> dict[str, list[Shown]]:
    """Return up to two lines of a country (or `most`) that are `open`, or else the `later` ones to open next.

    For below a search, near a place where clocks show the time of `home`.
    """
    rows = search.lines_open_to(country, most, soonest=now)
    found = _by_state([line for row in rows for line in _lines(row, now, home)], now)
    later = [line for line in found["later"] if line["until"]]
    return {"open": found["open"][:most], "later": [] if found["open"] else later[:most]}


def _by_state(found: list[Shown], now: datetime) -> dict[str, list[Shown]]:
    """Return lines as they are headed: open, later (the next to open first), and those we know too little of."""
    return {
        "open": [line for line in found if line["state"] == Is.OPEN.value],
        "later": sorted(
            (line for line in found if line["state"] in {Is.CLOSED.value, times.APPOINTMENT}),
            key=lambda line: (line["until"] is None, line["until"] or now),
        ),
        "unknown": [line for line in found if line["state"] in {"", Is.UNKNOWN.value}],
    }


def _lines(row: Row, now: datetime, home: str) -> list[Shown]:
    """Return the numbers and chats of a listing, each with what holds for it now, beside the clock of `home`."""
    shown = row.shown
    found = []
    for way in presenting.contacts(shown):
        if way["channel"] not in ANSWERED:
            continue
        stands = times.of_line(way, shown, row.country, now, home) or {"state": "", "words": "", "until": None}
        languages = way.get("languages") or [spoken["code"] for spoken in shown["languages"]]
        found.append(
            {
                **stands,
                "name": shown["name"],
                "discreet_name": shown.get("discreet_name", ""),
                "lang": shown["text_language"],
                "short_id": shown["short_id"],
                "url": reverse("service", args=[shown["short_id"]]),
                "way": way,
                "areas": ", ".join(shown["service_areas"]) if row.remote and row.area else "",
                "languages": languages,
            }
        )
    return found
