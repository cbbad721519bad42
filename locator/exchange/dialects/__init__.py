"""Files of others, in any dialect of HSDS, → records of ours: drafts that nobody has confirmed.

docs/decisions/0026-reading-others.md says what is guessed and what is not.
"""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from rest_framework.serializers import ValidationError

from locator.exchange.dialects.clocks import day
from locator.exchange.dialects.envelopes import files_of
from locator.exchange.dialects.gazetteer import country_at, country_of
from locator.exchange.dialects.loading import Loaded, load
from locator.exchange.dialects.making import Document, Making, id_of_record
from locator.exchange.dialects.remarks import NO_PLACE, Part, Said
from locator.exchange.dialects.services import organization_document, service_document
from locator.exchange.dialects.store import Row, Store, Stored, id_of
from locator.exchange.dialects.tables import JOINED, whole_organization, whole_service
from locator.exchange.dialects.words import cleaned, one_line
from locator.exchange.importing import UnreadableFile, in_words
from locator.exchange.records import Kind, Record
from locator.hsds.shape import clean_organization, clean_service
from locator.models import Change

Subject = Change.Subject
__all__ = ["UnreadableFile", "read"]


def read(path: Path, source: str) -> Iterator[Record]:
    """Yield each organization, then each service, of a file, folder or archive.

    Raises UnreadableFile before the first record, and never after it.
    """
    source = one_line(cleaned(source)[0])[:200]
    with closing(Store()) as store:
        loaded = load(files_of(path), store)
        if not loaded.found and "our organizations" not in store:
            raise UnreadableFile(f"{path.name} holds no organization and no service that we can tell.")
        yield from _with_remarks(_Reading(store, source).records(), loaded)


def _with_remarks(records: Iterator[Record], loaded: Loaded) -> Iterator[Record]:
    """Add what there is to say of the file as a whole to its first record."""
    for n, record in enumerate(records):
        if n == 0:
            said = Said()
            for words in loaded.guessed:
                said.say(Kind.GUESSED, "(file)", words)
            if loaded.total and loaded.total != loaded.found:
                words = f"The file says that there are {loaded.total} records, and holds {loaded.found}."
                said.say(Kind.GUESSED, "total_items", words)
            record.remarks += said.remarks
        yield record


class _Reading:
    """The records of one store."""

    def __init__(self, store: Store, source: str) -> None:
        self.store, self.source = store, source
        self.today = timezone.localdate().isoformat()
        self.home = self._home()

    def _home(self) -> str:
        """Return the country of the file: the one that all of its first services are in."""
        first = islice(self.store.all("services"), 50)
        found = {_country(whole_service(one, self.store)) for one in first} - {""}
        return found.pop() if len(found) == 1 else ""

    def records(self) -> Iterator[Record]:
        yield from self._ours(Subject.ORGANIZATION, "our organizations")
        yield from self._of(Subject.ORGANIZATION, "organizations")
        yield from self._ours(Subject.SERVICE, "our services")
        yield from self._of(Subject.SERVICE, "services")
        yield from self._lost()

    def _ours(self, subject: str, table: str) -> Iterator[Record]:
        """Pass on documents of our own shape, as drafts."""
        clean = clean_service if subject == Subject.SERVICE else clean_organization
        for one in self.store.all(table):
            name = _name(one.row)
            record = Record(subject, f"{subject} {one.id or one.digest}", one.where, name, None)
            try:
                if subject == Subject.SERVICE:
                    one.row["brolly"]["status"] = "draft"
                record.document = clean(one.row)
            except (ValidationError, TypeError, KeyError, AttributeError) as problem:
                words = in_words(getattr(problem, "detail", "its parts are not of the right kind"))
                said = Said()
                said.say(Kind.SKIPPED, "brolly", f"It is no document of ours: {words}")
                record.remarks = said.remarks
            yield record

    def _of(self, subject: str, table: str) -> Iterator[Record]:
        """Yield the records of a table; the same row again is skipped."""
        for one in self.store.all(table):
            key = self.key(table, one)
            first = self.store.first_of(table, one) if one.id else one.number
            if first != one.number:
                if table == "services":
                    yield _skipped(subject, key, one, "id", "This record is there twice.")
                continue
            yield self._made(subject, table, key, one)

    def key(self, table: str, one: Stored) -> str:
        """Return what names a record for good: its id, or what it says where there is none, or several have it."""
        subject = "organization" if table == "organizations" else "service"
        if not one.id:
            return f"{subject} {one.digest}"
        return f"{subject} {one.id} {one.digest}" if self.store.is_shared(table, one.id) else f"{subject} {one.id}"

    def _made(self, subject: str, table: str, key: str, one: Stored) -> Record:
        said = Said()
        whole = (whole_service if table == "services" else whole_organization)(one, self.store)
        part = Part(whole, "", said)
        name = part.text("name", 200)
        if not name:
            return _skipped(subject, key, one, "name", "It has no name.")
        if one.id == "" or self.store.is_shared(table, one.id):
            part.guessed("id", "Its id is missing, or several have it; it is known by what it says.")
        country = _country(whole)
        known = country or self.home or str(settings.SITE_COUNTRY)
        basis = "record" if country else "file" if self.home else "site"
        making = Making(self.source, key, said, self._stated_on(whole), known, basis)
        if table == "services":
            document = service_document(part, making, self._organization(part, whole, name))
        else:
            document = organization_document(part, making)
        part.report_rest()
        return Record(subject, key, one.where, name, document, said.remarks)

    def _stated_on(self, row: Row) -> str:
        dates = [day(row.get(name)) for name in ("assured_date", "last_modified")]
        return next((said for said in dates if said and said <= self.today), self.today)

    def _organization(self, part: Part, row: Row, name: str) -> Document:
        """Return whose service it is; where the file does not say, one of the service's own name."""
        linked = id_of(row, "organization_id") or self._of_place(row)
        found = self.store.one("organizations", linked)
        own = _name(found.row) if found else ""
        if not found or not own:
            words = part.text("organization", 200)
            part.guessed("organization", "The file does not have its organization; one of its own name is made.")
            key = f"organization of {words or part.row.get('id') or name}"
            return {"id": id_of_record(self.source, key), "name": words or name}
        made: Document = {"id": id_of_record(self.source, self.key("organizations", found)), "name": own}
        description = Part(found.row, "", Said()).text("description", 5000)
        return made | ({"description": description} if description else {})

    def _of_place(self, row: Row) -> str:
        rows = row.get("service_at_locations")
        for at in rows if isinstance(rows, list) else []:
            location = at.get("location") if isinstance(at, dict) else None
            if isinstance(location, dict) and id_of(location, "organization_id"):
                return id_of(location, "organization_id")
        return ""

    def _lost(self) -> Iterator[Record]:
        """Yield what is in the file and hangs on nothing: one record for each table, with its columns."""
        lost: dict[str, tuple[int, str, dict[str, None]]] = {}
        for table, one in self.store.unread((*JOINED, "other")):
            count, where, columns = lost.get(table, (0, one.where, {}))
            lost[table] = (count + 1, where, columns | dict.fromkeys(list(one.row)[:50]))
        for table, (count, where, columns) in lost.items():
            said = Said()
            words = f"{count} rows belong to no service and no organization of this file, or to several."
            said.say(Kind.SKIPPED, table, words)
            for column in columns:
                said.say(Kind.DROPPED, f"{table}.{column}", NO_PLACE)
            yield Record(Subject.SERVICE, f"rows of {table}", where, table, None, said.remarks)


def _skipped(subject: str, key: str, one: Stored, field: str, words: str) -> Record:
    said = Said()
    said.say(Kind.SKIPPED, field, words)
    return Record(subject, key, one.where, _name(one.row), None, said.remarks)


def _name(row: Row) -> str:
    return Part(row, "", Said()).text("name", 200)


def _country(row: Row) -> str:
    """Return the country of the first place that tells one; "" where none does."""
    rows = row.get("service_at_locations")
    for at in rows if isinstance(rows, list) else []:
        location = at.get("location") if isinstance(at, dict) else None
        if not isinstance(location, dict):
            continue
        where = Part(location, "", Said())
        for part in [*where.parts("addresses"), where]:
            found = country_of(*(part.get(name) for name in ("country", "city", "state_province", "postal_code")))
            if found:
                return found
        found = country_at(where.get("latitude"), where.get("longitude"))
        if found:
            return found
    return ""
