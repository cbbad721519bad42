"""Listings → files that other programs read: GeoJSON and CSV. Only what a listing shows."""

import csv
import io
import json
from typing import Any

from locator.models.questions import QUESTIONS
from locator.search import Answer, Row

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # OWASP, "CSV Injection"
COLUMNS = (
    "id", "name", "organization", "types", "languages", "address_visibility", "address", "city", "country",
    "area", "latitude", "longitude", "distance_km", "confirmed", "phone", "link", "assured_date", "assured_by",
    "status", "url",
)  # fmt: skip
EVERYTHING = tuple(name for name in COLUMNS if name not in {"distance_km", "confirmed"})  # where nothing was asked


def row_json(row: Row) -> str:
    """Return a row as JSON: what is stored, with what the question adds."""
    distance = "null" if row.distance_km is None else str(row.distance_km)
    return f'{row.data},"distance_km":{distance},"confirmed":{"true" if row.confirmed else "false"}}}'


def geojson(answer: Answer, members: dict[str, Any]) -> str:
    """Return a FeatureCollection (RFC 7946); a listing that shows only its area has no geometry."""
    features = [feature(json.loads(row_json(row))) for row in answer.rows]
    return json.dumps({"type": "FeatureCollection", **members, "features": features}, ensure_ascii=False)


def feature(shown: dict[str, Any]) -> dict[str, Any]:
    """Return what is shown as a feature; with a point only where the address is public."""
    location = shown["location"]
    geometry = None
    if location["address_visibility"] == "public":
        geometry = {"type": "Point", "coordinates": [location["longitude"], location["latitude"]]}
    return {"type": "Feature", "id": f"{shown['short_id']}", "geometry": geometry, "properties": shown}


def csv_table(answer: Answer) -> str:
    """Return a table with a header; a cell never begins with a sign that a spreadsheet runs as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)  # no program guesses where a cell ends
    writer.writerow(header(COLUMNS))
    for row in answer.rows:
        writer.writerow(line(json.loads(row_json(row)), COLUMNS))
    return out.getvalue()


def header(columns: tuple[str, ...]) -> list[str]:
    return [*columns, *(question.key for question in QUESTIONS)]


def line(shown: dict[str, Any], columns: tuple[str, ...]) -> list[Any]:
    """Return what is shown as a line under that header."""
    cells = _cells(shown)
    answers = [_answer(shown["answers"][question.key]) for question in QUESTIONS]
    return [_safe(cell) for cell in [*(cells[name] for name in columns), *answers]]


def _cells(shown: dict[str, Any]) -> dict[str, Any]:
    location = shown["location"]
    distance = shown.get("distance_km")
    return {
        "id": shown["id"],
        "name": shown["name"],
        "organization": shown["organization"]["name"],
        "types": " ".join(shown["types"]),
        "languages": " ".join(row["code"] for row in shown["languages"]),
        "address_visibility": location["address_visibility"],
        "address": location.get("address_1", ""),
        "city": location.get("city", ""),
        "country": location.get("country", ""),
        "area": location.get("area", {}).get("name", ""),
        "latitude": location.get("latitude", ""),
        "longitude": location.get("longitude", ""),
        "distance_km": "" if distance is None else distance,
        "confirmed": "yes" if shown.get("confirmed") else "said in a document",
        "phone": shown["phones"][0]["number"] if shown["phones"] else "",
        "link": shown["links"][0]["url"] if shown["links"] else "",
        "assured_date": shown["assured_date"] or "",
        "assured_by": shown.get("assured_by", ""),
        "status": shown["status"],
        "url": shown["url"],
    }


def _answer(fact: dict[str, Any]) -> str:
    """Return an answer with whose word it is: a document's yes never reads as a plain yes."""
    if fact["answer"] == "unknown":
        return "unknown"
    return f"{fact['answer']} ({fact['basis']}, {fact['stated_on']})"


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
