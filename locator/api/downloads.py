"""Everything that is published as files to take away, sent piece by piece."""

from datetime import datetime
from typing import Any

from django.http import Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from rest_framework.request import Request

from locator.api.open_referral.views import JSONAlone
from locator.api.problems import problem
from locator.api.views import Catalogue, to_one_at_a_time
from locator.exchange.packages.licence import LICENCE_URL
from locator.exchange.packages.public import DOWNLOADS, version
from locator.search.standard import state

MOST = 12_000  # places; more take longer than a worker is given (docs/operating.md, Limits)
TOO_LARGE = (
    "This directory is too large to be made into a file while you wait. Whoever runs this site can write it and "
    "serve it here; ask them. /api/v1/changes/ tells every id."
)


class Download(Catalogue):
    """A file with all listings; nothing of it is made for who has it already (304) or asks for its head."""

    schema = None  # a file, not an answer; docs/api.md tells of them
    content_negotiation_class: Any = JSONAlone  # errors are JSON, whatever kind of file was asked for

    def get(self, request: Request, name: str) -> HttpResponseBase:
        published = state()
        response = _with_nothing(name, published)
        if get_conditional_response(request, etag=response.headers["ETag"]):
            return response  # made into a 304 by who called
        if published[0] > MOST:
            return problem(501, "Not made here", TOO_LARGE)
        response.streaming_content = to_one_at_a_time(DOWNLOADS[name].pieces(), b"")
        return response

    def head(self, _request: Request, name: str) -> HttpResponseBase:
        return _with_nothing(name, state())


def _with_nothing(name: str, published: tuple[int, datetime | None]) -> StreamingHttpResponse:
    """Return the answer for a file before there is anything in it: its length nobody knows."""
    if name not in DOWNLOADS:
        raise Http404
    response = StreamingHttpResponse(())
    response.headers["Content-Type"] = DOWNLOADS[name].kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["ETag"] = f'"{version(name, published)}"'
    response.headers["Link"] = f'<{LICENCE_URL}>; rel="license"'
    return response
