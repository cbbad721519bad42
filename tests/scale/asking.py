"""What is asked of a worker: several kinds of question, each in many variations, the same in every run."""

import json
import random
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid5

from locator import geocoding
from locator.countries import continent_of
from locator.models import Listing, Place
from locator.search.form import DEFAULT_KM
from tests.scale.generate import COMMON_LANGUAGES, DAYS, NAMESPACE, World

NEAR = "near"
ID_FREE = "near, ID-free"
OPEN_NOW = "near, ID-free, open now"
OPEN_AT = "near, ID-free, open at a time"
SOONEST = "near, ID-free, opens soonest"
FILTERED = "near, ID-free, free, a language"
DENSEST = "the densest city"
TEXT_NEAR = "text near a town"
TEXT = "text everywhere"
DETAIL = "detail"
PAGE = "HTML results near"
EMPTY = "an empty view"
API = "/api/v1/services/"


@dataclass(frozen=True)
class Ask:
    """One request; with a form, the form is sent first and `path` is where it leads to."""

    path: str
    form: dict[str, str] | None = None


@dataclass(frozen=True)
class Kind:
    name: str
    asks: list[Ask]
    always_finds: bool = False


def kinds(size: int, number: int) -> list[Kind]:
    """Return every kind with `number` requests each, for the database in use, which has `size` services."""
    dice, world = random.Random(7), World.read()
    towns = [_town(dice, world) for _ in range(number)]
    known = [_listing(dice, size) for _ in range(number)]
    filters = {"id_free": "true", "free": "true"}
    return [
        Kind(EMPTY, [Ask("/empty/")] * number),
        Kind(NEAR, [_api(near=town) for town in towns]),
        Kind(FILTERED, [_api(near=town, language=dice.choice(COMMON_LANGUAGES), **filters) for town in towns]),
        Kind(ID_FREE, [_api(near=town, id_free="true") for town in towns]),
        Kind(OPEN_NOW, [_api(near=town, id_free="true", open="now") for town in towns]),
        Kind(OPEN_AT, [_api(near=town, id_free="true", open_at=f"{day} 21:00") for day, town in _by_day(towns)]),
        Kind(SOONEST, [_api(near=town, id_free="true", ordering="soonest") for town in towns]),
        Kind(DENSEST, [_api(near=_densest())] * number, always_finds=True),
        Kind(TEXT_NEAR, [_api(near=town, q=words) for town, words, _short_id in known]),
        Kind(TEXT, [_api(q=words) for _town, words, _short_id in known], always_finds=True),
        Kind(DETAIL, [Ask(f"{API}{short_id}/") for _town, _words, short_id in known], always_finds=True),
        Kind(PAGE, [Ask("/find/", {"near": town}) for town in towns]),
    ]


def _by_day(towns: list[str]) -> list[tuple[str, str]]:
    return [(DAYS[number % 7], town) for number, town in enumerate(towns)]


def _api(**question: str) -> Ask:
    return Ask(f"{API}?{urlencode(question)}")


def _town(dice: random.Random, world: World) -> str:
    """Return the name of a random person's town. One with a comma would be read as a town and its country."""
    while True:
        name = dice.choices(world.towns, cum_weights=world.weights)[0][-1]
        if "," not in name:
            return name


def _listing(dice: random.Random, size: int) -> tuple[str, str, str]:
    """Return a random service that has a place: its town, two of its words, and its short id."""
    while True:
        key = uuid5(NAMESPACE, f"{dice.randrange(size)}/0")
        found = Listing.objects.filter(id=key, reach=Listing.Reach.LOCAL).values_list("content__data", flat=True)
        for data in found:
            shown = json.loads(data + "}")
            town = shown["location"].get("city") or shown["location"]["area"]["name"]
            invented = shown["description"].partition(": ")[2].rstrip(".").split()
            telling = [word for word in invented if len(word) > 2] or invented  # not what stands in every text
            return town, f"{shown['name'].split()[2]} {dice.choice(telling)}", shown["short_id"]


def _densest() -> str:
    """Return the town with the most places within the usual radius, among the hundred with the most people."""
    towns = Place.objects.filter(kind=Place.Kind.CITY).order_by("-population", "id")[:100]
    return max((town.name for town in towns), key=_places_near)


def _places_near(town: str) -> int:
    place = geocoding.resolve(town).place
    if place is None:
        return 0
    rows = Listing.objects.around(place.point, DEFAULT_KM, place.country, continent_of(place.country))
    return rows.filter(reach=Listing.Reach.LOCAL).count()
