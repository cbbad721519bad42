"""The one place that asks other machines over the network, for `check_links` alone (SAFETY R12).

It never runs for a visitor. A name is looked up once, every address it has must be of the open internet, and the
request goes to that very address: a name cannot point elsewhere between the look and the request.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple
from urllib.parse import SplitResult, quote

SECONDS = 10  # without a word
AT_MOST = 30  # seconds in all, for one who sends a letter at a time
FIRST_BYTES = 1024  # of a page; the rest is not read
KEPT = "%/?:@!$&'()*+,;=[]~"  # of a path: these stand for themselves
HEADERS = {
    "User-Agent": "link-check (looks once a day whether pages in a public list still answer)",
    "Accept": "text/html, */*;q=0.5",
    "Accept-Encoding": "identity",
    "Connection": "close",
}
# Addresses that carry another one within: 6to4, Teredo, and those of translating gateways.
CARRIERS = [ipaddress.ip_network(block) for block in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48")]


class Answer(NamedTuple):
    """What a page answered: its status, and where it sends on to."""

    status: int
    location: str


class NoAnswer(Exception):
    """Nobody is there, or they said nothing in time."""


class BadCertificate(NoAnswer):
    """They could not show that they are who they say."""


def addresses_of(host: str, port: int) -> list[str]:
    """Return the addresses of a host; raise NoAnswer when it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise NoAnswer(host) from problem
    return [str(row[4][0]) for row in found]


def is_open(address: str) -> bool:
    """Say whether an address is of the open internet: not this machine, its network, or one within another."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    carries = getattr(found, "ipv4_mapped", None) or any(found in block for block in CARRIERS)
    return found.is_global and not found.is_multicast and not carries


def ask(method: str, url: SplitResult, address: str) -> Answer:
    """Ask one address for a page, and read no more than its first bytes; raise NoAnswer."""
    connection = _connection(url, address)
    path = quote((url.path or "/") + (f"?{url.query}" if url.query else ""), safe=KEPT)
    try:
        with _ended_after(AT_MOST, connection):
            connection.request(method, path, headers=HEADERS)
            answer = connection.getresponse()
            answer.read(FIRST_BYTES)
            return Answer(answer.status, answer.headers.get("Location", ""))
    except ssl.SSLCertVerificationError as problem:
        raise BadCertificate(url.hostname) from problem
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as problem:
        raise NoAnswer(url.hostname) from problem
    finally:
        connection.close()


def port_of(url: SplitResult) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


class _Plain(http.client.HTTPConnection):
    """A connection to an address that was looked up before, not to whatever the name says now."""

    address = ""
    line: socket.socket | None = None  # `sock` is let go of while the answer is still being read

    def connect(self) -> None:
        self.sock = self.line = socket.create_connection((self.address, self.port), SECONDS)


class _Safe(_Plain):
    def connect(self) -> None:
        super().connect()
        context = ssl.create_default_context()
        safe = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = self.line = safe
        safe.do_handshake()


def _connection(url: SplitResult, address: str) -> _Plain:
    kind = _Safe if url.scheme == "https" else _Plain
    connection = kind(url.hostname or "", port_of(url), timeout=SECONDS)
    connection.address = address
    return connection


@contextmanager
def _ended_after(seconds: float, connection: _Plain) -> Iterator[None]:
    """Cut a connection that goes on for too long, however little it sends."""

    def cut() -> None:
        if connection.line:
            with suppress(OSError):  # it has ended by itself
                connection.line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
