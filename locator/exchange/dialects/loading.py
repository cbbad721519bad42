"""Objects of any envelope → rows of tables in the store: what is an organization, what a service, what a part."""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from locator.exchange.dialects.envelopes import File
from locator.exchange.dialects.older import NAMES
from locator.exchange.dialects.store import Row, Store, id_of
from locator.exchange.dialects.streams import Item, items_of
from locator.exchange.dialects.words import folded

OURS = "brolly"
UNDECIDED = "organizations of this file"  # as bare as ours are; whether they are, its services tell
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
OF_SERVICE = set(
    """service_at_locations services_at_location service_at_location organization organization_id status
    application_process fees fees_description cost_options eligibility eligibilitys eligibility_description
    schedules regular_schedules service_areas service_taxonomys attributes assured_date wait_time
    interpretation_services required_documents minimum_age maximum_age attending_type deliverable_type program
    accreditations how_to_apply audience""".split()
)
OF_ORGANIZATION = set(
    """services legal_status tax_status tax_id year_incorporated organization_identifiers website locations
    additional_websites parent_organization_id""".split()
)
OF_PLACE = {"location_type", "latitude", "longitude", "addresses", "transportation", "physical_addresses"}
OF_BOTH = {"phones", "url", "email", "contacts", "languages"}
OF_TERM = {"taxonomy", "taxonomy_id", "taxonomy_detail", "term_uri", "vocabulary", "parent_id", "code"}
OF_TAXONOMY = {"id", "name", "description", "uri", "version"}
OWN_ORGANIZATION = {"id", "name", "description", "phones", "additional_websites", "contacts", OURS}


class Loaded:
    """What is known once all files are through: how many each said it holds, and how letters were read."""

    def __init__(self) -> None:
        self.total = 0
        self.guessed: list[str] = []
        self.ours: set[str] = set()  # files of documents of our own
        self.found = 0


def load(files: Iterator[File], store: Store) -> Loaded:
    """Put every object of every file into the store; raise UnreadableFile, and then nothing was yielded yet."""
    loaded = Loaded()
    for file in files:
        if file.guessed:
            loaded.guessed.append(f"{file.name}: {file.guessed}")
        for item in items_of(file):
            if item.table == "envelope":
                loaded.total = max(loaded.total, _count(item.row))
            else:
                _put(item, store, loaded, file.name)
        store.rename(UNDECIDED, "our organizations" if file.name in loaded.ours else "organizations")
    store.index()
    return loaded


def _count(envelope: Row) -> int:
    for name in ("total_items", "totalElements", "total", "count"):
        value = envelope.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e12:
            return int(value)
    return 0


def _put(item: Item, store: Store, loaded: Loaded, file: str) -> None:
    table = item.table if item.table in TOP else item.table or kind_of(item.row)
    if OURS in item.row and isinstance(item.row[OURS], dict):
        table = "our services" if isinstance(item.row.get("organization"), dict) else "our organizations"
        loaded.ours.add(file)
        store.put(table, item.row, item.where)
    elif table == "organizations" and item.row.keys() <= OWN_ORGANIZATION and UUID.fullmatch(id_of(item.row)):
        store.put(UNDECIDED, item.row, item.where)
    elif table == "organizations":
        _put_organization(item.row, item.where, store)
    elif table == "services":
        _put_service(item.row, item.where, store)
    elif table == "service_at_locations" and isinstance(item.row.get("service"), dict):
        _put_at_location(item.row, item.where, store)
    else:
        store.put(table, item.row, item.where)
    loaded.found += table in {"organizations", "services", "service_at_locations", "our services"}


def kind_of(row: Row) -> str:
    """Return the table an object is of, judged by its members; "other" where nobody can tell."""
    names = row.keys()
    if isinstance(row.get("service"), dict) or {"service_id", "location_id"} <= names:
        return "service_at_locations"
    if names <= OF_TAXONOMY and names & {"uri", "version"}:
        return "taxonomies"
    service, organization = len(names & OF_SERVICE), len(names & OF_ORGANIZATION)
    likely = [
        (len(names & OF_PLACE) > max(service, organization), "locations"),
        (organization > service or isinstance(row.get("services"), list), "organizations"),
        (bool(service), "services"),
        (bool(names & OF_TERM), "taxonomy_terms"),
        (isinstance(row.get("name"), str) and bool(names & OF_BOTH), "services"),
    ]
    return next((table for fits, table in likely if fits), "other")


TOP = {"organizations", "services", "service_at_locations"}


def _put_organization(row: Row, where: str, store: Store) -> str:
    """Store an organization, and the services in it apart; return the id by which they name it."""
    own = dict(row)
    inside: list[tuple[Row, Row]] = []
    for name in NAMES["services"]:
        if isinstance(own.get(name), list):
            inside += [(one, {}) for one in own.pop(name) if isinstance(one, dict)]
    inside += list(_in_places(own))
    own["id"] = id_of(row) or _key_of(row)
    store.put("organizations", own, where)
    for service, at in inside:
        _put_service(service | {"organization_id": own["id"]} | at, where, store)
    return str(own["id"])


def _in_places(own: Row) -> Iterator[tuple[Row, Row]]:
    """Yield each service that stands within a place of its organization, as Ohana has it, with the place."""
    places = own.get("locations")
    if not isinstance(places, (list, dict)):
        return
    kept = []
    for place in places if isinstance(places, list) else [places]:
        services = [
            one
            for name in NAMES["services"] if isinstance(place, dict) and isinstance(place.get(name), list)
            for one in place[name] if isinstance(one, dict)
        ]  # fmt: skip
        if not services:
            kept.append(place)
        bare = {k: v for k, v in place.items() if k not in NAMES["services"]} if isinstance(place, dict) else {}
        for service in services:
            at = [{"location": bare}, *_as_list(service.get("service_at_locations"))]
            yield service, {"service_at_locations": at}
    own["locations"] = kept


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _put_service(row: Row, where: str, store: Store) -> None:
    """Store a service, and its organization apart, once for all the services that have it."""
    own = dict(row)
    for name in NAMES["organization"]:
        organization = own.get(name)
        if isinstance(organization, dict):
            del own[name]
            own["organization_id"] = _put_organization(organization, where, store)
    store.put("services", own, where)


def _put_at_location(row: Row, where: str, store: Store) -> None:
    """Store a service at a location that has the whole service in it."""
    own = dict(row)
    service = own.pop("service")
    own["service_id"] = id_of(service) or id_of(row, "service_id") or _key_of(service)
    _put_service(service | {"id": own["service_id"]}, where, store)
    store.put("service_at_locations", own, where)


def _key_of(row: Row) -> str:
    """Return what stands for an id that is missing: the name, or else all that is said."""
    said = folded(row.get("name") or "") or repr(sorted(row.items(), key=str))
    return f"name:{sha256(said.encode('utf-8', 'replace')).hexdigest()[:20]}"
