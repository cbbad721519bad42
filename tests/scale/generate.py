"""Published listings in bulk, spread over the world as its people are; only benchmarks write like this."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, islice
from math import cos, radians
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from django.db import connection, transaction

from locator.geo import Point, ecef
from locator.hsds.vocabulary import TYPES
from locator.models import Listing, ListingData, ListingLanguage, ListingText, Place
from locator.models.languages import LANGUAGES
from locator.models.questions import QUESTIONS, mask
from locator.publishing import times
from locator.spelling import store_tokens
from locator.text import fold, tokens

NAMESPACE = UUID("6f2c1f0e-53d4-4b44-9a3f-4a3f6d2f7c11")
ADJECTIVES = "quiet open warm early late river harbour garden corner lantern blue green amber silver maple".split()
NOUNS = "room house table door bench kettle stairs window bridge yard studio kitchen landing porch loft".split()
COMMON_LANGUAGES = ["en", "es", "pt", "fr", "de", "ro", "pl", "ru", "uk", "tr", "ar", "th", "zh", "bn", "hi"]
SYLLABLES = "ba be bo da de do fa ka ke la le lo ma mi na ne no pa ra re ri sa so ta te ti va vo".split()
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
BATCH = 2000
TIMED = 200_000
GIVE_TIMES = [
    f"""CREATE TEMPORARY TABLE given AS
        WITH numbered AS (SELECT id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS turn FROM locator_listing)
        SELECT other.id, first.id AS source FROM numbered AS other
        JOIN numbered AS first ON first.turn = other.turn % {TIMED} WHERE other.turn >= {TIMED}""",
    "CREATE INDEX given_id ON given (id)",
    "CREATE INDEX given_source ON given (source)",
    """UPDATE locator_listing SET (open_packed, hours_to, known_until) = (
        SELECT first.open_packed, first.hours_to, first.known_until FROM given
        JOIN locator_listing AS first ON first.id = given.source WHERE given.id = locator_listing.id)
        WHERE id IN (SELECT id FROM given)""",
    """INSERT INTO locator_openinterval (listing_id, start_utc, end_utc, unsure)
        SELECT given.id, first.start_utc, first.end_utc, first.unsure FROM given
        JOIN locator_openinterval AS first ON first.listing_id = given.source ORDER BY given.id""",
    "DROP TABLE given",
]


class Made(NamedTuple):
    """One generated listing and what goes with it."""

    listing: Listing
    data: str
    languages: list[str]
    words: str


@dataclass
class World:
    """Towns and how likely each is, by its people."""

    towns: list[tuple[float, float, float, str, str, str]]
    weights: list[int]

    @classmethod
    def read(cls) -> "World":
        rows = Place.objects.filter(kind=Place.Kind.CITY, population__gt=0).order_by("id")
        columns = ("latitude", "longitude", "reach_km", "country", "timezone", "name", "population")
        found = list(rows.values_list(*columns))
        return cls([row[:6] for row in found], list(accumulate(row[6] for row in found)))

    def pick(self, dice: random.Random) -> tuple[Point, str, str, str]:
        """Return a random position in a random person's town, with its country, time zone and name."""
        north, east, reach, country, zone, name = dice.choices(self.towns, cum_weights=self.weights)[0]
        spread = reach / 111
        north = max(-89.9, min(89.9, north + dice.uniform(-spread, spread)))
        east = (east + dice.uniform(-spread, spread) / max(0.1, cos(radians(north))) + 180) % 360 - 180
        return Point(north, east), country, zone, name


def fill(count: int, *, seed: int = 1, progress: Callable[[str], None] = lambda line: None) -> None:
    """Replace every listing by `count` generated services; some have several places, some are remote."""
    dice, world = random.Random(seed), World.read()
    uses: Counter[str] = Counter()
    with transaction.atomic():
        Listing.objects.all().delete()
        numbers = iter(range(count))
        while batch := list(islice(numbers, BATCH)):
            rows = [row for number in batch for row in _service(number, dice, world)]
            _store(rows, uses)
            if batch[0] % 20_000 == 0:
                progress(f"{batch[0]:,} services")
        words = iter(sorted(uses.items()))
        while some := dict(islice(words, 50_000)):
            store_tokens(some)
    progress("opening times")
    _tell_times()


def _tell_times() -> None:
    """Work out the opening times of the first listings, and give them to the others in turn: it takes long."""
    first = list(Listing.objects.order_by("id").values_list("id", flat=True)[:TIMED])
    for some in (first[at : at + BATCH] for at in range(0, len(first), BATCH)):
        with transaction.atomic():
            times.make(some)
    with connection.cursor() as cursor:
        for statement in GIVE_TIMES:
            cursor.execute(statement)


def _store(rows: list[Made], uses: Counter[str]) -> None:
    Listing.objects.bulk_create([row.listing for row in rows], batch_size=500)
    ListingData.objects.bulk_create([ListingData(listing=row.listing, data=row.data) for row in rows])
    ListingLanguage.objects.bulk_create(
        [ListingLanguage(listing=row.listing, code=code) for row in rows for code in row.languages],
        batch_size=2000,
    )
    ListingText.objects.bulk_create(
        [ListingText(listing=row.listing, language="", tokens=row.words) for row in rows], batch_size=1000
    )
    uses.update(token for row in rows for token in row.words.split())


def _service(number: int, dice: random.Random, world: World) -> Iterator[Made]:
    view = _view(number, dice)
    yes, said = _answers(view, dice)
    reach, places = dice.random(), 1 if dice.random() < 0.93 else dice.randint(2, 4)
    for place in range(places):
        point, country, zone, town = world.pick(dice)
        listing = Listing(
            id=uuid5(NAMESPACE, f"{number}/{place}"),
            service_id=view["id"],
            organization_id=view["organization"]["id"],
            short_id=view["short_id"],
            yes_bits=yes,
            said_bits=said,
            need_bits=mask(kind for kind in TYPES if kind.code in view["types"]),
            channel_bits=0b111,
            sole=places == 1,
            language_codes=f"|{'|'.join(row['code'] for row in view['languages'])}|",
            assured_date=date.fromisoformat(view["assured_date"]),
            name_key=fold(view["name"]).encode(),
            **_where(view, reach, point, country, town),
        )
        view["location"] |= {"timezone": zone} if listing.reach == Listing.Reach.LOCAL else {}
        data = json.dumps(view, ensure_ascii=False, separators=(",", ":"))[:-1]
        words = tokens(f"{view['name']} {view['organization']['name']} {view['description']} {town}")
        languages = [row["code"] for row in view["languages"]]
        yield Made(listing, data, languages, " ".join(sorted(words)))


def _where(view: dict[str, Any], reach: float, point: Point, country: str, town: str) -> dict[str, Any]:
    if reach < 0.02:
        view["location"] = {"address_visibility": "none", "virtual": True}
        return {"reach": Listing.Reach.REMOTE, "serves": country, "country": country, "area_only": True}
    x, y, z = ecef(point)
    position = {"latitude": point.latitude, "longitude": point.longitude, "x": x, "y": y, "z": z}
    area_only = reach < 0.1
    view["location"] = {
        "address_visibility": "public",
        "address_1": "1 Example Street",
        "city": town,
        **position,
    }
    if area_only:
        view["location"] = {
            "address_visibility": "area",
            "area": {"name": town, "slug": "x"},
            "country": country,
        }
    return {"reach": Listing.Reach.LOCAL, "country": country, "area_only": area_only, **position}


def _answers(view: dict[str, Any], dice: random.Random) -> tuple[int, int]:
    yes, said = 0, 0
    for question in QUESTIONS:
        roll = dice.random()
        answer: dict[str, Any] = {"answer": "unknown"}
        if roll < 0.55:
            confirmed = roll < 0.45
            yes |= (1 << question.bit) * confirmed
            said |= (1 << question.bit) * (not confirmed)
            basis = "organization" if confirmed else "source"
            answer = {
                "answer": "yes",
                "basis": basis,
                "stated_by": view["organization"]["name"],
                "stated_on": "2026-09-01",
            }
        elif roll < 0.65:
            answer = {"answer": "no", "basis": "organization", "stated_by": "them", "stated_on": "2026-09-01"}
        view["answers"][question.key] = answer
    return yes, said


def _word(dice: random.Random) -> str:
    """Return a word, the short ones often and the long ones seldom, as in real texts."""
    return "".join(dice.choices(SYLLABLES, k=min(4, 1 + int(dice.expovariate(0.9)))))


def _hours(dice: random.Random) -> list[dict[str, Any]]:
    """Return up to three rules, by day and by night; none for one service in five."""
    if dice.random() < 0.2:
        return []
    rules = []
    for _ in range(dice.randint(1, 3)):
        opens, lasts = dice.randint(0, 47), dice.randint(4, 24)
        closes = (opens + lasts) % 48
        rules.append(
            {
                "freq": "WEEKLY",
                "interval": 1,
                "byday": ",".join(sorted(dice.sample(DAYS, dice.randint(1, 5)), key=DAYS.index)),
                "opens_at": f"{opens // 2:02}:{opens % 2 * 30:02}:00",
                "closes_at": f"{closes // 2:02}:{closes % 2 * 30:02}:00",
            }
        )
    return rules


def _view(number: int, dice: random.Random) -> dict[str, Any]:
    """Return what a page would show, in the shape that `publishing` gives it."""
    name = f"The {dice.choice(ADJECTIVES)} {dice.choice(NOUNS)} {number}"
    service_id = str(uuid5(NAMESPACE, str(number)))
    languages = sorted(dice.sample(COMMON_LANGUAGES, dice.randint(1, 4)))
    return {
        "id": service_id,
        "short_id": f"{number:08d}".translate(str.maketrans("01", "bc")),
        "url": f"/s/{number}/",
        "name": name,
        "text_language": "en",
        "discreet_name": name,
        "description": f"An invented place for a benchmark: {' '.join(_word(dice) for _ in range(25))}.",
        "organization": {
            "id": str(uuid5(NAMESPACE, f"o{number // 3}")),
            "name": f"Example group {number // 3}",
        },
        "types": dice.sample([kind.code for kind in TYPES], dice.randint(1, 3)),
        "status": "active",
        "assured_date": (date.today() - timedelta(days=dice.randint(1, 120))).isoformat(),  # noqa: DTZ011
        "assured_by": f"Example group {number // 3}",
        "fresh_until": (date.today() + timedelta(days=60)).isoformat(),  # noqa: DTZ011
        "application_process": "Come in, or call first. Nobody asks for a name.",
        "fees_description": "Free of charge.",
        "languages": [{"code": code, "name": LANGUAGES[code][0]} for code in languages],
        "cost_options": [],
        "phones": [
            {
                "channel": "phone",
                "number": "0161 496 0000",
                "dial": "+441614960000",
                "languages": languages,
                "hours": [],
                "times": {},
                "confirmed_on": "2026-09-01",
            }
        ],
        "links": [],
        "unchecked_contact": False,
        "service_areas": [],
        "places": 1,
        "hours": _hours(dice),
        "times": {"on_public_holidays": "closed"} if dice.random() < 0.5 else {},
        "answers": {},
    }
