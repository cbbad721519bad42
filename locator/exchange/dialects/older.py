"""What HSDS 1.x, 2.x, Open Referral UK 1.0 and Ohana call what HSDS 3.x has other names for."""

import re

# A name of 3.x: all names it goes by, the one of 3.x first. A table of rows and a member of an object alike.
NAMES: dict[str, tuple[str, ...]] = {
    "organizations": ("organizations", "organization", "organisations", "organisation", "agencies"),
    "organization": ("organization", "organisation", "agency"),
    "services": ("services", "service", "services_attributes", "service_attributes_list"),
    "service_at_locations": (
        "service_at_locations", "service_at_location", "services_at_location", "services_at_locations",
        "service_locations",
    ),
    "locations": ("locations", "location"),
    "location": ("location",),
    "addresses": (
        "addresses", "address", "physical_addresses", "physical_address", "physicalAddresses",
        "address_attributes", "addresses_attributes",
    ),
    "postal_addresses": (
        "postal_addresses", "postal_address", "mail_addresses", "mail_address", "mail_address_attributes",
    ),
    "phones": ("phones", "phone", "phones_attributes"),
    "contacts": ("contacts", "contact", "contacts_attributes"),
    "schedules": ("schedules", "schedule"),
    "regular_schedules": (
        "regular_schedules", "regular_schedule", "regularSchedules", "regular_schedules_attributes",
    ),
    "operating_hours": ("operating_hours", "operating_hour", "opening_hours"),
    "events": ("events", "event"),
    "holiday_schedules": ("holiday_schedules", "holiday_schedule", "holiday_schedules_attributes"),
    "languages": ("languages", "language"),
    "accessibility": (
        "accessibility", "accessibilities", "accessibility_for_disabilities",
        "accessibility_for_disabilities_collection",
    ),
    "cost_options": ("cost_options", "cost_option"),
    "service_areas": ("service_areas", "service_area", "areas_served"),
    "required_documents": ("required_documents", "required_document"),
    "eligibilities": ("eligibilities", "eligibilitys", "eligibility"),
    "payments": ("payments", "payments_accepted", "payment_accepted", "accepted_payments"),
    "funding": ("funding", "fundings"),
    "programs": ("programs", "program"),
    "attributes": ("attributes", "attribute", "other_attributes", "other_attribute"),
    "service_taxonomies": (
        "service_taxonomies", "service_taxonomys", "service_taxonomy", "services_taxonomy", "service_attributes",
        "service_attribute",
    ),
    "taxonomies": ("taxonomies", "taxonomy"),
    "taxonomy_terms": ("taxonomy_terms", "taxonomy_term"),
    "organization_identifiers": ("organization_identifiers", "organization_identifier"),
    "urls": ("urls", "url"),
    "additional_urls": ("additional_urls", "urls"),
    "additional_websites": ("additional_websites", "urls"),
    "units": ("units", "unit"),
    "service_capacities": ("service_capacities", "service_capacity", "capacities"),
    "metadata": ("metadata",),
    "meta_table_descriptions": ("meta_table_descriptions", "meta_table_description"),
    "reviews": ("reviews", "review"),
    # Members that are words.
    "url": ("url", "website"),
    "website": ("website", "url"),
    "email": ("email",),
    "byday": ("byday", "weekday", "day", "day_of_week", "dayOfWeek", "days", "weekdays"),
    "opens_at": ("opens_at", "opens", "open", "start_time", "starts_at"),
    "closes_at": ("closes_at", "closes", "close", "end_time", "ends_at"),
    "first": ("start_date", "valid_from", "dtstart", "date"),
    "last": ("end_date", "valid_to", "until", "start_date", "valid_from", "dtstart", "date"),
    "number": ("number", "phone_number"),
    "type": ("type", "number_type"),
    "address_1": ("address_1", "street", "address1", "street_1"),
    "city": ("city", "locality"),
    "state_province": ("state_province", "state"),
    "postal_code": ("postal_code", "zip", "zipcode", "postcode"),
    "language_name": ("name", "language"),
    "area_name": ("name", "service_area"),
    "application_process": ("application_process", "how_to_apply"),
    "wait_time": ("wait_time", "wait"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lng", "lon", "long"),
    "eligibility_words": ("eligibility", "eligibility_description", "name"),
    "assured_date": ("assured_date", "last_assured"),
    "last_modified": ("last_modified", "last_action_date", "updated_at"),
}  # fmt: skip
TABLES = tuple(
    """organizations services service_at_locations locations addresses postal_addresses phones contacts schedules
    regular_schedules operating_hours events holiday_schedules languages accessibility cost_options service_areas
    required_documents eligibilities payments funding programs attributes service_taxonomies taxonomies
    taxonomy_terms organization_identifiers urls units service_capacities metadata meta_table_descriptions
    reviews""".split()
)
_TABLE_OF = {name: table for table in reversed(TABLES) for name in NAMES[table]}


def table_of(named: str) -> str | None:
    """Return the table that a file or a member is called after: "data/Services_at_location.csv"; None for none."""
    stem = re.sub(r"^.*[/\\]", "", named).lower()
    stem = re.sub(r"\.(csv|tsv|json|ndjson|jsonl)$", "", stem).replace("-", "_").replace(" ", "_")
    return _TABLE_OF.get(stem)
