"""A list to take along: shown, printed, passed on. The ids come in a form, never in an address that is sent."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override

from config.languages import LANGUAGES
from locator import search
from locator.exchange import pdf as pdf_of
from locator.exchange.four_words import said
from locator.exchange.pacing import TooMany
from locator.hours import day
from locator.sealing import Ended, seal, unseal
from locator.search.shortlist import MOST
from locator.web import cards, comparing
from locator.web.cards import Asked
from locator.web.guards import look, methods, problem_page, see_other


@methods("GET", "HEAD", "POST")
def card(request: HttpRequest) -> HttpResponse:
    """Show how to make a list, or seal the one that was sent into the address of its page.

    A script may send what stands after the "#"; without one a form on the results does.
    """
    if request.method == "POST":
        return see_other(sealed_address(Asked.of(posted(request.POST))))
    if request.GET:
        words = _("A list never stands there. Please go back and use the form.")
        return problem_page(request, 400, _("Please use the form"), words)
    return render(request, "web/card_none.html")


def posted(data: QueryDict) -> dict[str, list[str]]:
    return {name: [str(value) for value in data.getlist(name)] for name in data}


def sealed_address(asked: Asked) -> str:
    return reverse("carded", args=[seal(asked.question)])


@look
def carded(request: HttpRequest, sealed: str) -> HttpResponse:
    """Show the list of a sealed address: its card, and what can be done with it."""
    try:
        question = unseal(sealed)
    except Ended:
        question = {}
    if "chosen" not in question:  # an address of a search, say
        words = _("Addresses of lists open for twenty minutes. Please make the list anew.")
        return problem_page(request, 410, _("This list has ended"), words)
    asked = Asked.of(question)
    found = search.shortlist(asked.ids)
    if asked.compare and found.services:
        beside = comparing.compared(found, asked, timezone.now())
        return render(request, "web/compare.html", {"asked": asked, "ids": ",".join(found.services), **beside})
    context = {
        "names": {key: rows[0].shown["name"] for key, rows in found.services.items()},
        "asked": asked,
        "tongue": LANGUAGES[asked.language],
        "ids": ",".join(found.services),
        "gone": found.gone,
        "left_off": max(0, len(asked.ids) - MOST) and MOST,
        "sizes": cards.SIZES,
        "fields": cards.FIELDS,
        "languages_of_cards": list(LANGUAGES.values()),
        "address": cards.address_of(reverse("card"), found.services),
        "card": face(request, asked, found),
        "words": words_in(asked, asked.language),
        "latin": words_in(asked, "en"),
        "text": as_text(request, asked, found),
        "has_pdf": pdf_of.can_be_made(),
    }
    return render(request, "web/card.html", context)


@methods("POST")
def pdf(request: HttpRequest) -> HttpResponse:
    """Send the card as a PDF, made in memory; no file is kept, here or on the way."""
    asked = Asked.of(posted(request.POST))
    found = search.shortlist(asked.ids)
    if not found.services:
        return see_other(sealed_address(asked))
    try:
        made = pdf_of.page(render_to_string("web/card_pdf.html", _page(request, asked, found)))
    except pdf_of.NotHere:
        words = _("This site makes no PDF. Your browser can print the card, and print to a file.")
        return problem_page(request, 501, _("No PDF here"), words)
    except TooMany:
        return problem_page(request, 429, _("Please wait a minute"), _("Too many were made just now."))
    response = HttpResponse(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="list.pdf"'
    return response


def _page(request: HttpRequest, asked: Asked, found: search.Shortlist) -> dict[str, Any]:
    with override(asked.language):
        return {"card": face(request, asked, found), "title": _("List"), "tongue": LANGUAGES[asked.language]}


def words_in(asked: Asked, language: str) -> str:
    """Return the four words of a list in the script of a language; "" for a list that was given none."""
    return said(int(asked.words), LANGUAGES[language].script) if asked.words else ""


def link_to(request: HttpRequest, asked: Asked, found: search.Shortlist) -> str:
    """Return the whole address of a list in the language of its card."""
    with override(asked.language):
        return cards.address_of(request.build_absolute_uri(reverse("card")), found.services)


def face(request: HttpRequest, asked: Asked, found: search.Shortlist) -> SafeString:
    """Return the card itself, in its own language, as it is printed."""
    now = timezone.now()
    with override(asked.language):
        context: dict[str, Any] = {
            "asked": asked,
            "tongue": LANGUAGES[asked.language],
            "entries": cards.entries(found, asked, now),
            "code": cards.square_code(link_to(request, asked, found)) if "code" in asked.fields else "",
            "words": words_in(asked, asked.language),
            "printed": day(timezone.localdate(now).isoformat()),
        }
        return render_to_string("partials/card.html", context)


def as_text(request: HttpRequest, asked: Asked, found: search.Shortlist) -> str:
    """Return the list as plain text, to be sent or read aloud; with the address that opens it if asked for."""
    with override(asked.language):
        texts = [entry["text"] for entry in cards.entries(found, asked, timezone.now())]
    return "\n\n".join(texts + ([link_to(request, asked, found)] if "code" in asked.fields else []))
