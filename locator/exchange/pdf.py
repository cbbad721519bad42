"""A page of ours → PDF, in memory, by WeasyPrint where that is installed. Nothing is fetched, from nowhere.

Letters come from the fonts of the system; Pango shapes them, so Arabic joins and Thai stacks as it should. Noto
Naskh Arabic comes first: it draws lam-alef as two signs, and where it is one, poppler copies its letters turned
round. Vowel marks of Arabic are left out, and Thai has a little space between its letters: else poppler copies
marks beside another letter than theirs. The file is tagged (PDF/UA-1, ISO 14289-1), so that it can be read aloud.
"""

import re
from importlib.util import find_spec
from typing import Any

from django.conf import settings

from locator.exchange import pacing

MOST = 30  # a minute, of everybody together: each takes about half a second
VOWEL_MARKS = re.compile("[\u064b-\u0652]")
STYLE = """
    * { box-sizing: border-box; }
    body { margin: 0; line-height: 1.35; font-family: "Noto Sans", "Noto Naskh Arabic", "Noto Sans Arabic",
           "Noto Sans Thai", "Noto Sans CJK SC", sans-serif; }
    :lang(th) { letter-spacing: .016em; }
    .answers { list-style: none; padding: 0; margin: .1em 0; }
    .answers li { display: inline-block; margin-inline-end: .4em; padding: 0 .4em; }
"""


class NotHere(Exception):
    """WeasyPrint, or the libraries it needs, are not installed."""


class Fetches(Exception):
    """A page asked for a file or another site."""


def can_be_made() -> bool:
    """Say whether WeasyPrint is there; whether its libraries are is seen when it is used first."""
    return find_spec("weasyprint") is not None


def page(html: str) -> bytes:
    """Return a page as PDF. Raises NotHere, pacing.TooMany, and Fetches for a page that asks for anything."""
    pacing.count("pdf", MOST)
    try:
        import weasyprint  # noqa: PLC0415  (40 MB and half a second, for those who ask)
    except (ImportError, OSError) as problem:
        raise NotHere from problem
    from weasyprint.urls import FatalURLFetchingError  # noqa: PLC0415

    nothing = _fetches_nothing()
    card = (settings.BASE_DIR / "static" / "card.css").read_text(encoding="utf-8")
    style = weasyprint.CSS(string=STYLE + card, url_fetcher=nothing)
    document = weasyprint.HTML(string=VOWEL_MARKS.sub("", html), url_fetcher=nothing)
    try:
        made: bytes = document.write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as problem:  # no Exception, and would end the worker
        raise Fetches(str(problem)) from problem
    return made


def _fetches_nothing() -> Any:
    """Return a fetcher that fails, and with it the whole page, whatever it is asked for."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher  # noqa: PLC0415

    class Nothing(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            raise FatalURLFetchingError(url)

    return Nothing()
