"""What goes by the calendar, every night: tables whose rows have a last day, and what deletes them (SAFETY R31).

Most of it goes earlier as well, when somebody uses the same table. This is for the table that nobody uses.
"""

from collections.abc import Callable, Mapping

from django.contrib.sessions.backends.db import SessionStore

from locator import membership
from locator.exchange import passed_on
from locator.exchange.bulk import uploads
from locator.moderation import reports, suggestions
from locator.publishing import feed

BY_THE_CALENDAR: Mapping[str, Callable[[], object]] = {
    "django_session": SessionStore.clear_expired,
    "locator_invitation": membership.forget,
    "locator_listingchange": feed.forget,
    "locator_passedon": passed_on.forget,
    "locator_report": reports.forget,
    "locator_suggestion": suggestions.forget,
    "locator_upload": uploads.forget,
}


def forget() -> None:
    """Delete every row whose time is over."""
    for delete in BY_THE_CALENDAR.values():
        delete()
