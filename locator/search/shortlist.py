"""A list that somebody carries: short ids → what is published of each now, in their order."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from locator.models import Listing, ListingMoved
from locator.search.answer import Row

MOST = 20
_SHORT_ID = re.compile(r"[a-z0-9]{1,12}")


@dataclass(frozen=True)
class Shortlist:
    """Services in the order they were listed, each with its rows, one a place."""

    services: dict[str, list[Row]]  # by the short id that each has today
    gone: int  # how many ids lead to nothing listed: withdrawn, or never there, which look alike


def ids_in(values: Iterable[str]) -> list[str]:
    """Return the short ids of "abc,def" and "ghi", each once; what cannot be one is left out."""
    found = [part for value in values for part in value.split(",")]
    return list(dict.fromkeys(part for part in found if _SHORT_ID.fullmatch(part)))


def shortlist(ids: Iterable[str]) -> Shortlist:
    """Return what a list of short ids holds today; an id of a service that is another's now leads there."""
    asked = list(ids)[:MOST]
    rows = _rows(asked)
    missing = [key for key in asked if key not in rows]
    moved = (
        dict(ListingMoved.objects.filter(short_id__in=missing).values_list("short_id", "to")) if missing else {}
    )
    rows |= _rows([to for to in moved.values() if to not in rows]) if moved else {}
    found = [moved.get(key, key) for key in asked]
    services = {key: rows[key] for key in found if key in rows}
    return Shortlist(services, sum(key not in rows for key in found))


def _rows(ids: list[str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    columns: Any = ("short_id", "content__data", "country", "reach", "open_packed")
    rows = Listing.objects.filter(short_id__in=ids).order_by("reach", "id").values_list(*columns)
    for key, data, country, reach, packed in rows:
        remote = reach != Listing.Reach.LOCAL
        row = Row(data, None, confirmed=True, remote=remote, country=country, open_packed=packed)
        found.setdefault(key, []).append(row)
    return found
