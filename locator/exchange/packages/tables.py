"""The tables of HSDS 3.2 as CSV, what describes them, and which rows a service is in them.

Nothing in these tables is escaped: they are for programs, and a number that begins with + has to stay one. What a
person opens in a spreadsheet is another file (`listings`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from locator.exchange.open_referral.terms import TAXONOMIES, taxonomy_object, term_object, terms

Document = dict[str, Any]
Row = tuple[str, Document]  # of which table, and its cells by column


@dataclass(frozen=True)
class Table:
    """One table: its file, and its columns in order, those that have to be filled with "!" after their name."""

    path: str
    words: str

    @property
    def columns(self) -> list[str]:
        return [word.rstrip("!") for word in self.words.split()]

    @property
    def needed(self) -> set[str]:
        return {word.rstrip("!") for word in self.words.split() if word.endswith("!")}


TABLES: dict[str, Table] = {
    "organization": Table(
        "organizations.csv",
        "id! name! alternate_name description! email website tax_status tax_id year_incorporated legal_status logo"
        " uri parent_organization_id",
    ),
    "program": Table("programs.csv", "id! organization_id! name! alternate_name description!"),
    "service": Table(
        "services.csv",
        "id! organization_id! program_id name! alternate_name description url email status!"
        " interpretation_services application_process fees_description wait_time fees accreditations"
        " eligibility_description minimum_age maximum_age assured_date assurer_email licenses alert last_modified",
    ),
    "attribute": Table("attributes.csv", "id! link_id! taxonomy_term_id! link_type link_entity! value label"),
    "service_at_location": Table("service_at_location.csv", "id! service_id! location_id! description"),
    "location": Table(
        "locations.csv",
        "id! location_type! url organization_id name alternate_name description transportation latitude longitude"
        " external_identifier external_identifier_type",
    ),
    "phone": Table(
        "phones.csv",
        "id! location_id service_id organization_id contact_id service_at_location_id number! extension type"
        " description",
    ),
    "contact": Table(
        "contacts.csv",
        "id! organization_id service_id service_at_location_id location_id name title department email",
    ),
    "address": Table(
        "addresses.csv",
        "id! location_id attention address_1! address_2 city! region state_province! postal_code! country!"
        " address_type!",
    ),
    "schedule": Table(
        "schedules.csv",
        "id! service_id location_id service_at_location_id valid_from valid_to dtstart timezone until count wkst"
        " freq interval byday byweekno bymonthday byyearday description opens_at closes_at schedule_link"
        " attending_type notes",
    ),
    "funding": Table("funding.csv", "id! organization_id service_id source"),
    "service_area": Table(
        "service_areas.csv", "id! service_id service_at_location_id name description extent extent_type uri"
    ),
    "required_document": Table("required_documents.csv", "id! service_id document uri"),
    "language": Table("languages.csv", "id! service_id location_id phone_id name code note"),
    "accessibility": Table("accessibility.csv", "id! location_id description details url"),
    "taxonomy_term": Table(
        "taxonomy_terms.csv", "id! code name! description! parent_id taxonomy language taxonomy_id term_uri"
    ),
    "metadata": Table(
        "metadata.csv",
        "id! resource_id! resource_type! last_action_date! last_action_type! field_name! previous_value!"
        " replacement_value! updated_by!",
    ),
    "meta_table_description": Table("meta_table_descriptions.csv", "id! name language character_set"),
    "cost_option": Table(
        "cost_options.csv", "id! service_id! valid_from valid_to option currency amount amount_description"
    ),
    "organization_identifier": Table(
        "organization_identifiers.csv", "id! organization_id! identifier_scheme identifier_type! identifier!"
    ),
    "taxonomy": Table("taxonomies.csv", "id! name! description! uri version"),
    "service_capacity": Table(
        "service_capacity.csv", "id! service_id! unit_id! available! maximum description updated!"
    ),
    "unit": Table("units.csv", "id! name! scheme identifier uri"),
    "url": Table("url.csv", "id! label url! organization_id service_id"),
}
KINDS = {
    "number": "minimum_age maximum_age latitude longitude extension timezone count interval amount available"
    " maximum year_incorporated",
    "date": "assured_date valid_from valid_to dtstart until last_action_date",
    "datetime": "last_modified updated",
    "time": "opens_at closes_at",
}
KIND_OF = {column: kind for kind, columns in KINDS.items() for column in columns.split()}
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
ONE_OF = {
    "status": ["active", "inactive", "defunct", "temporarily closed"],
    "location_type": ["physical", "postal", "virtual"],
    "address_type": ["physical", "postal", "virtual"],
    "freq": ["WEEKLY", "MONTHLY"],
    "wkst": DAYS,
}
# What hangs on an object: the member of it, and the table that it is a row of.
WITHIN = {
    "organization": "organization",
    "service_at_locations": "service_at_location",
    "location": "location",
    "addresses": "address",
    "accessibility": "accessibility",
    "phones": "phone",
    "schedules": "schedule",
    "service_areas": "service_area",
    "languages": "language",
    "cost_options": "cost_option",
    "required_documents": "required_document",
    "attributes": "attribute",
    "additional_urls": "url",
}


def vocabulary() -> Iterator[Row]:
    """Yield the rows of our taxonomies and their terms, whichever are used."""
    for key in TAXONOMIES:
        yield "taxonomy", taxonomy_object(key)
    for term in terms().values():
        yield "taxonomy_term", term_object(term)


def rows_of(document: Document, table: str = "service", of: Document | None = None) -> Iterator[Row]:
    """Yield the row of an object, and those of all that hangs on it; `of` is the id of what it hangs on."""
    yield table, {**(of or {}), **document}
    own = {f"{table}_id": document["id"]}
    for member, within in WITHIN.items():
        found = document.get(member, [])
        for part in found if isinstance(found, list) else [found]:
            yield from rows_of(part, within, own)


def resource(name: str) -> Document:
    """Return what describes a table (Tabular Data Resource)."""
    table = TABLES[name]
    keys = [key for key in table.columns if key.endswith("_id") and key.removesuffix("_id") in TABLES]
    return {
        "name": name,
        "path": table.path,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(column, needed=column in table.needed) for column in table.columns],
            "primaryKey": "id",
            "foreignKeys": [
                {"fields": key, "reference": {"resource": key.removesuffix("_id"), "fields": "id"}} for key in keys
            ],
        },
    }


def _field(column: str, *, needed: bool) -> Document:
    limits: Document = {"required": True} if needed else {}
    if column == "id":
        limits["unique"] = True
    if column in ONE_OF:
        limits["enum"] = ONE_OF[column]
    found: Document = {"name": column, "type": KIND_OF.get(column, "string")}
    if column == "id" or (column.endswith("_id") and column != "tax_id"):
        found["format"] = "uuid"
    return {**found, "constraints": limits} if limits else found
