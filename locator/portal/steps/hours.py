"""Opening times: a row for each weekday, in a grid that fits a phone.

A rule the grid cannot show (every second week, from a date on) stands below it in words, to be kept or taken away;
whoever writes hours as words can do that instead of the grid.
"""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from locator.exchange.hours_text import read
from locator.hours.opening import WEEK
from locator.hours.words import DAYS, words
from locator.hsds.members import put, row_of
from locator.models.timing import Access, OnHolidays
from locator.portal.steps.step import Document, StepForm, Words

SPANS = 2  # a day, in the grid
WHEN = (
    ("", gettext_lazy("every week")),
    ("1", pgettext_lazy("week of the month", "the first in a month")),
    ("2", pgettext_lazy("week of the month", "the second in a month")),
    ("3", pgettext_lazy("week of the month", "the third in a month")),
    ("4", pgettext_lazy("week of the month", "the fourth in a month")),
    ("-1", pgettext_lazy("week of the month", "the last in a month")),
    ("1,3", pgettext_lazy("week of the month", "the first and the third")),
    ("2,4", pgettext_lazy("week of the month", "the second and the fourth")),
)
HOLIDAYS = (
    ("", gettext_lazy("We don’t know")),
    (OnHolidays.OPEN.value, gettext_lazy("Open as on other days")),
    (OnHolidays.CLOSED.value, gettext_lazy("Closed")),
)
FIRST = (
    ("", gettext_lazy("Just come, or just call")),
    (Access.CALL_FIRST.value, gettext_lazy("Call first")),
    (Access.APPOINTMENT.value, gettext_lazy("Only with an appointment")),
)


def timed(document: Document) -> list[tuple[str, str]]:
    """Return what has hours: places, numbers and chats, by their ids, each in words."""
    found = []
    for n, row in enumerate(document.get("service_at_locations", []), 1):
        if row["location"]["location_type"] == "physical":
            address = (row["location"].get("addresses") or [{}])[0].get("address_1")
            found.append((row["id"], row["location"].get("name") or address or _("Place %(n)s") % {"n": n}))
    found += [(row["id"], row["number"]) for row in document.get("phones", [])]
    chats = {row["id"] for row in document["brolly"].get("links", []) if row["kind"] == "chat"}
    return found + [(row["id"], row["url"]) for row in document.get("additional_urls", []) if row["id"] in chats]


def owner_of(document: Document, row_id: str) -> Document:
    """Return the row whose `schedules` are the hours of a place, a number or a chat."""
    rows = [
        *document.get("service_at_locations", []),
        *document.get("phones", []),
        *document["brolly"].get("links", []),
    ]
    return row_of(rows, row_id) or {}


class HoursForm(StepForm):
    """`which` is the id of what has the hours."""

    several = True
    choices = staticmethod(timed)

    on_public_holidays = forms.ChoiceField(
        label=gettext_lazy("On public holidays"), choices=HOLIDAYS, required=False
    )
    access = forms.ChoiceField(label=gettext_lazy("Before coming"), choices=FIRST, required=False)
    written = Words(
        gettext_lazy("Or write them, in English"),
        2000,
        lines=3,
        help_text=gettext_lazy(
            "“Mon–Fri 9am–5pm; 1st and 3rd Tuesday 14:00–16:00”. It takes the place of the days above."
        ),
    )

    def __init__(self, data: Any = None, *, document: Document, which: str = "") -> None:
        super().__init__(data, document=document, which=which)
        for day in WEEK:
            self.fields[f"{day}-when"] = forms.ChoiceField(label=_("How often"), choices=WHEN, required=False)
            for n in range(SPANS):
                for end, label in (("opens", _("From")), ("closes", _("Until"))):
                    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
                    self.fields[f"{day}-{end}-{n}"] = forms.TimeField(label=label, widget=widget, required=False)
        self.others = [rule for rule in owner_of(document, which).get("schedules", []) if not _fits(rule)]
        for rule in self.others:
            self.fields[f"keep-{rule['id']}"] = forms.BooleanField(label=words(rule), required=False, initial=True)
            self.initial[f"keep-{rule['id']}"] = True
        times = row_of(document["brolly"].get("times", []), which) or {}
        if times.get("on_public_holidays") == OnHolidays.HOURS:
            self.fields["on_public_holidays"].choices = [  # type: ignore[attr-defined]
                *HOLIDAYS,
                (OnHolidays.HOURS.value, _("Other hours, as they are now")),
            ]

    def days(self) -> list[Document]:
        """Return each weekday's name and fields, for the grid."""
        return [
            {
                "name": DAYS[day],
                "when": self[f"{day}-when"],
                "spans": [(self[f"{day}-opens-{n}"], self[f"{day}-closes-{n}"]) for n in range(SPANS)],
                "more": bool(self.initial.get(f"{day}-opens-1") or self.initial.get(f"{day}-when")),
            }
            for day in WEEK
        ]

    def kept(self) -> list[Any]:
        return [self[f"keep-{rule['id']}"] for rule in self.others]

    def said(self, document: Document) -> Document:
        found: Document = {}
        for rule in owner_of(document, self.which).get("schedules", []):
            for code in rule["byday"].split(",") if _fits(rule) else []:
                _fill(found, code, rule)
        times = row_of(document["brolly"].get("times", []), self.which) or {}
        return found | {name: times.get(name, "") for name in ("on_public_holidays", "access")}

    def clean(self) -> Document:
        found: Document = super().clean() or {}
        for day in WEEK:
            for n in range(SPANS):
                if (found.get(f"{day}-opens-{n}") is None) != (found.get(f"{day}-closes-{n}") is None):
                    self.add_error(f"{day}-closes-{n}", _("Give both times, or none."))
        self.read = read(found.get("written", ""))
        if self.read.unread:
            self.add_error("written", _("We could not read: %(what)s") % {"what": "; ".join(self.read.unread)})
        return found

    def apply(self, document: Document) -> None:
        owner = owner_of(document, self.which)
        kept = [rule for rule in self.others if self.cleaned_data[f"keep-{rule['id']}"]]
        typed = self.read.rules if self.cleaned_data["written"] else self._grid()
        put(owner, "schedules", _as_before(owner.get("schedules", []), [*kept, *typed]))
        self._put_times(document)

    def _put_times(self, document: Document) -> None:
        rows = document["brolly"].setdefault("times", [])
        times = row_of(rows, self.which) or {"id": self.which}
        for name in ("on_public_holidays", "access"):
            put(times, name, self.cleaned_data[name])
        if times.get("on_public_holidays") != OnHolidays.HOURS:
            put(times, "holiday_opens_at", None)
            put(times, "holiday_closes_at", None)
        for name, value in (self.read.times if self.cleaned_data["written"] else {}).items():
            put(times, name, value)
        others = [row for row in rows if row["id"] != self.which]
        put(document["brolly"], "times", [*others, *([times] if len(times) > 1 else [])])

    def _grid(self) -> list[Document]:
        """Return the rules of the grid: the days that have the same times are one rule."""
        found: dict[tuple[str, str, str], list[str]] = {}
        for day in WEEK:
            weeks = self.cleaned_data[f"{day}-when"]
            codes = [f"{week}{day}" for week in weeks.split(",")] if weeks else [day]
            for n in range(SPANS):
                opens, closes = self.cleaned_data[f"{day}-opens-{n}"], self.cleaned_data[f"{day}-closes-{n}"]
                if opens is not None:
                    key = ("MONTHLY" if weeks else "WEEKLY", opens.isoformat(), closes.isoformat())
                    found.setdefault(key, []).extend(codes)
        return [
            {"freq": freq, "byday": ",".join(codes), "opens_at": opens, "closes_at": closes}
            for (freq, opens, closes), codes in found.items()
        ]


def _fits(rule: Document) -> bool:
    """Say whether the grid can show a rule whole."""
    simple = not rule.keys() & {"interval", "dtstart", "valid_from", "valid_to", "description"}
    if not simple or "opens_at" not in rule:
        return False
    weeks: dict[str, list[str]] = {}
    for code in rule["byday"].split(","):
        weeks.setdefault(code[-2:], []).append(code[:-2])
    return all(",".join(nth) in dict(WHEN) for nth in weeks.values())


def _fill(found: Document, code: str, rule: Document) -> None:
    """Put a rule's times for one day into the first free places of the grid."""
    day, week = code[-2:], code[:-2]
    for n in range(SPANS):
        opens = found.get(f"{day}-opens-{n}")
        if opens is None or (opens == rule["opens_at"][:5] and week):
            weeks = [*filter(None, [found.get(f"{day}-when", "")]), *filter(None, [week])]
            found |= {f"{day}-opens-{n}": rule["opens_at"][:5], f"{day}-closes-{n}": rule["closes_at"][:5]}
            found[f"{day}-when"] = ",".join(dict.fromkeys(weeks))
            return


def _as_before(before: list[Document], rules: list[Document]) -> list[Document]:
    """Return the rules with the ids of those that say the same already: nothing else counts as a change."""
    known = {_said(rule): rule["id"] for rule in before}
    return [{**rule, "id": known.get(_said(rule), rule.get("id") or str(uuid4()))} for rule in rules]


def _said(rule: Document) -> tuple[Any, ...]:
    return tuple(sorted((key, value) for key, value in rule.items() if key != "id"))
