"""Keys for an organization's own programs: made by a manager who gives their password again, shown once, ended."""

from typing import Any
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from locator import keys, moderation, rules
from locator.hsds.parts import plain
from locator.rules import Actor

REAUTHENTICATION = "keys"  # who is asked for: locator.portal.adapters


class KeyForm(forms.Form):
    organization = forms.ChoiceField(label=gettext_lazy("For which organization?"))
    name = forms.CharField(
        label=gettext_lazy("Which program is it for?"),
        max_length=60,
        validators=[plain],
        help_text=gettext_lazy("A name to know it by, as in “Our own website”"),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("How long shall it work?"),
        choices=[(keys.LASTS[0], gettext_lazy("90 days")), (keys.LASTS[1], gettext_lazy("A year"))],
        coerce=int,
    )

    def __init__(self, data: Any, actor: Actor) -> None:
        super().__init__(data)
        own = [(str(row.id), row.name) for row in rules.organizations_of(actor) if str(row.id) in actor.manages]
        self.fields["organization"].choices = own  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True, app=REAUTHENTICATION)  # type: ignore[untyped-decorator]
def own_keys(request: HttpRequest) -> HttpResponse:
    """List the keys of the organizations that I manage; make one, and show it this once."""
    actor = rules.actor_of(request.user)
    if not actor.manages:
        raise Http404
    form = KeyForm(request.POST or None, actor)
    if request.method == "POST" and form.is_valid():
        made = _make(form, actor)
        if made:
            return render(request, "portal/key_made.html", {"key": made.key, "row": made.row})
        form.add_error(None, _("There are %(most)s keys already. End one first.") % {"most": keys.MOST})
    today = timezone.localdate()
    working = set(keys.working(today).filter(organization_id__in=actor.manages).values_list("id", flat=True))
    rows = [(row, row.id in working, row.is_over(today)) for row in rules.keys_of(actor)]
    return render(request, "portal/keys.html", {"form": form, "rows": rows}, status=400 if form.errors else 200)


@transaction.atomic
def _make(form: KeyForm, actor: Actor) -> keys.Made | None:
    """Make a key and tell the contacts and managers of the organization; None where there are enough."""
    said = form.cleaned_data
    organization = rules.organizations_of(actor).select_for_update().get(id=said["organization"])
    if keys.working(timezone.localdate()).filter(organization=organization).count() >= keys.MOST:
        return None
    made = keys.make(organization, said["name"], account=actor.account or 0, days=said["days"])
    moderation.tell_of_key(str(organization.id), author=actor.name)
    return made


@require_POST
def end(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """End a key at once, whoever of the organization made it."""
    own = rules.keys_of(rules.actor_of(request.user))
    get_object_or_404(own, id=key_id)
    keys.end(own.filter(id=key_id))
    messages.success(request, _("Ended. What it had asked for still waits."))
    return redirect("keys")
