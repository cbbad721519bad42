"""Slower and slower after wrong passwords, and never a lockout that somebody else can cause (SAFETY R50).

Failures count for an account and where they come from: a browser that has signed in to this account before, or
else a network. A stranger's failures slow down their own network; a known browser has a count of its own. This is
what OWASP calls device cookies. Networks are marks of a day (locator.callers); counts are in memory, too (R30).
"""

import hashlib
import secrets
import time

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from locator import callers

COOKIE = "__Host-known" if settings.PRODUCTION else "known"
KNOWN_FOR = 90 * 24 * 60 * 60  # seconds
FREE = 3  # wrong tries without a wait
LONGEST = 60  # seconds
FORGOTTEN_AFTER = 60 * 60  # seconds
MARKS = callers.Marks(callers.DAY)


def network_of(request: HttpRequest) -> str:
    """Return what stands for the visitor's network today."""
    return MARKS.of(callers.network(request)).hex()


def wait(request: HttpRequest, email: str, *, code: bool = False) -> int:
    """Return how many seconds have to pass before this browser may try this account again.

    A `code` of the second step is tried by somebody who has the password: those count from all networks together.
    """
    failures, last = cache.get(_count_of(request, email, code=code), (0, 0.0))
    delay = min(2 ** (failures - FREE), LONGEST) if failures >= FREE else 0
    return max(0, int(last + delay - time.time() + 0.999))


def please_wait(seconds: int) -> str:
    words = ngettext(
        "Please wait a second, then try again.", "Please wait %(n)s seconds, then try again.", seconds
    )
    return words % {"n": seconds}


def failed(request: HttpRequest, email: str, *, code: bool = False) -> None:
    count = _count_of(request, email, code=code)
    failures, _last = cache.get(count, (0, 0.0))
    cache.set(count, (failures + 1, time.time()), FORGOTTEN_AFTER)


def remember(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Mark the browser as one that has signed in to this account, and forget its failures."""
    cache.delete_many([_count_of(request, email), _count_of(request, email, code=True)])
    value = signing.dumps([_folded(email), secrets.token_hex(8)], salt=COOKIE)
    response.set_cookie(
        COOKIE, value, max_age=KNOWN_FOR, secure=settings.PRODUCTION, httponly=True, samesite="Strict"
    )


def _count_of(request: HttpRequest, email: str, *, code: bool = False) -> str:
    where = _known(request, email) or ("" if code else network_of(request))
    return f"failures:{hashlib.sha256(f'{_folded(email)}|{where}|{code}'.encode()).hexdigest()}"


def _known(request: HttpRequest, email: str) -> str:
    """Return the mark of a browser that has signed in to this account; "" for any other."""
    try:
        whose, mark = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=KNOWN_FOR)
    except (signing.BadSignature, ValueError):
        return ""
    return str(mark) if whose == _folded(email) else ""


def _folded(email: str) -> str:
    return salted_hmac(COOKIE, email.strip().casefold()).hexdigest()  # keyed: a browser tells nobody whose it is
