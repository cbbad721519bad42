"""Words for templates: names of languages, opening times, dates."""

import json
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from locator import hours
from locator.models.languages import LANGUAGES

register = template.Library()

RIGHT_TO_LEFT = {"ar", "fa", "he", "ps", "ur"}


@register.filter
def language_name(code: str) -> SafeString:
    """Return a language by its own name, marked as being in that language."""
    direction = "rtl" if code in RIGHT_TO_LEFT else "ltr"
    return format_html('<bdi lang="{}" dir="{}">{}</bdi>', code, direction, LANGUAGES[code][1])


@register.filter
def language_names(codes: list[str]) -> SafeString:
    return format_html_join(", ", "{}", ((language_name(code),) for code in codes))


@register.filter
def opening(rule: dict[str, Any]) -> str:
    return hours.words(rule)


register.filter("day", hours.day)


@register.filter(name="json")
def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
