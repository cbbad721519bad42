"""Who asks, as marks that lead back to nobody, and how much they asked for: in memory alone (SAFETY R30).

A mark is an HMAC-SHA-256 under a key that is made in memory, is shared by gunicorn's workers, and is made anew
each period; with it go the counts. Nothing of it is written anywhere. Counted is a network and never a person: /24
of IPv4, /64 of IPv6, which is the smallest that a line at home has.
"""

import hmac
import ipaddress
import mmap
import os
import struct
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest

DAY = 24 * 60 * 60
ONION = "onion"
Clock = Callable[[], float]


def network(request: HttpRequest) -> str:
    """Return the network that a request came from; "onion" for all that came by Tor's; "" where nobody told.

    Only the last address that our own proxy has added is believed, and only from the proxy.
    """
    address, own = request.META.get("REMOTE_ADDR", ""), settings.TRUSTED_PROXIES
    if address in own:
        address = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if not address:  # a proxy that says so of somebody has come by the network's own ways
            return ONION if by_onion(request) else ""
    try:
        version = ipaddress.ip_address(address).version
        return str(ipaddress.ip_network(f"{address}/{24 if version == 4 else 64}", strict=False))
    except ValueError:
        return ""


def by_onion(request: HttpRequest) -> bool:
    """Say whether a request names our onion service as its host."""
    host = request.META.get("HTTP_HOST", "").partition(":")[0]
    return bool(settings.ONION_HOST) and host.lower() == settings.ONION_HOST


class Marks:
    """Marks of a period, in seconds. Two workers may begin one at once: then the last key stays."""

    HEAD = struct.Struct(">QQ32s")  # which period, spent in it by all, its key

    def __init__(self, period: int, cells: int = 0) -> None:
        self._period, self._cells = period, cells  # of cells, see Counts
        self._memory = mmap.mmap(-1, self.HEAD.size + cells * 4)

    def of(self, who: str, *, clock: Clock = time.time) -> bytes:
        """Return the mark of a caller: the same for a period, and never again."""
        return hmac.digest(self._now(clock)[1], who.encode(), "sha256")

    def _now(self, clock: Clock) -> tuple[int, bytes]:
        """Return what all have spent in this period, and its key; begin it where nobody has."""
        this = int(clock()) // self._period
        period, total, key = self.HEAD.unpack_from(self._memory, 0)
        if period != this or not any(key):
            total, key = 0, os.urandom(32)
            self._memory[:] = self.HEAD.pack(this, total, key) + bytes(self._cells * 4)
        return total, key


class Counts(Marks):
    """How much came in this period, from all and from each caller, in cells of which none says whose it is.

    A caller has two of them, by its mark. Both have to be at the limit; cells are shared by chance, so a limit
    comes early and never late.
    """

    def spend(
        self, who: str, cost: int = 1, *, each: int, in_all: int | None = None, clock: Clock = time.time
    ) -> bool:
        """Count what somebody asks for, and say whether it is within both limits; what is not is not counted."""
        mark, (total, _key) = self.of(who, clock=clock), self._now(clock)
        cells = [int.from_bytes(part) % self._cells for part in (mark[:4], mark[4:8])]
        counts = [self._count(cell) for cell in cells]
        if min(counts) + cost > each or (in_all is not None and total + cost > in_all):
            return False
        struct.pack_into(">Q", self._memory, 8, total + cost)
        for cell, count in zip(cells, counts, strict=True):
            struct.pack_into(">I", self._memory, self.HEAD.size + cell * 4, count + cost)
        return True

    def left(self, *, clock: Clock = time.time) -> int:
        """Return in how many seconds this period is over."""
        return self._period - int(clock()) % self._period

    def _count(self, cell: int) -> int:
        return int(struct.unpack_from(">I", self._memory, self.HEAD.size + cell * 4)[0])
