"""Up to four services of a list beside each other, by what decides; what to say when one calls for somebody else.

For whoever refers somebody. What nobody knows stands there as unknown, and is what the call asks.
"""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from config.languages import LANGUAGES, Language
from locator.models.questions import BY_KEY
from locator.search import Row, Shortlist
from locator.web import presenting, times
from locator.web.cards import Asked

Shown = dict[str, Any]
MOST = 4
DECIDING = (
    "id_free",
    "anonymous",
    "registration_free",
    "free",
    "walk_in",
    "self_referral",
    "any_migration_status",
    "no_police_sharing",
    "no_immigration_sharing",
    "no_condition_to_stop",
)
# As somebody asks them for another person; they say nothing of that person, nor of their work.
ON_THE_PHONE: dict[str, str | Promise] = {
    "id_free": gettext_lazy("Do you ask for ID?"),
    "anonymous": gettext_lazy("Can they come without giving a name?"),
    "free": gettext_lazy("Is it free?"),
    "walk_in": gettext_lazy("Can they come without an appointment?"),
    "any_migration_status": gettext_lazy("Can people come with any papers, or none?"),
    "no_police_sharing": gettext_lazy("Do you tell the police who comes?"),
    "no_immigration_sharing": gettext_lazy("Do you tell immigration offices who comes?"),
}
BEGIN = (
    gettext_lazy("Hello. I am calling for another person. I will not say their name."),
    gettext_lazy("Can they come to you? When?"),
)
END = (gettext_lazy("Which languages do you speak? Can somebody interpret?"), gettext_lazy("Thank you."))


def compared(found: Shortlist, asked: Asked, now: datetime) -> Shown:
    """Return the services as columns and what decides as rows, each cell `state` and `words`."""
    chosen = {key: found.services[key] for key in asked.beside if key in found.services} or found.services
    services = list(chosen.values())[:MOST]
    shown = [rows[0].shown for rows in services]
    heads = [_head(one) for one in shown]
    answers: list[tuple[str | Promise, list[Shown]]] = [
        (_("Is it open now?"), [_open(rows, now) for rows in services]),
        (_("Languages"), [presenting.spoken(one)[0] for one in shown]),
        *((BY_KEY[key].ask, [_cell(one, key) for one in shown]) for key in DECIDING),
    ]
    return {
        "left_out": len(asked.beside and chosen) > MOST,
        "services": heads,
        "rows": [
            {"ask": ask, "cells": [cell | {"service": head} for cell, head in zip(cells, heads, strict=True)]}
            for ask, cells in answers
        ],
        "calls": [_call(one) for one in shown],
    }


def _head(shown: Shown) -> Shown:
    return {
        "name": shown["name"],
        "lang": shown["text_language"],
        "url": reverse("service", args=[shown["short_id"]]),
        "where": presenting.where(shown),
    }


def _open(rows: list[Row], now: datetime) -> Shown:
    found = [said for row in rows if (said := times.now(row.shown, now))]
    best = min(found, key=lambda said: said["state"] != "open", default=None)
    known = {"open": "yes", "closed": "no"}
    return {
        "state": known.get(best["state"], "unknown") if best else "unknown",
        "words": best["words"] if best else _("We do not know"),
    }


def _cell(shown: Shown, key: str) -> Shown:
    fact = shown["answers"][key]
    if fact["answer"] == "unknown":
        return {"state": "unknown", "words": _("We do not know")}
    words = BY_KEY[key].yes if fact["answer"] == "yes" else BY_KEY[key].no
    return {"state": presenting.state(fact), "words": words, "whose": presenting.whose_word(fact, shown)}


def _call(shown: Shown) -> Shown:
    """Return what to say, line by line in the language of the page and in one that the service speaks."""
    unknown = [ask for key, ask in ON_THE_PHONE.items() if shown["answers"][key]["answer"] == "unknown"]
    theirs = _tongue(shown)
    lines = [{"here": str(line), "there": _in(theirs, line)} for line in (*BEGIN, *unknown, *END)]
    known = presenting.contacts(shown)
    ways = [way for way in known if way["channel"] == "phone"]
    return {**_head(shown), "tongue": theirs, "lines": lines, "ways": ways, "other": known and not ways}


def _tongue(shown: Shown) -> Language | None:
    """Return the language to say it in, where that is another than the page's and one that we speak."""
    spoken = [row["code"] for row in shown["languages"]]
    here = get_language() or "en"
    if here in spoken or (not spoken and here == shown["text_language"]):
        return None
    codes = [code for code in (*spoken, shown["text_language"]) if code in LANGUAGES and code != here]
    return LANGUAGES[codes[0]] if codes else None


def _in(language: Language | None, words: str | Promise) -> str:
    if language is None:
        return ""
    with override(language.code):
        return str(words)
