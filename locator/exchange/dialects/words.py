"""Text as others write it → plain text: no markup, no hidden signs, nothing that could run."""

import re
import unicodedata
from html import unescape
from html.parser import HTMLParser

from locator.hsds.parts import BIDI_OVERRIDES

_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|<!--|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,30});")
_HIDDEN = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{BIDI_OVERRIDES}]")
_PARTING = {"br", "p", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6"}
_SILENT = {"script", "style", "title", "head", "template"}
LONGEST = 1_000_000  # letters of one text that are looked at


class _Words(HTMLParser):
    """Collects the words of a text with markup; what is no word (scripts, styles) is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self._silent += tag in _SILENT
        if tag in _PARTING:
            self.words.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        if tag in _PARTING - {"br", "li"}:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def cleaned(text: str) -> tuple[str, str]:
    """Return plain text, and what had to be done for it in words ("" for nothing worth a word)."""
    found, why = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n"), ""
    if "\\n" in found and "\n" not in found:
        found = found.replace("\\r", "").replace("\\n", "\n")
    if _MARKUP.search(found):
        found, why = _without_markup(found), "It was written with markup; the words are taken."
    if _HIDDEN.search(found):
        found, why = _HIDDEN.sub("", found), "It held hidden signs; they are left out."
    found = re.sub(r"[^\S\n]+\n|\n[^\S\n]+", "\n", found)
    return re.sub(r"\n{3,}", "\n\n", found).strip(), why


def _without_markup(text: str) -> str:
    parser = _Words()
    try:
        parser.feed(text)
        parser.close()
        return "".join(parser.words)
    except (AssertionError, ValueError, RecursionError):  # of markup that is none
        return unescape(_MARKUP.sub(" ", text))


def shortened(text: str, most: int) -> str:
    """Return the beginning of a text, up to a word's end where there is one near."""
    cut = text[: most - 1]
    end = cut.rfind(" ")
    return (cut[:end] if end > most // 2 else cut).rstrip() + "…"


def one_line(text: str) -> str:
    return " ".join(text.split())


def folded(text: object) -> str:
    """Return words as they are compared: no case, no marks, single spaces."""
    said = str(text)
    if said.isascii():
        return " ".join(said.lower().split())
    plain = unicodedata.normalize("NFKD", said).casefold()
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())
