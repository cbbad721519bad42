"""Where others say a service is → a place with its address, or its area alone, or none.

An address is taken only whole: with a point, a country, and nothing that hints that it is not for everybody
(SAFETY R16). All else is an area that we know, or no place.
"""

import re
from typing import Any

from locator.countries import is_country
from locator.exchange.dialects.gazetteer import area_of, code_of_country, country_around, zone_at
from locator.exchange.dialects.hidden import is_confidential, secrets_of
from locator.exchange.dialects.hours import Hours, hours_of
from locator.exchange.dialects.making import Document, Making
from locator.exchange.dialects.remarks import Part
from locator.exchange.dialects.words import cleaned, folded, one_line
from locator.hours.clocks import only_zone

LENGTHS = {"address_1": 200, "address_2": 200, "city": 100, "state_province": 100, "postal_code": 20}
POSTAL = {"postal", "mailing", "mail"}
_LABEL = re.compile(r"^(?:state|county|city|zip|postcode|address)\s*:\s*", re.IGNORECASE)
_BOX = re.compile(r"^(?:p\.?\s*o\.?\s*box|postfach|apartado|post office box)\b", re.IGNORECASE)


class Places:
    """The places of one service."""

    def __init__(self, making: Making, *, confidential: bool) -> None:
        self.making, self.confidential = making, confidential
        self.rows: list[Document] = []
        self.disclosed: list[Document] = []
        self.hours: list[Hours] = []
        self.of_places: list[tuple[Part, str]] = []  # attributes of a place, and its id
        self._known: set[str] = set()

    def take(self, at: Part, n: int) -> None:
        """Take a service at a location; the location may stand in it, or be it."""
        where = at.part("location")
        if where is None:
            where = at
            if not {"addresses", "latitude", "location_type", "name", "physical_addresses"} & set(at.row):
                at.dropped(at.path, "The file does not have the place that it names.")
                return
        key = str(where.row.get("id") or n)
        if key in self._known and key != str(n):
            at.dropped(at.path, "This place is there twice.")
            return
        self._known.add(key)
        location: Document = {"id": self.making.id("location", key)}
        disclosed: Document = {"id": location["id"]}
        hours = hours_of(at, self.making)
        if where is not at:
            of_place = hours_of(where, self.making)
            if not hours.rules:
                hours.add(of_place)
        if not self._placed(where, at, location, disclosed):
            at.dropped(where.path, "This place is not taken.")
            return
        if folded(where.get("location_type") or "") in {"physical", "virtual"}:
            where.take("location_type")
        zone = hours.timezone or disclosed.get("timezone", "")
        if zone:
            disclosed["timezone"] = zone
        self.rows.append({"id": self.making.id("at", key), "location": location})
        self.disclosed.append(disclosed)
        self.hours.append(hours)
        self.of_places.append((where, location["id"]))

    def _placed(self, where: Part, at: Part, location: Document, disclosed: Document) -> bool:
        """Fill in how much is known and may be; say whether the place is taken at all."""
        kind = folded(where.get("location_type") or "")
        remote = kind == "virtual" or folded(where.get("virtual") or "") in {"true", "1", "yes"}
        where.take("virtual")
        if kind in POSTAL:
            where.dropped(where.path, "A place for letters is no place to go to.")
            return False
        if remote:
            return self._remote(location, disclosed)
        postal, physical = self._addresses(where)
        address = next(iter(physical), None)
        hint = self.confidential or is_confidential(where.row, at.row) or kind == "redacted"
        if hint:
            return self._confidential(where, [*physical, *postal], location, disclosed)
        point = self._point(where, address)
        if address and point and self._public(where, address, point, location, disclosed):
            return True
        return self._area(where, address or next(iter(postal), None), location, disclosed, sure=False)

    def _remote(self, location: Document, disclosed: Document) -> bool:
        location["location_type"] = "virtual"
        disclosed["address_visibility"] = "none"
        return True

    def _addresses(self, where: Part) -> tuple[list[Part], list[Part]]:
        physical: list[Part] = []
        postal = where.parts("postal_addresses", "address_1")
        for part in where.parts("addresses", "address_1"):
            kind = folded(part.get("address_type") or "")
            box = _BOX.match(str(part.get("address_1") or ""))
            (postal if kind in POSTAL or box else physical).append(part)
        if where.get("address_1"):
            physical.append(where)
        for part in postal:
            part.dropped(part.path, "An address for letters is no place to go to.")
            part.take_all()
        for part in physical[1:]:
            part.dropped(part.path, "A place has one address here.")
            part.take_all()
        return postal, physical

    def _point(self, where: Part, address: Part | None) -> tuple[float, float] | None:
        """Return the point, turned round where that alone makes sense; None, with a remark, for what is none."""
        holder = where if where.get("latitude") is not None else address
        if holder is None or holder.get("latitude") is None or holder.get("longitude") is None:
            return None
        field = holder.name_in_file("latitude")
        north, east = _degrees(holder.get("latitude")), _degrees(holder.get("longitude"))
        for name in ("latitude", "longitude"):
            holder.take(name)
        if north is None or east is None or (north == 0 and east == 0):
            holder.dropped(field, "This is no point on Earth that could be meant.")
            holder.dropped(holder.name_in_file("longitude"), "Nor is this without the other.")
            return None
        country = self._country(address)
        if abs(north) > 90 >= abs(east) and abs(north) <= 180:
            turned = True
        elif abs(north) > 90 or abs(east) > 180:
            holder.dropped(field, "This is no point on Earth.")
            holder.dropped(holder.name_in_file("longitude"), "Nor is this without the other.")
            return None
        else:
            here = country_around(north, east)
            turned = bool(
                country and here != country and abs(east) <= 90 and country_around(east, north) == country
            )
        if turned:
            holder.guessed(field, "Latitude and longitude were the wrong way round.")
            north, east = east, north
        if country and (found := country_around(north, east)) and found != country and not turned:
            holder.guessed(field, f"The point lies near a town of {found}, the address says {country}.")
        return north, east

    def _country(self, address: Part | None) -> str:
        return code_of_country(str((address.get("country") if address else None) or ""))

    def _public(
        self, where: Part, address: Part, point: tuple[float, float], location: Document, shown: Document
    ) -> bool:
        country = self._country(address)
        if not country:
            country = country_around(*point)
            if country:
                address.guessed(address.field("country"), "The country of the nearest town is taken.")
        if not is_country(country) or not str(address.get("address_1") or "").strip():
            return False
        row = {name: _LABEL.sub("", one_line(address.text(name, most))) for name, most in LENGTHS.items()}
        if not row["address_1"]:
            return False
        address.take("country")
        if folded(address.get("address_type") or "") == "physical":
            address.take("address_type")
        found = {name: words for name, words in row.items() if words}
        location |= {"location_type": "physical", "latitude": point[0], "longitude": point[1]}
        location["addresses"] = [{**found, "country": country, "address_type": "physical"}]
        for name, most in (("name", 200), ("transportation", 1000), ("external_identifier", 100)):
            if words := where.text(name, most):
                location[name] = words
        shown["address_visibility"] = "public"
        if zone := only_zone(country) or zone_at(*point):
            shown["timezone"] = zone
        return True

    def _confidential(self, where: Part, addresses: list[Part], location: Document, shown: Document) -> bool:
        """Take the town alone, if it is surely known; nothing of an address, a point or the way there."""
        words = "Something here hints that the address is not for everybody; nothing of it is taken."
        where.dropped(where.path, words)
        address = next(iter(addresses), None)
        if not self._area(where, address, location, shown, sure=True):
            self._remote(location, shown)
            where.guessed(where.path, "Nor is its town surely known: it stands as a service without a place.")
        for part in (where, *addresses):
            self.making.secrets += secrets_of(*(part.row.get(name) for name in _TELLING))
        for part in (where, *addresses):
            part.take_all()
        return True

    def _area(self, where: Part, address: Part | None, location: Document, shown: Document, *, sure: bool) -> bool:
        part = address or where
        said = {name: _words(part.get(name)) for name in ("city", "state_province", "postal_code")}
        country = self._country(part)
        found = area_of(said["city"], said["state_province"], said["postal_code"], country, sure=sure)
        if found is None:
            if not sure:
                part.dropped(
                    part.path or "location",
                    "Its address has no point, and its town is none we know: no place is taken.",
                )
            return False
        zone = found.timezone
        location["location_type"] = "physical"
        shown |= {"address_visibility": "area", "area": found.slug} | ({"timezone": zone} if zone else {})
        if not sure:
            part.guessed(
                part.path or "location",
                f"Without a whole address and a point, only the area is taken: {found.name[:80]}.",
            )
        return True


_TELLING = (
    "name",
    "address_1",
    "street",
    "address_2",
    "postal_code",
    "zip",
    "transportation",
    "external_identifier",
)


def _words(value: Any) -> str:
    return one_line(_LABEL.sub("", cleaned(str(value)[:200])[0])) if isinstance(value, (str, int)) else ""


def _degrees(value: Any) -> float | None:
    try:
        found = float(str(value).strip().replace(",", ".")) if not isinstance(value, bool) else 1000.0
    except ValueError:
        return None
    return found if abs(found) <= 180 else None
