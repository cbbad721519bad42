"""The parameters of both standards, in an address or in a body, as one cleaned question."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date, parse_datetime

from locator import geocoding
from locator.exchange.open_referral import fitting
from locator.exchange.open_referral.terms import TAXONOMIES, Term, made, terms
from locator.geocoding import PlaceProblem
from locator.hours.words import DAYS
from locator.search import UnknownPlace
from locator.search.form import DEFAULT_KM, LONGEST_WORDS, WIDEST_KM
from locator.search.standard import Narrowing

PAGE, LARGEST_PAGE, MINIMAL_PAGE = 50, 500, 5000
KINDS = sum(1 << term.bit for term in terms().values() if term.taxonomy == "service-type")
Asked = dict[str, Any]


class Truth(forms.TypedChoiceField):
    def __init__(self) -> None:
        choices = [("true", "true"), ("false", "false")]
        super().__init__(required=False, choices=choices, coerce=lambda word: word == "true", empty_value="")


class Parameters(forms.Form):
    """Every parameter there is; an endpoint takes some of them."""

    search = forms.CharField(required=False, max_length=LONGEST_WORDS)
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)
    per_page = forms.IntegerField(required=False, min_value=1, max_value=MINIMAL_PAGE)
    format = forms.ChoiceField(required=False, choices=[("json", "json"), ("ndjson", "ndjson")])
    full, minimal, full_service, top_only = Truth(), Truth(), Truth(), Truth()
    modified_after = forms.CharField(required=False, max_length=40)
    taxonomy_term_id = forms.CharField(required=False, max_length=100)
    taxonomy_id = forms.CharField(required=False, max_length=100)
    organization_id = forms.CharField(required=False, max_length=100)
    parent_id = forms.CharField(required=False, max_length=100)
    postcode = forms.CharField(required=False, max_length=geocoding.LONGEST)
    proximity = forms.FloatField(required=False, min_value=1, max_value=WIDEST_KM * 1000)
    minimum_age = forms.IntegerField(required=False, min_value=0, max_value=150)
    maximum_age = forms.IntegerField(required=False, min_value=0, max_value=150)
    day = forms.CharField(required=False, max_length=20)
    start_time = forms.TimeField(required=False, input_formats=["%H:%M", "%H:%M:%S"])
    end_time = forms.TimeField(required=False, input_formats=["%H:%M", "%H:%M:%S"])

    def clean_modified_after(self) -> datetime | None:
        words: str = self.cleaned_data["modified_after"].replace(" ", "+")  # what a "+" becomes in an address
        if not words:
            return None
        try:
            day = parse_date(words)
            found = datetime.combine(day, time.min) if day else parse_datetime(words)
        except ValueError:
            found = None
        if found is None:
            raise ValidationError("This has to be a date or a moment, as 2026-05-03T21:00:00Z.")
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    def clean_day(self) -> str:
        code: str = self.cleaned_data["day"][:2].upper()
        names = {key: {key, str(name).upper()} for key, name in DAYS.items()}
        if code and self.cleaned_data["day"].upper() not in names.get(code, ()):
            raise ValidationError("This can be MO, TU, WE, TH, FR, SA or SU.")
        return code

    def clean(self) -> Asked:
        data: Asked = self.cleaned_data
        data["near"] = None
        if data.get("full") and data.get("minimal"):
            self.add_error("minimal", "Ask for one of full and minimal.")
        if data.get("format") == "ndjson" and (data.get("page") or data.get("per_page")):
            self.add_error("format", "As ndjson the answer has no pages.")
        most = MINIMAL_PAGE if data.get("minimal") else LARGEST_PAGE
        if (data.get("per_page") or 0) > most:
            self.add_error("per_page", f"This can be {most} at most.")
        if data.get("proximity") and not data.get("postcode"):
            self.add_error("proximity", "Say from where: postcode.")
        if data.get("postcode") and "proximity" not in self.errors:
            self._find_place(data)
        data["page"] = data.get("page") or 1
        data["per_page"] = data.get("per_page") or (MINIMAL_PAGE if data.get("minimal") else PAGE)
        return data

    def _find_place(self, data: Asked) -> None:
        """Put into the data where the postcode is and how far around it to look; a rough one looks no closer."""
        try:
            meant = geocoding.resolve(data["postcode"])
        except PlaceProblem as problem:
            self.add_error("postcode", str(problem))
            return
        if meant.place is None:
            self.add_error("postcode", UnknownPlace(meant.alternatives))
            return
        rough = meant.place.precision_km if meant.place.coarse else 0.0
        km = data["proximity"] / 1000 if data["proximity"] else max(DEFAULT_KM, rough)
        if rough > WIDEST_KM:
            self.add_error("postcode", "This is too wide for anything to be near it. Give a postcode or a town.")
        elif km < rough:
            words = f"We know this to {rough:g} km only. Ask for a proximity of {rough * 1000:.0f} or more."
            self.add_error("postcode", words)
        data["near"] = (meant.place, km)


def asked(words: Mapping[str, list[str]], takes: Collection[str]) -> Asked:
    """Return the cleaned question; raise ValidationError by name for what cannot be asked here."""
    wrong = {name: ["There is no such parameter here."] for name in sorted(set(words) - set(takes))}
    wrong |= {name: ["Say this once."] for name, values in words.items() if len(values) > 1 and name not in wrong}
    if wrong:
        raise ValidationError(wrong)
    form = Parameters({name: values[0] for name, values in words.items()})
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    return form.cleaned_data


def of_body(body: Any) -> dict[str, list[str]]:
    """Return the question in a JSON object as it would stand in an address."""
    if not isinstance(body, dict):
        raise ValidationError({"body": ["Send one JSON object."]})
    wrong = {name: ["This has to be a text, a number, true or false."] for name in body if not _plain(body[name])}
    if wrong:
        raise ValidationError(wrong)
    return {name: [str(value).lower() if type(value) is bool else str(value)] for name, value in body.items()}


def _plain(value: Any) -> bool:
    return type(value) in {str, int, float, bool}


def narrowing(question: Asked) -> Narrowing:
    """Return what rows have to match."""
    fits = []
    if question["minimum_age"] is not None:
        fits.append(fitting.from_age(question["minimum_age"]))
    if question["maximum_age"] is not None:
        fits.append(fitting.to_age(question["maximum_age"]))
    if question["day"] or question["start_time"] or question["end_time"]:
        fits.append(fitting.at(question["day"], question["start_time"], question["end_time"]))
    found = Narrowing(
        words=question["search"],
        changed_since=question["modified_after"],
        near=question["near"],
        fits=tuple(fits),
    )
    return _of_organization(_of_term(found, question), question["organization_id"])


def _of_organization(found: Narrowing, key: str) -> Narrowing:
    try:
        return replace(found, organization=UUID(key)) if key else found
    except ValueError:
        return replace(found, nothing=True)


def _of_term(found: Narrowing, question: Asked) -> Narrowing:
    """Narrow to a term and a taxonomy; one that is not ours is no error, and nothing has it."""
    key, of = question["taxonomy_term_id"].lower(), question["taxonomy_id"].lower()
    if not key and not of:
        return found
    taxonomy = next((name for name in TAXONOMIES if made("taxonomy", name) == of), "")
    term = terms().get(key)
    if (key and term is None) or (of and not taxonomy) or (term and taxonomy and term.taxonomy != taxonomy):
        return replace(found, nothing=True)
    if (term.taxonomy if term else taxonomy) == "disclosure":
        return replace(found, area_only=True)
    if (term.taxonomy if term else taxonomy) == "service-type":
        return replace(found, kinds=1 << term.bit if term else KINDS)
    return _of_answer(found, term)


def _of_answer(found: Narrowing, term: Term | None) -> Narrowing:
    """Narrow to an answer, or to some answer; only a yes has a column."""
    if term and term.answer == "yes":
        return replace(found, answers=1 << term.bit)
    return replace(found, fits=(*found.fits, fitting.answering(term) if term else fitting.answering_anything))
