"""The map of the site. A language is the first part of an address; the site's own language has none."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from locator.web.views import healthz

urlpatterns = [
    path("api/", include("locator.api.urls")),
    path("healthz", healthz, name="healthz"),
    *i18n_patterns(path("", include("locator.web.urls")), prefix_default_language=False),
]
handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
