"""What the encryption reads from: a few bytes of ours, then what a database's tool writes."""

import zlib
from typing import BinaryIO, Protocol

CHUNK = 1 << 20
GZIP = 16 + zlib.MAX_WBITS


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Joined:
    """Some bytes, and then a stream, as one."""

    def __init__(self, head: bytes, rest: Readable) -> None:
        self.head, self.rest = head, rest

    def read(self, size: int = -1) -> bytes:
        if not self.head:
            return self.rest.read(size)
        found, self.head = (self.head, b"") if size < 0 else (self.head[:size], self.head[size:])
        return found


class Compressed:
    """A file as gzip, made while it is read: a second copy on the disk would be one more to lose."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.left, self.ended = file, bytearray(), False
        self.squeeze = zlib.compressobj(wbits=GZIP)

    def read(self, size: int = -1) -> bytes:
        while not self.ended and (size < 0 or len(self.left) < size):
            chunk = self.file.read(CHUNK)
            self.left += self.squeeze.compress(chunk) if chunk else self.squeeze.flush()
            self.ended = not chunk
        end = len(self.left) if size < 0 else size
        found, self.left = bytes(self.left[:end]), self.left[end:]
        return found
