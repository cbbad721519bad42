"""What all parts of a document need to know while it is made: whose word it is, since when, and where."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5

from locator.exchange.dialects.remarks import Said

Document = dict[str, Any]
NAMESPACE = UUID("5d0a63a5-3df6-4f0c-9a5b-2f1b1f2f6a0e")  # of every id made of a record of others; never changed


@lru_cache(maxsize=1024)
def _uuid(source: str, *words: str) -> UUID:
    return uuid5(NAMESPACE, "\n".join(word.encode("utf-8", "replace").decode() for word in (source, *words)))


@dataclass
class Making:
    """One record on its way to a document."""

    source: str
    key: str
    said: Said
    stated_on: str  # the date of what the file says, as 2026-05-03
    country: str  # ISO 3166-1, in which its numbers are read
    country_from: str = "record"  # or "file", where all others have it, or "site"
    secrets: list[str] = field(default_factory=list)  # words of an address that must stand nowhere
    given: set[str] = field(default_factory=set)

    def id(self, *words: str) -> str:
        """Return the id of a part: the same at every reading, another for each part."""
        own = _uuid(self.source, self.key)
        made = str(uuid5(own, "\n".join(words).encode("utf-8", "replace").decode()))
        count = 1
        while made in self.given:
            count += 1
            made = str(uuid5(own, "\n".join([*words, str(count)]).encode("utf-8", "replace").decode()))
        self.given.add(made)
        return made

    @property
    def basis(self) -> Document:
        return {"basis": "source", "stated_by": self.source, "stated_on": self.stated_on}


def id_of_record(source: str, key: str) -> str:
    return str(_uuid(source, key))
