"""Suggest a service: a name, where, and how to find it. No account, no mail address, no word about oneself."""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from locator import moderation
from locator.countries import danger_in
from locator.web.guards import look, methods


class SuggestionForm(forms.Form):
    """What can be said; each field has words of its own for what is missing."""

    name = forms.CharField(max_length=200, error_messages={"required": _("Say what it is called.")})
    where = forms.CharField(max_length=100, error_messages={"required": _("Say in which town or area it is.")})
    contact = forms.CharField(max_length=200, required=False)
    how = forms.ChoiceField(
        choices=moderation.SuggestionHow.choices,
        error_messages={"required": _("Choose how you know it."), "invalid_choice": _("Choose how you know it.")},
    )


@methods("GET", "HEAD", "POST")
def add(request: HttpRequest) -> HttpResponse:
    """Take a suggestion; it waits for a person. What was typed stands in no address and in no answer."""
    form = SuggestionForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        said = form.cleaned_data
        moderation.suggest(said["name"], said["where"], said["contact"], moderation.SuggestionHow(said["how"]))
        response = HttpResponseRedirect(reverse("add_sent"))
        response.status_code = 303
        return response
    context = {
        "hows": moderation.SuggestionHow.choices,
        "problems": [words for found in form.errors.values() for words in found] if form else [],
        "danger": danger_in(settings.SITE_COUNTRY),
    }
    return render(request, "web/add.html", context, status=400 if form else 200)


@look
def add_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "web/add_sent.html", {"danger": danger_in(settings.SITE_COUNTRY)})
