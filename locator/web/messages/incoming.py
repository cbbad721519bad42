"""The address that a phone company asks when a message came in: signed, answered at once, forgotten."""

import re
from html import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from locator.web.messages.answering import answers
from locator.web.messages.memory import BUDGET
from locator.web.messages.signing import is_signed, secret_of

FIELDS = {"twilio": ("From", "Body"), "plain": ("from", "text")}  # who sent it, and what
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
LARGEST = 8000  # bytes of a request
LONGEST = 320  # letters of a message that is read; more is no place


@csrf_exempt  # a signature says more than a token; no cookie is read or set
def incoming(request: HttpRequest, scheme: str) -> HttpResponse:
    """Answer a message. An error says what is wrong with the request and never what was in it."""
    if scheme not in FIELDS or not secret_of(scheme):
        raise Http404
    if request.method != "POST":
        return _refused(405, "Send a form by POST.", Allow="POST")
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > LARGEST:
        return _refused(413, "That is too long.")
    if not is_signed(request, scheme):
        return _refused(403, "The signature is missing, wrong or old.")
    caller, text = (request.POST.get(field, "") for field in FIELDS[scheme])
    if not BUDGET.spend(caller, each=settings.MESSAGES_A_CALLER, in_all=settings.MESSAGES_A_DAY):
        return _answered(request, scheme, [])  # nothing is sent: an answer could cost, too
    return _answered(request, scheme, answers(text[:LONGEST]))


def _refused(status: int, words: str, **headers: str) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8", headers=headers)


def _answered(request: HttpRequest, scheme: str, messages: list[str]) -> HttpResponse:
    """Return messages as TwiML, or as text with an empty line between; `Accept` says which, or the scheme."""
    accept = request.headers.get("Accept", "")
    as_xml = "xml" in accept or (scheme == "twilio" and "text/plain" not in accept)
    if not as_xml:
        return HttpResponse("\n\n".join(messages), content_type="text/plain; charset=utf-8")
    rows = "".join(
        f"<Message>{escape(NOT_IN_XML.sub('', message), quote=False)}</Message>" for message in messages
    )
    xml = f'<?xml version="1.0" encoding="UTF-8"?><Response>{rows}</Response>'
    return HttpResponse(xml, content_type="text/xml; charset=utf-8")
