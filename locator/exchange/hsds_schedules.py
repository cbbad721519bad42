"""HSDS 3.2 schedules → rules; and exactly what in them could not be read. Nothing is guessed.

A time without a zone is on the clock of the place. One with a zone, and a `timezone`, are refused: an offset tells
no clock that goes forward in spring.
"""

import json
from typing import Any
from uuid import uuid4

from rest_framework.serializers import ValidationError

from locator.exchange.importing import in_words
from locator.hsds.shape import ScheduleShape

RULE = ("freq", "interval", "byday", "dtstart", "valid_from", "valid_to", "opens_at", "closes_at", "description")
# Says nothing of when.
BESIDE = {
    "id", "service_id", "location_id", "service_at_location_id", "schedule_link", "attending_type", "notes",
    "attributes", "metadata",
}  # fmt: skip


def read_schedules(text: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rules of a JSON list of schedules, and what could not be read, each with its number from 1."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return [], ["This is no list of schedules in JSON."]
    rules: list[dict[str, Any]] = []
    unread: list[str] = []
    for number, row in enumerate(rows, start=1):
        said = {key: value for key, value in row.items() if value not in (None, "", [], {}) and key not in BESIDE}
        try:
            rules.append(_rule(said))
        except ValidationError as problem:
            unread.append(f"schedule {number}: {in_words(problem.detail)}")
    return rules, unread


def _rule(said: dict[str, Any]) -> dict[str, Any]:
    """Return a schedule as a rule of ours; raise ValidationError for what a rule cannot say."""
    if said.get("wkst") == "MO":
        del said["wkst"]
    if "valid_to" not in said and "until" in said:
        said["valid_to"] = said.pop("until")
    other = sorted(set(said) - set(RULE))
    if other:
        raise ValidationError({key: ["This cannot be said by a rule here."] for key in other})
    shape = ScheduleShape(data={"id": str(uuid4()), **said})
    shape.is_valid(raise_exception=True)
    return {key: value for key, value in shape.validated_data.items() if key != "id"}
