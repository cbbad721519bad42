"""Names as the eye reads them: which of two would pass for the other. Pure functions of text.

Letters of other scripts that look like Latin ones count as those: the rows of Unicode's confusables (UTS 39) that
a keyboard can type. Words that many names have, and their order, tell nobody apart.
"""

import unicodedata
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from locator.text import fold

# Capitals go first: a Greek Η looks like H, its small letter like n.
CAPITALS = str.maketrans("АВЕКМНОРСТУХІЈЅԚԜҺΑΒΕΖΗΙΚΜΝΟΡΤΥΧՍՕԼ|$@", "ABEKMHOPCTYXIJSQWHABEZHIKMNOPTYXUOLISA")
SMALL = str.maketrans(
    "авекмнорстухіјѕԛԝһԁӏгпαβεηικνορτυχγωսօոհɑɡᴀʙᴄᴅᴇɢʜᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢl",
    "abekmhopctyxijsqwhdirnabenikvoptuxywuonhagabcdeghjkimnoprtuvwyzi",
)
IN_WORDS = str.maketrans("013457", "oieast")  # a digit between letters; a number by itself is one
TWO_FOR_ONE = (("rn", "m"), ("vv", "w"))
FILLERS = frozenset(
    "a an the of for and at in on to with by e v ev eu uk cic cio ltd llc inc org gmbh ggmbh asbl ong ngo der "
    "die das und fur im am zum zur de la le les du des et pour el los las y del para o os da do das dos em "
    "project projects projekt projet proyecto projeto proiect centre centres center centers zentrum centro "
    "centrum association associacao asociacion verein foundation stiftung trust charity organisation "
    "organization society".split()
)
SHORTEST = 6  # letters of a name of which one may differ


class Likeness(Enum):
    """How a name could pass for another; the surest first."""

    SAME = "same"
    DISGUISED = "disguised"  # the same only to the eye: letters of another script, or a sign for a letter
    NEAR = "near"  # one letter away


class Name(NamedTuple):
    """A name, taken apart to be compared."""

    folded: str
    words: tuple[str, ...]  # as the eye reads them
    telling: frozenset[str]  # without those that many names have


@lru_cache(maxsize=20_000)
def read(name: str) -> Name:
    """Return a name as it is compared."""
    apart = name if name.isascii() else unicodedata.normalize("NFKD", name)
    words = tuple(_as_seen(word) for word in fold(apart.translate(CAPITALS)).split())
    return Name(fold(name), words, frozenset(words) - FILLERS_SEEN or frozenset(words))


def _as_seen(word: str) -> str:
    if not word.isalpha() and not word.isdecimal():
        word = word.translate(IN_WORDS)
    word = word.translate(SMALL)
    for two, one in TWO_FOR_ONE:
        if two in word:
            word = word.replace(two, one)
    return word


FILLERS_SEEN = frozenset(_as_seen(word) for word in FILLERS)


def likeness(one: Name, other: Name) -> Likeness | None:
    """Say how one name could pass for the other; None if it could not."""
    if one.telling == other.telling or "".join(one.words) == "".join(other.words):
        return Likeness.SAME if _plain(one) == _plain(other) or _run(one) == _run(other) else Likeness.DISGUISED
    apart = one.telling ^ other.telling
    if len(apart) <= 2 and _one_slip(one, other, apart):
        return Likeness.NEAR
    if len(one.words) == len(other.words):
        pairs = [pair for pair in zip(one.words, other.words, strict=True) if pair[0] != pair[1]]
        return Likeness.NEAR if len(pairs) == 1 and _near(*pairs[0], one) else None
    return Likeness.NEAR if _near("".join(one.words), "".join(other.words), one) else None


def _plain(name: Name) -> frozenset[str]:
    """Return the words of a name with nothing but case and accents gone."""
    return frozenset(name.folded.split()) - FILLERS or frozenset(name.folded.split())


def _run(name: Name) -> str:
    return name.folded.replace(" ", "")


def _one_slip(one: Name, other: Name, apart: frozenset[str]) -> bool:
    """Say whether the words that only one of two names has are one word, with one slip in it."""
    mine, theirs = set(apart & one.telling), set(apart & other.telling)
    if len(mine) == len(theirs) == 1:
        return _near(mine.pop(), theirs.pop(), one)
    (word,) = apart if len(apart) == 1 else ("",)
    fillers = {*one.words, *other.words} & FILLERS_SEEN
    return len(word) >= 2 and any(one_apart(word, filler) for filler in fillers)


def _near(word: str, other: str, name: Name) -> bool:
    """Say whether two words are one letter apart, in a name that is long enough; numbers never are."""
    told = min(len(word), len(other)) >= 2 and sum(map(len, name.words)) >= SHORTEST
    return told and not (_has_digit(word) or _has_digit(other)) and one_apart(word, other)


def _has_digit(word: str) -> bool:
    return not word.isalpha() and any(letter.isdecimal() for letter in word)


def one_apart(one: str, other: str) -> bool:
    """Say whether adding, dropping, changing or swapping one letter turns a word into another; quickly."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    at = 0
    while at < min(len(one), len(other)) and one[at] == other[at]:
        at += 1
    swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    changed = one[at + 1 :] == other[at + 1 :]
    return swapped or changed or one[at + 1 :] == other[at:] or one[at:] == other[at + 1 :]
