"""A forgotten password: an address is typed, then a code from the mailbox, then a new password.

allauth notes the address, known here or not, and the code in the session, which is a row of the database. Both are
sealed there, as a search is (locator.sealing): who takes the database can read neither.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import wraps

from allauth.account import views as account
from allauth.account.internal.flows.password_reset_by_code import PASSWORD_RESET_VERIFICATION_SESSION_KEY as NOTES
from django.http import HttpRequest, HttpResponse

from locator.sealing import Ended, seal, unseal

View = Callable[[HttpRequest], HttpResponse]


def _sealed(view: View) -> View:
    """Open what the session holds of it for one view alone."""

    @wraps(view)
    def opened(request: HttpRequest) -> HttpResponse:
        session = request.session
        with suppress(Ended):  # where it has, or there was nothing, allauth begins anew
            session[NOTES] = json.loads(unseal(str(session.pop(NOTES, "")))["notes"][0])
        try:
            return view(request)
        finally:
            if NOTES in session:
                session[NOTES] = seal({"notes": [json.dumps(session[NOTES])]})

    return opened


ask = _sealed(account.password_reset)
code = _sealed(account.confirm_password_reset_code)
new = _sealed(account.complete_password_reset)
