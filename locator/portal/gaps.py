"""Where help lacks, for partners and moderators who plan: made of listings alone, of no search and no visitor."""

import csv
import io
from collections import Counter
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from locator.countries import choices, spoken_name
from locator.exchange.cells import safe
from locator.hsds.vocabulary import TYPES
from locator.search.gaps import Gap, gaps

A_PAGE = 50
RADII = (5, 10, 25, 50)  # km
MOST_NAMED = 6  # kinds of help in a row of the page; the file has all
HEADER = (
    "area", "country", "people", "km", "places", "confirmed", "free_without_id", "kinds_missing",
    "languages_missing", "not_confirmed_percent",
)  # fmt: skip


class AskForm(forms.Form):
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=choices)
    km = forms.TypedChoiceField(
        label=gettext_lazy("Within how many kilometres?"), choices=[(km, str(km)) for km in RADII], coerce=int
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000, widget=forms.HiddenInput)


def _asked(request: HttpRequest) -> AskForm:
    usual = {"country": settings.SITE_COUNTRY, "km": "25"}
    return AskForm(usual | request.GET.dict())


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show which areas, kinds of help and languages lack a confirmed place; two queries beside who asks."""
    form = _asked(request)
    if not form.is_valid():
        return render(request, "portal/gaps.html", {"form": form}, status=400)
    asked = form.cleaned_data
    found = gaps(asked["country"], asked["km"], timezone.localdate())
    context = {
        "form": form,
        "asked": asked,
        "country": spoken_name(asked["country"]),
        "total": len(found),
        "without": sum(not gap.sums.free_without_id for gap in found),
        "kinds": _kinds(found),
        "tongues": _tongues(found),
        "page": Paginator([_shown(gap) for gap in found], A_PAGE).get_page(asked["page"] or 1),
    }
    return render(request, "portal/gaps.html", context)


def _kinds(found: list[Gap]) -> list[dict[str, Any]]:
    counts = Counter(kind.label for gap in found for kind in gap.kinds_missing)
    return [{"label": label, "count": count} for label, count in counts.most_common()]


def _tongues(found: list[Gap]) -> list[dict[str, Any]]:
    counts = Counter(code for gap in found for code in gap.tongues_missing)
    return [{"code": code, "count": count} for code, count in counts.most_common()]


def _shown(gap: Gap) -> dict[str, Any]:
    missing = gap.kinds_missing
    return {
        "gap": gap,
        "kinds": [kind.label for kind in missing[:MOST_NAMED]] if len(missing) < len(TYPES) else [],
        "more": max(0, len(missing) - MOST_NAMED),
        "words": _words(gap),
    }


def _words(gap: Gap) -> str:
    sums = gap.sums
    if not sums.places:
        return _("No place to go to.")
    said = ngettext("%(n)s place", "%(n)s places", sums.places) % {"n": sums.places}
    return _("%(places)s: %(confirmed)s confirmed lately, %(free)s of them free and without ID.") % {
        "places": said,
        "confirmed": sums.confirmed,
        "free": sums.free_without_id,
    }


@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """Send all areas of a country as a table."""
    form = _asked(request)
    if not form.is_valid():
        return render(request, "portal/gaps.html", {"form": form}, status=400)
    asked, out = form.cleaned_data, io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for gap in gaps(asked["country"], asked["km"], timezone.localdate()):
        writer.writerow(
            [
                safe(gap.name), asked["country"], gap.population, asked["km"], gap.sums.places,
                gap.sums.confirmed, gap.sums.free_without_id, " ".join(kind.code for kind in gap.kinds_missing),
                " ".join(gap.tongues_missing), "" if gap.stale is None else gap.stale,
            ]
        )  # fmt: skip
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{timezone.localdate():%Y-%m-%d}.csv"'
    return response
