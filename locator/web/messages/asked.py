"""A message → what it asks: a word of ours in any of the languages, what is needed, a place, or none of these.

The words are in `data/message_words.csv`, with the names of kinds of help as the pages call them. A text that is a
place as it stands is that place, whatever else its words could mean; nothing is guessed of what is left over.
"""

import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language, override

from config.languages import LANGUAGES, ORIGINAL
from locator.hsds.vocabulary import TYPES, TYPES_BY_CODE
from locator.text import SPACELESS, fold

TABLE = Path(__file__).resolve().parents[2] / "data" / "message_words.csv"
LONGEST_PHRASE = 5  # words
ACTS = {"more", "help", "stop"}
FILTERS = {"id_free": "id_free", "free": "free"}
LITTLE = "little"  # words between a need and a place: "in", "near"
CODE = re.compile(r"[2-9cdfghjkmnpqrtvwxz]{4}", re.IGNORECASE)  # see kept.ALPHABET
CHOICE = re.compile(r"([1-9])\s*[.):]?\s+(\S{4})")


@dataclass
class Asked:
    """What a message says: an act with the code behind it, or needs and filters and the words that are left."""

    act: str = ""
    code: str = ""
    choice: int = 0
    needs: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    place: str = ""
    language: str = ""


@cache
def words() -> dict[str, list[tuple[str, str]]]:
    """Return every phrase, folded, with what it means and in which languages: the table's and names of kinds."""
    found: dict[str, list[tuple[str, str]]] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for phrase in row["words"].split("|"):
                found.setdefault(fold(phrase), []).append((row["meaning"], row["language"]))
    for language in LANGUAGES:
        with override(language):
            for kind in TYPES:
                found.setdefault(fold(str(kind.label)), []).append((kind.code, language))
    return found


@cache
def _first_words() -> dict[tuple[str, str], str]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(row["language"], row["meaning"]): row["words"].partition("|")[0] for row in rows}


def word_for(meaning: str) -> str:
    """Return the word to send for an act or a need, in the language that is spoken now."""
    return _first_words()[get_language() or ORIGINAL, meaning]


def read(text: str) -> Asked:
    """Return what a message asks; `place` is what is left when all words that we know are taken out."""
    cleaned = " ".join(text.split())
    if (chosen := CHOICE.fullmatch(cleaned)) and CODE.fullmatch(chosen[2]):
        return Asked(act="choice", choice=int(chosen[1]), code=chosen[2].lower())
    taken, left = _taken(_parted(cleaned))
    meanings = [meaning for meaning, _languages in taken]
    language = _spoken(taken, cleaned)
    act = next((meaning for meaning in meanings if meaning in ACTS), "")
    if act == "more" and (not left or CODE.fullmatch(left)):
        return Asked(act="more", code=left.lower(), language=language)
    if act in {"help", "stop"} and not left:
        return Asked(act=act, language=language)
    return Asked(
        needs=[meaning for meaning in meanings if meaning in TYPES_BY_CODE],
        answers=[FILTERS[meaning] for meaning in meanings if meaning in FILTERS],
        place=left,
        language=language,
    )


def _parted(text: str) -> str:
    """Return a text with spaces around the phrases we know of scripts that put none: "伦敦律师"."""
    if not any(first <= ord(letter) <= last for letter in text for first, last in SPACELESS):
        return text
    known = [phrase for phrase in words() if any(f <= ord(phrase[0]) <= e for f, e in SPACELESS)]
    for phrase in sorted(known, key=len, reverse=True):
        text = text.replace(phrase, f" {phrase} ")
    return " ".join(text.split())


def _taken(text: str) -> tuple[list[tuple[str, set[str]]], str]:
    """Return what the phrases of a text mean, the longest first at each word, and the words that are left."""
    typed, taken, left, at = text.split(), list[tuple[str, set[str]]](), list[str](), 0
    while at < len(typed):
        for many in range(min(LONGEST_PHRASE, len(typed) - at), 0, -1):
            found = words().get(fold(" ".join(typed[at : at + many])))
            if found and (found[0][0] != LITTLE or taken):
                meaning = found[0][0]
                taken.append((meaning, {language for each, language in found if each == meaning}))
                at += many
                break
        else:
            left.append(typed[at])
            at += 1
    return taken, " ".join(left).strip(" ,.;:!?")


def _spoken(taken: list[tuple[str, set[str]]], text: str) -> str:
    """Return the language to answer in: that of most words we know, else of the script; "" where neither tells."""
    votes = Counter(language for _meaning, languages in taken for language in languages if language in LANGUAGES)
    if votes:
        most = max(votes.values())
        best = [language for language, count in votes.items() if count == most]
        for preferred in (_by_script(text), settings.LANGUAGE_CODE):
            if preferred in best:
                return preferred
        return sorted(best)[0]
    return _by_script(text)


UKRAINIAN = re.compile(r"[іїєґ]", re.IGNORECASE)
SCRIPTS = (
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("zh-hans", re.compile(r"[\u4e00-\u9fff]")),
)


def _by_script(text: str) -> str:
    found = next((language for language, letters in SCRIPTS if letters.search(text)), "")
    return "uk" if found == "ru" and UKRAINIAN.search(text) else found
