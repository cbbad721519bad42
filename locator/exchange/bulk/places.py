"""The columns of a service's first place, and how much of it the public may know."""

from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locator.countries import is_country
from locator.exchange.bulk.parts import Cells, Document, Part, Wrong, as_cell, check_words
from locator.geocoding import Found, PlaceProblem, of_place, resolve
from locator.hours.clocks import only_zone
from locator.hsds.members import put, remove_place, row_of
from locator.models import Place, Visibility
from locator.models.directory import PLACE_ONLY_IF_PUBLIC

SHOWN = "address_visibility"
ADDRESS = {"address_1": 200, "city": 100, "postal_code": 20, "country": 2}  # letters at most
POINT = ("latitude", "longitude")
COLUMNS = (SHOWN, *ADDRESS, *POINT, "area")


def _say(document: Document) -> Cells:
    found = dict.fromkeys(COLUMNS, "")
    for at in document.get("service_at_locations", [])[:1]:
        location = at["location"]
        shown = row_of(document["brolly"].get("locations", []), location["id"]) or {}
        address = (location.get("addresses") or [{}])[0]
        found |= {name: address.get(name, "") for name in ADDRESS}
        found |= {name: as_cell(location.get(name, "")) for name in POINT}
        found |= {SHOWN: shown.get(SHOWN, ""), "area": shown.get("area", "")}
    return found


def _put(document: Document, said: Cells) -> None:
    """Write the place; raise Wrong for an address where none may be kept, and for a place that nobody can find."""
    rows = document.get("service_at_locations", [])
    if said.get(SHOWN) == "":
        remove_place(document, rows[0]["id"])
        return
    before = _say(document)
    wanted = {**before, **said}
    shown = wanted[SHOWN] = wanted[SHOWN].lower()
    if shown not in Visibility.values:
        words = _("Say here how much people may see of the place: public, area or none.")
        raise Wrong(address_visibility=words)
    if shown != Visibility.PUBLIC:
        _check_bare(said)
    place: Found | None = None
    if shown == Visibility.PUBLIC:
        place = _spot(wanted, said)
    elif shown == Visibility.AREA:
        place = _area(wanted["area"])
    _write(document, wanted, place)


def _check_bare(said: Cells) -> None:
    """Raise Wrong for an address of a place that shows none: nothing is kept that could be shown by mistake."""
    words = _("We keep no address of a place that shows only its area, or none. Leave this cell empty.")
    told = {name: words for name in (*ADDRESS, *POINT) if said.get(name)}
    if told:
        raise Wrong(**told)


def _spot(wanted: Cells, said: Cells) -> Found:
    """Return where an address is: at the point that was given, or else at its postcode."""
    for name, most in ADDRESS.items():
        check_words(name, wanted[name], most)
        if not wanted[name] and name != "postal_code":
            raise Wrong(**{name: _("This cannot be empty where the whole address is shown.")})
    if not is_country(wanted["country"]):
        raise Wrong(country=_("This is no country code of two capital letters, such as GB."))
    moved = {"address_1", "postal_code", "city"} & said.keys()
    pointed = all(wanted[name] for name in POINT) and (said.keys() & set(POINT) or not moved)
    column = "latitude" if pointed else "postal_code"
    typed = ", ".join(wanted[name].replace(",", ".") for name in POINT) if pointed else wanted["postal_code"]
    found = _resolved(column, typed or wanted["city"])
    if found is None or not found.is_spot:
        raise Wrong(latitude=_("We cannot tell where that is. Copy latitude and longitude from a map."))
    return found


def _area(typed: str) -> Found:
    """Return an area by how it is written in addresses, or by its name."""
    known = Place.objects.filter(slug=typed).first() if typed else None
    found = of_place(known) if known else _resolved("area", typed)
    if found is None or not found.slug:
        raise Wrong(area=_("We do not know an area of this name. Try the town it belongs to."))
    return found


def _resolved(column: str, typed: str) -> Found | None:
    try:
        return resolve(typed).place
    except PlaceProblem as problem:
        raise Wrong(**{column: str(problem)}) from problem


def _write(document: Document, wanted: Cells, place: Found | None) -> None:
    rows = document.setdefault("service_at_locations", [])
    if not rows:
        rows.append({"id": str(uuid4()), "location": {"id": str(uuid4())}})
    location = rows[0]["location"]
    disclosed = document["brolly"].setdefault("locations", [])
    shown = row_of(disclosed, location["id"])
    if shown is None:
        shown = {"id": location["id"]}
        disclosed.append(shown)
    shown[SHOWN] = wanted[SHOWN]
    shown.pop("area", None)
    location["location_type"] = "virtual" if wanted[SHOWN] == Visibility.NONE else "physical"
    if wanted[SHOWN] == Visibility.PUBLIC and place:
        _write_address(location, wanted, place)
    else:
        for name in (*PLACE_ONLY_IF_PUBLIC, "addresses", "name"):
            location.pop(name, None)
    if wanted[SHOWN] == Visibility.AREA and place:
        shown["area"] = place.slug
    if place and "timezone" not in shown:
        put(shown, "timezone", place.timezone or only_zone(place.country))


def _write_address(location: Document, wanted: Cells, place: Found) -> None:
    address: Any = (location.get("addresses") or [{"address_type": "physical"}])[0]
    for name in ADDRESS:
        put(address, name, wanted[name])
    location["addresses"] = [address]
    location |= {"latitude": place.latitude, "longitude": place.longitude}


PLACE_COLUMNS = Part(
    {
        SHOWN: gettext_lazy("public: the whole address; area: only the town; none: by phone or online"),
        "address_1": gettext_lazy("street and number, only if public"),
        "city": gettext_lazy("town, only if public"),
        "postal_code": gettext_lazy("postcode, only if public"),
        "country": gettext_lazy("two letters, as in GB, only if public"),
        "latitude": gettext_lazy("copied from a map, only if public; empty: we take the postcode"),
        "longitude": gettext_lazy("beside the latitude"),
        "area": gettext_lazy("the town or borough, only if area"),
    },
    _say,
    _put,
)
