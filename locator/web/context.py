"""What every page needs to know of the site, and of the language it is read in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation.trans_real import parse_accept_lang_header

from config.languages import LANGUAGES, ORIGINAL, Language


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "site_name": settings.SITE_NAME,
        "exit_url": settings.EXIT_URL,
        "source_url": settings.SOURCE_URL,
        "operator_name": settings.OPERATOR_NAME,
        "operator_email": settings.OPERATOR_EMAIL,
        "language": spoken(),
        "offered": _offered(request),
        "saved_at": getattr(request, "saved_at", None),  # of a page in the copy that web.saving makes
        "languages": [{"language": other, "url": _in(other, request.path)} for other in LANGUAGES.values()],
    }


def spoken() -> Language:
    """Return the language this page is in."""
    return LANGUAGES[get_language() or ORIGINAL]


def _offered(request: HttpRequest) -> dict[str, Any] | None:
    """Return the page's address in the language the browser asks for first, if we speak it and this is another.

    It is only offered: a phone's language says little about who holds it.
    """
    for code, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        language = LANGUAGES.get(code) or LANGUAGES.get(code.partition("-")[0])
        if code.startswith("zh") and language is None:
            language = LANGUAGES["zh-hans"]
        if language:
            return None if language is spoken() else {"language": language, "url": _in(language, request.path)}
    return None


def _in(language: Language, path: str) -> str:
    """Return the address of the same page in a language; of the start page, where a page has only one."""
    first, _slash, rest = path.lstrip("/").partition("/")
    bare = rest if first in LANGUAGES else path.lstrip("/")
    if first in {"api", "hsds"}:
        bare = ""
    return f"/{bare}" if language.code == settings.LANGUAGE_CODE else f"/{language.code}/{bare}"
