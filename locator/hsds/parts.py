"""What the parts of a document are made of: words, codes, days, clocks, and parts within parts."""

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from locator.hsds.agreement import Document

BIDI_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def plain(text: str) -> None:
    """Refuse signs that hide or reorder the letters beside them."""
    for letter in text:
        if letter in BIDI_OVERRIDES or (unicodedata.category(letter) == "Cc" and letter not in "\n\t"):
            raise ValidationError("This holds a hidden control sign. Please type the words again.")


class Text(serializers.CharField):
    """Words: never NULL, empty when nobody said, no hidden signs."""

    def __init__(self, length: int = 200, *, needed: bool = False) -> None:
        super().__init__(max_length=length, required=needed, allow_blank=not needed, validators=[plain])


class Code(serializers.CharField):
    """A value of a vocabulary, checked by a validator that says what is wrong in words."""

    def __init__(self, check: Any = None, *, needed: bool = True) -> None:
        super().__init__(
            max_length=100, required=needed, allow_blank=not needed, validators=[check] if check else []
        )


class Day(serializers.DateField):
    """A date, kept as text: a document is JSON."""

    def __init__(self, *, needed: bool = False) -> None:
        super().__init__(required=needed, allow_null=False)

    def to_internal_value(self, value: Any) -> str:  # type: ignore[override]
        return super().to_internal_value(value).isoformat()


class Clock(serializers.TimeField):
    """A wall-clock time, `HH:MM:SS`."""

    def __init__(self) -> None:
        super().__init__(required=False)

    def to_internal_value(self, value: Any) -> str:  # type: ignore[override]
        if isinstance(value, str) and re.search(r"(?:Z|[+-]\d\d:?\d\d)$", value.strip(), re.IGNORECASE):
            raise serializers.ValidationError("Write the time on the clock of the place, without a zone: 09:00.")
        return super().to_internal_value(value).isoformat()


class Identifier(serializers.UUIDField):
    def to_internal_value(self, data: Any) -> str:  # type: ignore[override]
        return str(super().to_internal_value(data))


class Shape(serializers.Serializer[Any]):
    """A part of a document. Refuses keys it does not know; leaves out what is empty."""

    def to_internal_value(self, data: Any) -> Document:
        if isinstance(data, dict):
            unknown = sorted(str(key) for key in set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError({key: ["This is not a part of a document."] for key in unknown})
        found = super().to_internal_value(data)
        return {key: value for key, value in found.items() if value not in ("", None, [], {})}
