"""Looking for what was written down: in which files of the machine, and in which way to write or to pack it."""

import base64
import binascii
import gzip
import os
import re
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.visiting import ways

# Of the kernel, and no files: what processes see of themselves. Everything else that has changed is read.
PSEUDO = ("proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "debugfs", "tracefs", "securityfs", "bpf")
STREAM = re.compile(rb"\x1f\x8b\x08|\x78[\x9c\xda]")  # gzip, and zlib as pg_dump has it
SESSION = re.compile(rb"eJ[w-z][\w-]{16,}")  # zlib in base64, as Django signs it
PIECE = 512  # bytes; of what is cut off the last piece is lost


def changed_since(moment: float, but: list[str]) -> list[str]:
    """Return every file of the machine that was made or changed since, of whomever, but in the folders named."""
    left_out = [word for kind in PSEUDO for word in ("-fstype", kind, "-o")]
    left_out += [word for folder in but for word in ("-path", folder, "-o")]
    looked_for = ["-type", "f", "-newerct", f"@{moment}", "-print0"]
    command = ["find", "/", "(", *left_out, "-false", ")", "-prune", "-o", *looked_for]
    found = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return [os.fsdecode(path) for path in found.split(b"\0") if path]


def said_in(words: list[str], content: bytes) -> set[str]:
    """Return the words that stand there in any way to write them."""
    return {word for word in words if any(way in content for way in ways(word))}


def holders(words: list[str], files: list[str]) -> dict[str, set[str]]:
    """Return the files that hold a word in any way to write it, each with those words.

    grep looks line by line, and a hash may have a line's end in it: then for its longest part, and again here.
    """
    patterns = b"\n".join({max(way.split(b"\n"), key=len) for word in words for way in ways(word)}) + b"\n"
    suspects = b""
    for start in range(0, len(files), 500):
        command = [
            "grep",
            "--text",
            "--fixed-strings",
            "-lsZ",
            "-f",
            "/dev/stdin",
            "--",
            *files[start : start + 500],
        ]
        found = subprocess.run(command, input=patterns, stdout=subprocess.PIPE, check=False, env={"LC_ALL": "C"})
        assert found.returncode in {0, 1, 2}, found
        suspects += found.stdout
    held: dict[str, set[str]] = {}
    for path in map(os.fsdecode, filter(None, suspects.split(b"\0"))):
        content = Path(path).read_bytes() if Path(path).exists() else b""
        said = said_in(words, content)
        if said or not content:
            held[path] = said or {"something, but is gone"}
    return held


def packed_holders(words: list[str], files: list[str]) -> dict[str, set[str]]:
    """Return the files in which a word is packed, each with those words: where no grep would see it."""
    held: dict[str, set[str]] = {}
    for path in files:
        with suppress(OSError):  # it may be gone
            held[path] = said_in(words, unpacked(Path(path).read_bytes()))
    return {path: said for path, said in held.items() if said}


def unpacked(content: bytes) -> bytes:
    """Return what was packed in a file: backups that nobody has encrypted, and sessions."""
    packed = memoryview(content)
    parts = [_inflated(packed[found.start() :]) for found in STREAM.finditer(content)]
    for found in SESSION.finditer(content):
        with suppress(binascii.Error):
            coded = found[0][: len(found[0]) // 4 * 4]  # of what is left over, a signature's mark
            parts.append(_inflated(memoryview(base64.urlsafe_b64decode(coded))))
    return b"\n".join(parts)


def _inflated(packed: memoryview) -> bytes:
    """Return what is packed, as far as it can be read."""
    unpacker, parts = zlib.decompressobj(wbits=32 + zlib.MAX_WBITS), []
    with suppress(zlib.error):
        for start in range(0, len(packed), PIECE):
            parts.append(unpacker.decompress(packed[start : start + PIECE]))
            if unpacker.eof:
                break
    return b"".join(parts)


def plant(word: str, folder: Path) -> set[str]:
    """Write a word into a file of its own in each way, and packed in each; return their names."""
    for number, way in enumerate([*ways(word), *_packed(word)]):
        (folder / f"planted{number}").write_bytes(b"\0\n" * number + way + b"\0\n")
    return {str(path) for path in folder.iterdir()}


def _packed(word: str) -> Iterator[bytes]:
    plain = f"a session, a backup: {word}".encode() * 3
    yield from (zlib.compress(plain), gzip.compress(plain), zlib.compress(plain, 9))
    yield b"." + base64.urlsafe_b64encode(zlib.compress(plain)).rstrip(b"=") + b":1abcde:signature"
