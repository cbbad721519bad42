"""Mails to an organization's old contacts when something that strangers would change was asked for or changed."""

from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from locator import mailing
from locator.hsds.agreement import Document
from locator.models import Change, Membership, Organization
from locator.moderation.editing import closures
from locator.rules import contact_values, organization_of

LONG = timedelta(days=30)  # from the first day of a closure to its last: longer than 30 days
CLOSED = "closed"
KINDS = {  # of `contact_values`, and what else strangers would change
    "address": gettext_lazy("address"),
    "area": gettext_lazy("area"),
    "phone number": gettext_lazy("phone number"),
    "web or e-mail address": gettext_lazy("web or e-mail address"),
    CLOSED: gettext_lazy("closed for more than 30 days"),
}


def tell_contacts(change: Change, before: Document | None, *, asked: bool) -> None:
    """Tell the contacts on record that contact data was asked to change, or did, once it is in the database.

    No name of a service and no word of what it is stand in the mail: it may be read over a shoulder.
    """
    if change.subject == Change.Subject.SERVICE and before is not None:
        tell_kinds(kinds_of(change.document, before), organization_of(before), author=change.author, asked=asked)


def kinds_of(document: Document, before: Document) -> set[str]:
    """Return which kinds of contact data are different, and whether it is closed for long where it was not."""
    kinds = {kind for kind, *_value in contact_values(document) ^ contact_values(before)}
    return kinds | ({CLOSED} if _long_closures(document) - _long_closures(before) else set())


def _long_closures(document: Document) -> set[tuple[str, str]]:
    days = [(row["first"], row["last"]) for row in closures(document)]
    return {(first, last) for first, last in days if date.fromisoformat(last) - date.fromisoformat(first) >= LONG}


def tell_kinds(kinds: Collection[str], organization_id: str, *, author: str, asked: bool) -> None:
    """Tell an organization's contacts, once, which kinds of contact data of theirs changed or shall."""
    if kinds:
        _tell(_addresses(organization_id), lambda: _words(sorted(kinds), author, asked=asked))


def tell_author(change: Change) -> None:
    """Tell a partner what became of an edit, and why, once it is in the database; it names no service."""
    account = change.author_account
    if account is None or not account.email:
        return
    yes, reason = change.state == Change.State.APPROVED, change.reason

    def words() -> str:
        said = (
            _("A second person said yes to your edit.")
            if yes
            else _("A second person looked at your edit and did not take it over. They wrote:") + f"\n\n{reason}"
        )
        more = _("You see more when you sign in.")
        return f"{said}\n\n{more}\n"

    _tell([account.email], words)


def tell_united(organizations: Iterable[str], *, united: bool) -> None:
    """Tell organizations that the address of one service leads to another's, or no longer does; names neither."""

    def words() -> str:
        said = (
            _("We took two pages to be about one service: one of them leads to the other from now on.")
            if united
            else _("We took two pages to be about one service. That was a mistake: each stands for itself again.")
        )
        wrong = _("If that is not right, answer this mail or call us. It can be undone.")
        return f"{said}\n\n{wrong}\n"

    _tell(sorted({address for each in organizations for address in _addresses(each)}), words)


def tell_left(organization_id: str, *, author: str) -> None:
    """Tell an organization's contacts that all of theirs was taken out of the directory, and by whom."""

    def words() -> str:
        return "\n\n".join(
            [
                _("Your pages were taken out, all of them. It was done by %(who)s.") % {"who": author},
                _("If this was not you, answer this mail or call us. We can bring them back."),
            ]
        )

    _tell(_addresses(organization_id), words)


def tell_of_key(organization_id: str, *, author: str) -> None:
    """Tell an organization's contacts and managers that a key was made: who holds it may ask in its name."""

    def words() -> str:
        made = _(
            "%(who)s made a key for a program. With it a program can ask us to change your pages. Nothing that it "
            "asks for is shown before somebody looks at it."
        ) % {"who": author}
        wrong = _("If this was not you, sign in and end the key, and answer this mail or call us.")
        return f"{made}\n\n{wrong}\n"

    _tell(sorted({*_addresses(organization_id), *_managers(organization_id)}), words)


def _managers(organization_id: str) -> list[str]:
    rows = Membership.objects.filter(organization_id=organization_id, role=Membership.Role.MANAGER)
    return [email for email in rows.values_list("user__email", flat=True) if email]


def _words(kinds: Iterable[str], author: str, *, asked: bool) -> str:
    what = {"what": ", ".join(str(KINDS[kind]) for kind in kinds)}
    done = _("Somebody asked us to change this on one of your pages: %(what)s.") % what
    changed = _("We changed this on one of your pages: %(what)s.") % what
    by = _("It was asked for by %(who)s.") % {"who": author}
    stop = _(
        "If this was not you, answer this mail or call us. Nothing new is shown before a second person looks at "
        "it, and everything can be undone."
    )
    return f"{done if asked else changed}\n{by}\n\n{stop}\n"


def _addresses(organization_id: str) -> list[str]:
    found = Organization.objects.filter(id=organization_id).exclude(contacts__email="")
    return sorted(email for email in found.values_list("contacts__email", flat=True) if email)


def _tell(addresses: Collection[str], words: Callable[[], str]) -> None:
    """Send each person a mail of their own, in a member's language, once what it is about is in the database.

    They need not know of each other.
    """
    languages = _languages(addresses)

    def send() -> None:
        for address in addresses:
            with override(languages.get(address.lower(), settings.LANGUAGE_CODE)):
                subject = _("%(site)s: a change to your page") % {"site": settings.SITE_NAME}
                mailing.send(subject, words(), address)

    if addresses:
        transaction.on_commit(send)


def _languages(addresses: Collection[str]) -> dict[str, str]:
    """Return the language of each that is a member's, by address in small letters."""
    people = Membership.objects.annotate(folded=Lower("user__email"))
    rows = people.filter(folded__in=[address.lower() for address in addresses]).order_by("-id")
    return dict(rows.values_list("folded", "language"))
