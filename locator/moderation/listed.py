"""What anybody can see of the listed services, as it is compared: for who may not know of any others."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from locator.models import ListingData, Status
from locator.moderation import whereabouts
from locator.moderation.likeness import Directory, Row
from locator.moderation.whereabouts import Where


class Listed(Directory):
    """The services that are listed, by what is shown of them; one query.

    A draft, a hidden service and a number that nobody confirmed change no answer.
    """

    def _read(self) -> Iterable[Row]:
        self.where: dict[UUID, list[Where]] = defaultdict(list)
        rows: dict[UUID, Row] = {}
        listings = ListingData.objects.order_by("listing__name_key", "listing_id")
        for data, serves in listings.values_list("data", "listing__serves").iterator(chunk_size=500):
            shown = json.loads(f"{data}}}")
            row_id, of = UUID(shown["id"]), shown["organization"]
            self.where[row_id].append(whereabouts.of_listing(shown, serves))
            if row_id in rows:
                continue
            own = (shown["short_id"], shown["name"], Status.LISTED.value)
            rows[row_id] = Row(row_id, *own, UUID(of["id"]), of["name"])
            for phone in shown["phones"]:
                self._read_phone(phone["dial"], shown["location"].get("country", ""), (row_id, None))
            for link in shown["links"]:
                self._read_link(link["url"], (row_id, None))
        return rows.values()

    def _there(self, ids: Collection[UUID]) -> dict[UUID, list[Where]]:
        return {row_id: self.where[row_id] for row_id in ids}
