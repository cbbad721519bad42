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


def row_json(row: Row) -> str:
    """Return a row as JSON: what is stored, with what the question adds."""
    distance = "null" if row.distance_km is None else str(row.distance_km)
    return f'{row.data},"distance_km":{distance},"confirmed":{"true" if row.confirmed else "false"}}}'


def geojson(answer: Answer, members: dict[str, Any]) -> str:
    """Return a FeatureCollection (RFC 7946); a listing that shows only its area has no geometry."""
    features = [_feature(row) for row in answer.rows]
    return json.dumps({"type": "FeatureCollection", **members, "features": features}, ensure_ascii=False)


def _feature(row: Row) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(row_json(row))
    location = shown["location"]
    geometry = None
    if location["address_visibility"] == "public":
        geometry = {"type": "Point", "coordinates": [location["longitude"], location["latitude"]]}
    return {"type": "Feature", "id": f"{shown['short_id']}", "geometry": geometry, "properties": shown}


def csv_table(answer: Answer) -> str:
    """Return a table with a header; a cell never begins with a sign that a spreadsheet runs as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)  # no program guesses where a cell ends
    writer.writerow([*COLUMNS, *(question.key for question in QUESTIONS)])
    for row in answer.rows:
        shown = json.loads(row_json(row))
        answers = [_answer(shown["answers"][question.key]) for question in QUESTIONS]
        writer.writerow([_safe(cell) for cell in [*_cells(shown), *answers]])
    return out.getvalue()


def _cells(shown: dict[str, Any]) -> list[Any]:
    location = shown["location"]
    return [
        shown["id"],
        shown["name"],
        shown["organization"]["name"],
        " ".join(shown["types"]),
        " ".join(row["code"] for row in shown["languages"]),
        location["address_visibility"],
        location.get("address_1", ""),
        location.get("city", ""),
        location.get("country", ""),
        location.get("area", {}).get("name", ""),
        location.get("latitude", ""),
        location.get("longitude", ""),
        "" if shown["distance_km"] is None else shown["distance_km"],
        "yes" if shown["confirmed"] else "said in a document",
        shown["phones"][0]["number"] if shown["phones"] else "",
        shown["links"][0]["url"] if shown["links"] else "",
        shown["assured_date"] or "",
        shown.get("assured_by", ""),
        shown["status"],
        shown["url"],
    ]


def _answer(fact: dict[str, Any]) -> str:
    """Return an answer with whose word it is: a document's yes never reads as a plain yes."""
    if fact["answer"] == "unknown":
        return "unknown"
    return f"{fact['answer']} ({fact['basis']}, {fact['stated_on']})"


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
