"""What is wrong, in words for the person who asked for it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from rest_framework.exceptions import ValidationError

from locator.rules import Refused


def reasons(problem: Refused | ValidationError) -> list[str]:
    """Return each thing that is wrong once, without the names that parts of a document have."""
    found = [str(problem)] if isinstance(problem, Refused) else _flat(problem.detail)
    return list(dict.fromkeys(found))


def _flat(detail: Any) -> list[str]:
    if isinstance(detail, dict):
        return [words for part in detail.values() for words in _flat(part)]
    if isinstance(detail, list):
        return [words for part in detail for words in _flat(part)]
    return [str(detail)]


@dataclass
class told:  # noqa: N801  # it reads as a statement: with told(request): …
    """Say on the next page what `moderation` or `membership` refuses; nothing has changed then."""

    request: HttpRequest
    about: str = ""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> bool:
        if not isinstance(problem, (Refused, ValidationError)):
            return False
        messages.error(self.request, f"{self.about}{' '.join(reasons(problem))}")
        return True
