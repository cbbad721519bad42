"""An answer as JSON, GeoJSON or CSV. The rows are sent as they are stored; no serializer runs for each."""

import json
from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer

from locator.api.problems import place
from locator.exchange.exporting import csv_table, geojson, row_json
from locator.search import Answer


def members(answer: Answer, links: dict[str, str | None]) -> dict[str, Any]:
    """Return what a list says beside its results."""
    return {
        "count": answer.count + (answer.unconfirmed_count if answer.asked["include_unconfirmed"] else 0),
        "page": answer.asked["page"],
        "pages": answer.pages,
        **links,
        "place": place(answer.place) if answer.place else None,
        "alternatives": [place(found) for found in answer.alternatives],
        "unconfirmed_count": answer.unconfirmed_count,
        "hours_unknown": answer.hours_unknown,
        "facets": answer.facets,
    }


class AnswerRenderer(BaseRenderer):
    """Render an Answer; its links come from the view."""

    charset: str | None = None  # JSON is UTF-8 by itself

    def render(
        self, data: Any, accepted_media_type: str | None = None, context: Mapping[str, Any] | None = None
    ) -> Any:
        return self.written(data["answer"], data["links"]).encode()

    def written(self, answer: Answer, links: dict[str, str | None]) -> str:
        raise NotImplementedError


class JSONAnswer(AnswerRenderer):
    media_type = "application/json"
    format = "json"

    def written(self, answer: Answer, links: dict[str, str | None]) -> str:
        head = json.dumps(members(answer, links), ensure_ascii=False, separators=(",", ":"))
        return f'{head[:-1]},"results":[{",".join(row_json(row) for row in answer.rows)}]}}'


class GeoJSONAnswer(AnswerRenderer):
    media_type = "application/geo+json"
    format = "geojson"

    def written(self, answer: Answer, links: dict[str, str | None]) -> str:
        return geojson(answer, members(answer, links))


class CSVAnswer(AnswerRenderer):
    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def written(self, answer: Answer, _links: dict[str, str | None]) -> str:
        return csv_table(answer)
