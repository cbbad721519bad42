"""Files of documents → changes. Everything goes through `moderation`; a file is one transaction."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError as FieldError
from django.db import transaction
from rest_framework.exceptions import ValidationError

from locator import moderation
from locator.models import Change, Organization, Service
from locator.rules import Actor

Document = dict[str, Any]
Subject = Change.Subject


@dataclass
class Report:
    """How many documents became listings, and how many were there already and were left alone."""

    loaded: int = 0
    kept: int = 0


class UnreadableFile(Exception):
    """The file cannot be loaded; the words name the document and the field."""


@transaction.atomic
def load(
    paths: Iterable[Path], *, by: Actor, status: str, progress: Callable[[str], None] = lambda line: None
) -> Report:
    """Load every document that is not here yet, with this status; change nothing if one of them is wrong.

    What is here already is kept as it is: somebody may have corrected it since. Raises UnreadableFile.
    """
    report = Report()
    known = {str(row) for row in Service.objects.values_list("id", flat=True)}
    known |= {str(row) for row in Organization.objects.values_list("id", flat=True)}
    for path in paths:
        for subject, document in _documents(path):
            if document.get("id") in known:
                report.kept += 1
                continue
            if subject == Subject.SERVICE:
                document["brolly"]["status"] = status
            _approve(path, subject, document, by)
            report.loaded += 1
            if report.loaded % 50 == 0:
                progress(f"{report.loaded} listings")
    return report


def _documents(path: Path) -> Iterable[tuple[str, Document]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        yield from ((Subject.ORGANIZATION, document) for document in content.get("organizations", []))
        yield from ((Subject.SERVICE, document) for document in content.get("services", []))
    except (OSError, ValueError, AttributeError) as problem:
        raise UnreadableFile(f"{path.name} is no file of documents: {problem}") from problem


def _approve(path: Path, subject: str, document: Document, by: Actor) -> None:
    try:
        moderation.approve(moderation.propose(document, by=by, subject=subject), by=by)
    except ValidationError as problem:
        raise UnreadableFile(f"{path.name}, “{document.get('name')}”: {problem.detail}") from problem
    except FieldError as problem:
        raise UnreadableFile(f"{path.name}, “{document.get('name')}”: {' '.join(problem.messages)}") from problem
