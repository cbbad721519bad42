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
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from locator.web.messages.asked import CODE

ALPHABET = "23456789cdfghjkmnpqrtvwxz"  # no vowels, so no words; nothing that looks like something else
KEPT_SECONDS = 20 * 60
SLOTS, SLOT = 512, 1024  # questions at once; bytes of each
CELLS = 8192  # counts of callers; two callers may share one, so a limit comes early and never late
DAY = 24 * 60 * 60
Clock = Callable[[], float]


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


class Budget:
    """How many messages came today, in all and from each caller: in counts of which none says whose it is.

    A caller's two cells follow from the number under a key that is made each day and kept nowhere. Both have to be
    at the limit; cells are shared by chance, and no number can be got from one, nor looked up without the key.
    """

    HEAD = struct.Struct(">QQ32s")

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, self.HEAD.size + CELLS * 4)

    def spend(self, caller: str, *, a_caller: int, in_all: int, clock: Clock = time.time) -> bool:
        """Count a message and say whether it is within both limits of a day (UTC)."""
        today, total, key = self._today(int(clock()) // DAY)
        cells = self._cells(key, caller)
        counts = [self._count(cell) for cell in cells]
        if total >= in_all or min(counts) >= a_caller:
            return False
        self.HEAD.pack_into(self._memory, 0, today, total + 1, key)
        for cell, count in zip(cells, counts, strict=True):
            struct.pack_into(">I", self._memory, self.HEAD.size + cell * 4, count + 1)
        return True

    def _today(self, today: int) -> tuple[int, int, bytes]:
        day, total, key = self.HEAD.unpack_from(self._memory, 0)
        if day != today:
            day, total, key = today, 0, os.urandom(32)
            self._memory[:] = self.HEAD.pack(day, total, key) + bytes(CELLS * 4)
        return day, total, key

    def _cells(self, key: bytes, caller: str) -> list[int]:
        mark = hmac.digest(key, caller.encode(), "sha256")
        return [int.from_bytes(mark[:4]) % CELLS, int.from_bytes(mark[4:8]) % CELLS]

    def _count(self, cell: int) -> int:
        return int(struct.unpack_from(">I", self._memory, self.HEAD.size + cell * 4)[0])


KEPT, BUDGET = Kept(), Budget()
assert all(CODE.fullmatch(letter * 4) for letter in ALPHABET)  # noqa: S101  # nosec B101 (two tables, one alphabet)
