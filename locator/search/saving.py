"""What there is to save: which services are shown, in which named areas, and whether any of it has changed."""

from django.db.models import Count, Max

from locator.geo import Point, boxes_around, chord_km, ecef
from locator.models import Listing, Place


def state() -> str:
    """Return what differs whenever what is shown does."""
    found = Listing.objects.aggregate(count=Count("id"), newest=Max("last_modified"))
    return f"{found['count']} {found['newest']}"


def short_ids() -> list[str]:
    return list(Listing.objects.order_by("short_id").values_list("short_id", flat=True).distinct())


def areas() -> list[tuple[str, str, str]]:
    """Return country, slug and name of each named area that a place to go to lies in, in the order of names."""
    rows = Listing.objects.filter(reach=Listing.Reach.LOCAL).values_list("latitude", "longitude", "country")
    found: dict[str, tuple[str, str]] = {}
    for latitude, longitude, country in rows.distinct():
        if latitude is not None and longitude is not None:
            found |= _around(Point(latitude, longitude), country)
    rows_found = [(country, slug, name) for slug, (country, name) in found.items()]
    return sorted(rows_found, key=lambda row: (row[2], row[1]))


def _around(point: Point, country: str) -> dict[str, tuple[str, str]]:
    """Return the areas whose reach a point is within."""
    x, y, z = ecef(point)
    found = {}
    for south, north, west, east in boxes_around(point, 40):
        within = {"latitude__range": (south, north), "longitude__range": (west, east)}
        for place in Place.objects.filter(slug__isnull=False, country=country, **within):
            px, py, pz = ecef(Point(place.latitude, place.longitude))
            if (px - x) ** 2 + (py - y) ** 2 + (pz - z) ** 2 <= chord_km(place.reach_km) ** 2:
                found[str(place.slug)] = (country, place.name)
    return found
