"""Words that could say where a confidential place is: postcodes, streets, coordinates, telephone numbers (R22).

Better a sentence too many in front of a moderator than one too few: a find holds the words, it never refuses.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from locator.hsds.agreement import Document
from locator.models.directory import TRANSLATABLE

OWN_WORDS = (*TRANSLATABLE, "discreet_name")
STREETS = "street st road rd avenue ave lane ln drive close court square terrace place crescent gardens mews row"
STREETS += " hill walk parade gate wharf yard house floor flat apartment"
ABROAD = "straße strasse str platz allee weg ring gasse rue avenue boulevard place impasse calle avenida plaza rua"
ABROAD += " praça via piazza ulica ul aleja strada bulevardul улица ул проспект вулиця вул sokak sok cadde cad"
PATTERNS = {
    "a postcode": re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b|\b\d{5}(?:-\d{4})?\b|\b\d{2}-\d{3}\b", re.I),
    "coordinates": re.compile(r"-?\d{1,3}[.,]\d{3,}\s*°?\s*[NSEW]?[,;\s]\s*-?\d{1,3}[.,]\d{3,}", re.I),
    "a street and a number": re.compile(
        rf"\b\d+[a-z]?,?\s+(?:[\w'’.-]+\s+){{0,3}}(?:{'|'.join(STREETS.split())})\b"
        rf"|\b\d+[a-z]?,?\s+(?:{'|'.join(ABROAD.split())})\b"
        rf"|\b(?:{'|'.join(ABROAD.split())})\.?\s+(?:[\w'’.-]+\s+){{0,4}}\d+"
        rf"|\b[\w-]*(?:straße|strasse|str\.|platz|weg|gasse|allee)\s+\d+",
        re.I,
    ),
    "a telephone number": re.compile(r"(?:\+|\b0)\d(?:[\s()./-]?\d){7,}"),
    "how to find it": re.compile(
        r"\b(?:next to|opposite|behind|above|below|near|beside|across from|round the corner from|knock at|bell)\s+"
        r"(?:the|a|our)?\s*(?:\w+\s+)?(?:church|mosque|temple|station|stop|shop|pub|bank|school|park|bridge|hotel|"
        r"market|pharmacy|supermarket|library|door)\b",
        re.I,
    ),
}


class Find(NamedTuple):
    """A part of a document, what it seems to hold, and the words."""

    where: str
    what: str
    words: str


PAGE = re.compile(
    r"\b[\w.+-]+@[\w-]+\.\w+|(?:https?://|www\.)\S+|\b[\w-]+\.(?:org|com|net|info|io|me|co|uk|de)\b(?:/\S*)?",
    re.I,
)
CONTACTS = (PATTERNS["a telephone number"], PATTERNS["a street and a number"], PAGE)
# The keys under which words stand anywhere in a document; under every other key it is an id, a code or a value.
TEXTS = frozenset(
    {*OWN_WORDS, "text", "limits", "note", "label", "amount_description", "transportation", "staff_notes", "title",
     "source", "stated_by", "assurer", "confirmed_by", "external_identifier"}
)  # fmt: skip


def contacts_in_words(document: Document) -> set[str]:
    """Return every number, page, mailbox and street that is written into the words of a document."""
    return {
        found[0].strip().casefold()
        for _where, words in words_of(document)
        for pattern in CONTACTS
        for found in pattern.finditer(words)
    }


def told_in(words: str) -> list[str]:
    """Return what words hold that could lead to a place, a number or a page, in the words of `PATTERNS`."""
    found = [what for what, pattern in PATTERNS.items() if pattern.search(words)]
    return found + (["a page or a mailbox"] if PAGE.search(words) else [])


def texts(part: Any, key: str = "") -> Iterator[str]:
    """Yield every text of a document, those that the public does not read as well."""
    if isinstance(part, dict):
        for name, value in part.items():
            yield from texts(value, name)
    elif isinstance(part, list):
        for row in part:
            yield from texts(row, key)
    elif isinstance(part, str) and key in TEXTS:
        yield part


def scan(document: Document) -> list[Find]:
    """Return what could say where a service is that shows only an area somewhere; nothing of any other."""
    shown = document["brolly"].get("locations", [])
    if all(row["address_visibility"] != "area" for row in shown):
        return []
    return [
        Find(where, what, found[0].strip())
        for where, words in words_of(document)
        for what, pattern in PATTERNS.items()
        for found in pattern.finditer(words)
    ]


def words_of(document: Document) -> Iterator[tuple[str, str]]:
    """Yield every text of a document that the public reads, each with where it is."""
    brolly = document["brolly"]
    for name in OWN_WORDS:
        yield name, str(document.get(name) or brolly.get(name) or "")
    yield "organization", str(document["organization"].get("description", ""))
    for row in brolly.get("translations", []):
        yield f"{row['field']} ({row['language']})", row["text"]
    for row in brolly.get("facts", []):
        yield row["question"], row.get("limits", "")
    for row in _with_description(document):
        yield "a description", row["description"]
    for row in document.get("languages", []):
        yield "a language", row.get("note", "")
    for row in document.get("cost_options", []):
        yield "a cost", row.get("amount_description", "")


def _with_description(part: Any) -> Iterator[Document]:
    """Yield every row that has a description, down to schedules and dates."""
    rows = part if isinstance(part, list) else list(part.values()) if isinstance(part, dict) else []
    for row in rows:
        if isinstance(part, list) and isinstance(row, dict) and "description" in row:
            yield row
        yield from _with_description(row)
