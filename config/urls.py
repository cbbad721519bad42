"""The map of the site. A language is the first part of an address; the site's own language has none."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLResolver, include, path

from locator.api.open_referral import urls as open_referral
from locator.web.messages.incoming import incoming
from locator.web.views import healthz


def back_room() -> list[URLResolver]:
    """Return the staff's pages, where an operator has said that they shall be."""
    if not settings.ADMIN_PATH:
        return []
    from locator.admin import site  # noqa: PLC0415  # it is nothing of ours where there is no back room

    return [path(f"{settings.ADMIN_PATH}/", site.urls)]


urlpatterns = [
    *back_room(),
    path("api/", include("locator.api.urls")),
    path("hsds/3.2/", include(open_referral.hsds)),
    path("oruk/3.0/", include(open_referral.oruk)),
    path("message/<slug:scheme>/", incoming, name="message"),
    path("healthz", healthz, name="healthz"),
    *i18n_patterns(
        path("team/", include("locator.portal.urls")),
        path("", include("locator.web.urls")),
        prefix_default_language=False,
    ),
]
handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
