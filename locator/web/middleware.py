"""Headers that every answer carries (SAFETY R9, R33, R46)."""

from collections.abc import Callable
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from locator.callers import by_onion

SENSORS = (
    "accelerometer", "autoplay", "browsing-topics", "camera",
    "display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid",
    "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "publickey-credentials-get", "screen-wake-lock", "serial", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
NOTHING_ALLOWED = ", ".join(f"{sensor}=()" for sensor in SENSORS)


class SafeHeaders:
    """Add what keeps a page out of caches, frames and other sites; CSP and the rest are set beside this."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", NOTHING_ALLOWED)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class Onion:
    """Tell a Tor Browser that the same page has an onion address; promise nothing of HTTPS there.

    The path alone, never a query: it would stand in the browser's history a second time.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.ONION_HOST:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if by_onion(request):
            response.headers.pop("Strict-Transport-Security", None)
        elif request.is_secure() and response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers["Onion-Location"] = f"http://{settings.ONION_HOST}{quote(request.path, safe='/~')}"
        return response
