"""Which service or organization of ours a record is about, if it is one; and whom it only looks like.

It is one of ours by our own id, wherever it stands in the record; or by a name that would pass for its and the
same number, page or place. Where two of ours could be meant, or somebody else has the same number, nobody is: a
person looks at it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from locator.hosts import number_of, read_address
from locator.hsds.agreement import Document
from locator.lookalikes import Likeness, Name, likeness, read
from locator.models import Link, Moved, Organization, Phone, Service, SourceRecord
from locator.models.directory import SHORT_ID_LETTERS
from locator.moderation import whereabouts
from locator.moderation.likeness import MANY, dialled, is_short
from locator.moderation.whereabouts import Where

AN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
OUR_ADDRESS = re.compile(rf"/s/([{SHORT_ID_LETTERS}]{{8}})(?=/|$|\?)")


class Entry(NamedTuple):
    """A service of ours, as far as it is compared."""

    id: UUID
    short_id: str
    name: str
    organization: UUID


@dataclass(frozen=True)
class Match:
    """The row a record is about, or None; and why a person has to look before anything becomes of it."""

    row_id: UUID | None = None
    doubts: tuple[str, ...] = ()


@dataclass
class Twins:
    """What the records of this file are known by, each with where it stands."""

    seen: dict[int, str] = field(default_factory=dict)

    def of(self, keys: Iterable[str], where: str) -> str:
        """Return where an earlier record with one of these keys stands, "" if there is none; note this one."""
        found = ""
        for key in map(hash, keys):
            found = found or self.seen.get(key, "")
            self.seen.setdefault(key, where)
        return found


class Services:
    """Every service as records are compared with it, read once: a few queries, and two for each batch."""

    def __init__(self, source: str) -> None:
        found = Service.objects.order_by("id").values_list("id", "short_id", "name", "organization_id")
        self.rows = {row[0]: Entry(*row) for row in found.iterator()}
        self.organizations = dict(Organization.objects.values_list("id", "name"))
        self.short_ids = {row.short_id: row.id for row in self.rows.values()}
        self.moved = dict(Moved.objects.values_list("service_id", "to_id"))
        own = SourceRecord.objects.filter(source=source, subject="service")
        self.claimed = set(own.values_list("row_id", flat=True))  # by a record of this source: of no other one
        self.by_name: dict[str, list[UUID]] = defaultdict(list)
        for row in self.rows.values():
            if row.id not in self.moved:
                for key in _name_keys(read(row.name)):
                    self.by_name[key].append(row.id)
        self.by_contact: dict[str, list[UUID]] = defaultdict(list)
        of_organization: dict[UUID | None, list[UUID]] = defaultdict(list)
        for row in self.rows.values():
            of_organization[row.organization].append(row.id)
        for key, service, organization in _contacts_of_all():
            self.by_contact[key] += [service] if service else of_organization[organization]
        self.twins = Twins()

    def match(self, documents: Sequence[tuple[str, str, Document]]) -> list[Match]:
        """Return, for each key, place in the file and cleaned document, which service it is about."""
        near = [self._near(document) for _key, _where, document in documents]
        there = whereabouts.of_services({row_id for candidates, _shared in near for row_id in candidates})
        return [
            self._matched(*said, candidates, shared, there)
            for said, (candidates, shared) in zip(documents, near, strict=True)
        ]

    def _near(self, document: Document) -> tuple[set[UUID], set[UUID]]:
        """Return the services of the same name, and those with the same number or page."""
        named = {row for key in _name_keys(read(document["name"])) for row in self.by_name.get(key, [])}
        shared = {row for key in contacts_of(document) for row in self.by_contact.get(key, [])}
        return named, shared - set(self.moved)

    def _matched(
        self,
        key: str,
        where: str,
        document: Document,
        named: set[UUID],
        shared: set[UUID],
        there: dict[UUID, list[Where]],
    ) -> Match:
        here, own = whereabouts.of_document(document), read(document["name"])
        twin = self.twins.of(_twin_keys(document, own, here), where)
        doubts = [f"It looks the same as {twin} of this file."] if twin else []
        row_id = self._named_by_id(key, document)
        if row_id:
            return Match(None, ("Another record is about the same.",)) if self._take(row_id) else Match(row_id)
        sure = {row for row in named | shared if self._is_one(document, own, row, row in shared, here, there)}
        free = sure - self.claimed
        if len(free) == 1 and not twin:
            (row_id,) = free
            self.claimed.add(row_id)
            return Match(row_id)
        like = free or self._like(document, named, shared, here, there)
        doubts += [self._told(row, row in shared) for row in sorted(like, key=str)[:MANY]]
        return Match(None, tuple(doubts))

    def _like(
        self,
        document: Document,
        named: set[UUID],
        shared: set[UUID],
        here: list[Where],
        there: dict[UUID, list[Where]],
    ) -> set[UUID]:
        """Return whose a record looks like: who has its number or page, unless many have, or its name."""
        of = UUID(document["organization"]["id"])
        others = {row for row in shared if self.rows[row].organization != of}
        many = len({self.rows[row].organization for row in others}) >= MANY
        found = (set() if many else others) | {row for row in named if _in_one_town(here, there.get(row, []))}
        return found - self.claimed

    def _named_by_id(self, key: str, document: Document) -> UUID | None:
        """Return the service whose id, or whose address with us, stands in a record."""
        urls = [row["url"] for row in document.get("additional_urls", [])]
        ids = [UUID(document["id"]), *(UUID(found) for text in (key, *urls) for found in AN_ID.findall(text))]
        ids += [
            self.short_ids[said] for url in urls for said in OUR_ADDRESS.findall(url) if said in self.short_ids
        ]
        return next((self._stays(row_id) for row_id in ids if row_id in self.rows), None)

    def _stays(self, row_id: UUID) -> UUID:
        passed: set[UUID] = set()
        while row_id in self.moved and row_id not in passed:
            passed.add(row_id)
            row_id = self.moved[row_id]
        return row_id

    def _take(self, row_id: UUID) -> bool:
        """Say whether another record of this source is about a row; it is taken from now on."""
        taken = row_id in self.claimed
        self.claimed.add(row_id)
        return taken

    def _is_one(
        self, document: Document, own: Name, row_id: UUID, shares: bool, here: list[Where],  # noqa: FBT001
        there: dict[UUID, list[Where]],
    ) -> bool:  # fmt: skip
        """Say whether it is the same: its name, and its number or page, or its town and organization."""
        row = self.rows[row_id]
        how, other = likeness(own, read(row.name)), there.get(row_id, [])
        if shares:
            return how in {Likeness.SAME, Likeness.NEAR} and whereabouts.could_be_one(here, other)
        if how is not Likeness.SAME or not _in_one_town(here, other):
            return False
        of = document["organization"]
        if str(row.organization) == of["id"]:
            return True
        return likeness(read(of["name"]), read(self.organizations[row.organization])) is Likeness.SAME

    def _told(self, row_id: UUID, shares: bool) -> str:  # noqa: FBT001
        row = self.rows[row_id]
        why = "the same number or page" if shares else "the same name, at the same place"
        return f"It looks like “{row.name}” (/s/{row.short_id}/): {why}."


class Organizations:
    """Every organization as records are compared with it: by id, or by name and web site."""

    def __init__(self, source: str) -> None:
        self.names = dict(Organization.objects.values_list("id", "name"))
        self.by_site: dict[tuple[str, str], set[UUID]] = defaultdict(set)
        rows = Link.objects.values_list("url", "organization_id", "service__organization_id")
        for url, own, of_service in rows.iterator():
            row_id = own or of_service
            for key in _site_keys(self.names[row_id], [url]):
                self.by_site[key].add(row_id)
        known = SourceRecord.objects.filter(source=source, subject="organization")
        self.ours: dict[UUID, UUID] = dict(known.values_list("said_id", "row_id"))  # by the source's id

    def match(self, document: Document) -> Match:
        """Return which organization a record is about."""
        said = UUID(document["id"])
        if said in self.names:
            return Match(said)
        urls = [row["url"] for row in document.get("additional_websites", [])]
        found = {row for key in _site_keys(document["name"], urls) for row in self.by_site.get(key, set())}
        if len(found) == 1:
            return Match(found.pop())
        told = sorted(f"“{self.names[row]}”" for row in found)
        return Match(None, (f"It looks like {' and '.join(told)}: the same name and web site.",) if told else ())

    def known_as(self, said: UUID) -> UUID:
        """Return our id of the organization that a source's service is of."""
        return self.ours.get(said, said)


def _name_keys(name: Name) -> set[str]:
    return {" ".join(sorted(name.telling)), "".join(name.words)} - {""}


def contacts_of(document: Document) -> set[str]:
    """Return the numbers and pages of a document as they are compared; a short number is nobody's own."""
    countries = {row["id"]: row.get("country", "") for row in document["brolly"].get("phones", [])}
    found = [_number(row["number"], countries.get(row["id"], "")) for row in document.get("phones", [])]
    found += [_page(row["url"]) for row in document.get("additional_urls", [])]
    return set(found) - {""}


def _contacts_of_all() -> Iterator[tuple[str, UUID | None, UUID | None]]:
    owner = ("service_id", "organization_id")
    for number, country, *of in Phone.objects.values_list("number", "country", *owner).iterator():
        if key := _number(number, country):
            yield key, of[0], of[1]
    for url, *of in Link.objects.values_list("url", *owner).iterator():
        yield _page(url), of[0], of[1]


def _number(number: str, country: str) -> str:
    return "" if is_short(number, country) else dialled(number, country)


def _page(url: str) -> str:
    number = number_of(url)
    return dialled(number, "") if number else read_address(url).page


def _site_keys(name: str, urls: Iterable[str]) -> set[tuple[str, str]]:
    hosts = {read_address(url).host for url in urls} - {""}
    return {(key, host) for key in _name_keys(read(name)) for host in hosts}


def _in_one_town(some: list[Where], others: list[Where]) -> bool:
    towns = {(where.country, where.town) for where in some if where.town}
    return any((where.country, where.town) in towns for where in others)


def _twin_keys(document: Document, name: Name, here: list[Where]) -> set[str]:
    """Return what makes two records of a file the same: name, place, and number, page or organization."""
    own = " ".join(sorted(name.telling))
    places = {f"{at.country}:{at.town}:{_about(at)}" for at in here if at.town} or {""}
    of = contacts_of(document) | {document["organization"]["id"]}
    return {f"{own}|{place}|{what}" for place in places for what in of}


def _about(where: Where) -> str:
    return f"{where.point.latitude:.2f} {where.point.longitude:.2f}" if where.point else ""
