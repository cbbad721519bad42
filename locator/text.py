"""Names and words as they are compared, in any script: pure functions, import nothing of ours."""

import unicodedata
from itertools import groupby

UNDECOMPOSED = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
APOSTROPHES = "'’‘ʼ`´"
PLAIN = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)} | {
    ord("'"): "",
    ord("`"): "",
}
LONGEST_TOKEN = 60
# Scripts that put no space between words: Thai, Lao, Burmese, Khmer, kana, Han (Unicode 15 blocks).
SPACELESS = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF),
)  # fmt: skip


def fold(text: str) -> str:
    """Return the letters and digits of a text as they are compared: no case, no accents, single spaces.

    Only accents of Latin, Greek and Cyrillic (U+0300–036F) go; Thai and Indic vowels are letters.
    """
    if text.isascii():  # most names are, and a gazetteer has a million
        return " ".join(text.translate(PLAIN).split())
    letters = []
    for letter in _apart(_apart(text)):  # twice: "ᴬ" comes apart as a capital
        if "\u0300" <= letter <= "\u036f" or letter in APOSTROPHES:
            continue
        letters.append(letter if unicodedata.category(letter)[0] in "LMN" else " ")
    return unicodedata.normalize("NFC", " ".join("".join(letters).split()))


def _apart(text: str) -> str:
    """Return the text in small letters, with accents and other marks as signs of their own."""
    return unicodedata.normalize("NFKD", text.casefold().translate(UNDECOMPOSED))


def _spaceless(letter: str) -> bool:
    code = ord(letter)
    return any(first <= code <= last for first, last in SPACELESS)


def _runs(text: str) -> list[tuple[bool, str]]:
    """Return the words of a folded text, cut where a script without spaces begins or ends."""
    return [run for word in fold(text).split() for run in ([(False, word)] if word.isascii() else _cut(word))]


def _cut(word: str) -> list[tuple[bool, str]]:
    return [(spaceless, "".join(letters)) for spaceless, letters in groupby(word, _spaceless)]


def pairs(run: str) -> list[str]:
    """Return each two letters that follow one another; a single letter as it is."""
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def tokens(text: str) -> set[str]:
    """Return what a text can be found by: its words; letters and pairs where words have no spaces."""
    found: set[str] = set()
    for spaceless, run in _runs(text):
        found.update([*run, *pairs(run)] if spaceless else [run[:LONGEST_TOKEN]])
    return found


def asked_tokens(text: str) -> list[str]:
    """Return what a row has to hold to match a typed text, in order, each once."""
    found: dict[str, None] = {}
    for spaceless, run in _runs(text):
        found.update(dict.fromkeys(pairs(run) if spaceless else [run[:LONGEST_TOKEN]]))
    return list(found)


def variants(word: str) -> set[str]:
    """Return the word and the word with each letter left out: two words one edit apart share one of these.

    The deletion neighbourhood of SymSpell (W. Garbe, 2012); `edits` then says which really are.
    """
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}


def edits(a: str, b: str) -> int:
    """Return how many letters to add, drop, change or swap with their neighbour turn `a` into `b`.

    Optimal string alignment: Damerau–Levenshtein without editing a swapped pair again.
    """
    before: list[int] = []
    previous = list(range(len(b) + 1))
    for i, p in enumerate(a, 1):
        current = [i]
        for j, q in enumerate(b, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (p != q))
            if i > 1 and j > 1 and p == b[j - 2] and a[i - 2] == q:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, previous = previous, current
    return previous[-1]
