"""Rows of tables → one service or organization with all that hangs on it, by the ids that rows have of others."""

from typing import Any

from locator.exchange.dialects.older import NAMES, TABLES
from locator.exchange.dialects.store import Row, Store, Stored, id_of

OF_ALL = ("phones", "contacts", "languages", "schedules", "regular_schedules", "holiday_schedules")
OF_SERVICE = (
    *OF_ALL, "operating_hours", "events", "cost_options", "service_areas", "required_documents", "eligibilities",
    "payments", "funding", "service_taxonomies", "urls", "service_capacities",
)  # fmt: skip
OF_AT = (*OF_ALL, "operating_hours", "events", "service_areas")
OF_LOCATION = (*OF_AT, "addresses", "postal_addresses", "accessibility")
OF_ORGANIZATION = ("phones", "contacts", "urls", "organization_identifiers", "funding")
NOT_LOST = ("taxonomies", "taxonomy_terms", "organizations", "services")  # words nobody used; records of their own
JOINED = tuple(table for table in TABLES if table not in NOT_LOST)


class Joined:
    """A service while its parts are found: what is said of another service is not taken for its."""

    def __init__(self, store: Store, service: str = "", organization: str = "") -> None:
        self.store, self.service, self.organization = store, service, organization

    def children(self, row: Row, tables: tuple[str, ...], link: str, linked: str) -> None:
        """Put the rows that name an object into it."""
        for table in tables:
            found = [one for one in self.store.linked(table, link, linked) if self._is_ours(one)]
            if found:
                add(row, table, [self._deeper(table, one) for one in found])

    def _is_ours(self, one: Stored) -> bool:
        of = id_of(one.row, "service_id")
        return not (of and self.service and of != self.service)

    def _deeper(self, table: str, one: Stored) -> Row:
        row = one.row
        if table == "contacts":
            self.children(row, ("phones",), "contact_id", one.id)
        if table == "phones":
            self.children(row, ("languages",), "phone_id", one.id)
        return row


def add(row: Row, table: str, found: list[Row]) -> None:
    """Add rows to the list that an object has of a table, whatever that is called there."""
    name = next((name for name in NAMES[table] if isinstance(row.get(name), (list, dict))), table)
    if isinstance(row.get(name), str):
        name = f"{table} (rows)" if table not in NAMES["eligibilities"] else "eligibilities"
    before = row.get(name)
    row[name] = [*(before if isinstance(before, list) else [before] if before else []), *found]


def whole_service(one: Stored, store: Store) -> Row:
    """Return a service with its parts; an id that stands for several services leads to none of them."""
    row, own = one.row, one.id
    if own and store.is_shared("services", own):
        own = ""
    joined = Joined(store, own, id_of(row, "organization_id"))
    if own:
        joined.children(row, OF_SERVICE, "service_id", own)
        joined.children(row, ("attributes",), "link_id", own)
        joined.children(row, ("service_at_locations",), "service_id", own)
    if id_of(row, "location_id") and not row.get("service_at_locations"):
        row["service_at_locations"] = [{"location_id": row["location_id"]}]
    _join_program(row, store)
    for name in NAMES["service_at_locations"]:
        at = row.get(name)
        for place in at if isinstance(at, list) else [at]:
            if isinstance(place, dict):
                _whole_place(place, joined)
    _name_terms(row, store)
    return row


def _join_program(row: Row, store: Store) -> None:
    program = store.one("programs", id_of(row, "program_id"))
    if program and "program" not in row:
        row["program"] = program.row


def _whole_place(at: Row, joined: Joined) -> None:
    if id_of(at):
        joined.children(at, OF_AT, "service_at_location_id", id_of(at))
    location = at.get("location")
    if location is None:
        found = joined.store.one("locations", id_of(at, "location_id"))
        if found is None:
            return
        location = at["location"] = found.row
    if isinstance(location, dict) and id_of(location):
        joined.children(location, OF_LOCATION, "location_id", id_of(location))
        joined.children(location, ("attributes",), "link_id", id_of(location))


def _name_terms(row: Any, store: Store) -> None:
    """Put terms and taxonomies where only their ids are, in a service and in its places."""
    waiting = [row]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        if not isinstance(one, dict):
            continue
        for link, name in (("taxonomy_term_id", "taxonomy_term"), ("taxonomy_id", "taxonomy_detail")):
            if link in one and not isinstance(one.get(name), dict):
                linked = id_of(one, link)
                term = store.one("taxonomy_terms", linked) or store.one("taxonomies", linked)
                if term and isinstance(one.get(name), (str, type(None))):
                    one[name] = term.row if not one.get(name) else {"detail": one[name], **term.row}
        waiting += [value for value in one.values() if isinstance(value, (dict, list))]


def whole_organization(one: Stored, store: Store) -> Row:
    row = one.row
    if one.id and not store.is_shared("organizations", one.id):
        joined = Joined(store)
        for table in OF_ORGANIZATION:
            of_it = [
                joined._deeper(table, found)
                for found in store.linked(table, "organization_id", one.id)
                if not (id_of(found.row, "service_id") or id_of(found.row, "location_id"))
            ]
            if of_it:
                add(row, table, of_it)
        joined.children(row, ("attributes",), "link_id", one.id)
    return row
