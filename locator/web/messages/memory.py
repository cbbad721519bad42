"""What the workers share in memory for minutes: questions under four letters, and counts that name nobody.

It is made before gunicorn forks, is never written anywhere, and is gone when the server starts anew. On several
hosts each has its own: a code that reaches the other one has ended, and whoever sent it is asked for the place.
"""

import hmac
import json
import mmap
import os
import struct
import time
from hashlib import sha256
from typing import Any

from locator.callers import DAY, Clock, Counts
from locator.web.messages.asked import CODE

ALPHABET = "23456789cdfghjkmnpqrtvwxz"  # no vowels, so no words; nothing that looks like something else
KEPT_SECONDS = 20 * 60
SLOTS, SLOT = 512, 1024  # questions at once; bytes of each
CELLS = 8192  # counts of callers in a day (UTC)


class Kept:
    """Questions by a code of four letters, for twenty minutes. Nothing in here says who asked."""

    HEAD = struct.Struct(">Q4sH32s")

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, SLOTS * SLOT)
        self._key = os.urandom(32)

    def keep(self, question: dict[str, Any], *, clock: Clock = time.time) -> str:
        """Return the code of a question; the same for the same one while it is kept."""
        body = json.dumps(question, ensure_ascii=False, separators=(",", ":")).encode()
        if len(body) > SLOT - self.HEAD.size:
            return ""
        now, code = int(clock()), self._code(body)
        self._sweep(now)
        ends = [(self._ends(slot, now, code), slot) for slot in range(SLOTS)]
        slot = min(ends)[1]
        check = sha256(code.encode() + body).digest()
        head = self.HEAD.pack(now + KEPT_SECONDS, code.encode(), len(body), check)
        self._memory[slot * SLOT : (slot + 1) * SLOT] = (head + body).ljust(SLOT, b"\0")
        return code

    def find(self, code: str, *, clock: Clock = time.time) -> dict[str, Any] | None:
        """Return the question of a code; None when it has ended or never was one."""
        self._sweep(int(clock()))
        body = self._body(code.lower().encode())
        found: dict[str, Any] | None = json.loads(body) if body else None
        return found

    def _body(self, code: bytes) -> bytes:
        for slot in range(SLOTS):
            _ends, held, size, check = self._head(slot)
            begin = slot * SLOT + self.HEAD.size
            body = self._memory[begin : begin + size]
            if held == code and sha256(code + body).digest() == check:  # else another worker is writing it
                return body
        return b""

    def _code(self, body: bytes) -> str:
        """Return the first code that no other question has."""
        for turn in range(16):
            number = int.from_bytes(hmac.digest(self._key, bytes([turn]) + body, "sha256")[:8])
            code = ""
            for _letter in range(4):
                number, letter = divmod(number, len(ALPHABET))
                code += ALPHABET[letter]
            if self._body(code.encode()) in {b"", body}:
                return code
        return code

    def _head(self, slot: int) -> tuple[int, bytes, int, bytes]:
        ends, code, size, check = self.HEAD.unpack_from(self._memory, slot * SLOT)
        return ends, code, size, check

    def _ends(self, slot: int, now: int, code: str) -> int:
        ends, held, _size, _check = self._head(slot)
        return -1 if held == code.encode() else ends

    def _sweep(self, now: int) -> None:
        """Wipe what has ended."""
        for slot in range(SLOTS):
            if 0 < self._head(slot)[0] <= now:
                self._memory[slot * SLOT : (slot + 1) * SLOT] = bytes(SLOT)


KEPT, BUDGET = Kept(), Counts(DAY, CELLS)
assert all(CODE.fullmatch(letter * 4) for letter in ALPHABET)  # noqa: S101  # nosec B101 (two tables, one alphabet)
