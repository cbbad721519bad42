"""How a question in a body is read."""

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class FlatJSON(JSONParser):
    """JSON; nested deeper than Python reads, it is refused as no JSON instead of breaking the request."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(*args, **kwargs)
        except RecursionError as problem:
            raise ParseError from problem


class MergePatch(FlatJSON):
    """What shall be different of a document (RFC 7396)."""

    media_type = "application/merge-patch+json"
