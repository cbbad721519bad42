"""Documents → rows. Called by `moderation` alone, inside its transaction, with a document that was cleaned."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from locator.hsds.agreement import Document
from locator.hsds.reading import SERVICE_WORDS
from locator.models import (
    Contact,
    CostOption,
    DatedHours,
    Fact,
    Hours,
    Language,
    Link,
    Location,
    Organization,
    Phone,
    Place,
    Service,
    ServiceArea,
    ServiceAtLocation,
    Term,
    Translation,
)


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
    owner = {"organization": organization}
    times = _times_of(brolly)
    _write_phones(document.get("phones", []), brolly.get("phones", []), times, owner)
    _write_links(document.get("additional_websites", []), brolly.get("links", []), times, owner)
    return organization


def write_service(document: Document, *, revision: int, before: Document | None = None) -> Service:
    """Make the service's rows what the document says, its places included; return the service.

    An organization that is new is made from what the document says of it; a known one is left as it is. Where
    `before` is what the rows say now, the parts that say the same are left alone.
    """
    if before is None or before["organization"]["id"] != document["organization"]["id"]:
        _know_organization(document["organization"])
    if before is None:
        columns = _service_columns(document, revision)
        service, is_new = Service.objects.update_or_create(id=document["id"], defaults=columns)
        before = {"brolly": {}} if is_new else None
    else:
        service = Service.objects.get(id=document["id"])
        for name, value in _service_columns(document, revision).items():
            setattr(service, name, value)
        service.save()
    for members, write in PARTS:
        if before is None or any(_member(before, name) != _member(document, name) for name in members):
            write(service, document)
    return service


def _service_columns(document: Document, revision: int) -> dict[str, Any]:
    brolly = document["brolly"]
    columns = {
        "organization_id": UUID(document["organization"]["id"]),
        "name": document["name"],
        "offer": document["status"],
        "status": brolly["status"],
        "assured_date": document.get("assured_date"),
        "revision": revision,
        **{key: document.get(key, None if key.endswith("_age") else "") for key in SERVICE_WORDS},
        **{key: brolly.get(key, "") for key in ("discreet_name", "source", "assurer", "staff_notes")},
        "text_language": brolly.get("text_language", "en"),
    }
    if "short_id" in brolly:
        columns["short_id"] = brolly["short_id"]
    return columns


def _know_organization(ref: Document) -> None:
    """Make the organization a document is of, if it is new."""
    said = {"name": ref["name"], "description": ref.get("description", "")}
    Organization.objects.get_or_create(id=ref["id"], defaults=said)


def _member(document: Document, name: str) -> Any:
    own, _dot, of_brolly = name.partition(".")
    return document["brolly"].get(of_brolly) if of_brolly else document.get(own)


def _write_types(service: Service, document: Document) -> None:
    codes = document["brolly"].get("types", [])
    service.types.set(Term.objects.filter(vocabulary="service-type", code__in=codes))


def _write_credentials(service: Service, document: Document) -> None:
    codes = document["brolly"].get("credentials", [])
    service.credentials.set(Term.objects.filter(vocabulary="credential", code__in=codes))


def _write_spoken(service: Service, document: Document) -> None:
    service.languages.all().delete()
    _write_languages(document.get("languages", []), {"service": service})


def _write_own_phones(service: Service, document: Document) -> None:
    brolly = document["brolly"]
    _write_phones(document.get("phones", []), brolly.get("phones", []), _times_of(brolly), {"service": service})


def _write_own_links(service: Service, document: Document) -> None:
    brolly = document["brolly"]
    rows = document.get("additional_urls", [])
    _write_links(rows, brolly.get("links", []), _times_of(brolly), {"service": service})


def _write_areas(service: Service, document: Document) -> None:
    covers = {row["id"]: row["covers"] for row in document["brolly"].get("areas", [])}
    service.service_areas.all().delete()
    for area in document.get("service_areas", []):
        ServiceArea.objects.create(service=service, covers=covers[area["id"]], **area)


def _write_costs(service: Service, document: Document) -> None:
    basis = {row["option"]: row for row in document["brolly"].get("costs", [])}
    service.cost_options.all().delete()
    for cost in document.get("cost_options", []):
        CostOption.objects.create(service=service, **cost, **_without(basis[cost["option"]], "option"))


def _write_translations(service: Service, document: Document) -> None:
    service.translations.all().delete()
    for translation in document["brolly"].get("translations", []):
        Translation.objects.create(service=service, **translation)


def _without(row: Document, *keys: str) -> Document:
    return {key: value for key, value in row.items() if key not in keys}


def _write_languages(rows: list[Document], owner: dict[str, Any]) -> None:
    if rows:
        Language.objects.bulk_create(Language(code=row["code"], note=row.get("note", ""), **owner) for row in rows)


def _times_of(brolly: Document) -> dict[str, Document]:
    return {row["id"]: row for row in brolly.get("times", [])}


def _columns(times: Document) -> Document:
    """Return what is said of hours as a whole as columns of their place, phone or link."""
    return _without(times, "id", "dated")


def _write_hours(rules: list[Document], times: Document, owner: dict[str, Any]) -> None:
    for row in rules:
        Hours.objects.create(**row, **owner)
    for row in times.get("dated", []):
        DatedHours.objects.create(**row, **owner)


def _write_phones(
    rows: list[Document], confirmations: list[Document], times: dict[str, Document], owner: dict[str, Any]
) -> None:
    basis = {row["id"]: _without(row, "kind", "schedules") for row in confirmations}
    Phone.objects.filter(**owner).delete()
    for row in rows:
        own = times.get(row["id"], {})
        columns = {**_without(row, "languages", "schedules"), **basis[row["id"]], **_columns(own)}
        phone = Phone.objects.create(**columns, **owner)
        _write_languages(row.get("languages", []), {"phone": phone})
        _write_hours(row.get("schedules", []), own, {"phone": phone})


def _write_links(
    rows: list[Document], confirmations: list[Document], times: dict[str, Document], owner: dict[str, Any]
) -> None:
    basis = {row["id"]: row for row in confirmations}
    Link.objects.filter(**owner).delete()
    for row in rows:
        own = times.get(row["id"], {})
        shown = _without(basis[row["id"]], "country", "free_to_call", "schedules")
        link = Link.objects.create(**{**row, **shown, **_columns(own)}, **owner)
        _write_hours(basis[row["id"]].get("schedules", []), own, {"link": link})


def _write_locations(service: Service, document: Document) -> None:
    disclosed = {row["id"]: row for row in document["brolly"].get("locations", [])}
    times = _times_of(document["brolly"])
    before = {row.location_id for row in service.at_locations.all()}
    service.at_locations.all().delete()
    for row in document.get("service_at_locations", []):
        location = _write_location(service, row["location"], disclosed[row["location"]["id"]])
        own = times.get(row["id"], {})
        at = ServiceAtLocation.objects.create(id=row["id"], service=service, location=location, **_columns(own))
        _write_hours(row.get("schedules", []), own, {"at_location": at})
        before.discard(location.id)
    Location.objects.filter(id__in=before, of_services=None).delete()


def _write_location(service: Service, row: Document, disclosed: Document) -> Location:
    address = _without((row.get("addresses") or [{}])[0], "address_type")
    blank = ("name", "address_1", "address_2", "city", "state_province", "postal_code", "country")
    columns: dict[str, Any] = dict.fromkeys((*blank, "transportation", "external_identifier"), "")
    columns |= {"latitude": None, "longitude": None}
    columns |= address | _without(row, "id", "location_type", "addresses")
    columns["address_visibility"] = disclosed["address_visibility"]
    columns["timezone"] = disclosed.get("timezone", "")
    columns["area"] = _area(disclosed["area"]) if "area" in disclosed else None
    owner = Location.objects.filter(id=row["id"]).exclude(organization_id=service.organization_id)
    if owner.exists():
        raise ValidationError("This place belongs to another organization.")
    columns["organization_id"] = service.organization_id
    location, _new = Location.objects.update_or_create(id=UUID(row["id"]), defaults=columns)
    return location


def _area(slug: str) -> Place:
    try:
        return Place.objects.get(slug=slug)
    except Place.DoesNotExist as problem:
        raise ValidationError(f"“{slug}” is not one of the areas a listing can be in.") from problem


def _write_facts(service: Service, document: Document) -> None:
    locations = [row.location_id for row in service.at_locations.all()]
    service.facts.all().delete()
    Fact.objects.filter(location__in=locations).delete()
    Fact.objects.bulk_create(
        Fact(
            **_without(row, "location"),
            **({"location_id": row["location"]} if "location" in row else {"service": service}),
        )
        for row in document["brolly"].get("facts", [])
    )


# In this order: facts may be about places.
PARTS: tuple[tuple[tuple[str, ...], Callable[[Service, Document], None]], ...] = (
    (("brolly.types",), _write_types),
    (("brolly.credentials",), _write_credentials),
    (("languages",), _write_spoken),
    (("phones", "brolly.phones", "brolly.times"), _write_own_phones),
    (("additional_urls", "brolly.links", "brolly.times"), _write_own_links),
    (("service_areas", "brolly.areas"), _write_areas),
    (("cost_options", "brolly.costs"), _write_costs),
    (("brolly.translations",), _write_translations),
    (("service_at_locations", "brolly.locations", "brolly.times"), _write_locations),
    (("service_at_locations", "brolly.facts"), _write_facts),
)
