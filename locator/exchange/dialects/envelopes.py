"""A file, folder or archive → its files of data, as text. Nothing is unpacked to disk, followed or run.

What could fill memory or disk, or is no file of data, raises UnreadableFile before a row of it is read.
"""

import codecs
import io
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from locator.exchange.importing import UnreadableFile

LARGEST = 4 * 1024**3  # bytes of a file
UNPACKED = 2 * 1024**3  # bytes of all files of an archive
RATIO, RATIO_FROM = 200, 20 * 1024 * 1024  # as of workbooks: what packs more, and is that large, is no table
MOST_FILES = 5_000
CHUNK = 1 << 20
TABULAR, TREES = {".csv", ".tsv"}, {".json", ".ndjson", ".jsonl"}
BESIDE = {"datapackage.json", "package.json", "openapi.json"}  # they describe; the tables are known by their names
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True)
class File:
    """A file of data; `guessed` is how its letters were read where nothing in it says how."""

    name: str
    open: Callable[[], IO[bytes]]
    encoding: str = "utf-8-sig"
    guessed: str = ""

    @property
    def is_tabular(self) -> bool:
        return PurePosixPath(self.name).suffix.lower() in TABULAR

    def text(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(self.open(), encoding=self.encoding, newline="")


def files_of(path: Path) -> Iterator[File]:
    """Yield each file of data in a path, by name; raise UnreadableFile for what is none."""
    try:
        if path.is_dir():
            found = list(_in_folder(path))
        elif _is_archive(path):
            found = list(_in_archive(path))
        else:
            found = [File(path.name, partial(_open, path))]
        if not found:
            raise UnreadableFile(f"{path.name} holds no CSV and no JSON.")
        for file in found:
            yield _with_encoding(file)
    except (OSError, BadZipFile, NotImplementedError, EOFError, RuntimeError, ValueError) as problem:
        raise UnreadableFile(f"{path.name} cannot be opened: {problem}") from problem


def _check_regular(path: Path, name: str) -> None:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableFile(f"{name} is no file: it may be a device or a pipe.")
    if found.st_size > LARGEST:
        raise UnreadableFile(f"{name} is larger than 4 GB. Part it.")


def _is_archive(path: Path) -> bool:
    _check_regular(path, path.name)
    with path.open("rb") as file:
        return file.read(4) in {b"PK\x03\x04", b"PK\x05\x06"}


def _in_folder(path: Path) -> Iterator[File]:
    for count, (folder, folders, names) in enumerate(os.walk(path), 1):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        if count > MOST_FILES or len(names) > MOST_FILES:
            raise UnreadableFile(f"{path.name} holds too many folders or files. Leave only those with the data.")
        for name in sorted(names):
            here = Path(folder) / name
            if not _is_data(name):
                continue
            if here.is_symlink():
                raise UnreadableFile(f"{name} is a link to another file. Put the file itself there.")
            _check_regular(here, name)
            yield File(here.relative_to(path).as_posix(), partial(_open, here))


def _is_data(name: str) -> bool:
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    suffix = PurePosixPath(name).suffix.lower()
    return suffix in TABULAR | TREES and not hidden and parts[-1].lower() not in BESIDE


def _in_archive(path: Path) -> Iterator[File]:
    with ZipFile(path) as archive:
        parts = [part for part in archive.infolist() if not part.is_dir()]
    if len(parts) > MOST_FILES or len({part.filename for part in parts}) != len(parts):
        raise UnreadableFile(f"{path.name} is made of too many files, or has one twice.")
    data = sorted((part for part in parts if _is_data(part.filename)), key=lambda part: part.filename)
    for part in parts:
        _check_part(part)
    if sum(part.file_size for part in data) > UNPACKED:
        raise UnreadableFile(f"Unpacked, {path.name} would be larger than 2 GB. Part it.")
    for part in data:
        yield File(part.filename, partial(_opened, path, part))


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _opened(path: Path, part: ZipInfo) -> IO[bytes]:
    with ZipFile(path) as archive:  # which stays open until the part is closed
        return archive.open(part)


def _check_part(part: ZipInfo) -> None:
    name = PurePosixPath(part.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or re.match(r"[A-Za-z]:", part.filename):
        raise UnreadableFile(f"The archive names a file outside of itself ({part.filename[:100]}).")
    if stat.S_ISLNK(part.external_attr >> 16):
        raise UnreadableFile(f"{part.filename} in the archive is a link to another file.")
    if part.flag_bits & 1:
        raise UnreadableFile("The archive has a password. Pack it without one.")
    if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA):
        raise UnreadableFile("The archive is packed in a way that we do not read. Pack it as a plain zip.")
    if part.file_size > RATIO_FROM and part.file_size > RATIO * max(part.compress_size, 1):
        raise UnreadableFile(f"Unpacked, {part.filename} would be far larger than a table is. We do not open it.")


def _with_encoding(file: File) -> File:
    """Return the file with how its letters are to be read; raise UnreadableFile where nobody can tell."""
    with file.open() as stream:
        begins = stream.read(4)
    if begins[:4] in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
        candidates = ["utf-32"]
    elif begins[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8-sig", "cp1252"]
    for encoding in candidates:
        if _is_text(file, encoding):
            words = "Its letters are no UTF-8; they were read as Windows-1252." if encoding == "cp1252" else ""
            return File(file.name, file.open, encoding, words)
    raise UnreadableFile(f"We cannot read the letters of {file.name}. Save it as UTF-8.")


def _is_text(file: File, encoding: str) -> bool:
    with file.open() as stream:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while chunk := stream.read(CHUNK):
                if _CONTROL.search(decoder.decode(chunk)):
                    raise UnreadableFile(f"{file.name} is no text: it holds signs that no file of data has.")
            return not _CONTROL.search(decoder.decode(b"", final=True))
        except UnicodeDecodeError:
            return False
