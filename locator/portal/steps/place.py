"""Where a service is, and how much of that the public may know."""

from copy import deepcopy
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locator.countries import choices as countries
from locator.geocoding import Found, PlaceProblem, of_place, resolve
from locator.hours.clocks import only_zone
from locator.hsds.members import put, remove_place, row_of
from locator.models import Place, Visibility
from locator.models.directory import PLACE_ONLY_IF_PUBLIC
from locator.portal.steps.step import Document, StepForm, Words

SHOWN = (
    (Visibility.PUBLIC.value, gettext_lazy("The whole address. Everybody can see it and come.")),
    (Visibility.AREA.value, gettext_lazy("Only the town or the borough. We keep no address at all.")),
    (Visibility.NONE.value, gettext_lazy("No place: by phone or online.")),
)
ADDRESS = ("address_1", "address_2", "city", "postal_code")


class PlaceForm(StepForm):
    """`which` is the id of a service's place, or "new"."""

    several = adds = True

    address_visibility = forms.ChoiceField(
        label=gettext_lazy("How much may people see?"), choices=SHOWN, widget=forms.RadioSelect
    )
    area = Words(gettext_lazy("Which town or borough?"), 100)
    name = Words(gettext_lazy("Name of the house, if it has one"), 200)
    address_1 = Words(gettext_lazy("Street and number"), 200)
    address_2 = Words(gettext_lazy("Floor, door, bell"), 200)
    city = Words(gettext_lazy("Town"), 100)
    postal_code = Words(gettext_lazy("Postcode"), 20)
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    point = Words(
        gettext_lazy("The point on a map"),
        60,
        help_text=gettext_lazy("Leave it empty and we take the postcode. Or copy it from a map: 53.4795, -2.2451"),
    )
    transportation = Words(gettext_lazy("How do people find it?"), 1000, lines=2)
    remove = forms.BooleanField(
        label=gettext_lazy("We are not here any more. Take this place away at once."), required=False
    )

    def __init__(self, data: Any = None, *, document: Document, which: str = "") -> None:
        super().__init__(data, document=document, which=which)
        self.fields["country"].choices = [("", "–"), *countries()]  # type: ignore[attr-defined]
        self.candidates: list[Found] = []
        self.found: Found | None = None
        if which == "new":
            del self.fields["remove"]

    @staticmethod
    def choices(document: Document) -> list[tuple[str, str]]:
        rows = document.get("service_at_locations", [])
        found = []
        for n, row in enumerate(rows, 1):
            address = (row["location"].get("addresses") or [{}])[0].get("address_1")
            name = row["location"].get("name") or address or _("Place %(n)s") % {"n": n}
            found.append((row["id"], name))
        return found

    def said(self, document: Document) -> Document:
        at = row_of(document.get("service_at_locations", []), self.which)
        if at is None:
            return {"country": settings.SITE_COUNTRY}
        location = at["location"]
        shown = row_of(document["brolly"]["locations"], location["id"]) or {}
        address = (location.get("addresses") or [{}])[0]
        point = f"{location['latitude']}, {location['longitude']}" if "latitude" in location else ""
        return {
            **address,
            "name": location.get("name"),
            "transportation": location.get("transportation"),
            "address_visibility": shown.get("address_visibility"),
            "area": _label_of(shown.get("area", "")),
            "point": point,
            "country": address.get("country", settings.SITE_COUNTRY),
        }

    def clean(self) -> Document:
        found: Document = super().clean() or {}
        shown = found.get("address_visibility")
        if found.get("remove"):
            return found
        if shown == Visibility.AREA:
            self._find_area(found.get("area", ""))
        elif shown == Visibility.PUBLIC:
            for name in ("address_1", "city", "country"):
                if not found.get(name):
                    self.add_error(name, _("This cannot be empty."))
            self._find_point(found)
        return found

    def _find_area(self, typed: str) -> None:
        """Take the area that was typed, by its name or as it was; offer others where it could be several."""
        if typed and typed == self.initial.get("area"):
            return
        try:
            resolution = resolve(typed)
        except PlaceProblem as problem:
            self.add_error("area", str(problem))
            return
        self.candidates = [place for place in [resolution.place, *resolution.alternatives] if place and place.slug]
        self.found = resolution.place if resolution.place and resolution.place.slug else None
        if self.found is None:
            others = ", ".join(place.label for place in self.candidates[:3])
            more = _("Did you mean %(places)s?") % {"places": others} if others else ""
            self.add_error(
                "area", f"{_('We do not know an area of this name. Try the town it belongs to.')} {more}"
            )

    def _find_point(self, found: Document) -> None:
        lines = ("address_1", "postal_code", "city")
        same = all(found.get(name) == (self.initial.get(name) or "") for name in lines)
        if found.get("point") and (found["point"] != self.initial.get("point") or same):
            self._resolve_point(found["point"], "point")
        else:
            where = found.get("postal_code") or found.get("city") or ""
            self._resolve_point(where, "postal_code")

    def _resolve_point(self, typed: str, field: str) -> None:
        try:
            place = resolve(typed).place
        except PlaceProblem as problem:
            self.add_error(field, str(problem))
            return
        if place is None or not place.is_spot:
            self.add_error("point", _("We cannot tell where that is. Please copy the point from a map."))
        self.found = place

    def apply(self, document: Document) -> None:
        said = self.cleaned_data
        at = row_of(document.get("service_at_locations", []), self.which)
        if said.get("remove"):
            remove_place(document, self.which)
            return
        if at is None:
            at = {"id": str(uuid4()), "location": {"id": str(uuid4())}}
            document.setdefault("service_at_locations", []).append(at)
        shown = row_of(document["brolly"].get("locations", []), at["location"]["id"])
        if shown is None:
            shown = {"id": at["location"]["id"]}
            document["brolly"].setdefault("locations", []).append(shown)
        self._write(at["location"], shown)

    def _write(self, location: Document, shown: Document) -> None:
        visibility, before = self.cleaned_data["address_visibility"], (deepcopy(location), dict(shown))
        shown["address_visibility"] = visibility
        location["location_type"] = "virtual" if visibility == Visibility.NONE else "physical"
        if visibility == Visibility.PUBLIC:
            self._write_address(location)
        else:
            for name in (*PLACE_ONLY_IF_PUBLIC, "addresses", "name"):
                location.pop(name, None)
        if visibility != Visibility.AREA:
            shown.pop("area", None)
        elif self.found:
            shown["area"] = self.found.slug
        zone = self.found and (self.found.timezone or only_zone(self.found.country))
        if zone and "timezone" not in shown and (location, shown) != before:
            shown["timezone"] = zone

    def _write_address(self, location: Document) -> None:
        said = self.cleaned_data
        address = (location.get("addresses") or [{"address_type": "physical"}])[0]
        for name in (*ADDRESS, "country"):
            put(address, name, said[name])
        location["addresses"] = [address]
        if self.found:
            location |= {"latitude": self.found.latitude, "longitude": self.found.longitude}
        for name in ("name", "transportation"):
            put(location, name, said[name])


def _label_of(slug: str) -> str:
    """Return an area's name as people type it; "" where there is none."""
    place = Place.objects.filter(slug=slug).first() if slug else None
    return of_place(place).label if place else ""
