"""Words for templates: what is also shown in English, names of languages, opening times, dates."""

import json
from datetime import timedelta
from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override

from config.languages import LANGUAGES as PAGE_LANGUAGES
from config.languages import ORIGINAL
from locator import hours
from locator.models.languages import LANGUAGES, RIGHT_TO_LEFT

register = template.Library()


class Beside(template.Node):
    """Render words, and beside them the English ones where nobody of the community has read this language."""

    def __init__(self, words: NodeList) -> None:
        self.words = words

    def render(self, context: Context) -> SafeString:
        here = self.words.render(context)
        if PAGE_LANGUAGES[get_language() or ORIGINAL].reviewed:
            return here
        with override(ORIGINAL):
            english = self.words.render(context)
        return format_html('{} <span class="english" lang="en" dir="ltr">{}</span>', here, english)


@register.tag
def beside(parser: Parser, _token: Token) -> Beside:
    """{% beside %}{% translate "…" context "safety" %}{% endbeside %}: safety never hangs on one translation."""
    words = parser.parse(("endbeside",))
    parser.delete_first_token()
    return Beside(words)


@register.filter
def language_name(code: str) -> SafeString:
    """Return a language by its own name, marked as being in that language."""
    direction = "rtl" if code in RIGHT_TO_LEFT else "ltr"
    return format_html('<bdi lang="{}" dir="{}">{}</bdi>', code, direction, LANGUAGES[code][1])


@register.filter
def language_names(codes: list[str]) -> SafeString:
    return format_html_join(", ", "{}", ((language_name(code),) for code in codes))


@register.filter
def any_checked(choices: list[dict[str, Any]]) -> bool:
    return any(choice["checked"] for choice in choices)


@register.filter
def opening(rule: dict[str, Any]) -> str:
    return hours.words(rule)


@register.filter
def coming(dated: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the dates with times of their own that are not over, anywhere on Earth."""
    yesterday = (timezone.now() - timedelta(days=1)).date().isoformat()
    return [row for row in dated or [] if row["last"] >= yesterday]


register.filter("day", hours.day)
register.filter("dates", hours.dates)


@register.filter(name="json")
def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
