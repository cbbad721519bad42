"""Everything that is published as files to take away, sent piece by piece."""

from typing import Any

from django.http import Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from locator.api.open_referral.views import JSONAlone
from locator.api.views import Catalogue
from locator.exchange.packages.licence import LICENCE_URL
from locator.exchange.packages.public import DOWNLOADS, version


class Download(Catalogue):
    """A file with all listings; nothing of it is made for who has it already (304) or asks for its head."""

    schema = None  # a file, not an answer; docs/api.md tells of them
    content_negotiation_class: Any = JSONAlone  # errors are JSON, whatever kind of file was asked for

    def get(self, request: Request, name: str) -> HttpResponseBase:
        return self._answer(name, StreamingHttpResponse(DOWNLOADS[name].pieces() if name in DOWNLOADS else ()))

    def head(self, request: Request, name: str) -> HttpResponseBase:
        return self._answer(name, StreamingHttpResponse(()))  # whose length nobody knows

    def _answer(self, name: str, response: HttpResponseBase) -> HttpResponseBase:
        if name not in DOWNLOADS:
            raise Http404
        response.headers["Content-Type"] = DOWNLOADS[name].kind
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["ETag"] = f'"{version(name)}"'
        response.headers["Link"] = f'<{LICENCE_URL}>; rel="license"'
        return response
