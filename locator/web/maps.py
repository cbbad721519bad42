"""Where services are, drawn on request from our own outlines: nothing is asked of anybody else.

A service with a public address is a pin. One that shows only its area is that area, at its public middle, with
no pin: what is drawn depends on nothing else about where it is (SAFETY R18).
"""

from typing import Any

from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse

from locator import search
from locator.geo import Point, distance_km
from locator.sealing import Ended, Question
from locator.web import asking, presenting, views
from locator.web.guards import look
from locator.web.moving import lead_on

MOST = "100"  # services on one map
NAMED = 24  # towns on it
LOOKED_AT = 80  # towns that tell which countries it shows
BEYOND_KM = 10.0  # how far around a single place towns are named
WIDEST_KM = 1000.0  # towns are not looked for further away, in however large a country
Spot = dict[str, Any]


@look
def results_map(request: HttpRequest, sealed: str) -> HttpResponse:
    try:
        question = asking.opened(sealed)
    except Ended:
        return views.search_ended(request)
    return _of_question(request, question, reverse("results", args=[sealed]))


@look
def area_map(request: HttpRequest, area: str) -> HttpResponse:
    return _of_question(request, {"area": [area]}, reverse("area", args=[area]))


@look
def service_map(request: HttpRequest, short_id: str) -> HttpResponse:
    rows = search.listings_of(short_id)
    if not rows:
        return lead_on(short_id, "service_map")
    spots = _spots([row.shown for row in rows])
    if not spots:
        raise Http404
    point = Point(spots[0]["latitude"], spots[0]["longitude"])
    return _drawn(request, spots, point, BEYOND_KM, reverse("service", args=[short_id]))


def _of_question(request: HttpRequest, question: Question, back: str) -> HttpResponse:
    try:
        answer = search.search({**question, "page": ["1"], "page_size": [MOST]})
    except (ValidationError, search.NoSuchPage) as problem:
        raise Http404 from problem
    if answer.place is None:
        raise Http404
    spots = _spots([row.shown for row in answer.rows if not row.remote])
    return _drawn(request, spots, answer.place.point, float(answer.asked["radius_km"]), back)


def _spots(listings: list[dict[str, Any]]) -> list[Spot]:
    """Return what can be drawn: pins, and areas with how far they reach in kilometres."""
    locations = [shown["location"] for shown in listings]
    areas = search.areas_named({place["area"]["slug"] for place in locations if "area" in place})
    spots = []
    for shown in listings:
        location = shown["location"]
        words = {
            "name": shown["name"],
            "url": reverse("service", args=[shown["short_id"]]),
            "where": presenting.where(shown),
            "country": location.get("country", ""),
        }
        if location["address_visibility"] == "public":
            spots.append({**words, "latitude": location["latitude"], "longitude": location["longitude"]})
        elif location["address_visibility"] == "area":
            area = areas[location["area"]["slug"]]
            spot = {"latitude": area.latitude, "longitude": area.longitude, "reach_km": area.reach_km}
            spots.append(words | spot)
    return spots


def _drawn(request: HttpRequest, spots: list[Spot], middle: Point, radius_km: float, back: str) -> HttpResponse:
    """Draw the spots with the towns and the outlines that lie as far around as they do."""
    furthest = [_from(middle, spot) for spot in spots]
    towns = search.towns_around(middle, min(max(radius_km, *furthest, 0), WIDEST_KM), LOOKED_AT)
    largest = {town.name: town for town in reversed(towns)}
    context = {
        "spots": spots,
        "middle": middle,
        "radius_km": radius_km,
        "towns": [town for town in towns if largest[town.name] is town][:NAMED],
        "outlines": _outlines({spot["country"] for spot in spots} | {town.country for town in towns}),
        "back": back,
    }
    return render(request, "web/map.html", context)


def _from(middle: Point, spot: Spot) -> float:
    """Return the kilometres from the middle to the far side of what is drawn."""
    beside = distance_km(middle, Point(spot["latitude"], spot["longitude"]))
    return beside + float(spot.get("reach_km", 0))


def _outlines(countries: set[str]) -> str:
    """Return the addresses of the countries' outlines; a few countries are too small to have one."""
    files = [f"outlines/{country.lower()}.json" for country in sorted(countries)]
    return " ".join(static(file) for file in files if finders.find(file))
