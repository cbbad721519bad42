"""The steps in which a partner edits a service: each a form that reads a document and writes into one.

A step's form takes `document` and, where there are several of a thing, `which` of them; `apply` changes a copy of
the document that the caller hands to `moderation`. Nothing here touches the database but the gazetteer.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from locator.portal.steps.contacts import ContactForm
from locator.portal.steps.hours import HoursForm
from locator.portal.steps.languages import LanguagesForm
from locator.portal.steps.place import PlaceForm
from locator.portal.steps.questions import QuestionsForm
from locator.portal.steps.step import StepForm
from locator.portal.steps.translations import TranslationForm
from locator.portal.steps.words import WordsForm

NEW = "new"


@dataclass(frozen=True)
class Step:
    key: str
    title: str | Promise
    form: type[StepForm]

    @property
    def template(self) -> str:
        return f"portal/steps/{self.key}.html"


STEPS = {
    step.key: step
    for step in (
        Step("words", _("Name and words"), WordsForm),
        Step("hours", _("Opening times"), HoursForm),
        Step("questions", _("What people ask"), QuestionsForm),
        Step("contact", _("Numbers and pages"), ContactForm),
        Step("place", _("Where it is"), PlaceForm),
        Step("languages", _("Languages"), LanguagesForm),
        Step("translation", _("Translations"), TranslationForm),
    )
}
