"""Taking what was left out from a document: its rows, and what its words say of them."""

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import unquote

from locator.hsds.agreement import Document
from locator.moderation.marks import (
    Form,
    links_of,
    of_address,
    of_number,
    pages_above,
    phones_of,
    said_in,
    whereabouts,
)
from locator.moderation.purging import ADDRESS, REDACTED, SHORTEST
from locator.moderation.scanning import TEXTS, texts
from locator.text import fold

PARTS = ("phones", "additional_urls", "additional_websites", "service_at_locations")
OWN = ("phones", "links", "locations", "times")


def struck(document: Document, out: Collection[Form], words: Collection[str] = ()) -> Document:
    """Return a document without the numbers, pages and addresses that are out, in rows and in words.

    `words` are taken out of its texts as well.
    """
    gone, written = _told(document, set(out))
    written |= {word for word in words if len(word) >= SHORTEST}
    gone |= {row["id"] for row in links_of(document) if _spells(row["url"], written)}
    found = _without_rows(document, gone) if gone else document
    return without_words(found, written) if written else found


def told_by(document: Document, out: Collection[Form]) -> set[str]:
    """Return what is out as this document writes it, so that it can be taken from the words of others."""
    return _told(document, set(out))[1]


def without_words(part: Any, words: Collection[str], key: str = "") -> Any:
    """Return a part of a document with some words out of all its texts, however they are capitalized."""
    if isinstance(part, dict):
        return {name: without_words(value, words, name) for name, value in part.items()}
    if isinstance(part, list):
        return [without_words(row, words, key) for row in part]
    return cut(part, words) if isinstance(part, str) and key in TEXTS else part


def cut(text: str, words: Collection[str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), REDACTED, text, flags=re.I) if words else text


def _told(document: Document, out: set[Form]) -> tuple[set[str], set[str]]:
    """Return the ids of the rows that are out, and every way in which this document writes them."""
    gone, written = set(), set()
    for row, country in phones_of(document):
        if of_number(row["number"], country) & out:
            gone.add(row["id"])
            written.add(row["number"])
    for row in links_of(document):
        if pages_above(row["url"]) & out:
            gone.add(row["id"])
            written.add(row["url"])
    for row in document.get("service_at_locations", []):
        for address in row["location"].get("addresses", []):
            if of_address(address) & out:
                gone |= {row["id"], row["location"]["id"]}
                written |= {address[key] for key in ADDRESS if len(address.get(key, "")) >= SHORTEST}
    countries, places = whereabouts(document)
    for text in texts(document):
        written |= {said for said, forms in said_in(text, countries, places) if forms & out}
    return gone, written


def _spells(url: str, written: set[str]) -> bool:
    """Say whether an address of a page spells out what is out, as a link to a map does."""
    spelt = fold(unquote(url))
    return any(fold(word) in spelt for word in written)


def _without_rows(document: Document, gone: set[str]) -> Document:
    found = dict(document)
    for part in PARTS:
        if part in found:
            found[part] = [row for row in found[part] if row["id"] not in gone]
    brolly = dict(found.get("brolly", {}))
    for part in OWN:
        if part in brolly:
            brolly[part] = [row for row in brolly[part] if row["id"] not in gone]
    if "facts" in brolly:
        brolly["facts"] = [row for row in brolly["facts"] if row.get("location") not in gone]
    return found | ({"brolly": brolly} if "brolly" in found else {})
