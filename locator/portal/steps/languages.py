"""In which languages people can be helped."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.languages import LANGUAGES as PAGE_LANGUAGES
from locator.hsds.members import put
from locator.models.languages import LANGUAGES
from locator.portal.steps.step import Document, StepForm

OFTEN = [code.partition("-")[0] for code in PAGE_LANGUAGES]  # those that these pages are in


def named(codes: Any) -> list[tuple[str, str]]:
    """Return languages to choose from, by their own names beside the English ones."""
    return [(code, _both(*LANGUAGES[code])) for code in codes]


def _both(english: str, own: str) -> str:
    return english if english == own or not own else f"{own} ({english})"


class LanguagesForm(StepForm):
    often = forms.MultipleChoiceField(
        label=_("Which languages does somebody there speak well?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    others = forms.MultipleChoiceField(
        label=_("More languages"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, data: Any = None, *, document: Document, which: str = "") -> None:
        super().__init__(data, document=document, which=which)
        spoken = [row["code"] for row in document.get("languages", [])]
        often = [*spoken, *(code for code in OFTEN if code not in spoken)]
        self.fields["often"].choices = named(often)  # type: ignore[attr-defined]
        self.fields["others"].choices = named(code for code in LANGUAGES if code not in often)  # type: ignore[attr-defined]

    def said(self, document: Document) -> Document:
        return {"often": [row["code"] for row in document.get("languages", [])]}

    def apply(self, document: Document) -> None:
        known = {row["code"]: row for row in document.get("languages", [])}
        codes = sorted({*self.cleaned_data["often"], *self.cleaned_data["others"]})
        put(document, "languages", [known.get(code, {"code": code}) for code in codes])
