"""What a person or a program asked, as one cleaned question: the same words for pages and API.

A name we do not know is an error, not ignored: a misspelt filter would silently widen the results. So is a
place that we cannot find: it is never replaced by another.
"""

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from locator import geocoding
from locator.geocoding import Found, PlaceProblem
from locator.hours.clocks import only_zone
from locator.hsds.vocabulary import CHANNELS, TYPES
from locator.models import Place
from locator.models.languages import LANGUAGES
from locator.models.questions import BY_KEY, COSTS, QUESTIONS
from locator.search import moments

WIDEST_KM = 200
DEFAULT_KM = 25
DEFAULT_PAGE = 20
LARGEST_PAGE = 100
LONGEST_WORDS = 200

LISTS = ("need", "language", "cost", "channel")
SINGLE = (
    "near", "lat", "lng", "area", "radius_km", "open", "open_at", "q", "ordering",
    "include_unconfirmed", "page", "page_size",
)  # fmt: skip
ORDERINGS = {
    "distance": _("Nearest first"),
    "soonest": _("Opens soonest"),
    "checked": _("Checked most recently"),
    "name": _("By name"),
}
OPEN = {"now": _("Open now"), "tonight": _("Open tonight")}


class UnknownPlace(ValidationError):
    """Nothing we know is called so; `alternatives` are nearly spelt alike."""

    def __init__(self, alternatives: list[Found]) -> None:
        super().__init__(
            _("We do not know a place of that name. Check the spelling, or try a larger town nearby."),
            code="unknown_place",
        )
        self.alternatives = alternatives


class Choices(forms.MultipleChoiceField):
    """Any of several; needs no widget of its own. An error names the choice that is none."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"invalid_choice": _("“%(value)s” is not one of the choices.")}

    def __init__(self, choices: list[tuple[str, Any]]) -> None:
        super().__init__(choices=choices, required=False)

    def __deepcopy__(self, memo: Any) -> "Choices":
        """Share the choices between requests: copying ninety languages each time costs more than a search."""
        found = copy(self)
        memo[id(self)] = found
        return found


class SearchForm(forms.Form):
    """One search. `cleaned_data` holds the place (`place`, `alternatives`) beside the filters."""

    near = forms.CharField(required=False, strip=True)
    lat = forms.FloatField(required=False)
    lng = forms.FloatField(required=False)
    area = forms.SlugField(required=False, max_length=80)
    radius_km = forms.FloatField(required=False, min_value=0.1, max_value=WIDEST_KM)
    need = Choices([(kind.code, kind.label) for kind in TYPES])
    answers = Choices([(question.key, question.label) for question in QUESTIONS])
    cost = Choices([(cost.key, cost.label) for cost in COSTS])
    language = Choices([(code, names[0]) for code, names in LANGUAGES.items()])
    channel = Choices([(channel.code, channel.label) for channel in CHANNELS])
    open = forms.ChoiceField(required=False, choices=list(OPEN.items()))
    open_at = forms.CharField(required=False, max_length=20)
    q = forms.CharField(required=False, max_length=LONGEST_WORDS)
    ordering = forms.ChoiceField(required=False, choices=list(ORDERINGS.items()))
    include_unconfirmed = forms.BooleanField(required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)
    page_size = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_PAGE)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        data["place"], data["alternatives"] = None, []
        try:
            self._find_place(data)
        except ValidationError as problem:
            self.add_error(self._place_field(), problem)
        self._find_window(data)
        if data.get("ordering") == "distance" and data["place"] is None and not self.errors:
            self.add_error("ordering", _("To order by distance, say where: near, lat and lng, or area."))
        data["ordering"] = data.get("ordering") or ("distance" if data["place"] else "name")
        data["page"] = data.get("page") or 1
        data["page_size"] = data.get("page_size") or DEFAULT_PAGE
        return data

    def _place_field(self) -> str:
        return next((name for name in ("near", "lat", "area") if name in self.data), "near")

    def _find_place(self, data: dict[str, Any]) -> None:
        """Put the place that was meant into the data; none was asked for when no field of it is there."""
        given = [name for name in ("near", "area") if name in self.data]
        given += ["lat"] if "lat" in self.data or "lng" in self.data else []
        if len(given) > 1:
            raise ValidationError(_("Say where in one way only: near, lat and lng, or area."))
        if not given or given[0] in self.errors or "lng" in self.errors:
            return
        try:
            data["place"], data["alternatives"] = self._resolved(given[0], data)
        except PlaceProblem as problem:
            raise ValidationError(str(problem)) from problem
        if data.get("radius_km") is None:
            data["radius_km"] = data["place"].reach_km if given[0] == "area" else DEFAULT_KM

    def _find_window(self, data: dict[str, Any]) -> None:
        """Put into the data from when until when somebody has to be there; None when that was not asked."""
        now = timezone.now()
        data["now"], data["window"] = now, None
        opens, words = data.get("open"), data.get("open_at")
        try:
            if opens and words:
                raise ValidationError(_("Say when in one way only: open, or open_at."))
            if opens == "now":
                data["window"] = moments.at_once(now)
            elif (opens or words) and (data["place"] or not self.errors):
                data["window"] = self._window(words or "", now, data["place"])
        except ValidationError as problem:
            self.add_error("open_at" if words else "open", problem)

    def _window(self, words: str, now: datetime, place: Found | None) -> moments.Window:
        """Return when "FR 23:30" is at a place, or tonight without words; raise ValidationError in words."""
        if place is None:
            raise ValidationError(_("To ask for a time, say where."))
        if place.kind == Place.Kind.COUNTRY and not only_zone(place.country):
            raise ValidationError(_("To ask for a time, name a town: clocks differ there."))
        zone = moments.zone_at(place)
        try:
            return moments.at_time(words, now, zone) if words else moments.tonight(now, zone)
        except ValueError as problem:
            words_for = _("Write a day and a time that are still to come, as FR 23:30 or 2026-11-27T23:30.")
            raise ValidationError(words_for, code="no_time") from problem

    def _resolved(self, given: str, data: dict[str, Any]) -> tuple[Found, list[Found]]:
        if given == "near":
            found = geocoding.resolve(self.data["near"])
            if found.place is None:
                raise UnknownPlace(found.alternatives)
            return found.place, found.alternatives
        if given == "area":
            area = Place.objects.filter(slug=data["area"]).first()
            if area is None:
                raise UnknownPlace([])
            return geocoding.of_place(area), []
        if data.get("lat") is None or data.get("lng") is None:
            raise ValidationError(_("Give both lat and lng, as numbers."))
        return geocoding.at(data["lat"], data["lng"]), []


def gathered(params: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return what was asked with each question folded into `answers`; raise ValidationError by name.

    `params` maps each name to its values. `need=a,b` and `need=a&need=b` are the same.
    """
    found: dict[str, Any] = {"answers": []}
    problems: dict[str, Any] = {}
    for name, values in params.items():
        if name in BY_KEY:
            if set(values) - {"true"}:
                problems[name] = _("This can only be true. Leave it out when it does not matter.")
            found["answers"].append(name)
        elif name in LISTS:
            found[name] = [word for value in values for word in value.split(",")]
        elif name not in SINGLE:
            problems[name] = _("There is no such filter. The list of filters is in the API's document.")
        elif len(values) > 1:
            problems[name] = _("Say this once.")
        elif not values[0].strip() and name != "near":
            problems[name] = _("This is empty. Say something, or leave it out.")
        else:
            found[name] = values[0]
    if found.get("include_unconfirmed") not in {None, "true", "false"}:
        problems["include_unconfirmed"] = _("This can be true or false.")
    if problems:
        raise ValidationError(problems)
    return found
