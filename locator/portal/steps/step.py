"""What all steps share."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from locator.hsds.parts import plain

Document = dict[str, Any]


class StepForm(forms.Form):
    """A form about a part of a document; where it is about one of `several`, `which` says which."""

    several = False
    adds = False  # a form for a new one, too

    def __init__(self, data: Any = None, *, document: Document, which: str = "") -> None:
        self.document, self.which = document, which
        super().__init__(data)
        self.initial = self.said(document)

    @staticmethod
    def choices(document: Document) -> list[tuple[str, str]]:
        """Return which of several there are: keys and words."""
        return []

    def said(self, document: Document) -> Document:
        """Return what the document says, by the names of the fields."""
        raise NotImplementedError

    def apply(self, document: Document) -> None:
        """Write what was typed into the document."""
        raise NotImplementedError


class Words(forms.CharField):
    """Plain words, `lines` high; empty when nobody says."""

    def __init__(
        self, label: Any, most: int, *, lines: int = 1, help_text: Any = "", required: bool = False
    ) -> None:
        own_way = {"dir": "auto"}  # the words may run another way than the page
        widget = forms.Textarea(attrs={"rows": lines, **own_way}) if lines > 1 else forms.TextInput(attrs=own_way)
        super().__init__(
            label=label,
            max_length=most,
            widget=widget,
            help_text=help_text,
            required=required,
            validators=[plain],
            error_messages={"required": _("This cannot be empty."), "max_length": _("Please use fewer words.")},
        )
