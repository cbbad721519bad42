"""Which reader a file is for: files of our own documents here, those of others in what reads them."""

from collections.abc import Iterator
from pathlib import Path

from locator.exchange.importing import PARTS, UnreadableFile, documents
from locator.exchange.records import Record
from locator.models import Change


def read(path: Path) -> Iterator[Record]:
    """Yield the records of a file of documents, organizations first. Raises UnreadableFile."""
    paths = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not paths:
        raise UnreadableFile(f"There is no file of documents in {path.name}.")
    for subject in PARTS.values():
        for file in paths:
            for number, (of, document) in enumerate(documents(file), 1):
                if of == subject:
                    yield _record(file, number, subject, document)


def _record(path: Path, number: int, subject: Change.Subject, document: dict[str, object]) -> Record:
    key = f"{subject} {document.get('id') or f'{path.name} {number}'}"
    return Record(subject, key, f"{path.name}, document {number}", str(document.get("name", "")), document)
