"""A spreadsheet on its way in: held in memory, never on a disk, and never more of it than may be read.

No other page takes a file: `NoFile` refuses every one, and the page that takes one puts `InMemory` in its place.
"""

from typing import Any

from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from locator.exchange.cells import LARGEST


class NoFile(FileUploadHandler):
    """Refuse a file before a byte of it is read."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise TooManyFilesSent

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


class InMemory(FileUploadHandler):
    """Keep a file in memory; of one that is too large, one byte more than may be read, to tell that it is."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.content = bytearray()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.content += raw_data[: LARGEST + 1 - len(self.content)]

    def file_complete(self, file_size: int) -> SimpleUploadedFile:
        return SimpleUploadedFile("sheet", bytes(self.content))
