"""The copy of the public pages that is served while the program cannot answer: what must not stay in it.

`web.saving` writes it, each minute that something has changed. What changed in between is taken out at once, so
that no copy shows longer than the site what somebody took away (SAFETY R41).
"""

from collections.abc import Collection
from pathlib import Path

from django.conf import settings
from django.db import transaction

from locator.publishing.projecting import Projection

CURRENT = "current"


def forget(before: dict[str, list[Projection]], after: dict[str, list[Projection]]) -> None:
    """Take services that changed out of the copy once this is committed; all of it, where one hides something.

    By short id, what was shown and what is shown from now on.
    """
    if not settings.SAVED_DIR:
        return
    if any(_hides(rows, after[short_id]) for short_id, rows in before.items()):
        transaction.on_commit(drop)
    else:
        transaction.on_commit(lambda: _take_out(list(before)))


def drop() -> None:
    """Take the whole copy away until the next one is written: names and towns stand on many of its pages."""
    (Path(settings.SAVED_DIR) / CURRENT).unlink(missing_ok=True)


def _take_out(short_ids: Collection[str]) -> None:
    current = Path(settings.SAVED_DIR) / CURRENT
    for short_id in short_ids:
        for page in [*current.glob(f"s/{short_id}/*"), *current.glob(f"*/s/{short_id}/*")]:
            page.unlink(missing_ok=True)
        for page in current.glob(f"api/v1/services/{short_id}/*"):
            page.unlink(missing_ok=True)


def _hides(before: list[Projection], after: list[Projection]) -> bool:
    area_only = {row.columns["id"]: row.columns["area_only"] for row in after}
    return any(
        row.columns["id"] not in area_only or (area_only[row.columns["id"]] and not row.columns["area_only"])
        for row in before
    )
