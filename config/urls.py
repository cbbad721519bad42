"""The map of the site."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("locator.api.urls")),
    path("", include("locator.web.urls")),
]
handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
