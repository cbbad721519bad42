"""Languages as others write them → codes we know; never one that is only like it."""

import re
from functools import cache

from babel.core import get_global

from locator.exchange.dialects.making import Document
from locator.exchange.dialects.remarks import Part
from locator.exchange.dialects.words import folded
from locator.models.languages import LANGUAGES

_MORE = {"asl": "ase", "american sign language": "ase", "bsl": "bfi", "farsi": "fa", "castilian": "es"}
_MORE |= {"mandarin": "zh", "chinese (mandarin)": "zh", "tagalog": "fil"}


@cache
def _by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, (name, own) in LANGUAGES.items():
        for said in (name, own):
            found.setdefault(folded(said), code)
    return {**{name: code for name, code in _MORE.items() if code in LANGUAGES}, **found}


@cache
def code_of(said: str) -> str:
    """Return the code of a language by its code (ISO 639, "en-GB") or its name; "" for none we know."""
    word = folded(said)
    if word in LANGUAGES:
        return word
    if word in _by_name():
        return _by_name()[word]
    base = re.split(r"[-_]", word)[0]
    if re.fullmatch(r"[a-z]{2,3}", base) and re.fullmatch(r"[a-z]{2,3}([-_][a-z0-9]{2,8})*", word):
        short = str(get_global("language_aliases").get(base, base))
        return short if short in LANGUAGES else ""
    return ""


def languages(parts: list[Part]) -> list[Document]:
    """Return each language once, with its note; what names none is said in a remark."""
    found: dict[str, Document] = {}
    for part in parts:
        code = code_of(part.text("code", 50)) if part.get("code") else ""
        name = part.text("language_name", 500)
        name, beside = _without_beside(name)
        codes = [code] if code else [code_of(one) for one in _several(name)]
        if not code and part.get("code") and name and all(codes):
            part.guessed(part.field("code"), "The name of the language is taken.")
        if not codes or not all(codes):
            field = part.name_in_file("code" if not name else "language_name")
            what = name or part.text("code", 50)
            part.dropped(
                field, f"“{what[:100]}” is no language we know, or not wholly." if what else "It is not named."
            )
        note = part.text("note", 200) or beside
        for one in filter(None, codes):
            row = found.setdefault(one, {"code": one, "name": LANGUAGES[one][0]})
            if note and not row.get("note"):
                row["note"] = note
    return list(found.values())


def _without_beside(name: str) -> tuple[str, str]:
    """Return a language, and what stands in brackets after it: "Spanish (limited)"."""
    found = re.fullmatch(r"([^()]+?)\s*\(([^()]{1,200})\)", name)
    return (found[1], found[2]) if found and not code_of(name) and code_of(found[1]) else (name, "")


def _several(name: str) -> list[str]:
    if code_of(name):
        return [name]
    parts = re.split(r"[,;/|]| and | & ", name)
    return [part.strip() for part in parts if part.strip()]
