"""Many services by spreadsheet: a file out, a file in, what it would change, one act there and one act back."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from locator import moderation, rules
from locator.exchange.bulk import uploads
from locator.exchange.bulk.columns import HINTS
from locator.exchange.bulk.files import CSV, XLSX, export
from locator.exchange.bulk.resembling import resembling
from locator.exchange.cells import LARGEST, UnreadableSheet
from locator.models import Upload, UploadRow
from locator.portal.problems import told
from locator.portal.uploading import InMemory
from locator.rules import Actor, Refused

A_PAGE = 50  # rows
MOST = 500  # rows in one request: it has 30 seconds (config/gunicorn.py)
KINDS = {CSV: "text/csv; charset=utf-8", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
FORM = 64 * 1024  # bytes of a request beside the file


class SheetForm(forms.Form):
    organization = forms.ChoiceField(label=gettext_lazy("Whose services are in it?"))
    sheet = forms.FileField(
        label=gettext_lazy("The file, as XLSX or CSV"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        allow_empty_file=True,  # what is wrong with it is said by who reads it
    )


@csrf_exempt  # checked below: who takes a file has to be known before the form is read
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest) -> HttpResponse:
    """Take a file, and lead to what it would change."""
    request.upload_handlers = [InMemory(request)]
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST + FORM:
        return _page(request, SheetForm(), [_("This file is larger than 5 MB. Please make two of it.")])
    return _bulk(request)


@csrf_protect
def _bulk(request: HttpRequest) -> HttpResponse:
    form, problems = SheetForm(request.POST or None, request.FILES or None), list[str]()
    actor = rules.actor_of(request.user)
    organizations = {str(row.id): row for row in rules.organizations_of(actor)}
    form.fields["organization"].choices = [(key, row.name) for key, row in organizations.items()]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            upload = uploads.preview(
                data["sheet"].read(), organizations[data["organization"]], by=actor, most=MOST
            )
        except (UnreadableSheet, Refused) as problem:
            problems = [str(problem)]
        else:
            return redirect("upload", upload.id)
    return _page(request, form, problems)


def _page(request: HttpRequest, form: SheetForm, problems: list[str]) -> HttpResponse:
    actor = rules.actor_of(request.user)
    organizations = list(rules.organizations_of(actor))
    if not organizations:
        raise Http404
    form.fields["organization"].choices = [(str(row.id), row.name) for row in organizations]  # type: ignore[attr-defined]
    context = {
        "form": form,
        "problems": problems,
        "organizations": organizations,
        "kinds": list(KINDS),
        "hints": HINTS.items(),
        "most": MOST,
        "uploads": rules.uploads_of(actor)[:A_PAGE],
    }
    return render(request, "portal/bulk.html", context, status=400 if form.errors or problems else 200)


@require_safe
def sheet(request: HttpRequest, organization_id: UUID, kind: str) -> HttpResponse:
    """Send an organization's services as a file of the shape that is taken in; a template where there are none."""
    actor = rules.actor_of(request.user)
    organization = get_object_or_404(rules.organizations_of(actor), id=organization_id)
    if kind not in KINDS:
        raise Http404
    response = HttpResponse(export(organization, kind), content_type=KINDS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{timezone.localdate():%Y-%m-%d}.{kind}"'
    return response


def _own(request: HttpRequest, upload_id: UUID) -> tuple[Actor, Upload]:
    actor = rules.actor_of(request.user)
    return actor, get_object_or_404(rules.uploads_of(actor), id=upload_id)


@require_safe
def upload(request: HttpRequest, upload_id: UUID, page: int = 1) -> HttpResponse:
    """Show what an upload would change, or did: what is wrong first, then each row field by field."""
    _actor, row = _own(request, upload_id)
    here = Paginator(uploads.in_order(row), A_PAGE).get_page(page)
    counts = uploads.counts(row)
    good = counts["change"] + counts["new"]
    context = {"upload": row, "counts": counts, "good": good, "page": here, "rows": _shown(row, here)}
    return render(request, "portal/upload.html", context)


def _shown(upload: Upload, page: Page[UploadRow]) -> list[dict[str, Any]]:
    """Return each row of a page with its differences: of what was changed as it was, of others as they are now.

    New ones have what they look like beside them.
    """
    alike = resembling(upload, page)
    looked = [row.service_id for row in page if row.document and row.service_id]
    drafts = moderation.drafts_of(looked)
    found = []
    for row in page:
        parts = [(change.base, change.document) for change in (row.done, row.waiting) if change]
        if row.document:
            parts = [(drafts.get(str(row.service_id)), row.document)]
        differences = [difference for part in parts for difference in moderation.differences(*part)]
        found.append({"row": row, "differences": differences, "alike": alike.get(row.number)})
    return found


@require_POST
def confirm(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Take an upload over as it was shown; bad rows are left out only by a button that says so."""
    actor, row = _own(request, upload_id)
    with told(request):
        done = uploads.confirm(row, by=actor, only_good="good" in request.POST, seen=request.POST.get("seen", ""))
        words = ngettext("%(n)s service is taken over.", "%(n)s services are taken over.", len(done))
        if done:
            messages.success(request, words % {"n": len(done)})
    return redirect("upload", upload_id)


@require_POST
def undo(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Take everything back that an upload did, as one act."""
    actor, row = _own(request, upload_id)
    with told(request):
        if uploads.undo(row, by=actor):
            messages.success(request, _("All of it is taken back. What needs a second person waits."))
    return redirect("upload", upload_id)
