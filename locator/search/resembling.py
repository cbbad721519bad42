"""Which listed services are called nearly so: for somebody who is about to enter one."""

import json
from typing import Any

from locator.lookalikes import likeness, read
from locator.models import Listing, ListingData

MOST = 10


def named_like(name: str) -> list[dict[str, Any]]:
    """Return what is shown of the listed services whose name would pass for this one, each once; two queries.

    Reads what is published and nothing else: a draft or a hidden service of others changes no answer.
    """
    own, found = read(name), dict[str, None]()
    for short_id, key in Listing.objects.order_by("name_key", "id").values_list("short_id", "name_key"):
        if short_id not in found and likeness(own, read(bytes(key).decode(errors="ignore"))):
            found[short_id] = None
    wanted = list(found)[:MOST]
    rows = ListingData.objects.filter(listing__short_id__in=wanted).order_by("listing__reach", "listing_id")
    shown = {
        row["short_id"]: row for row in (json.loads(f"{data}}}") for data in rows.values_list("data", flat=True))
    }
    return [shown[short_id] for short_id in wanted]
