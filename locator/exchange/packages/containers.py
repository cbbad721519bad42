"""Files by name, in a folder or in a zip: as they come, so that no file is in memory as a whole.

The same files always make the same zip, to the byte: its times stand still.
"""

import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

File = tuple[str, Iterable[bytes]]  # its name, and what is in it, piece by piece
STILL = (1980, 1, 1, 0, 0, 0)  # the first time that a zip can say


class _Pipe(io.RawIOBase):
    """What a zip was written to and nobody took yet."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        found, self._parts = b"".join(self._parts), []
        return found


def zipped(files: Iterable[File], *, mode: int = 0o644) -> Iterator[bytes]:
    """Yield a zip of the files as it grows; `mode` is who may read each once it is unpacked."""
    pipe = _Pipe()
    with ZipFile(pipe, "w") as archive:
        for name, pieces in files:
            about = ZipInfo(name, STILL)
            about.compress_type, about.create_system, about.external_attr = ZIP_DEFLATED, 3, mode << 16
            with archive.open(about, "w") as entry:
                for piece in pieces:
                    entry.write(piece)
                    if found := pipe.taken():
                        yield found
    yield pipe.taken()


def write_file(path: Path, pieces: Iterable[bytes], *, mode: int = 0o644) -> None:
    """Write a file whole or not at all; `mode` is who may read it."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.writelines(pieces)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_folder(path: Path, files: Iterable[File], *, mode: int = 0o644) -> None:
    """Write files into a folder; what else is in it stays."""
    path.mkdir(exist_ok=True, mode=mode | (mode & 0o444) >> 2)  # who may read may look in
    for name, pieces in files:
        write_file(path / name, pieces, mode=mode)
