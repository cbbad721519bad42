"""A question ⇄ a sealed, expiring address, so that Back and reload work and the history holds nothing readable.

AES-SIV (RFC 5297) over JSON, deflated with a preset dictionary and padded to 32 bytes. The key is made in
memory before the workers fork, shared by them, ratcheted each day, and the old one overwritten: who takes the
machine tomorrow cannot open an address of today. On several hosts the first key comes from a file on tmpfs.
"""

import json
import mmap
import os
import struct
import time
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

from locator.models.questions import QUESTIONS

Question = dict[str, list[str]]

VALID_MINUTES = 20
LONGEST = 2000  # letters of an address
LARGEST = 8000  # bytes of a question, inflated
BLOCK = 32
KEY_BYTES = 64  # AES-256-SIV takes two keys of 32
DAY = 24 * 60
DICTIONARY = (
    '":["true"],' + "".join(f'"{question.key}":["true"],' for question in QUESTIONS) + '"language":["en"],'
    '"radius_km":["25"],"need":["drop-in"],"q":["'
    '","cost":["free"],"channel":["text","chat"],"ordering":["distance"],"near":["London"],"area":["-gb"]}'
).encode()


class Ended(Exception):
    """The address is too old, or was never one of ours; both look the same."""


class Keyring:
    """The keys of today and yesterday in memory that the workers share; yesterday's is wiped after use.

    Layout: day, key of that day, key of the day before, and a checksum, so that a worker never uses a half
    that another is just writing. Every worker would write the same bytes, so none has to wait.
    """

    FORMAT = struct.Struct(f">Q{KEY_BYTES}s{KEY_BYTES}s32s")

    def __init__(self, first: bytes, day: int) -> None:
        self._memory = mmap.mmap(-1, self.FORMAT.size)
        self._write(day, first, bytes(KEY_BYTES))

    def _write(self, day: int, key: bytes, before: bytes) -> None:
        body = struct.pack(f">Q{KEY_BYTES}s{KEY_BYTES}s", day, key, before)
        self._memory[:] = body + sha256(body).digest()

    def _read(self) -> tuple[int, bytes, bytes]:
        while True:
            day, key, before, checksum = self.FORMAT.unpack(self._memory[:])
            if sha256(struct.pack(f">Q{KEY_BYTES}s{KEY_BYTES}s", day, key, before)).digest() == checksum:
                return day, key, before

    def keys(self, minute: int) -> list[bytes]:
        """Return the key to seal with, then those that may still open, at a minute since the epoch (UTC)."""
        day, key, before = self._read()
        today = minute // DAY
        while day < today:
            day, key, before = day + 1, _next(key), key
            self._write(day, key, before)
        if minute % DAY > VALID_MINUTES and any(before):
            before = bytes(KEY_BYTES)
            self._write(day, key, before)
        return [key, before] if any(before) else [key]


def _next(key: bytes) -> bytes:
    """Return the key of the day after: cannot be turned back (SHA-512 as a ratchet)."""
    return sha256(b"brolly a" + key).digest() + sha256(b"brolly b" + key).digest()


def _first_key() -> tuple[bytes, int]:
    """Return the first key and its day: random, or what a shared secret gives for the first of the year."""
    if not settings.SEALING_SECRET_FILE:
        return os.urandom(KEY_BYTES), _minute() // DAY
    secret = Path(settings.SEALING_SECRET_FILE).read_bytes()
    return _next(secret), _minute() // DAY // 365 * 365


def _minute() -> int:
    return int(time.time() // 60)


KEYRING = Keyring(*_first_key())


def seal(question: Question, *, clock: Callable[[], int] = _minute) -> str:
    """Return the address part that opens the question for twenty minutes."""
    body = json.dumps({"t": clock(), "q": question}, ensure_ascii=False, separators=(",", ":")).encode()
    packer = zlib.compressobj(9, wbits=-15, zdict=DICTIONARY)
    packed = packer.compress(body) + packer.flush()
    padded = packed + b"\x80" + bytes(-(len(packed) + 1) % BLOCK)
    return urlsafe_b64encode(AESSIV(KEYRING.keys(clock())[0]).encrypt(padded, None)).decode().rstrip("=")


def unseal(sealed: str, *, clock: Callable[[], int] = _minute) -> Question:
    """Return the question of an address; raise Ended when it is old, from the future, or not ours."""
    if len(sealed) > LONGEST:
        raise Ended
    padded = _opened(sealed, clock())
    packed = padded.rstrip(b"\0")[:-1]
    unpacker = zlib.decompressobj(-15, zdict=DICTIONARY)
    try:
        body: dict[str, Any] = json.loads(unpacker.decompress(packed, LARGEST))
    except (zlib.error, ValueError) as problem:
        raise Ended from problem
    if not 0 <= clock() - body["t"] <= VALID_MINUTES:
        raise Ended
    question: Question = body["q"]
    return question


def _opened(sealed: str, minute: int) -> bytes:
    try:
        data = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    except ValueError as problem:
        raise Ended from problem
    for key in KEYRING.keys(minute):
        try:
            return AESSIV(key).decrypt(data, None)
        except (InvalidTag, ValueError):
            continue
    raise Ended
