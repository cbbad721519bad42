"""What people ask before they go. The choices are what visitors will read, never a bare yes or no.

A question is asked as a visitor asks it ("Will they ask for ID?") and stored as what helps them ("no ID asked"):
"Yes" would mean one thing to whoever answers and the opposite to whoever reads it.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from locator.models import Basis
from locator.models.questions import GROUPS, QUESTIONS, Question
from locator.moderation import today
from locator.portal.steps.step import Document, StepForm, Words

UNSAID = (
    ("declined", _("We’d rather not say")),
    ("unknown", _("We don’t know")),
)
WITH_LIMITS = {"telling", "record"}  # where an answer often has a "but"


class QuestionsForm(StepForm):
    def __init__(self, data: Any = None, *, document: Document, which: str = "") -> None:
        super().__init__(data, document=document, which=which)
        for question in self._asked(document):
            choices = (("yes", question.yes), ("no", question.no), *UNSAID)
            self.fields[question.key] = forms.ChoiceField(
                label=str(question.ask), choices=choices, widget=forms.RadioSelect
            )
            if question.group in WITH_LIMITS:
                self.fields[f"{question.key}-limits"] = Words(_("Unless …"), 500)

    def _asked(self, document: Document) -> list[Question]:
        has_place = bool(document.get("service_at_locations"))
        return [question for question in QUESTIONS if has_place or not question.of_place]

    def groups(self) -> Iterator[tuple[Any, list[tuple[Any, Any]]]]:
        """Yield each group's heading with its fields, and their limits."""
        for group, heading in GROUPS.items():
            rows = [
                (self[question.key], self[f"{question.key}-limits"] if group in WITH_LIMITS else None)
                for question in self._asked(self.document)
                if question.group == group
            ]
            if rows:
                yield heading, rows

    def said(self, document: Document) -> Document:
        found: Document = {question.key: "unknown" for question in QUESTIONS}
        for fact in document["brolly"].get("facts", []):
            found[fact["question"]] = fact["answer"]
            found[f"{fact['question']}-limits"] = fact.get("limits", "")
        return found

    def apply(self, document: Document) -> None:
        """Put what is different; an answer that is as it was keeps whose word it is, and its day."""
        for question in self._asked(document):
            answer = self.cleaned_data[question.key]
            limits = self.cleaned_data.get(f"{question.key}-limits", "")
            before = (self.initial[question.key], self.initial.get(f"{question.key}-limits", ""))
            if (answer, limits) != before:
                _answer(document, question, answer, limits)


def _answer(document: Document, question: Question, answer: str, limits: str) -> None:
    brolly = document["brolly"]
    facts = [fact for fact in brolly.get("facts", []) if fact["question"] != question.key]
    fact = {
        "question": question.key,
        "answer": answer,
        "basis": Basis.ORGANIZATION.value,
        "stated_by": document["organization"]["name"],
        "stated_on": today().isoformat(),
        **({"limits": limits} if limits else {}),
    }
    if answer != "unknown" and question.of_place:
        facts += [{**fact, "location": row["location"]["id"]} for row in document["service_at_locations"]]
    elif answer != "unknown":
        facts.append(fact)
    brolly["facts"] = facts
