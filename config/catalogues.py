"""The catalogues of words: from the program to `locale/*.po`, and from there to what Django reads.

Babel does both, so that nobody needs gettext's own tools. Compiled files are made, never kept.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from config.env import BASE_DIR
from config.languages import LANGUAGES, ORIGINAL

LOCALE = BASE_DIR / "locale"
SAFETY = "safety"  # the context (msgctxt) of words that somebody's safety hangs on
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
TRANSLATED = [code for code in LANGUAGES if code != ORIGINAL]


def path_of(code: str) -> Path:
    """Return where the catalogue of a language is; Django names folders zh_Hans and addresses zh-hans."""
    first, *rest = code.split("-")
    return LOCALE / "_".join([first, *(part.title() for part in rest)]) / "LC_MESSAGES" / "django.po"


def catalogue(code: str) -> Catalog:
    """Return a language's catalogue as it is on the disk, without what is no longer said."""
    path = path_of(code)
    if not path.exists():
        return Catalog(locale=code.replace("-", "_"), project="Brolly", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, ignore_obsolete=True)


def said() -> Catalog:
    """Return everything the program can say, read from its Python and its templates."""
    found = Catalog(project="Brolly", charset="utf-8")
    for path, source in _sources():
        comments = ["Translators:"]
        for line, words, notes, context in extract(
            "python", BytesIO(source.encode()), keywords=KEYWORDS, comment_tags=comments
        ):
            where = str(path.relative_to(BASE_DIR))
            found.add(words, locations=[(where, line)], auto_comments=notes, context=context)
    return found


def _sources() -> Iterator[tuple[Path, str]]:
    for folder in ("config", "locator"):
        for path in sorted((BASE_DIR / folder).rglob("*.py")):
            yield path, path.read_text(encoding="utf-8")
    for path in sorted((BASE_DIR / "templates").rglob("*.html")):
        # What Django hands to xgettext: the words as Python calls, all else blanked out.
        source = templatize(path.read_text(encoding="utf-8"))
        yield path, "\n".join(line.strip() for line in source.splitlines())


def update() -> dict[str, list[str]]:
    """Bring every catalogue into step with the program; return what each still has no words for."""
    template = said()
    missing = {}
    for code in TRANSLATED:
        path = path_of(code)
        found = catalogue(code)
        found.update(template, no_fuzzy_matching=True)
        found.obsolete.clear()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, found, width=110, omit_header=False, sort_output=False, include_lineno=False)
        missing[code] = untranslated(found)
    return missing


def untranslated(found: Catalog) -> list[str]:
    """Return the words that have no translation, or only a guessed one, in any of their forms."""
    lacking = []
    for message in found:
        forms = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        if message.id and (message.fuzzy or not all(forms)):
            lacking.append(str(message.id if isinstance(message.id, str) else message.id[0]))
    return lacking


def compile_all() -> int:
    """Write what Django reads beside each catalogue that has changed; return how many were written."""
    written = 0
    for code in TRANSLATED:
        source, target = path_of(code), path_of(code).with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            continue
        with target.open("wb") as file:
            write_mo(file, catalogue(code))
        written += 1
    return written
