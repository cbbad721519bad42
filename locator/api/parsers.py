"""How a question in a body is read."""

from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class FlatJSON(JSONParser):
    """JSON; nested deeper than Python reads, it is refused as no JSON instead of breaking the request.

    An object has no more members than a form has fields: each that is unknown would be named in the answer.
    """

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            found = super().parse(*args, **kwargs)
        except RecursionError as problem:
            raise ParseError from problem
        if isinstance(found, dict) and len(found) > settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:
            raise TooManyFieldsSent
        return found


class MergePatch(FlatJSON):
    """What shall be different of a document (RFC 7396)."""

    media_type = "application/merge-patch+json"
