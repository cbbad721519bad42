"""A forgotten password: an address is typed, then a code from the mailbox, then a new password.

allauth notes the address, known here or not, and the code in the session, which is a row of the database. Between
requests both are sealed there, as a search is (locator.sealing): who takes the database can read neither. What is
sealed has a name of its own, so that the release before, which cannot read it, begins anew as well.
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
SEALED = "forgotten_password"


def _sealed(view: View) -> View:
    """Open what the session holds of it for one view alone."""

    @wraps(view)
    def opened(request: HttpRequest) -> HttpResponse:
        session = request.session
        with suppress(Ended):  # where it has, or there was nothing, allauth begins anew
            session[NOTES] = json.loads(unseal(session.pop(SEALED, ""))["notes"][0])
        try:
            return view(request)
        finally:
            if NOTES in session:
                session[SEALED] = seal({"notes": [json.dumps(session.pop(NOTES))]})

    return opened


ask = _sealed(account.password_reset)
code = _sealed(account.confirm_password_reset_code)
new = _sealed(account.complete_password_reset)
