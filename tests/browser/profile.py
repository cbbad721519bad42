"""What is written in a browser's profile folder: every file, as it is and unpacked, for words in any dress."""

import base64
import gzip
import re
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import brotli  # type: ignore[import-untyped]

CACHE_KEY_AT = 24  # in a file of Chromium's cache: its head, then the address, then the body


def files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def dresses(word: str) -> set[bytes]:
    """Return the bytes that give the word away: as text of two widths, in an address, in base64."""
    plain = word.lower().encode()
    found = {
        plain,
        quote(word.lower()).encode(),
        word.lower().encode("utf-16-le"),
        word.lower().encode("utf-16-be"),
    }
    for before in range(3):  # base64 has three ways to begin a word; its ends depend on the neighbours
        packed = base64.b64encode(b"-" * before + word.encode())
        found.add(packed[4:-4].lower())
    return found


def written(folder: Path, words: list[str]) -> dict[str, list[str]]:
    """Return the files that hold each word; a word that is nowhere has no line."""
    wanted = {word: dresses(word) for word in words}
    found: dict[str, list[str]] = {}
    for path in files(folder):
        texts = [text.lower() for text in contents(path)]
        for word, forms in wanted.items():
            if any(form in text for form in forms for text in texts):
                found.setdefault(word, []).append(str(path.relative_to(folder)))
    return found


def contents(path: Path) -> list[bytes]:
    """Return a file's bytes, and what is packed in it if one of the browsers' ways to pack was used."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:  # a browser that is running tidies up
        return []
    found = [data]
    if data.startswith(b"mozLz40\0"):
        found.append(_lz4(data[12:]))
    if "cache" in str(path).lower():
        found += [text for text in _packed(data) if text]
    return found


def _packed(data: bytes) -> Iterator[bytes]:
    """Return what a page or a style in a cache says, however it was sent."""
    for match in re.finditer(rb"\x1f\x8b\x08", data):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            yield unpacker.decompress(data[match.start() :])
        except (zlib.error, gzip.BadGzipFile):
            continue
    key_length = int.from_bytes(data[12:16], "little")
    for start in {
        0,
        CACHE_KEY_AT + key_length,
    }:  # Firefox's files begin with the body, Chromium's with the address
        yield _brotli(data[start:])


def _brotli(data: bytes) -> bytes:
    """Return what comes out before what is not brotli: there is no mark that tells one from the other."""
    unpacker, out = brotli.Decompressor(), b""
    try:
        for at in range(0, min(len(data), 1_000_000), 64):
            out += unpacker.process(data[at : at + 64])
    except brotli.error:
        pass
    return out


def _lz4(data: bytes) -> bytes:
    """Unpack one LZ4 block, which is how Firefox keeps its sessions."""
    out, at = bytearray(), 0

    def length(nibble: int, at: int) -> tuple[int, int]:
        if nibble == 15:
            while data[at] == 255:
                nibble, at = nibble + 255, at + 1
            nibble, at = nibble + data[at], at + 1
        return nibble, at

    while at < len(data):
        token, at = data[at], at + 1
        literal, at = length(token >> 4, at)
        out += data[at : at + literal]
        at += literal
        if at >= len(data):
            break
        offset, at = int.from_bytes(data[at : at + 2], "little"), at + 2
        match, at = length(token & 15, at)
        for _letter in range(match + 4):
            out.append(out[-offset])
    return bytes(out)


def rows(database: Path, query: str) -> list[tuple[str, ...]]:
    """Return what a query finds in one of a browser's own databases."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return [tuple(str(value) for value in row) for row in connection.execute(query)]
