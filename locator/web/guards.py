"""Who may send what to a public page, without a cookie to tell."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from locator.countries import danger_in

View = Callable[..., HttpResponse]
OUR_OWN = {"same-origin", "none", None}  # None: a browser that does not send it


def problem_page(request: HttpRequest, status: int, heading: str, words: str) -> HttpResponse:
    """Return an error in words a person can act on, with the exit, the ways to go on and the number for danger."""
    context = {"heading": heading, "words": words, "danger": danger_in(settings.SITE_COUNTRY)}
    return render(request, "web/problem.html", context, status=status)


def wait_page(request: HttpRequest) -> HttpResponse:
    """Return what somebody reads whose network, perhaps others on it, asks for too much (SAFETY R30)."""
    words = _(
        "Many pages were asked for through your network just now, perhaps by others. Please try again in a minute."
    )
    return problem_page(request, 429, _("Please wait a minute"), words)


def methods(*allowed: str) -> Callable[[View], View]:
    """Answer other methods with 405 and a page; a POST from another site with 403.

    Public pages set no cookie, so there is no CSRF token: a browser says itself where a form was sent from.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
            if request.method not in allowed:
                response = problem_page(
                    request, 405, _("That does not work here"), _("This page can only be looked at.")
                )
                response.headers["Allow"] = ", ".join(allowed)
                return response
            if request.method == "POST" and request.headers.get("Sec-Fetch-Site") not in OUR_OWN:
                return problem_page(
                    request, 403, _("That came from another site"), _("Please use the form on this site.")
                )
            return view(request, *args, **kwargs)

        return csrf_exempt(guarded)

    return decorate


look = methods("GET", "HEAD")


def see_other(address: str) -> HttpResponse:
    """Answer a form by sending the browser elsewhere: the page it shows then holds nothing of what was sent."""
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response
