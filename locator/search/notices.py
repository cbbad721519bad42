"""Emergency notices that hold now for a place; each ends by itself."""

from datetime import datetime

from locator.geo import Point, distance_km
from locator.geocoding import Found
from locator.models import Notice

FURTHEST_KM = 25  # beyond the edge of its area


def notices_for(place: Found, now: datetime) -> list[Notice]:
    """Return the notices of the place's country, and of areas no more than 25 km away; the newest first."""
    rows = Notice.objects.filter(begins__lte=now, ends__gt=now, taken_back=False).select_related("area")
    return [notice for notice in rows.order_by("-begins", "id") if _holds(notice, place)]


def _holds(notice: Notice, place: Found) -> bool:
    if notice.area is None:
        return notice.country == place.country
    centre = Point(notice.area.latitude, notice.area.longitude)
    return distance_km(place.point, centre) <= notice.area.reach_km + FURTHEST_KM
