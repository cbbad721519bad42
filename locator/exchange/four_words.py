"""A number ⇄ four words that can be read over a phone, in the script of each language. Pure functions.

The words mean nothing: each is two syllables of one consonant and one vowel, made by rule, so that no list of
somebody else's is needed and people of every language can say them. What could offend is left out. Three words
are the number (33 bits), the fourth is a checksum over GF(2^11): one wrong word, or two in the wrong order, is
always noticed. A number has words in every script; whoever hears them may type them on any page.
"""

import unicodedata
from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import NamedTuple

WORDS = 2048
BITS = 11  # of a word
NUMBERS = 1 << (3 * BITS)
_POLYNOMIAL = 0x805  # x^11 + x^2 + 1, primitive


class Script(NamedTuple):
    """Syllables of a script, words that must not arise, and other ways to type its letters."""

    syllables: tuple[str, ...]
    denied: frozenset[str]
    typed: Mapping[int, int]


def _syllables(consonants: str, vowels: str) -> tuple[str, ...]:
    return tuple(consonant + vowel for consonant in consonants for vowel in vowels)


# What would offend or frighten in the languages of the pages, as far as two such syllables can spell it.
_LATIN_DENIED = """
    baka bako bida bita bite bito bitu boba bobu bosa bula bule buli bulo buta debi deki dera dike dika diki diko
    dila dosa fake fasi fika fike fiki fiko foda fode fodi fodo fuka fuke fuki fuko fuku futa fute futi futo futu
    kada kade kaki kako kake kana keko kika kike kiki kile kili kilo kira koka koki kona koni kono konu kuda kuka
    kula kule kuli kulo kulu kuna kuni kura kure kuri kuro kusa kusi kuso laba labo labu lesa lesi leso loka loko
    lude ludo luda mari mata mate mati mato meda medo meri mora more mori moro muda mude mudi mudo mure muri naki
    nasi naso nati nato nera nero nuda nude nudi nudo rabo rata rate rati rato reda redo sade sadi sado sale sali
    sato seki seko seku sera sere seri sida side sika sike siki siko siku sisa sise siso sisu sodo sudo suka suke
    suki suko suku sula sule suli sulo sura tara tare teta tete teti teto tita tite tito titu toba tote toti tura
"""
_TO_CYRILLIC = str.maketrans("bdfklmnrstaeiou", "бдфклмнрстаеиоу")
_ARABIC_DENIED = """
    بوسا بوسو بوسي بولا بولو بولي جاسو خارا خاري خاني خولا خولو خولي خونا خونو خوني دينا ديني
    زانا زانو زاني زوبا زوبو زوبي زيبا زيبو زيبي سيكا سيكو سيكي شارو عارا عارو عاري عورا عورو
    عوري كاسا كاسو كاسي كوسا كوسو كوسي كافي كافو كافا لوتا لوتو لوتي ماتا ماتو ماني مومو مومي
    ناكا ناكو ناكي نوني نونا نيكا نيكو نيكي هاجو
"""
_HAN = "山水火木土天月星云雨风雪花果树鹿马牛羊糕猫米茶桥门车船灯笔纸红白黑江海春夏秋冬南西石竹松梅桃瓜糖"

SCRIPTS = {
    "latin": Script(
        _syllables("bdfklmnrst", "aeiou"),
        frozenset(_LATIN_DENIED.split()),
        str.maketrans("cqyzıł", "kkisil"),
    ),
    "cyrillic": Script(
        _syllables("бдфклмнрст", "аеиоу"),
        frozenset(_LATIN_DENIED.translate(_TO_CYRILLIC).split())
        | frozenset("дура дуре дури дуро дуру боли боле тело труп лета муку мука муки моли".split()),
        str.maketrans("ёэєіїый", "еееииии"),
    ),
    "arabic": Script(
        _syllables("بتجخدرزسشعفكلمنه", "اوي"),
        frozenset(_ARABIC_DENIED.split()),
        str.maketrans("أإآٱىیئکؤ", "اااايييكو"),
    ),
    "thai": Script(
        tuple(
            syllable
            for letter in "กจดนบพมยลสว"
            for syllable in (f"{letter}า", f"{letter}ี", f"{letter}ู", f"เ{letter}", f"โ{letter}")
            if syllable not in {"กู", "จู", "เย", "โม"}
        ),
        frozenset("เลวา เลวี เลวู บาดี บาดู สีดา พีดี เสโก เบโล".split()),
        {},
    ),
    "han": Script(
        tuple(_HAN),
        frozenset("红灯 天花 牛马 马牛 花柳 黑西 白羊 红羊".split()),
        str.maketrans("雲風樹馬貓橋門車燈筆紙紅", "云风树马猫桥门车灯笔纸红"),
    ),
}


class NotWords(Exception):
    """Not four of our words: `number` is which of them is not (from 1), 0 if there are more or fewer."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Misheard(Exception):
    """Four of our words that do not belong together: at least one is not what was said."""


@cache
def words_of(script: str) -> tuple[str, ...]:
    """Return the 2,048 words of a script, always the same ones in the same order."""
    syllables, denied, _typed = SCRIPTS[script]
    pairs = ("".join(pair) for pair in product(syllables, repeat=2) if pair[0] != pair[1])
    return tuple(word for word in pairs if word not in denied)[:WORDS]


@cache
def _index(script: str) -> dict[str, int]:
    return {word: index for index, word in enumerate(words_of(script))}


def said(number: int, script: str) -> str:
    """Return a number of 33 bits as four words, the last of which is their checksum."""
    first = [number >> (BITS * place) & (WORDS - 1) for place in (2, 1, 0)]
    return " ".join(words_of(script)[word] for word in (*first, _checksum(first)))


def heard(typed: str) -> int:
    """Return the number behind four words as somebody typed them. Raises NotWords and Misheard."""
    text = unicodedata.normalize("NFKC", typed).casefold()
    script = next((name for name in SCRIPTS if _letters(text, name)), "")
    if not script:
        raise NotWords(0)
    found = []
    for number, word in enumerate(_parted(text, script), start=1):
        index = _index(script).get(word)
        if index is None:
            raise NotWords(number)
        found.append(index)
    if _checksum(found[:3]) != found[3]:
        raise Misheard
    return found[0] << (2 * BITS) | found[1] << BITS | found[2]


def _parted(text: str, script: str) -> list[str]:
    """Return the four words of a text, however they are parted; all words of a script are of one length."""
    length = len(words_of(script)[0])
    words = [word for part in text.split() if (word := _letters(part, script))]
    if len(words) != 4:
        whole = "".join(words)
        words = [whole[start : start + length] for start in range(0, len(whole), length)]
    if len(words) != 4:
        raise NotWords(0)
    return words


def _letters(text: str, script: str) -> str:
    """Return what is of a script in a text, as its words spell it: without accents, digits and signs."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not "\u0300" <= c <= "\u036f")
    plain = unicodedata.normalize("NFC", plain).translate(SCRIPTS[script].typed)
    return "".join(c for c in plain if c in _alphabet(script))


@cache
def _alphabet(script: str) -> frozenset[str]:
    """Return the letters by which a script is known, those that none of its words has too."""
    own = frozenset("".join(SCRIPTS[script].syllables))
    return own | frozenset("bcdefghijklmnopqrstuvwxyza") if script == "latin" else own


def _checksum(words: list[int]) -> int:
    """Return the word that makes four belong together: a·w1 + a²·w2 + a³·w3 in GF(2^11), a being a root."""
    found = 0
    for word in reversed(words):
        found = (found ^ word) << 1
        found ^= _POLYNOMIAL if found >= WORDS else 0
    return found
