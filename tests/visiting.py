"""One visitor with words that nobody else uses, what they could ask of a server, and each way to write it down."""

import base64
import hashlib
import hmac
import json
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote, quote_plus, urlencode

SHARED = "m" * 40  # between the server and whoever hands messages over


def ways(word: str) -> Iterator[bytes]:
    """Yield a word as it could be written down: plain, in an address, in JSON, in base64, packed, hashed."""
    plain = word.encode()
    yield from {plain, plain.lower(), plain.upper(), quote(word).encode(), quote_plus(word).encode()}
    yield from (json.dumps(word)[1:-1].encode(), word.encode().decode("latin-1").encode())
    yield from (plain.hex().encode(), plain.hex().upper().encode())
    yield from (word.encode("utf-16-le"), word.encode("utf-16-be"))
    for coded in (base64.b64encode, base64.urlsafe_b64encode):
        yield coded(plain).rstrip(b"=")
        yield from (part for n in range(3) if len(part := coded(b"x" * n + plain)[4:-4]) > 8)
    for kind in ("md5", "sha1", "sha256"):
        digest = hashlib.new(kind, plain, usedforsecurity=False)
        yield from (digest.digest(), digest.hexdigest().encode(), base64.b64encode(digest.digest()).rstrip(b"="))
    with suppress(ValueError):  # a coordinate, as databases keep one
        yield from (struct.pack(order + "d", float(word)) for order in "<>")


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks for one place in their own words, from an address of their own."""

    place: str = "Zwiebelkanarien"
    typed: str = "qcanarywordq"
    browser: str = "CanaryBrowser/9"
    forwarded: str = "203.0.113.77"
    latitude: str = "51.2345678"
    longitude: str = "-0.9876543"
    number: str = "+447700900771"
    source: str = "127.0.0.1"  # the address their line comes from

    @property
    def words(self) -> list[str]:
        return [self.place, self.typed, self.browser, self.forwarded, self.latitude, self.longitude, self.number]

    @property
    def head(self) -> str:
        return f"Host: 127.0.0.1\r\nUser-Agent: {self.browser}\r\nX-Forwarded-For: {self.forwarded}\r\n"

    def send(self, port: int, request: str, *, waits: bool = False) -> bytes:
        """Send bytes as they are; return what came back, if anything did.

        Who does not wait says at once that no more will come; nginx takes that for somebody who has gone.
        """
        with socket.create_connection(("127.0.0.1", port), timeout=40, source_address=(self.source, 0)) as line:
            parts = []
            with suppress(OSError):  # a refusal may have come, and the line gone, before all of it was sent
                line.sendall(request.encode())
                if not waits:
                    line.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError, TimeoutError):
                while part := line.recv(65536):
                    parts.append(part)
        return b"".join(parts)

    def get(self, path: str, more: str = "") -> str:
        return f"GET {path} HTTP/1.0\r\n{self.head}{more}\r\n"

    def post(self, path: str, body: str, kind: str = "application/x-www-form-urlencoded", more: str = "") -> str:
        head = f"{self.head}{more}Content-Type: {kind}\r\nContent-Length: {len(body.encode())}\r\n"
        return f"POST {path} HTTP/1.0\r\n{head}\r\n{body}"

    def asks(self) -> list[str]:
        """Return what one person could ask for, rightly and wrongly."""
        place, typed, api = self.place, self.typed, "/api/v1/services/"
        lists = {"/card/": "id", "/card/pdf/": "id", "/list/words/": "id", "/list/": "words"}
        return [
            *(self.post(path, f"{name}={typed}") for path, name in lists.items()),
            self.get("/"),
            self.post("/find/", f"near={place}&q={typed}&id_free=true"),
            self.post(f"{api}search/", json.dumps({"near": place, "q": typed}), "application/json"),
            self.post(f"{api}search/", f"{{{typed}", "application/json"),
            self.post("/find/", f"near={place}" * 4000),
            self.get(f"{api}?near={place}&q={typed}"),
            self.get(f"{api}?lat={self.latitude}&lng={self.longitude}"),
            self.get(f"/{place}/{typed}"),
            self.get(f"/find/?near={place}"),
            f"DELETE /find/?near={place} HTTP/1.0\r\n{self.head}\r\n",
            self.get(f"/fault/?near={place}"),
            f"GET / HTTP/1.0\r\nHost: {place}.example\r\nUser-Agent: {self.browser}\r\n\r\n",
            self.get(f"/{place * 500}"),
            f"NONSENSE {place}\r\n\r\n",
            f"GET /{place} HTTP/9.9\r\n{self.head}\r\n",
            f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nX-{place}\r\n\r\n",
            f"GET / HTTP/1.1\r\n{self.head}Content-Length: {place}\r\n\r\n",
            f"POST /find/ HTTP/1.1\r\n{self.head}Transfer-Encoding: chunked\r\n\r\n{place}\r\n{typed}",
            *self.messages(),
        ]

    def messages(self) -> Iterator[str]:
        """Yield text messages as a phone company hands them over: one that is right, and each that is wrong."""
        for text, key in (
            (f"{self.place} {self.typed}", SHARED),
            ("Manchester", SHARED),
            (f"HELPLINE {self.place}", SHARED),
            (f"MORE {self.typed}", SHARED),
            (self.typed * 400, SHARED),
            (self.place, "of somebody else"),
        ):
            body, stamp = urlencode({"from": self.number, "text": text}), str(int(time.time()))
            mark = hmac.digest(key.encode(), f"{stamp}.{body}".encode(), "sha256").hex()
            more = f"X-Message-Timestamp: {stamp}\r\nX-Message-Signature: {mark}\r\n"
            yield self.post("/message/plain/", body, more=more)
        yield self.get(f"/message/plain/?from={self.number}&text={self.place}")


def status_of(answer: bytes) -> str:
    """Return the three digits of an answer; "none" where the line was cut."""
    return answer.split(b" ")[1][:3].decode() if answer.startswith(b"HTTP/") else "none"


def location_of(answer: bytes) -> str:
    """Return where an answer leads; "" where nowhere."""
    found = answer.split(b"\r\n\r\n")[0].partition(b"Location: ")[2]
    return found.split(b"\r\n")[0].decode()
