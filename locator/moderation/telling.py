"""Mails to an organization's old contacts when something that strangers would change was asked for or changed."""

from collections.abc import Collection, Iterable

from django.conf import settings
from django.db import transaction

from locator import mailing
from locator.hsds.agreement import Document
from locator.models import Change, Membership, Organization
from locator.rules import contact_values, organization_of


def tell_contacts(change: Change, before: Document | None, *, asked: bool) -> None:
    """Tell the contacts on record that contact data was asked to change, or did, once it is in the database.

    No name of a service and no word of what it is stand in the mail: it may be read over a shoulder.
    """
    if change.subject == Change.Subject.SERVICE and before is not None:
        tell_kinds(kinds_of(change.document, before), organization_of(before), author=change.author, asked=asked)


def kinds_of(document: Document, before: Document) -> set[str]:
    """Return which kinds of contact data are different."""
    return {kind for kind, *_value in contact_values(document) ^ contact_values(before)}


def tell_kinds(kinds: Collection[str], organization_id: str, *, author: str, asked: bool) -> None:
    """Tell an organization's contacts, once, which kinds of contact data of theirs changed or shall."""
    if kinds:
        addresses = _addresses(organization_id)
        words = _words(sorted(kinds), author, asked=asked)
        transaction.on_commit(lambda: _send(addresses, words))


def tell_author(change: Change) -> None:
    """Tell a partner what became of an edit, and why, once it is in the database; it names no service."""
    account = change.author_account
    if account is None or not account.email:
        return
    said = (
        "A second person said yes to your edit."
        if change.state == Change.State.APPROVED
        else (f"A second person looked at your edit and did not take it over. They wrote:\n\n{change.reason}")
    )
    words = f"{said}\n\nYou see more when you sign in.\n"
    transaction.on_commit(lambda: _send([account.email], words))


def tell_united(organizations: Iterable[str], *, united: bool) -> None:
    """Tell organizations that the address of one service leads to another's, or no longer does; names neither."""
    addresses = sorted({address for each in organizations for address in _addresses(each)})
    what = "We took two pages to be about one service: one of them leads to the other from now on."
    undone = "We took two pages to be about one service. That was a mistake: each stands for itself again."
    words = (
        f"{what if united else undone}\n\nIf that is not right, answer this mail or call us. It can be undone.\n"
    )
    transaction.on_commit(lambda: _send(addresses, words))


def tell_of_key(organization_id: str, *, author: str) -> None:
    """Tell an organization's contacts and managers that a key was made: who holds it may ask in its name."""
    addresses = sorted({*_addresses(organization_id), *_managers(organization_id)})
    words = (
        f"{author} made a key for a program. With it a program can ask us to change your pages. Nothing that it "
        "asks for is shown before somebody looks at it.\n\n"
        "If this was not you, sign in and end the key, and answer this mail or call us.\n"
    )
    transaction.on_commit(lambda: _send(addresses, words))


def _managers(organization_id: str) -> list[str]:
    rows = Membership.objects.filter(organization_id=organization_id, role=Membership.Role.MANAGER)
    return [email for email in rows.values_list("user__email", flat=True) if email]


def _words(kinds: Iterable[str], author: str, *, asked: bool) -> str:
    what = ", ".join(kinds)
    done = "Somebody asked us to change" if asked else "We changed"
    return (
        f"{done} this on one of your pages: {what}.\n"
        f"It was asked for by {author}.\n\n"
        "If this was not you, answer this mail or call us. Nothing new is shown before a second person looks at "
        "it, and everything can be undone.\n"
    )


def _addresses(organization_id: str) -> list[str]:
    found = Organization.objects.filter(id=organization_id).exclude(contacts__email="")
    return sorted(email for email in found.values_list("contacts__email", flat=True) if email)


def _send(addresses: list[str], words: str) -> None:
    """Send each person a mail of their own: they need not know of each other."""
    for address in addresses:
        mailing.send(f"{settings.SITE_NAME}: a change to your page", words, address)
