"""What somebody asks to be left out with, as it was written and as it is compared."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext, gettext_lazy

from locator.hsds.agreement import Document
from locator.models import Organization
from locator.moderation import marks
from locator.moderation.marks import Form, Kind
from locator.rules import Refused

NOT_READ = {
    Kind.ORGANIZATION: gettext_lazy("A name needs letters."),
    Kind.PHONE: gettext_lazy("This is no phone number in that country."),
    Kind.PAGE: gettext_lazy("This is no page and no mailbox."),
    Kind.ADDRESS: gettext_lazy("An address needs a street with a number, and a postcode or a town."),
}


class Value(NamedTuple):
    """One thing to leave out: its forms, and how it was written; only the forms' marks are kept."""

    kind: Kind
    forms: frozenset[Form]
    written: tuple[str, ...]


def a_name(name: str) -> Value:
    return _value(Kind.ORGANIZATION, marks.of_name(name), name)


def a_number(number: str, country: str) -> Value:
    return _value(Kind.PHONE, marks.of_number(number, country), number)


def a_page(url: str) -> Value:
    """Return a page or mailbox to leave out, with or without its scheme."""
    whole = url if ":" in url else f"mailto:{url}" if "@" in url else f"https://{url}"
    return _value(Kind.PAGE, marks.of_page(whole), url)


def an_address(street: str, *, postcode: str = "", city: str = "") -> Value:
    address = {"address_1": street, "postal_code": postcode, "city": city}
    return _value(Kind.ADDRESS, marks.of_address(address), street, postcode)


def values_given(said: Mapping[str, str]) -> list[Value]:
    """Return what a form or a command was given; raise Refused for what cannot be read, and for nothing at all."""
    found = []
    if said["name"]:
        found.append(a_name(said["name"]))
    if said["number"]:
        found.append(a_number(said["number"], said["country"].upper() or settings.SITE_COUNTRY))
    if said["page"]:
        found.append(a_page(said["page"]))
    if said["street"]:
        found.append(an_address(said["street"], postcode=said["postcode"], city=said["city"]))
    if not found:
        raise Refused(gettext("Say what to leave out: a name, a number, a page or an address."))
    return found


def _value(kind: Kind, forms: Collection[Form], *written: str) -> Value:
    """Raise Refused, in words, for what cannot be compared with anything."""
    if not forms:
        raise Refused(str(NOT_READ[kind]))
    return Value(kind, frozenset(forms), tuple(word for word in written if word))


def values_of(organization: Organization, documents: list[Document]) -> list[Value]:
    """Return an organization's name, and the numbers, pages and addresses of documents, each once."""
    of = marks.of_name(organization.name) | marks.of_organization(organization.id)
    found = [Value(Kind.ORGANIZATION, frozenset(of), (organization.name,))]
    for document in documents:
        for row, country in marks.phones_of(document):
            found.append(Value(Kind.PHONE, frozenset(marks.of_number(row["number"], country)), (row["number"],)))
        for row in marks.links_of(document):
            forms = frozenset(marks.of_page(row["url"]))
            found += [Value(Kind(kind), forms, (row["url"],)) for kind in {kind for kind, _page in forms}]
        for address in marks.addresses_of(document):
            found.append(Value(Kind.ADDRESS, frozenset(marks.of_address(address)), ()))
    return list({value.forms: value for value in found if value.forms}.values())
