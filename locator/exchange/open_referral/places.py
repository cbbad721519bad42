"""Where a service is → location, address, service area. A place that shows its area alone has nothing finer."""

from typing import Any

from django.utils.translation import override

from locator.countries import name_of
from locator.exchange.open_referral.schedules import closures, said_of_hours, schedules
from locator.exchange.open_referral.terms import (
    UNPUBLISHED,
    answer_attributes,
    attribute,
    confirmed,
    made,
    sentence,
)
from locator.hsds.reading import filled
from locator.search.standard import Published

Document = dict[str, Any]
ASK = "Address given when you get in touch"
NEEDED = ("address_1", "city", "postal_code", "country")  # without any of them HSDS takes no address


def at_location(row: Published) -> Document:
    """Return a service at one of its locations, without the service."""
    of, shown = {"service_at_location_id": row.id}, row.shown
    clock = shown["location"].get("timezone", "")
    hours = schedules(shown["hours"], shown["times"], of, attending=_attending(shown), clock=clock)
    return filled(
        id=row.id,
        service_id=shown["id"],
        location_id=location_id(row),
        description=said_of_hours(shown["times"]) if shown["times"] and not hours else "",
        service_areas=areas_of_place(row, of),
        schedules=hours,
        location=location(row),
    )


def location_id(row: Published) -> str:
    """Return the id of a place: another one for each service, so that it leads to no neighbour (SAFETY R23)."""
    return made(row.id, "location")


def location(row: Published, *, nested: bool = True) -> Document:
    """Return where it is; without `nested`, only what is one word or number."""
    where = row.shown["location"]
    found = {"id": location_id(row), "location_type": "physical"}
    if where["address_visibility"] == "none":
        found |= {"location_type": "virtual", "name": "By phone or online", **filled(url=_way_in(row.shown))}
    elif where["address_visibility"] == "area":
        found |= {"name": ASK, "description": f"In {where['area']['name']}. The address is not published."}
    else:
        found |= _public(where, found["id"], nested=nested)
    return found | (_nested(row) if nested else {})


def _public(where: Document, of: str, *, nested: bool) -> Document:
    """Return the place with its address; in words, where a part that HSDS needs is not known."""
    whole = all(where.get(name) for name in NEEDED)
    lines = [where.get(name) for name in ("address_1", "address_2", "city", "postal_code")]
    return filled(
        name=where.get("name") or where.get("address_1"),
        description="" if whole else ", ".join(line for line in lines if line),
        latitude=where["latitude"],
        longitude=where["longitude"],
        transportation=where.get("transportation"),
        addresses=[_address(where, of)] if whole and nested else [],
    )


def _address(where: Document, of: str) -> Document:
    county = where.get("state_province") or name_of(where["country"])  # HSDS needs one
    parts = {name: where.get(name) for name in ("address_1", "address_2", "city")}
    rest = {"postal_code": where["postal_code"], "country": where["country"], "address_type": "physical"}
    return filled(id=made(of, "address"), location_id=of, **parts, state_province=county, **rest)


def _nested(row: Published) -> Document:
    of = location_id(row)
    attributes = answer_attributes(row.shown, of, of_place=True)
    if row.shown["location"]["address_visibility"] == "area":
        attributes.append(attribute("disclosure", UNPUBLISHED, of, "location"))
    with override("en"):
        steps = [
            filled(
                id=made(of, question.key),
                location_id=of,
                description=f"{sentence(question, answer['answer'])}.",
                details=answer.get("limits"),
            )
            for question, answer in confirmed(row.shown)
            if question.of_place and row.local
        ]
    return filled(accessibility=steps, attributes=attributes)


def areas_of_place(row: Published, of: dict[str, str]) -> list[Document]:
    """Return the area of a place that shows nothing else of where it is."""
    area = row.shown["location"].get("area")
    return [service_area(area["name"], of)] if area else []


def service_area(name: str, of: dict[str, str]) -> Document:
    return {"id": made(*of.values(), "area", name), **of, "name": name, "extent": name, "extent_type": "text"}


def alerts(rows: list[Published]) -> str:
    """Return when places have other times than usual; with which place, where there are several."""
    said = []
    for row in rows:
        where = row.shown["location"]
        name = where.get("area", {}).get("name") or where.get("city") or where.get("name") or ""
        before = f"{name}: " if name and len(rows) > 1 else ""
        said += [f"{before}{closure}" for closure in closures(row.shown["times"])]
    return " ".join(said)


def _attending(shown: Document) -> str:
    if shown["times"].get("access") == "appointment":
        return "By appointment"
    walk_in = any(question.key == "walk_in" and answer["answer"] == "yes" for question, answer in confirmed(shown))
    return "Walk-in" if walk_in else "In person"


def _way_in(shown: Document) -> str:
    """Return the address of a place that is none: the page where people meet, else the number."""
    pages = [link["url"] for link in shown["links"] if link["channel"] in {"chat", "online"}]
    return next(iter([*pages, *(f"tel:{phone['dial']}" for phone in shown["phones"])]), "")
