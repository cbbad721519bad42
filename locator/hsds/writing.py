"""Documents → rows. Called by `moderation` alone, inside its transaction, with a document that was cleaned."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model

from locator.hsds import rows
from locator.hsds.agreement import Document
from locator.models import Contact, Fact, Link, Location, Organization, Phone, Service, Term

KINDS = (("service-type", "types"), ("credential", "credentials"))


def write_organization(document: Document, *, revision: int) -> Organization:
    """Make the organization's rows what the document says; return the organization."""
    brolly = document.get("brolly", {})
    organization, _new = Organization.objects.update_or_create(
        id=document["id"],
        defaults={
            "name": document["name"],
            "description": document.get("description", ""),
            "staff_notes": brolly.get("staff_notes", ""),
            "revision": revision,
        },
    )
    organization.contacts.all().delete()
    for row in document.get("contacts", []):
        Contact.objects.create(organization=organization, **row)
    owner, times = {"organization_id": organization.id}, rows.times_of(brolly)
    for table in (Phone, Link):
        table._default_manager.filter(organization=organization).delete()
    rows.store(rows.phone_rows(document.get("phones", []), brolly.get("phones", []), times, owner))
    rows.store(rows.link_rows(document.get("additional_websites", []), brolly.get("links", []), times, owner))
    return organization


def write_service(document: Document, *, revision: int, before: Document | None = None) -> Service:
    """Make the service's rows what the document says, its places included; return the service.

    An organization that is new is made from what the document says of it; a known one is left as it is. Where
    `before` is what the rows say now, the parts that say the same are left alone.
    """
    if before is None or before["organization"]["id"] != document["organization"]["id"]:
        _know_organizations([document])
    columns = rows.service_columns(document, revision)
    if before is None:
        service, is_new = Service.objects.update_or_create(id=document["id"], defaults=columns)
        before = {"brolly": {}} if is_new else None
    else:
        service = Service.objects.get(id=document["id"])
        for name, value in columns.items():
            setattr(service, name, value)
        service.save()
    for members, write in PARTS:
        if before is None or any(_member(before, name) != _member(document, name) for name in members):
            write(service, document)
    return service


def write_new_services(documents: Sequence[Document]) -> None:
    """Store services that the directory has none of, as `write_service` does, each table's rows in one go.

    Raises IntegrityError or ValidationError where one of them cannot be stored; the caller's transaction is to be
    rolled back then.
    """
    _know_organizations(documents)
    Service.objects.bulk_create(
        Service(id=UUID(document["id"]), **rows.service_columns(document, 1)) for document in documents
    )
    _write_kinds(documents)
    rows.store(row for document in documents for row in rows.own_rows(document))
    _write_places(documents)
    rows.store(row for document in documents for row in rows.at_locations(document))
    rows.store(_facts(documents))


def _facts(documents: Iterable[Document]) -> list[Fact]:
    """Return what documents answer; about a place that several share, what the last of them says."""
    found: list[Fact] = []
    about: dict[UUID, list[Fact]] = {}
    for document in documents:
        about |= {UUID(row["location"]["id"]): [] for row in document.get("service_at_locations", [])}
        for fact in rows.facts(document):
            (about[fact.location_id] if fact.location_id else found).append(fact)
    return found + [fact for facts in about.values() for fact in facts]


def _write_kinds(documents: Iterable[Document]) -> None:
    for vocabulary, member in KINDS:
        ids = dict(Term.objects.filter(vocabulary=vocabulary).values_list("code", "id"))
        through: Any = getattr(Service, member).through
        through.objects.bulk_create(
            through(service_id=UUID(document["id"]), term_id=ids[code])
            for document in documents
            for code in dict.fromkeys(document["brolly"].get(member, []))
            if code in ids
        )


def _write_places(documents: Sequence[Document]) -> None:
    """Store the places of documents; of one that several have, what the last says of it. Facts about them go."""
    areas, wanted = rows.Areas.of(documents), dict[UUID, Location]()
    for document in documents:
        for location in rows.locations(document, areas):
            _check_theirs(location, wanted.get(location.id, location).organization_id)
            wanted[location.id] = location
    known = dict(Location.objects.filter(id__in=wanted).values_list("id", "organization_id"))
    for row_id, organization_id in known.items():
        _check_theirs(wanted[row_id], organization_id)
    _store_places(wanted.values())
    if known:
        Fact.objects.filter(location__in=known).delete()


def _store_places(places: Iterable[Location]) -> None:
    columns = [column.name for column in Location._meta.concrete_fields if not column.primary_key]
    Location.objects.bulk_create(places, update_conflicts=True, unique_fields=["id"], update_fields=columns)


def _check_theirs(location: Location, organization_id: UUID) -> None:
    if location.organization_id != organization_id:
        raise ValidationError("This place belongs to another organization.")


def _know_organizations(documents: Iterable[Document]) -> None:
    """Make the organizations that documents are of, where they are new."""
    refs: dict[UUID, Document] = {}
    for document in documents:
        refs.setdefault(UUID(document["organization"]["id"]), document["organization"])
    known = set(Organization.objects.filter(id__in=refs).values_list("id", flat=True))
    Organization.objects.bulk_create(
        [
            Organization(id=row_id, name=ref["name"], description=ref.get("description", ""))
            for row_id, ref in refs.items()
            if row_id not in known
        ],
        ignore_conflicts=True,
    )


def _member(document: Document, name: str) -> Any:
    own, _dot, of_brolly = name.partition(".")
    return document["brolly"].get(of_brolly) if of_brolly else document.get(own)


def _write_types(service: Service, document: Document) -> None:
    codes = document["brolly"].get("types", [])
    service.types.set(Term.objects.filter(vocabulary="service-type", code__in=codes))


def _write_credentials(service: Service, document: Document) -> None:
    codes = document["brolly"].get("credentials", [])
    service.credentials.set(Term.objects.filter(vocabulary="credential", code__in=codes))


def _anew(part: str, made: Callable[[Document], Iterable[Model]]) -> Callable[[Service, Document], None]:
    """Return what writes a part of a service anew from its document."""

    def write(service: Service, document: Document) -> None:
        getattr(service, part).all().delete()
        rows.store(made(document))

    return write


def _write_locations(service: Service, document: Document) -> None:
    before = {row.location_id for row in service.at_locations.all()}
    service.at_locations.all().delete()
    for location in rows.locations(document, rows.Areas.of([document])):
        for organization_id in Location.objects.filter(id=location.id).values_list("organization_id", flat=True):
            _check_theirs(location, organization_id)
        _store_places([location])
        before.discard(location.id)
    rows.store(rows.at_locations(document))
    Location.objects.filter(id__in=before, of_services=None).delete()


def _write_facts(service: Service, document: Document) -> None:
    locations = [row.location_id for row in service.at_locations.all()]
    service.facts.all().delete()
    Fact.objects.filter(location__in=locations).delete()
    rows.store(rows.facts(document))


# In this order: facts may be about places.
PARTS: tuple[tuple[tuple[str, ...], Callable[[Service, Document], None]], ...] = (
    (("brolly.types",), _write_types),
    (("brolly.credentials",), _write_credentials),
    (("languages",), _anew("languages", rows.spoken)),
    (("phones", "brolly.phones", "brolly.times"), _anew("phones", rows.phones)),
    (("additional_urls", "brolly.links", "brolly.times"), _anew("links", rows.links)),
    (("service_areas", "brolly.areas"), _anew("service_areas", rows.areas)),
    (("cost_options", "brolly.costs"), _anew("cost_options", rows.costs)),
    (("brolly.translations",), _anew("translations", rows.translations)),
    (("service_at_locations", "brolly.locations", "brolly.times"), _write_locations),
    (("service_at_locations", "brolly.facts"), _write_facts),
)
