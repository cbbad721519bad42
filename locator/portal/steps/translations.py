"""The words of a service in another language."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from locator.hsds.members import put
from locator.models.directory import TRANSLATABLE
from locator.models.languages import LANGUAGES, RIGHT_TO_LEFT
from locator.portal.steps.languages import OFTEN, named
from locator.portal.steps.step import Document, StepForm, Words
from locator.portal.steps.words import WordsForm

LONGEST = 5000


def offered(document: Document) -> list[tuple[str, str]]:
    """Return the languages a service can be translated into: those of these pages, and those it has already."""
    own = document["brolly"].get("text_language", "en")
    there = [row["language"] for row in document["brolly"].get("translations", [])]
    return named(code for code in dict.fromkeys([*there, *OFTEN]) if code != own and code in LANGUAGES)


class TranslationForm(StepForm):
    """`which` is the language's code."""

    several = True
    choices = staticmethod(offered)

    def __init__(self, data: Any = None, *, document: Document, which: str = "") -> None:
        super().__init__(data, document=document, which=which)
        for name in TRANSLATABLE:
            if document.get(name):
                lines = 1 if name in {"name", "wait_time"} else 4
                field = Words(WordsForm.base_fields[name].label, LONGEST, lines=lines, help_text=document[name])
                field.widget.attrs |= {"lang": which, "dir": "rtl" if which in RIGHT_TO_LEFT else "ltr"}
                self.fields[name] = field
        self.fields["reviewed"] = forms.BooleanField(
            label=_("Somebody who speaks it well has read this. Until then visitors do not see it."),
            required=False,
        )

    def said(self, document: Document) -> Document:
        rows = self._rows(document)
        return {row["field"]: row["text"] for row in rows} | {
            "reviewed": bool(rows) and all(row["status"] == "reviewed" for row in rows)
        }

    def _rows(self, document: Document) -> list[Document]:
        return [row for row in document["brolly"].get("translations", []) if row["language"] == self.which]

    def apply(self, document: Document) -> None:
        status = "reviewed" if self.cleaned_data["reviewed"] else "draft"
        others = [row for row in document["brolly"].get("translations", []) if row["language"] != self.which]
        known = {row["field"]: row.get("source_revision", 0) for row in self._rows(document)}
        own = [
            {
                "field": name,
                "language": self.which,
                "text": self.cleaned_data[name],
                "status": status,
                "source_revision": known.get(name, 0),
            }
            for name in TRANSLATABLE
            if self.cleaned_data.get(name)
        ]
        put(document["brolly"], "translations", [*others, *own])
