"""A number or a page: each is a form of its own."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from locator.countries import choices as countries
from locator.hsds.members import put, remove_line, row_of
from locator.models import Link, Phone
from locator.models.contact_values import validate_phone, validate_url
from locator.models.languages import LANGUAGES
from locator.portal.steps.languages import OFTEN, named
from locator.portal.steps.step import Document, StepForm, Words

KINDS = (
    ("voice", gettext_lazy("A number to call")),
    ("text", gettext_lazy("A number for text messages")),
    (Link.Kind.CHAT.value, gettext_lazy("A chat")),
    (Link.Kind.EMAIL.value, gettext_lazy("An e-mail address")),
    (Link.Kind.WEBSITE.value, gettext_lazy("A web page")),
    (Link.Kind.ONLINE.value, gettext_lazy("The service itself happens on this page")),
)
PHONES = set(Phone.Type.values)


class ContactForm(StepForm):
    """`which` is the id of a number or page, or "new"."""

    several = adds = True

    kind = forms.ChoiceField(label=gettext_lazy("What is it?"), choices=KINDS)
    value = Words(
        gettext_lazy("The number or the address"),
        500,
        required=True,
        help_text=gettext_lazy("A number with its country, as in +44 161 496 0000; a page with https://"),
    )
    country = forms.ChoiceField(label=gettext_lazy("Country of the number"), required=False)
    free_to_call = forms.ChoiceField(
        label=gettext_lazy("Is it free to call?"),
        choices=(("", gettext_lazy("We don’t know")), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))),
        required=False,
    )
    description = Words(gettext_lazy("What should people know before they use it?"), 300)
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages on this line"), widget=forms.CheckboxSelectMultiple, required=False
    )
    remove = forms.BooleanField(
        label=gettext_lazy("Take this away. It is gone for visitors at once."), required=False
    )

    def __init__(self, data: Any = None, *, document: Document, which: str = "") -> None:
        super().__init__(data, document=document, which=which)
        self.fields["country"].choices = [("", "–"), *countries()]  # type: ignore[attr-defined]
        spoken = [row["code"] for row in document.get("languages", [])]
        own = self.initial.get("languages", [])
        codes = dict.fromkeys([*own, *spoken, *OFTEN])
        self.fields["languages"].choices = named(code for code in codes if code in LANGUAGES)  # type: ignore[attr-defined]
        if which == "new":
            del self.fields["remove"]

    @staticmethod
    def choices(document: Document) -> list[tuple[str, str]]:
        found = [(row["id"], row["number"]) for row in document.get("phones", [])]
        return [
            *found,
            *((row["id"], row["url"].removeprefix("mailto:")) for row in document.get("additional_urls", [])),
        ]

    def said(self, document: Document) -> Document:
        brolly = document["brolly"]
        phone, link = (
            row_of(document.get("phones", []), self.which),
            row_of(document.get("additional_urls", []), self.which),
        )
        if phone:
            basis = row_of(brolly["phones"], self.which) or {}
            free = {"True": "yes", "False": "no"}.get(str(basis.get("free_to_call")), "")
            codes = [row["code"] for row in phone.get("languages", [])]
            return {
                "kind": phone.get("type", "voice"), "value": phone["number"], "country": basis.get("country", ""),
                "free_to_call": free, "description": phone.get("description", ""), "languages": codes,
            }  # fmt: skip
        if link:
            basis = row_of(brolly["links"], self.which) or {}
            return {
                "kind": basis["kind"],
                "value": link["url"].removeprefix("mailto:"),
                "description": link.get("label", ""),
            }
        return {}

    def clean(self) -> Document:
        found: Document = super().clean() or {}
        value, kind = found.get("value", ""), found.get("kind", "")
        if not value or not kind or found.get("remove"):
            return found
        if kind == Link.Kind.EMAIL and not value.startswith("mailto:"):
            found["value"] = value = f"mailto:{value}"
        try:
            if kind in PHONES:
                validate_phone(value, found.get("country", ""))
            else:
                validate_url(value)
        except ValidationError as problem:
            self.add_error("value", problem)
        return found

    def apply(self, document: Document) -> None:
        """Put the row where it belongs: a number that became a page is another row."""
        said = self.cleaned_data
        is_phone = said["kind"] in PHONES
        part, own = ("phones", "phones") if is_phone else ("additional_urls", "links")
        row_id = self.which if row_of(document.get(part, []), self.which) else str(uuid4())
        if said.get("remove") or row_id != self.which:
            remove_line(document, self.which)
        if said.get("remove"):
            return
        row, basis = (_phone if is_phone else _link)(document, row_id, said)
        document[part] = [*(r for r in document.get(part, []) if r["id"] != row_id), row]
        brolly = document["brolly"]
        brolly[own] = [*(r for r in brolly.get(own, []) if r["id"] != row_id), basis]


def _phone(document: Document, row_id: str, said: Document) -> tuple[Document, Document]:
    row = row_of(document.get("phones", []), row_id) or {"id": row_id}
    basis = row_of(document["brolly"].get("phones", []), row_id) or {"id": row_id}
    row |= {"number": said["value"], "type": said["kind"]}
    put(row, "description", said["description"])
    known = {language["code"]: language for language in row.get("languages", [])}
    put(row, "languages", [known.get(code, {"code": code}) for code in sorted(said["languages"])])
    put(basis, "country", said["country"])
    put(basis, "free_to_call", {"yes": True, "no": False}.get(said["free_to_call"]))
    return row, basis


def _link(document: Document, row_id: str, said: Document) -> tuple[Document, Document]:
    row = row_of(document.get("additional_urls", []), row_id) or {"id": row_id}
    basis = row_of(document["brolly"].get("links", []), row_id) or {"id": row_id}
    row["url"] = said["value"]
    basis["kind"] = said["kind"]
    put(row, "label", said["description"])
    return row, basis
