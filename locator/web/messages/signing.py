"""Whether a request comes from whom the operator connected: by its signature, in constant time, else not at all.

`twilio`: X-Twilio-Signature, HMAC-SHA1 of the address and the sorted fields (twilio.com/docs/usage/security). It
signs no time: a request that is sent again is answered again, to whoever already has it. `plain`:
X-Message-Signature, HMAC-SHA256 in hex of X-Message-Timestamp, a full stop and the body, within five minutes.
"""

import hmac
import time
from base64 import b64encode

from django.conf import settings
from django.http import HttpRequest

WINDOW = 5 * 60  # seconds, before and after


def secret_of(scheme: str) -> str:
    """Return the secret of a scheme; "" where the operator has connected nobody."""
    found: str = {"twilio": settings.MESSAGE_TWILIO_TOKEN, "plain": settings.MESSAGE_SECRET}[scheme]
    return found


def is_signed(request: HttpRequest, scheme: str) -> bool:
    """Say whether the request is signed with the scheme's secret; False for anything that is missing or odd."""
    secret = secret_of(scheme).encode()
    return bool(secret) and {"twilio": _twilio, "plain": _plain}[scheme](request, secret)


def _twilio(request: HttpRequest, secret: bytes) -> bool:
    fields = sorted((name, value) for name in request.POST for value in set(request.POST.getlist(name)))
    signed = request.build_absolute_uri() + "".join(name + value for name, value in fields)
    mine = b64encode(hmac.digest(secret, signed.encode(), "sha1"))
    return hmac.compare_digest(mine, request.headers.get("X-Twilio-Signature", "").encode())


def _plain(request: HttpRequest, secret: bytes) -> bool:
    stamp = request.headers.get("X-Message-Timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12 and abs(time.time() - int(stamp)) <= WINDOW):
        return False
    mine = hmac.digest(secret, stamp.encode() + b"." + request.body, "sha256").hex()
    return hmac.compare_digest(mine.encode(), request.headers.get("X-Message-Signature", "").encode())
