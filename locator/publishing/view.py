"""What the public may see of a service, its places and its numbers; everything here is named one by one."""

from collections.abc import Iterable
from typing import Any

from locator.geo import Point
from locator.geocoding import region_at
from locator.hours.clocks import only_zone
from locator.hours.osm import osm
from locator.hours.public_days import has_parts, part_named
from locator.hsds.reading import filled
from locator.hsds.vocabulary import CREDENTIALS, TYPES_BY_CODE
from locator.models import (
    Basis,
    CostOption,
    Fact,
    Hours,
    Language,
    Link,
    Location,
    Phone,
    Place,
    Service,
    ServiceAtLocation,
    Translation,
    Visibility,
)
from locator.models.contact_values import dial
from locator.models.languages import LANGUAGES
from locator.models.questions import BY_KEY, COSTS, QUESTIONS, Question, mask
from locator.rules import fresh_until

CONFIRMED = {Basis.ORGANIZATION, Basis.MODERATOR}
COST_BY_KEY = {cost.key: cost for cost in COSTS}
CHANNEL_OF_PHONE = {"voice": "phone", "text": "text"}
CHANNEL_OF_LINK = {"chat": "chat", "online": "online", "email": "email"}  # a website is no way to talk
Shown = dict[str, Any]


def area_of(location: Location) -> Place:
    assert location.area is not None  # noqa: S101  # nosec B101 (CHECK area_place_has_area)
    return location.area


def bits(facts: list[Fact], costs: list[CostOption]) -> dict[str, int]:
    """Return which answers and ways of paying a filter matches, and which are only said in a document."""
    confirmed: list[Question] = []
    said: list[Question] = []
    for fact in facts:
        if fact.answer == Fact.Answer.YES:
            (confirmed if fact.basis in CONFIRMED else said).append(BY_KEY[fact.question])
    found = {"yes_bits": mask(confirmed), "said_bits": mask(said)}
    for cost in costs:
        if cost.option in COST_BY_KEY:
            key = "yes_bits" if cost.basis in CONFIRMED else "said_bits"
            found[key] |= mask([COST_BY_KEY[cost.option]])
    return found


def may_show(fact: Fact) -> bool:
    """Say whether a fact is public at all: declined looks like unknown, and some only they may say."""
    if fact.answer == Fact.Answer.DECLINED:
        return False
    return not BY_KEY[fact.question].only_own_word or fact.basis == Basis.ORGANIZATION


def answers(facts: list[Fact]) -> dict[str, Shown]:
    """Return an answer for every question, in the order of the page; where nobody said, "unknown"."""
    said = {fact.question: fact for fact in facts}
    return {question.key: _answer(question, said.get(question.key)) for question in QUESTIONS}


def _answer(question: Question, fact: Fact | None) -> Shown:
    if fact is None:
        return {"answer": "unknown"}
    return filled(
        answer=fact.answer,
        basis=fact.basis,
        stated_by=fact.stated_by,
        stated_on=fact.stated_on,
        limits=fact.limits,
    )


def of_service(service: Service, places: int) -> Shown:
    """Return what is shown of a service wherever it is."""
    organization = service.organization
    phones = [*service.phones.all(), *organization.phones.all()]
    links = [*service.links.all(), *organization.links.all()]
    clock = _clock_of_lines(service)
    shown_phones = [_phone(phone, clock) for phone in _ordered(phones) if phone.confirmed_on]
    shown_links = [_link(link, clock) for link in _ordered(links) if link.confirmed_on]
    types = sorted((term.code for term in service.types.all()), key=lambda code: TYPES_BY_CODE[code].bit)
    fresh = fresh_until(types, service.assured_date)
    return {
        "id": str(service.id),
        "short_id": service.short_id,
        "url": f"/s/{service.short_id}/",
        "name": service.name,
        "text_language": service.text_language,
        **filled(translations=_translations(service)),
        **filled(discreet_name=service.discreet_name, description=service.description, source=service.source),
        "organization": filled(id=organization.id, name=organization.name, description=organization.description),
        "types": types,
        "status": service.offer,
        "assured_date": service.assured_date.isoformat() if service.assured_date else None,
        "fresh_until": fresh.isoformat() if fresh else None,
        **filled(
            assured_by=service.assurer,
            application_process=service.application_process,
            fees_description=service.fees_description,
            wait_time=service.wait_time,
            eligibility_description=service.eligibility_description,
            minimum_age=service.minimum_age,
            maximum_age=service.maximum_age,
            interpretation_services=service.interpretation_services,
            credentials=sorted(CREDENTIALS[term.code][0] for term in service.credentials.all()),
        ),
        "languages": [_language(row) for row in sorted(service.languages.all(), key=lambda row: row.code)],
        "cost_options": [_cost(row) for row in sorted(service.cost_options.all(), key=lambda row: row.option)],
        "phones": shown_phones,
        "links": shown_links,
        "unchecked_contact": len(phones) + len(links) > len(shown_phones) + len(shown_links),
        "service_areas": [area.name for area in sorted(service.service_areas.all(), key=lambda row: row.covers)],
        "places": places,
    }


def _translations(service: Service) -> Shown:
    """Return the texts a visitor may read in other languages: language → field → text and how it was made."""
    found: Shown = {}
    for row in sorted(service.translations.all(), key=lambda row: (row.language, row.field)):
        if row.status != Translation.Status.DRAFT:
            found.setdefault(row.language, {})[row.field] = {"text": row.text, "status": row.status}
    return found


def _ordered(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (row.service_id is None, str(row.id)))


def _language(row: Language) -> Shown:
    return filled(code=row.code, name=LANGUAGES[row.code][0], note=row.note)


def _cost(row: CostOption) -> Shown:
    return filled(
        option=row.option,
        amount=row.amount,
        currency=row.currency,
        amount_description=row.amount_description,
        basis=row.basis,
        stated_by=row.stated_by,
        stated_on=row.stated_on,
    )


def _phone(phone: Phone, clock: str) -> Shown:
    return {
        "channel": CHANNEL_OF_PHONE[phone.type],
        "number": phone.number,
        "dial": dial(phone.number, phone.country),
        **filled(description=phone.description, free_to_call=phone.free_to_call),
        "languages": sorted(row.code for row in phone.languages.all()),
        "hours": hours(phone.hours.all()),
        "times": {**filled(timezone=phone.timezone or clock), **times(phone)},
        **filled(opening_hours=osm(hours(phone.hours.all()), times(phone))),
        "confirmed_on": phone.confirmed_on.isoformat() if phone.confirmed_on else None,
    }


def _link(link: Link, clock: str) -> Shown:
    return {
        "channel": CHANNEL_OF_LINK.get(link.kind),
        "url": link.url,
        **filled(label=link.label),
        "hours": hours(link.hours.all()),
        "times": {**filled(timezone=link.timezone or clock), **times(link)},
        **filled(opening_hours=osm(hours(link.hours.all()), times(link))),
        "confirmed_on": link.confirmed_on.isoformat() if link.confirmed_on else None,
    }


def _clock_of_lines(service: Service) -> str:
    """Return the zone whose clock the hours of a phone or chat are told by, when they do not say; "" if unsure.

    That of the service's places if they share one, else the only one of the only country it serves.
    """
    locations = [row.location for row in service.at_locations.all()]
    zones = {area_of(row).timezone if row.area_id else row.timezone for row in locations} - {""}
    if len(zones) == 1:
        return zones.pop()
    countries = {area.covers.partition(":")[2] for area in service.service_areas.all()}
    kinds = {area.covers.partition(":")[0] for area in service.service_areas.all()}
    return only_zone(countries.pop()) if not zones and kinds == {"country"} and len(countries) == 1 else ""


def times(row: ServiceAtLocation | Phone | Link) -> Shown:
    """Return what is said of the hours of a place, phone or link as a whole."""
    return filled(
        access=row.access,
        on_public_holidays=row.on_public_holidays,
        holiday_opens_at=row.holiday_opens_at,
        holiday_closes_at=row.holiday_closes_at,
        holiday_region=row.holiday_region,
        dated=[
            filled(
                first=dated.first,
                last=dated.last,
                opens_at=dated.opens_at,
                closes_at=dated.closes_at,
                description=dated.description,
            )
            for dated in sorted(row.dated.all(), key=lambda dated: (dated.first, str(dated.id)))
        ],
    )


def hours(rows: Iterable[Hours]) -> list[Shown]:
    return [
        filled(
            freq=row.freq,
            interval=row.interval,
            byday=row.byday,
            dtstart=row.dtstart,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            description=row.description,
        )
        for row in sorted(rows, key=lambda row: str(row.id))
    ]


def of_place(location: Location) -> Shown:
    """Return what is shown of a place: its address if that is public, else its area and nothing more."""
    if location.address_visibility == Visibility.AREA:
        area = area_of(location)
        return filled(
            address_visibility=Visibility.AREA.value,
            area={"name": area.name, "slug": area.slug},
            country=area.country,
            timezone=area.timezone,
            holiday_region=part_named(area.country, area.region),
        )
    return filled(
        address_visibility=Visibility.PUBLIC.value,
        name=location.name,
        address_1=location.address_1,
        address_2=location.address_2,
        city=location.city,
        state_province=location.state_province,
        postal_code=location.postal_code,
        country=location.country,
        latitude=location.latitude,
        longitude=location.longitude,
        transportation=location.transportation,
        timezone=location.timezone,
        holiday_region=_region_of(location),
    )


def _region_of(location: Location) -> str:
    """Return the part of the country whose holidays a place has: by its address, else by the nearest town."""
    said = part_named(location.country, location.state_province)
    if said or not has_parts(location.country):
        return said
    assert location.latitude is not None and location.longitude is not None  # noqa: PT018, S101  # nosec B101 (CHECK)
    return part_named(location.country, region_at(Point(location.latitude, location.longitude)))
