"""What a service is called, what it does, and how one comes to it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from locator.hsds.members import put
from locator.hsds.vocabulary import TYPES
from locator.portal.steps.step import Document, StepForm, Words

IN_DOCUMENT = (
    "name", "description", "application_process", "wait_time", "fees_description", "eligibility_description",
    "interpretation_services",
)  # fmt: skip
AGES = ("minimum_age", "maximum_age")


class WordsForm(StepForm):
    name = Words(_("What is it called?"), 200, required=True)
    description = Words(_("What is it like?"), 5000, lines=6, help_text=_("Two or three short sentences do."))
    discreet_name = Words(
        _("A name that gives nothing away"),
        100,
        help_text=_("For calendars and messages, where others may look: “Tuesday group”."),
    )
    types = forms.MultipleChoiceField(
        label=_("What do you offer?"),
        choices=[(kind.code, kind.label) for kind in TYPES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    application_process = Words(_("What does somebody do who comes for the first time?"), 2000, lines=3)
    wait_time = Words(_("How long do people wait?"), 200)
    fees_description = Words(_("What does it cost?"), 2000, lines=2)
    eligibility_description = Words(_("Who is it for?"), 2000, lines=2)
    minimum_age = forms.IntegerField(label=_("From which age?"), min_value=0, max_value=120, required=False)
    maximum_age = forms.IntegerField(label=_("Up to which age?"), min_value=0, max_value=120, required=False)
    interpretation_services = Words(_("Is there somebody who interprets?"), 1000, lines=2)

    def said(self, document: Document) -> Document:
        found = {name: document.get(name) for name in (*IN_DOCUMENT, *AGES)}
        brolly = document["brolly"]
        return {**found, "discreet_name": brolly.get("discreet_name"), "types": brolly.get("types", [])}

    def apply(self, document: Document) -> None:
        for name in (*IN_DOCUMENT, *AGES):
            put(document, name, self.cleaned_data[name])
        put(document["brolly"], "discreet_name", self.cleaned_data["discreet_name"])
        put(document["brolly"], "types", sorted(self.cleaned_data["types"]))
