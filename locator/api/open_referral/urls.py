"""The addresses of both standards, with or without a last slash: programs write them either way."""

from typing import Any

from django.urls import URLPattern, path, re_path

from locator.api.open_referral.endpoints import ENDPOINTS, UK
from locator.api.open_referral.views import AlsoPosted, Described, Many, One, Start, profile
from locator.api.views import Nowhere


def _of(name: str, many: type[Many], **how: Any) -> list[URLPattern]:
    how["endpoint"] = ENDPOINTS[name]
    return [
        re_path(rf"^{name}/?$", many.as_view(**how)),
        re_path(rf"^{name}/(?P<key>[^/]+)/?$", One.as_view(**how)),
    ]


hsds = [
    path("", Start.as_view(), name="hsds"),
    path("openapi.json", Described.as_view(), name="hsds_openapi"),
    path("profile/", profile, name="hsds_profile"),
    *(route for name in ENDPOINTS for route in _of(name, AlsoPosted)),
    path("<path:rest>", Nowhere.as_view()),
]
oruk = [
    path("", Start.as_view(uk=True), name="oruk"),
    path("openapi.json", Described.as_view(uk=True), name="oruk_openapi"),
    *(route for name in UK for route in _of(name, Many, uk=True)),
    path("<path:rest>", Nowhere.as_view()),
]
