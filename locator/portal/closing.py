"""Close several services for some days in one step: for the holidays, or when nobody can come in."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from locator import moderation, rules
from locator.exchange.bulk.closing import close_together
from locator.models import Service, Status
from locator.portal.problems import reasons
from locator.portal.services import ClosureForm
from locator.rules import Refused


class TogetherForm(ClosureForm):
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Which ones?"), widget=forms.CheckboxSelectMultiple, required=True
    )

    field_order = ("services", "first", "last", "why")

    def __init__(self, data: Any, rows: dict[str, Service]) -> None:
        today = moderation.today()
        super().__init__(data, initial={"first": today, "last": today + timedelta(days=7)})
        self.fields["services"].choices = [(key, row.name) for key, row in rows.items()]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Close what is ticked; one person is enough, and one act opens all of it again."""
    actor = rules.actor_of(request.user)
    shown = rules.services_of(actor).filter(organization_id__in=actor.organizations, status=Status.LISTED)
    rows = {row.short_id: row for row in shown}
    if not actor.organizations:
        raise Http404
    form = TogetherForm(request.POST or None, rows)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        ticked = [rows[short_id] for short_id in said["services"]]
        try:
            acts = close_together(ticked, said["first"], said["last"], said["why"], by=actor)
        except Refused as refused:
            form.add_error(None, " ".join(reasons(refused)))
        else:
            messages.success(request, _("Closed. Visitors see it now."))
            return redirect("upload", acts[0].id) if len(acts) == 1 else redirect("bulk")
    context = {"form": form, "services": rows}
    return render(request, "portal/close_together.html", context, status=400 if form.errors else 200)
