"""What visitors would see of a document: made by the code that makes their pages, and then taken back."""

from copy import deepcopy
from typing import Any

from rest_framework.exceptions import ValidationError

from locator import moderation, search
from locator.models import Status
from locator.portal.steps.step import Document
from locator.rules import Refused
from locator.web.views import service_context


def preview(document: Document) -> dict[str, Any]:
    """Return the context of a service's page as if a second person had said yes to it; {} if it cannot be."""
    shown = deepcopy(document)
    brolly = shown["brolly"]
    brolly["status"] = Status.LISTED.value
    for row in [*brolly.get("phones", []), *brolly.get("links", [])]:
        if "confirmed_on" not in row:
            row |= {"confirmed_by": "–", "confirmed_on": moderation.today().isoformat()}
    try:
        with moderation.tried_on(shown):
            rows = search.listings_of(document["id"])
            return service_context(rows) if rows else {}
    except (ValidationError, Refused):
        return {}
