"""Who asked to be left out: moderators add, look up and take off; nobody else sees that there is a list."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from locator import moderation, rules
from locator.hsds.parts import plain
from locator.moderation import Value
from locator.portal.moderating import an_id, for_moderators, one_of
from locator.portal.problems import told
from locator.rules import Actor, Refused

A_PAGE = 50


class LeaveOutForm(forms.Form):
    """What somebody asks to be left out with; one of them is enough."""

    name = forms.CharField(label=gettext_lazy("Their name"), max_length=200, required=False, validators=[plain])
    number = forms.CharField(label=gettext_lazy("A phone number"), max_length=30, required=False)
    country = forms.CharField(
        label=gettext_lazy("The country of the number, such as GB"), max_length=2, required=False
    )
    page = forms.CharField(
        label=gettext_lazy("A page or mailbox"),
        help_text=gettext_lazy("Leaving out a page leaves out all that is under it."),
        max_length=500,
        required=False,
    )
    street = forms.CharField(label=gettext_lazy("Street and number"), max_length=200, required=False)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=gettext_lazy("Town"), max_length=100, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why? Without their name and address: only this is kept."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@for_moderators
def left_out(request: HttpRequest, actor: Actor, page: int = 1) -> HttpResponse:
    """List what is left out by date; add to it, or look whether something is on it."""
    form = LeaveOutForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            values = moderation.values_given(form.cleaned_data)
            context |= {"found": moderation.entered(values)} if _looks(request) else _added(form, values, actor)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            if "entries" in context:
                messages.success(request, _outcome(len(context["entries"]), 0))
                return redirect("left_out")
    rows = Paginator(rules.left_out_seen_by(actor), A_PAGE).get_page(page)
    back = rules.let_back_seen_by(actor)[:A_PAGE]
    return render(request, "portal/left_out.html", {**context, "page": rows, "back": back}, status=_status(form))


def _looks(request: HttpRequest) -> bool:
    return one_of(request.POST, "act", "find", "add") == "find"


def _added(form: LeaveOutForm, values: list[Value], actor: Actor) -> dict[str, Any]:
    """Leave it out; or say first which services go out of sight with it, and ask."""
    holders = [] if form.cleaned_data["sure"] else moderation.holders(values)
    if holders:
        return {"holders": holders}
    return {"entries": moderation.leave_out(values, reason=form.cleaned_data["reason"], by=actor)}


def _status(form: LeaveOutForm) -> int:
    return 400 if form.errors else 200


@require_POST
@for_moderators
def let_back(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Take what is ticked off the list, with a reason; listing it again is for somebody else to approve."""
    ticked = [row_id for value in request.POST.getlist("entry") if (row_id := an_id(value))]
    with told(request):
        done = moderation.let_back(ticked, reason=request.POST.get("reason", ""), by=actor)
        words = ngettext("%(n)s is off the list.", "%(n)s are off the list.", done) % {"n": done}
        messages.success(request, words)
    return redirect("left_out")


@require_POST
@for_moderators
def organization_left_out(request: HttpRequest, actor: Actor, organization_id: UUID) -> HttpResponse:
    """Withdraw all of an organization and leave it out, in one act."""
    row = get_object_or_404(rules.organizations_seen_by(actor), id=organization_id)
    with told(request):
        one_of(request.POST, "sure", "yes")
        made = moderation.leave_out_organization(row.id, reason=request.POST.get("reason", ""), by=actor)
        messages.success(request, _outcome(len(made.entries), made.shared))
    return redirect("organization", organization_id)


def _outcome(done: int, shared: int) -> str:
    found = ngettext("%(n)s thing is left out from now on.", "%(n)s things are left out from now on.", done)
    words = found % {"n": done}
    if not shared:
        return words
    more = ngettext(
        "%(n)s is another organization’s as well and stays: add it by itself if that is meant.",
        "%(n)s are another organization’s as well and stay: add them by themselves if that is meant.",
        shared,
    )
    return f"{words} {more % {'n': shared}}"
