"""The line of HTML that shows an organization's services on its own site, and what it looks like there."""

from collections.abc import Callable
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_safe

from locator import rules
from locator.web.embedding import THEMES
from locator.web.guards import View

LINE = (
    '<iframe src="{}" title="{}" width="100%" height="600" loading="lazy" referrerpolicy="no-referrer"></iframe>'
)
# To show what it looks like.
framing: Callable[[View], View] = csp_update({"frame-src": [SELF]})  # type: ignore[assignment]  # as in web.embedding


@framing
@require_safe
def embedding(request: HttpRequest, organization_id: UUID) -> HttpResponse:
    organization = rules.organizations_of(rules.actor_of(request.user)).filter(id=organization_id).first()
    if organization is None:
        raise Http404
    path = reverse("embed", args=[organization.id])  # in the language of this page
    line = LINE.format(escape(request.build_absolute_uri(path)), escape(organization.name))
    context = {"organization": organization, "path": path, "line": line, "themes": THEMES[1:]}
    return render(request, "portal/embedding.html", context)
