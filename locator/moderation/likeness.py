"""Does a listing look like another one? The same number or page, a name that would pass for its (SAFETY R56).

What is alike is shown to whoever decides; it refuses nothing. Shared things tell nobody apart: a number or a page
of the same organization's own services, a short number such as 116 123, a host where many have a page.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from locator.hosts import Address, nearly, number_of, read_address
from locator.hsds.agreement import Document
from locator.lookalikes import Likeness, Name, likeness, read
from locator.models import Link, Phone, Service, Status
from locator.models.contact_values import parsed_phone
from locator.models.questions import Words
from locator.moderation import whereabouts
from locator.moderation.whereabouts import Where
from locator.rules import Refused

MANY = 3  # organizations that have a number or a host: it is nobody's own
TAIL = 6  # digits at the end of a number by which others are found that could be the same

NAMES: dict[Likeness, Words] = {
    Likeness.SAME: _("the same name"),
    Likeness.DISGUISED: _("the same name to the eye, in other letters"),
    Likeness.NEAR: _("a name one letter away"),
}
ORGANIZATION = _("an organization of the same name")
NUMBER, PAGE, SITE = _("the same number"), _("the same page or mailbox"), _("the same web site")
NEAR_SITE = _("a web site that looks the same")
Owner = tuple[UUID | None, UUID | None]  # a service, or an organization


class Row(NamedTuple):
    """A service, as far as it is compared by name."""

    id: UUID
    short_id: str
    name: str
    status: str
    organization_id: UUID
    organization: str


@dataclass(frozen=True)
class Alike:
    """A service that something looks like, and why; of the same organization or of another."""

    row: Row
    same_organization: bool
    reasons: tuple[Words, ...]

    def __str__(self) -> str:
        return f"“{self.row.name}” ({self.row.organization}): {', '.join(map(str, self.reasons))}"


def alike(document: Document) -> list[Alike]:
    """Return the services that a document looks like, those of other organizations first; five queries."""
    (found,) = Directory().alike(document)
    return found


def check_unlike(document: Document) -> None:
    """Raise Refused, naming each and why, for a document that looks like a service which is not withdrawn."""
    found = [each for each in alike(document) if each.row.status != Status.WITHDRAWN]
    if found:
        raise Refused(f"It looks like {'; '.join(map(str, found))}. If it is another one: --although-alike.")


class Directory:
    """Every service as it is compared, read once for many documents: three queries, and two for places."""

    def __init__(self) -> None:
        self.numbers: list[tuple[str, str, str, Owner]] = []  # digits, as written, country, whose
        self.pages: dict[str, list[Owner]] = defaultdict(list)
        self.hosts: dict[str, list[Owner]] = defaultdict(list)
        self.seen: dict[str, set[str]] = defaultdict(set)  # hosts by how the eye reads them
        self.rows = {row.id: row for row in self._read()}
        self.of: dict[UUID, list[Row]] = defaultdict(list)
        for row in self.rows.values():
            self.of[row.organization_id].append(row)
        self.names = [(read(row.name), row) for row in self.rows.values()]
        self.organizations = [(read(rows[0].organization), rows) for rows in self.of.values()]

    def _read(self) -> Iterable[Row]:
        """Note every number and link, and return the services."""
        owner = ("service_id", "organization_id")
        for number, country, *of in Phone.objects.values_list("number", "country", *owner):
            self._read_phone(number, country, (of[0], of[1]))
        for url, *of in Link.objects.values_list("url", *owner):
            self._read_link(url, (of[0], of[1]))
        columns = ("id", "short_id", "name", "status", "organization_id", "organization__name")
        return map(Row._make, Service.objects.filter(moved=None).order_by("name", "id").values_list(*columns))

    def _there(self, ids: Collection[UUID]) -> dict[UUID, list[Where]]:
        """Return where services are, by id."""
        return whereabouts.of_services(ids)

    def _read_phone(self, number: str, country: str, of: Owner) -> None:
        self.numbers.append((digits(number), number, country, of))

    def _read_link(self, url: str, of: Owner) -> None:
        address, number = read_address(url), number_of(url)
        if number:
            self._read_phone(number, "", of)
        self.pages[address.page].append(of)
        if address.host:
            self.hosts[address.host].append(of)
            self.seen[address.seen].add(address.host)

    def alike(self, *documents: Document) -> list[list[Alike]]:
        """Return, for each document, the services that it looks like, those of other organizations first."""
        named = [self._named(document) for document in documents]
        there = self._there({row.id for found in named for _how, _why, row in found})
        return [self._found(document, found, there) for document, found in zip(documents, named, strict=True)]

    def _named(self, document: Document) -> list[tuple[Likeness, Words, Row]]:
        """Return what is called nearly so, or whose organization is, wherever it is."""
        own, of = UUID(document["id"]), UUID(document["organization"]["id"])
        found = [(how, NAMES[how], row) for how, row in _alike_to(document["name"], self.names) if row.id != own]
        for how, rows in _alike_to(document["organization"]["name"], self.organizations):
            found += [(how, ORGANIZATION, row) for row in rows if row.organization_id != of]
        return found

    def _found(
        self, document: Document, named: list[tuple[Likeness, Words, Row]], there: dict[UUID, list[Where]]
    ) -> list[Alike]:
        """Put together why each service is alike: by name if it could be at the same place, by what it shares."""
        own, of = UUID(document["id"]), UUID(document["organization"]["id"])
        here, sure = whereabouts.of_document(document), defaultdict(list)
        for how, why, row in named:
            if how is Likeness.DISGUISED or whereabouts.could_be_one(here, there.get(row.id, [])):
                sure[row.id].append(why)
        shared = self._by_contact(document, of)
        alone = {key for key, (_why, enough) in shared.items() if enough}
        found = []
        for row in [self.rows[key] for key in (sure.keys() | alone) - {own}]:
            reasons = [*sure.get(row.id, []), *shared.get(row.id, ([], False))[0]]
            found.append(Alike(row, row.organization_id == of, tuple(dict.fromkeys(reasons))))
        return sorted(found, key=lambda each: (each.same_organization, each.row.name, each.row.short_id))

    def _by_contact(self, document: Document, of: UUID) -> dict[UUID, tuple[list[Words], bool]]:
        """Return who has the same numbers and pages, why, and whether one of those is enough by itself."""
        found: dict[UUID, tuple[list[Words], bool]] = {}
        for why, owners, shared in self._shared_contacts(document):
            rows = self._services(owners)
            many = len({row.organization_id for row in rows} - {of}) >= MANY
            for row in rows:
                reasons, alone = found.get(row.id, ([], False))
                enough = not (shared or many or row.organization_id == of)
                found[row.id] = ([*reasons, why], alone or enough)
        return found

    def _shared_contacts(self, document: Document) -> Iterable[tuple[Words, list[Owner], bool]]:
        """Yield what a document has in common with others, who they are, and whether it is anybody's own."""
        countries = {row["id"]: row.get("country", "") for row in document["brolly"].get("phones", [])}
        numbers = [(row["number"], countries.get(row["id"], "")) for row in document.get("phones", [])]
        for url in [row["url"] for row in document.get("additional_urls", [])]:
            numbers += [(number, "") for number in [number_of(url)] if number]
            address = read_address(url)
            yield PAGE, self.pages.get(address.page, []), False
            if address.host:
                yield SITE, self.hosts.get(address.host, []), False
                yield NEAR_SITE, self._near_hosts(address), False
        for number, country in numbers:
            yield NUMBER, self._same_number(number, country), is_short(number, country)

    def _near_hosts(self, address: Address) -> list[Owner]:
        near = {host for seen, hosts in self.seen.items() if nearly(address.seen, seen) for host in hosts}
        near |= self.seen.get(address.seen, set())
        return [owner for host in near - {address.host} for owner in self.hosts[host]]

    def _same_number(self, number: str, country: str) -> list[Owner]:
        wanted = dialled(number, country)
        tail = wanted[-TAIL:].strip()
        near = [row for row in self.numbers if tail and tail in row[0]]
        return [owner for _digits, other, at, owner in near if dialled(other, at) == wanted]

    def _services(self, owners: list[Owner]) -> list[Row]:
        """Return the services that have something, themselves or through their organization."""
        own = [self.rows[service] for service, _organization in owners if service in self.rows]
        return own + [row for _service, organization in owners if organization for row in self.of[organization]]


def _alike_to(name: str, others: list[tuple[Name, Any]]) -> list[tuple[Likeness, Any]]:
    own = read(name)
    compared = ((likeness(own, other), what) for other, what in others)
    return [(how, what) for how, what in compared if how]


def digits(number: str) -> str:
    return (
        phonenumbers.normalize_digits_only(number)
        if not number.isascii()
        else "".join(filter(str.isdigit, number))
    )


@lru_cache(maxsize=20_000)
def dialled(number: str, country: str) -> str:
    """Return what a phone dials, with the country where it is a short number; its digits if it is none."""
    try:
        found = parsed_phone(number, country)
    except ValidationError:
        return digits(number)
    if is_short(number, country):
        return f"{country} {found.national_number}"
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=20_000)
def is_short(number: str, country: str) -> bool:
    """Say whether a number is a short one of a whole country, such as 116 123: many may name it."""
    try:
        return not phonenumbers.is_valid_number(phonenumbers.parse(number, country or None))
    except phonenumbers.NumberParseException:
        return False
