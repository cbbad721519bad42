"""Whether where a service is may be known. A word too many hides a street, one too few would show a refuge."""

import re
from typing import Any

from locator.exchange.dialects.making import Document
from locator.exchange.dialects.remarks import STRUCTURE

HINTS = re.compile(
    r"confidential|redacted|undisclosed|not (?:be )?(?:disclosed|published)|withheld|\bsecret\b|private address"
    r"|address (?:is )?(?:given|available|on request|provided)|call for (?:the )?(?:address|location)"
    r"|\brefuges?\b|safe[ -]?houses?|domestic (?:violence|abuse)|intimate partner|battered"
    r"|women['’]?s (?:shelter|aid)"
    r"|traffick|frauenhaus|schutzwohnung|casas? (?:de )?(?:refugio|acogida)"
    r"|violencia (?:de g[eé]nero|dom[eé]stica)"
    r"|violences? conjugales?|foyer d['’]h[eé]bergement|witness protection",
)
HIDDEN = "…"
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b|\b\d{5}(?:-\d{4})?\b")


def is_confidential(*said: Any) -> bool:
    """Say whether words, or any words within objects, hint that an address is not for everybody."""
    return HINTS.search("\n".join(_words_in(said)).lower()) is not None


def _words_in(said: tuple[Any, ...]) -> list[str]:
    found: list[str] = []
    waiting: list[Any] = list(said)
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, dict):
            waiting += [value for key, value in one.items() if key not in STRUCTURE]
        elif isinstance(one, list):
            waiting += one
    return found


def secrets_of(*said: Any) -> list[str]:
    """Return the words of addresses that must stand nowhere else in the document."""
    found = {one.strip() for one in _words_in(said) if len(one.strip()) > 4}
    return sorted(found, key=len, reverse=True)


def without(document: Document, secrets: list[str], names: tuple[str, ...]) -> bool:
    """Take an address that is not public out of the words of a document; say whether it stood there."""
    pattern = re.compile("|".join(re.escape(secret) for secret in secrets), re.IGNORECASE) if secrets else None
    changed = False
    waiting: list[Any] = [document]
    while waiting:
        one = waiting.pop()
        for key, value in list(one.items()) if isinstance(one, dict) else []:
            if isinstance(value, str) and key in names:
                said = pattern.sub(HIDDEN, value) if pattern else value
                said = _POSTCODE.sub(HIDDEN, said)
                changed |= said != value
                one[key] = said
        waiting += [v for v in (one.values() if isinstance(one, dict) else one) if isinstance(v, (dict, list))]
    return changed
