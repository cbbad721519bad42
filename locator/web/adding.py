"""Suggest a service: a name, where, and how to find it. No account, no mail address, no word about oneself."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from locator import moderation, search
from locator.countries import danger_in
from locator.hsds.parts import plain
from locator.web import presenting
from locator.web.guards import look, methods, see_other
from locator.web.moving import lead_on

MISSING = {
    "name": _("Say what it is called."),
    "where": _("Say in which town or area it is."),
    "how": _("Choose how you know it."),
    "long": _("Please use fewer or shorter words."),
    "signs": _("That holds hidden signs. Please type it again."),
}
CODES = {"max_length": "long", "signs": "signs", "null_characters_not_allowed": "signs"}


def _plain(text: str) -> None:
    """Refuse what a document refuses, in words of our own: it is read on somebody's terminal."""
    try:
        plain(text)
    except ValidationError as problem:
        raise ValidationError(MISSING["signs"], code="signs") from problem


class SuggestionForm(forms.Form):
    """What can be said."""

    name = forms.CharField(max_length=200, validators=[_plain])
    where = forms.CharField(max_length=100, validators=[_plain])
    contact = forms.CharField(max_length=200, required=False, validators=[_plain])
    how = forms.ChoiceField(choices=moderation.SuggestionHow.choices)

    def problems(self) -> list[str]:
        """Return the keys of `MISSING` for what is wrong, in their order."""
        found = self.errors.as_data().items()
        wrong = {CODES.get(str(error.code), field) for field, errors in found for error in errors}
        return [key for key in MISSING if key in wrong]


@methods("GET", "HEAD", "POST")
def add(request: HttpRequest) -> HttpResponse:
    """Take a suggestion; it waits for a person. What was typed stands in no address and in no answer.

    Not even what is wrong is said in the answer itself: a browser keeps what was sent as long as that is in a tab.
    """
    if request.method != "POST":
        return _form(request, [])
    form = SuggestionForm(request.POST)
    if not form.is_valid():
        return see_other(reverse("add_again", args=["-".join(form.problems())]))
    said = form.cleaned_data
    moderation.suggest(said["name"], said["where"], said["contact"], moderation.SuggestionHow(said["how"]))
    return see_other(reverse("add_sent"))


@look
def add_again(request: HttpRequest, missing: str) -> HttpResponse:
    """Show the form with what was wrong with the last one, by the keys of `MISSING`."""
    keys = missing.split("-")
    if not set(keys) <= set(MISSING):
        raise Http404
    return _form(request, keys)


def _form(request: HttpRequest, missing: list[str]) -> HttpResponse:
    context = {
        "hows": moderation.SuggestionHow.choices,
        "problems": [MISSING[key] for key in missing],
        "danger": danger_in(settings.SITE_COUNTRY),
    }
    return render(request, "web/add.html", context)


@look
def yours(request: HttpRequest, short_id: str) -> HttpResponse:
    """Let somebody of a listed organization say that it is theirs: a suggestion by somebody who works there."""
    rows = search.listings_of(short_id)
    if not rows:
        return lead_on(short_id, "yours")
    shown = rows[0].shown
    context = {"shown": shown, "where": presenting.where(shown)[:100], "danger": danger_in(rows[0].country)}
    return render(request, "web/yours.html", context)


@look
def add_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "web/add_sent.html", {"danger": danger_in(settings.SITE_COUNTRY)})
