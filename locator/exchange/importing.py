"""Files of documents → changes. Everything goes through `moderation`; a file is one transaction."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.core.exceptions import ValidationError as FieldError
from django.db import IntegrityError, transaction
from rest_framework.exceptions import ValidationError

from locator import moderation
from locator.models import Change, Organization, Service
from locator.moderation.register import IsLeftOut
from locator.rules import Actor

Document = dict[str, Any]
Subject = Change.Subject
PARTS = {"organizations": Subject.ORGANIZATION, "services": Subject.SERVICE}


@dataclass
class Report:
    """How many documents became listings, how many were there and were left alone, how many are left out."""

    loaded: int = 0
    kept: int = 0
    left_out: int = 0

    def __str__(self) -> str:
        out = f" {self.left_out} left out, on request." if self.left_out else ""
        return f"{self.loaded} loaded, {self.kept} kept as they were.{out}"


class UnreadableFile(Exception):
    """The file cannot be loaded; the words name the document and the field."""


@transaction.atomic
def load(
    paths: Iterable[Path],
    *,
    by: Actor,
    status: str,
    progress: Callable[[str], None] = lambda line: None,
    edit: Callable[[Document], None] = lambda document: None,
) -> Report:
    """Load every document that is not here yet, with this status; change nothing if one of them is wrong.

    `edit` may change each before it is read.

    What is here already is kept as it is: somebody may have corrected it since. What asked to be left out is
    skipped, and the rest is loaded. Raises UnreadableFile.
    """
    report, seen = Report(), set()
    known = {str(row) for row in Service.objects.values_list("id", flat=True)}
    known |= {str(row) for row in Organization.objects.values_list("id", flat=True)}
    for path in paths:
        for subject, document in documents(path):
            row_id = _id(document)
            if row_id and row_id in seen:
                raise UnreadableFile(f"{path.name}, “{document.get('name')}”: its id is there twice.")
            seen.add(row_id)
            if row_id in known:
                report.kept += 1
                continue
            if subject == Subject.SERVICE and isinstance(document.get("brolly"), dict):
                document["brolly"]["status"] = status
            edit(document)
            try:
                _approve(path, subject, document, by)
            except IsLeftOut:
                report.left_out += 1
                progress(f"{path.name}, “{document.get('name')}”: left out, on request.")
                continue
            report.loaded += 1
            if report.loaded % 50 == 0:
                progress(f"{report.loaded} listings")
    return report


def documents(path: Path) -> Iterator[tuple[Subject, Document]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        raise UnreadableFile(f"{path.name} is no file of documents: {problem}") from problem
    if not isinstance(content, dict) or set(content) - set(PARTS) or not content:
        raise UnreadableFile(f"{path.name} is no file of documents: it needs “organizations” or “services”.")
    for part, subject in PARTS.items():
        rows = content.get(part, [])
        for number, document in enumerate(rows if isinstance(rows, list) else [rows], 1):
            if not isinstance(document, dict):
                raise UnreadableFile(f"{path.name}: number {number} of its {part} is no document.")
            yield subject, document


def _id(document: Document) -> str:
    """Return a document's id as rows have it, however it is written; nothing when it is none."""
    try:
        return str(UUID(str(document.get("id"))))
    except ValueError:
        return ""


def _approve(path: Path, subject: str, document: Document, by: Actor) -> None:
    try:
        moderation.approve(moderation.propose(document, by=by, subject=subject), by=by)
    except ValidationError as problem:
        words = in_words(problem.detail)
    except FieldError as problem:
        words = " ".join(problem.messages)
    except IntegrityError as problem:
        words = f"it says what another says already, or says it twice ({problem})"
    except ObjectDoesNotExist as problem:
        words = f"it names what we do not know ({problem})"
    else:
        return
    raise UnreadableFile(f"{path.name}, “{document.get('name')}”: {words}")


def in_words(detail: Any, *where: str) -> str:
    """Return what is wrong with a document in one line, each problem with the field it is in."""
    if isinstance(detail, dict):
        return " ".join(in_words(found, *where, *_step(name)) for name, found in detail.items())
    if isinstance(detail, list):
        return " ".join(in_words(found, *where) for found in detail)
    return f"{' '.join(where)}: {detail}" if where else str(detail)


def _step(name: str | int) -> tuple[str, ...]:
    """Return the name of a part as people say it: rest_framework counts rows from 0."""
    if isinstance(name, int):
        return (str(name + 1),)
    return () if name == "non_field_errors" else (name,)
