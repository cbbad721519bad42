"""An address whose service turned out to be another one leads there, in the language it was asked in."""

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from locator import search


def lead_on(short_id: str, page: str) -> HttpResponse:
    """Answer with the same page of the service that stays; raise Http404 where there is none.

    For good, as far as a search engine is concerned; nobody stores it (Cache-Control), so it can be undone.
    """
    to = search.moved_to(short_id)
    if not to:
        raise Http404
    return HttpResponsePermanentRedirect(reverse(page, args=[to]))
