"""Four words instead of an address: made for a list, read over the phone, typed in somewhere else."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from locator import search
from locator.exchange import passed_on
from locator.exchange.four_words import Misheard, NotWords, heard, said
from locator.exchange.pacing import TooMany
from locator.web.cards import Asked
from locator.web.carrying import posted, sealed_address
from locator.web.context import spoken
from locator.web.guards import look, methods, problem_page, see_other

LONGEST = 200  # letters typed
EXAMPLE = 1_234_567_890
WHY = ("words", "1", "2", "3", "4", "misheard", "none", "wait")


@methods("GET", "HEAD", "POST")
def by_words(request: HttpRequest) -> HttpResponse:
    """Take four words and lead to their list; nothing that was typed is in the answer, nor in an address."""
    if request.method != "POST":
        return render(request, "web/words.html", {"example": _example()})
    try:
        number = heard(request.POST.get("words", "")[:LONGEST])
        ids = passed_on.listed_by(number)
    except NotWords as problem:
        return _again(str(problem.number) if 0 < problem.number < 5 else "words")
    except Misheard:
        return _again("misheard")
    except TooMany:
        return _again("wait")
    if not ids:
        return _again("none")
    return see_other(sealed_address(Asked(ids=tuple(ids), language=get_language() or "en", words=str(number))))


def _again(why: str) -> HttpResponse:
    return see_other(reverse("words_again", args=[why]))


@look
def words_again(request: HttpRequest, why: str) -> HttpResponse:
    """Show the form again, and what was wrong with the words: which one, and not what it was."""
    if why not in WHY:
        raise Http404
    return render(
        request,
        "web/words.html",
        {"why": _reason(why), "example": _example()},
        status=429 if why == "wait" else 200,
    )


def _example() -> str:
    """Return four words of this page's script that belong together, and are nobody's but by a very rare chance."""
    return said(EXAMPLE, spoken().script)


def _reason(why: str) -> str:
    said = {
        "words": _("Please type all four words, with spaces between them."),
        "misheard": _(
            "These words do not belong together. At least one is not what was said. Ask for them again."
        ),
        "none": _("There is no list with these words. Lists are kept for 30 days. Ask for new words."),
        "wait": _("Too many words were tried just now, by anybody. Please wait a minute."),
    }
    return said.get(why) or _("Word %(number)s is none of ours. Ask how it is spelt.") % {"number": why}


@methods("POST")
def give_words(request: HttpRequest) -> HttpResponse:
    """Give four words to a list that was sent; only what is listed today is kept behind them."""
    asked = Asked.of(posted(request.POST))
    found = search.shortlist(asked.ids)
    if not found.services:
        return see_other(sealed_address(asked))
    try:
        number = passed_on.give_words(found.services)
    except TooMany:
        return problem_page(request, 429, _("Please wait a minute"), _("Too many lists were made just now."))
    return see_other(sealed_address(Asked.of(asked.question | {"words": [str(number)]})))
