"""Web and mail addresses as they are compared: what is the same page, and whose a host is; only text."""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from locator.lookalikes import one_apart, read

# Where many people have a page or a mailbox: the host alone says nothing about whose it is.
SHARED = frozenset(
    "facebook.com fb.com fb.me instagram.com twitter.com x.com tiktok.com youtube.com youtu.be linkedin.com "
    "threads.net bsky.app mastodon.social reddit.com pinterest.com snapchat.com discord.com discord.gg vk.com "
    "ok.ru wa.me whatsapp.com api.whatsapp.com chat.whatsapp.com t.me telegram.me signal.me signal.group "
    "line.me lin.ee m.me messenger.com linktr.ee bio.link beacons.ai allmylinks.com carrd.co bit.ly "
    "tinyurl.com google.com docs.google.com sites.google.com drive.google.com forms.gle maps.google.com "
    "goo.gl g.page maps.app.goo.gl eventbrite.com eventbrite.co.uk meetup.com ko-fi.com patreon.com "
    "gofundme.com justgiving.com paypal.com paypal.me wordpress.com blogspot.com medium.com substack.com "
    "tumblr.com wixsite.com weebly.com github.io notion.site zoom.us teams.microsoft.com tawk.to typeform.com "
    "surveymonkey.com calendly.com gov.uk nhs.uk nhs.net europa.eu wikipedia.org nswp.org eswalliance.org "
    "gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk live.com msn.com yahoo.com yahoo.co.uk "
    "icloud.com me.com aol.com proton.me protonmail.com pm.me tutanota.com tuta.io tuta.com riseup.net gmx.de "
    "gmx.net gmx.com web.de t-online.de posteo.de mailbox.org mail.ru yandex.ru wp.pl o2.pl onet.pl "
    "interia.pl orange.fr free.fr laposte.net libero.it sapo.pt btinternet.com autistici.org systemli.org".split()
)
SHARED_ENDS = (".gov.uk", ".nhs.uk", ".gov", ".gouv.fr", ".bund.de")  # an office's site is many services'
FRONTS = re.compile(r"^(?:www\d?|m|mobile)\.(?=.+\..)")
LAST = re.compile(r"/(?:index|default|home)\.\w+$")
TRACKING = re.compile(r"^(?:utm_\w+|fbclid|gclid|igsh\w*|si|ref|mc_[ce]id)$")
DIALLED = re.compile(
    r"^(?:tel|sms):(?://)?([^?;]+)|^https?://(?:wa\.me/|(?:api\.|web\.)?whatsapp\.com/send/?\?phone=)(\+?\d+)"
)
SHORTEST = 6  # letters of a host's name of which one may differ


class Address(NamedTuple):
    """An address, taken apart to be compared."""

    page: str  # the whole, without what makes no difference
    host: str  # "" where many people have a page there
    seen: str  # the host as the eye reads it


@lru_cache(maxsize=20_000)
def read_address(url: str) -> Address:
    """Return an address as it is compared: http or https, with www or without, a stroke at the end or none."""
    try:
        parts = urlsplit(url.strip().casefold())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return Address(url, "", "")
    path = unquote(parts.path)
    if parts.scheme == "mailto":
        host = path.rpartition("@")[2]
        return Address(path, *_whose(host))
    host = _spoken(FRONTS.sub("", host))
    kept = urlencode([pair for pair in parse_qsl(parts.query) if not TRACKING.match(pair[0])])
    page = f"{host}{LAST.sub('', path).rstrip('/')}{'?' if kept else ''}{kept}"
    return Address(page, *_whose(host))


def _whose(host: str) -> tuple[str, str]:
    if not host or host in SHARED or host.endswith(SHARED_ENDS):
        return "", ""
    return host, ".".join("".join(read(part).words) for part in host.split("."))


def _spoken(host: str) -> str:
    """Return a host in its own letters, not as the network writes them (xn--…)."""
    if "xn--" not in host:
        return host
    try:
        return host.encode("ascii").decode("idna").casefold()
    except (UnicodeError, ValueError):
        return host


def number_of(url: str) -> str:
    """Return the number that an address calls or writes to; "" if it is none."""
    found = DIALLED.match(url.strip().casefold())
    if not found:
        return ""
    return unquote(found[1]) if found[1] else f"+{found[2].lstrip('+')}"


def nearly(one: str, other: str) -> bool:
    """Say whether a host would pass for another to the eye: one letter away, or the same under another ending."""
    name, _dot, ending = one.partition(".")
    name_too, _dot, ending_too = other.partition(".")
    if one == other or min(len(name), len(name_too)) < SHORTEST:
        return False
    return name == name_too or (ending == ending_too and one_apart(name, name_too))
