"""Documents → the rows of their parts, none of them stored: of one service and of many they are made alike."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model

from locator.hsds.agreement import Document
from locator.hsds.reading import SERVICE_WORDS
from locator.models import (
    CostOption,
    DatedHours,
    Fact,
    Hours,
    Language,
    Link,
    Location,
    Phone,
    Place,
    ServiceArea,
    ServiceAtLocation,
    Translation,
)

Owner = dict[str, Any]
# Rows that others are about come first.
TABLES: tuple[type[Model], ...] = (
    ServiceAtLocation, Phone, Link, Language, Hours, DatedHours, ServiceArea, CostOption, Translation, Fact,
)  # fmt: skip


def store(rows: Iterable[Model]) -> None:
    """Store rows of any of `TABLES`, each table's in one go."""
    by_table: dict[type[Model], list[Model]] = {table: [] for table in TABLES}
    for row in rows:
        by_table[type(row)].append(row)
    for table, own in by_table.items():
        if own:
            table._default_manager.bulk_create(own)


def service_columns(document: Document, revision: int) -> dict[str, Any]:
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


def own_rows(document: Document) -> Iterator[Model]:
    """Yield the rows of all parts of a service but its kinds of help, its trainings and its places."""
    for part in (spoken, phones, links, areas, costs, translations):
        yield from part(document)


def _of(document: Document) -> Owner:
    return {"service_id": UUID(document["id"])}


def spoken(document: Document) -> Iterator[Model]:
    return languages(document.get("languages", []), _of(document))


def phones(document: Document) -> Iterator[Model]:
    brolly = document["brolly"]
    return phone_rows(document.get("phones", []), brolly.get("phones", []), times_of(brolly), _of(document))


def links(document: Document) -> Iterator[Model]:
    brolly = document["brolly"]
    rows = document.get("additional_urls", [])
    return link_rows(rows, brolly.get("links", []), times_of(brolly), _of(document))


def areas(document: Document) -> Iterator[Model]:
    covers = {row["id"]: row["covers"] for row in document["brolly"].get("areas", [])}
    for area in document.get("service_areas", []):
        yield ServiceArea(covers=covers[area["id"]], **area, **_of(document))


def costs(document: Document) -> Iterator[Model]:
    basis = {row["option"]: row for row in document["brolly"].get("costs", [])}
    for cost in document.get("cost_options", []):
        yield CostOption(**cost, **_without(basis[cost["option"]], "option"), **_of(document))


def translations(document: Document) -> Iterator[Model]:
    for translation in document["brolly"].get("translations", []):
        yield Translation(**translation, **_of(document))


def languages(rows: list[Document], owner: Owner) -> Iterator[Model]:
    for row in rows:
        yield Language(code=row["code"], note=row.get("note", ""), **owner)


def phone_rows(
    rows: list[Document], confirmations: list[Document], times: dict[str, Document], owner: Owner
) -> Iterator[Model]:
    basis = {row["id"]: _without(row, "kind", "schedules") for row in confirmations}
    for row in rows:
        own = times.get(row["id"], {})
        columns = {**_without(row, "languages", "schedules"), **basis[row["id"]], **_columns(own)}
        of_phone = {"phone_id": UUID(row["id"])}
        yield Phone(**columns, **owner)
        yield from languages(row.get("languages", []), of_phone)
        yield from _hours(row.get("schedules", []), own, of_phone)


def link_rows(
    rows: list[Document], confirmations: list[Document], times: dict[str, Document], owner: Owner
) -> Iterator[Model]:
    basis = {row["id"]: row for row in confirmations}
    for row in rows:
        own = times.get(row["id"], {})
        shown = _without(basis[row["id"]], "country", "free_to_call", "schedules")
        yield Link(**{**row, **shown, **_columns(own)}, **owner)
        yield from _hours(basis[row["id"]].get("schedules", []), own, {"link_id": UUID(row["id"])})


def at_locations(document: Document) -> Iterator[Model]:
    """Yield the rows that say that a service is at its places, and when."""
    times = times_of(document["brolly"])
    for row in document.get("service_at_locations", []):
        own = times.get(row["id"], {})
        where = {"location_id": UUID(row["location"]["id"])}
        yield ServiceAtLocation(id=row["id"], **where, **_columns(own), **_of(document))
        yield from _hours(row.get("schedules", []), own, {"at_location_id": UUID(row["id"])})


def locations(document: Document, places: "Areas") -> Iterator[Location]:
    """Yield the places themselves."""
    disclosed = {row["id"]: row for row in document["brolly"].get("locations", [])}
    for row in document.get("service_at_locations", []):
        location = row["location"]
        columns = _location(location, disclosed[location["id"]], places)
        yield Location(id=UUID(location["id"]), organization_id=UUID(document["organization"]["id"]), **columns)


def _location(row: Document, disclosed: Document, places: "Areas") -> dict[str, Any]:
    address = _without((row.get("addresses") or [{}])[0], "address_type")
    blank = ("name", "address_1", "address_2", "city", "state_province", "postal_code", "country")
    columns: dict[str, Any] = dict.fromkeys((*blank, "transportation", "external_identifier"), "")
    columns |= {"latitude": None, "longitude": None}
    columns |= address | _without(row, "id", "location_type", "addresses")
    columns["address_visibility"] = disclosed["address_visibility"]
    columns["timezone"] = disclosed.get("timezone", "")
    columns["area_id"] = places.id_of(disclosed["area"]) if "area" in disclosed else None
    return columns


@dataclass(frozen=True)
class Areas:
    """The areas that documents name, by slug."""

    ids: dict[str, int]

    @classmethod
    def of(cls, documents: Iterable[Document]) -> "Areas":
        named = {
            row["area"]
            for document in documents
            for row in document["brolly"].get("locations", [])
            if "area" in row
        }
        found = Place.objects.filter(slug__in=named).values_list("slug", "id") if named else []
        return cls({slug: row_id for slug, row_id in found if slug})

    def id_of(self, slug: str) -> int:
        if slug not in self.ids:
            raise ValidationError(f"“{slug}” is not one of the areas a listing can be in.")
        return self.ids[slug]


def facts(document: Document) -> Iterator[Fact]:
    for row in document["brolly"].get("facts", []):
        owner = {"location_id": UUID(row["location"])} if "location" in row else _of(document)
        yield Fact(**_without(row, "location"), **owner)


def times_of(brolly: Document) -> dict[str, Document]:
    return {row["id"]: row for row in brolly.get("times", [])}


def _columns(times: Document) -> Document:
    """Return what is said of hours as a whole as columns of their place, phone or link."""
    return _without(times, "id", "dated")


def _hours(rules: list[Document], times: Document, owner: Owner) -> Iterator[Model]:
    for row in rules:
        yield Hours(**row, **owner)
    for row in times.get("dated", []):
        yield DatedHours(**row, **owner)


def _without(row: Document, *keys: str) -> Document:
    return {key: value for key, value in row.items() if key not in keys}
