"""Rows → documents. The same rows always give the same document, to the byte."""

from typing import Any

from locator.hsds.agreement import Document
from locator.models import (
    CostOption,
    DatedHours,
    Fact,
    Hours,
    Language,
    Link,
    Location,
    Organization,
    Phone,
    Service,
    ServiceArea,
    ServiceAtLocation,
)
from locator.models.languages import LANGUAGES

SERVICE_WORDS = (
    "description", "application_process", "fees_description", "wait_time", "eligibility_description",
    "minimum_age", "maximum_age", "interpretation_services",
)  # fmt: skip
PREFETCH = (
    "types", "credentials", "languages", "phones__languages", "phones__hours", "phones__dated", "links__hours",
    "links__dated", "service_areas", "cost_options", "at_locations__location__area",
    "at_locations__location__facts", "at_locations__hours", "at_locations__dated", "facts", "translations",
)  # fmt: skip


def filled(**members: Any) -> Document:
    """Return the members that say something: HSDS leaves out what is empty, and 0 is not empty."""
    found = {}
    for key, value in members.items():
        if value not in ("", None, [], {}):
            found[key] = value if isinstance(value, (int, float, list, dict)) else str(value)
    return found


def service_document(service: Service) -> Document:
    """Return the service's document; prefetch PREFETCH for many."""
    at_locations = _sorted(service.at_locations.all())
    areas, organization = _sorted(service.service_areas.all()), service.organization
    return filled(
        id=service.id,
        name=service.name,
        status=service.offer,
        **{key: getattr(service, key) for key in SERVICE_WORDS},
        assured_date=service.assured_date,
        organization=filled(id=organization.id, name=organization.name, description=organization.description),
        languages=_languages(service.languages.all()),
        phones=[_phone(phone) for phone in _sorted(service.phones.all())],
        additional_urls=[_link(link) for link in _sorted(service.links.all())],
        service_areas=[filled(id=area.id, name=area.name) for area in areas],
        cost_options=[_cost(cost) for cost in _costs(service)],
        service_at_locations=[
            filled(id=row.id, location=_location(row.location), schedules=_schedules(row.hours.all()))
            for row in at_locations
        ],
        brolly=_brolly(service, at_locations, areas),
    )


def _brolly(service: Service, at_locations: list[ServiceAtLocation], areas: list[ServiceArea]) -> Document:
    """Return the member for what HSDS cannot say."""
    locations = [row.location for row in at_locations]
    return filled(
        status=service.status,
        short_id=service.short_id,
        discreet_name=service.discreet_name,
        text_language=service.text_language if service.text_language != "en" else "",
        source=service.source,
        assurer=service.assurer,
        staff_notes=service.staff_notes,
        types=sorted(term.code for term in service.types.all()),
        credentials=sorted(term.code for term in service.credentials.all()),
        facts=_facts(service, locations),
        costs=[
            filled(option=cost.option, basis=cost.basis, stated_by=cost.stated_by, stated_on=cost.stated_on)
            for cost in _costs(service)
        ],
        phones=[_phone_basis(phone) for phone in _sorted(service.phones.all())],
        links=[_link_basis(link) for link in _sorted(service.links.all())],
        areas=[filled(id=area.id, covers=area.covers) for area in areas],
        locations=[_disclosure(location) for location in locations],
        times=_times([*at_locations, *_sorted(service.phones.all()), *_sorted(service.links.all())]),
        translations=[
            filled(
                field=row.field,
                language=row.language,
                text=row.text,
                status=row.status,
                source_revision=row.source_revision,
            )
            for row in sorted(service.translations.all(), key=lambda row: (row.field, row.language))
        ],
    )


def organization_document(organization: Organization) -> Document:
    phones, links = _sorted(organization.phones.all()), _sorted(organization.links.all())
    return filled(
        id=organization.id,
        name=organization.name,
        description=organization.description,
        phones=[_phone(phone) for phone in phones],
        additional_websites=[_link(link) for link in links],
        contacts=[
            filled(id=c.id, name=c.name, title=c.title, email=c.email, phone=c.phone)
            for c in sorted(organization.contacts.all(), key=lambda c: str(c.id))
        ],
        brolly=filled(
            staff_notes=organization.staff_notes,
            phones=[_phone_basis(phone) for phone in phones],
            links=[_link_basis(link) for link in links],
            times=_times([*phones, *links]),
        ),
    )


def _sorted(rows: Any) -> list[Any]:
    return sorted(rows, key=lambda row: str(row.id))


def _costs(service: Service) -> list[CostOption]:
    return sorted(service.cost_options.all(), key=lambda row: row.option)


def _cost(cost: CostOption) -> Document:
    return filled(
        option=cost.option,
        amount=cost.amount,
        currency=cost.currency,
        amount_description=cost.amount_description,
    )


def _link(link: Link) -> Document:
    return filled(id=link.id, label=link.label, url=link.url)


def _languages(rows: Any) -> list[Document]:
    ordered: list[Language] = sorted(rows, key=lambda row: row.code)
    return [filled(code=row.code, name=LANGUAGES[row.code][0], note=row.note) for row in ordered]


def _schedules(rows: Any) -> list[Document]:
    ordered: list[Hours] = sorted(rows, key=lambda row: str(row.id))
    return [
        filled(
            id=row.id,
            freq=row.freq,
            interval=row.interval if row.interval > 1 else None,
            byday=row.byday,
            dtstart=row.dtstart,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            description=row.description,
        )
        for row in ordered
    ]


def _times(owners: list[Any]) -> list[Document]:
    """Return what HSDS cannot say of the hours of places, phones and links; only of those that say any."""
    found = [
        filled(
            id=owner.id,
            access=owner.access,
            on_public_holidays=owner.on_public_holidays,
            holiday_opens_at=owner.holiday_opens_at,
            holiday_closes_at=owner.holiday_closes_at,
            holiday_region=owner.holiday_region,
            timezone=getattr(owner, "timezone", ""),
            dated=[_dated(row) for row in _sorted(owner.dated.all())],
        )
        for owner in owners
    ]
    return [row for row in found if len(row) > 1]


def _dated(row: DatedHours) -> Document:
    return filled(
        id=row.id,
        first=row.first,
        last=row.last,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        description=row.description,
    )


def _phone(phone: Phone) -> Document:
    return filled(
        id=phone.id,
        number=phone.number,
        type=phone.type,
        description=phone.description,
        languages=_languages(phone.languages.all()),
        schedules=_schedules(phone.hours.all()),
    )


def _phone_basis(phone: Phone) -> Document:
    return filled(
        id=phone.id,
        confirmed_by=phone.confirmed_by,
        confirmed_on=phone.confirmed_on,
        country=phone.country,
        free_to_call=phone.free_to_call,
    )


def _link_basis(link: Link) -> Document:
    return filled(
        id=link.id,
        confirmed_by=link.confirmed_by,
        confirmed_on=link.confirmed_on,
        kind=link.kind,
        schedules=_schedules(link.hours.all()),
    )


def _location(location: Location) -> Document:
    return filled(
        id=location.id,
        location_type="virtual" if location.address_visibility == "none" else "physical",
        name=location.name,
        transportation=location.transportation,
        latitude=location.latitude,
        longitude=location.longitude,
        external_identifier=location.external_identifier,
        addresses=[_address(location)] if location.address_1 else [],
    )


def _address(location: Location) -> Document:
    return filled(
        address_1=location.address_1,
        address_2=location.address_2,
        city=location.city,
        state_province=location.state_province,
        postal_code=location.postal_code,
        country=location.country,
        address_type="physical",
    )


def _disclosure(location: Location) -> Document:
    return filled(
        id=location.id,
        address_visibility=location.address_visibility,
        area=location.area.slug if location.area else None,
        timezone=location.timezone,
    )


def _facts(service: Service, locations: list[Location]) -> list[Document]:
    rows: list[tuple[Fact, Any]] = [(fact, None) for fact in service.facts.all()]
    rows += [(fact, location.id) for location in locations for fact in location.facts.all()]
    return [
        filled(
            question=fact.question,
            answer=fact.answer,
            basis=fact.basis,
            stated_by=fact.stated_by,
            stated_on=fact.stated_on,
            limits=fact.limits,
            location=location,
        )
        for fact, location in sorted(rows, key=lambda row: (row[0].question, str(row[1])))
    ]
