"""The search form of the pages ⇄ a question, and the sealed addresses that results link to."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from locator.hours import DAYS
from locator.hsds.vocabulary import CHANNELS, TYPES
from locator.models.questions import BY_KEY, COSTS, GROUPS, QUESTIONS
from locator.sealing import Question, seal, unseal
from locator.search import languages_offered
from locator.search.form import LISTS, OPEN, ORDERINGS

HALF_HOURS = [f"{hour:02}:{minutes:02}" for hour in range(24) for minutes in (0, 30)]
RADII = ["2", "5", "10", "25", "50", "100", "200"]
WHERE = ("near", "lat", "lng", "area")
TIMES = ("open", "open_at")
ASKED_FIRST = ("id_free", "free", "walk_in")  # beside the place, in the first form
KEPT = (*WHERE, "q", "radius_km", "ordering")  # what narrowing keeps of the question before


def posted(data: QueryDict) -> Question:
    """Return the question a form was sent with; `from` is the sealed one it narrows. Raises Ended."""
    sent = {name: [value for value in data.getlist(name) if value.strip()] for name in data if name != "from"}
    question = {name: values for name, values in sent.items() if values}
    if "from" not in data:
        return question | ({"near": [""]} if not any(name in question for name in (*WHERE, "q")) else {})
    question = _at(question)
    before = unseal(str(data["from"]))
    return {name: before[name] for name in KEPT if name in before} | question


def _at(question: Question) -> Question:
    """Return the question with the day and the time that were chosen as one; they come before "open now"."""
    day, clock = question.pop("open_day", []), question.pop("open_time", [])
    if not (day or clock):
        return question
    when = {"open_at": [" ".join([*day[:1], *clock[:1]])]}
    return {name: values for name, values in question.items() if name != "open"} | when


def about_time(problem: ValidationError) -> list[str]:
    """Return what is wrong with a time in words for people, not for programs."""
    errors = [error for found in problem.error_dict.values() for error in found]
    ours = _("Choose a day and a time that are still to come.")
    return [ours if error.code == "no_time" else str(error.message) for error in errors]


def opened(sealed: str) -> Question:
    """Return the question of a sealed address, each choice apart. Raises Ended."""
    question = unseal(sealed)
    apart = {
        name: [word for value in question[name] for word in value.split(",")] for name in LISTS if name in question
    }
    return question | apart


def address(question: Question, **changed: list[str] | None) -> str:
    """Return the sealed address of a question with some of it changed; None takes a name out."""
    merged = question | {name: values for name, values in changed.items() if values is not None}
    kept = {name: values for name, values in merged.items() if changed.get(name, values) is not None}
    return reverse("results", args=[seal(kept)])


def without(question: Question, name: str, value: str = "") -> str:
    """Return the sealed address of a question without one choice, from its first page."""
    values = [word for word in question.get(name, []) if value and word != value]
    return address(question, **{name: values or None, "page": None})


LABELS: dict[tuple[str, str], Any] = {
    **{("need", kind.code): kind.label for kind in TYPES},
    **{("cost", cost.key): cost.label for cost in COSTS},
    **{("channel", channel.code): channel.label for channel in CHANNELS},
    **{("open", key): label for key, label in OPEN.items()},
}


def only_choice(question: Question, name: str) -> Any:
    """Return the words of a filter's choice, if there is just one and it has words."""
    values = question.get(name, [])
    return LABELS.get((name, values[0])) if len(values) == 1 else None


def chosen(question: Question) -> list[dict[str, Any]]:
    """Return the filters that are set, each with its words and the address without it."""
    found = []
    for name, values in question.items():
        if name in BY_KEY:
            found.append({"label": BY_KEY[name].label, "without": without(question, name)})
        elif name == "language":
            found += [{"language": value, "without": without(question, name, value)} for value in values]
        elif name == "open_at":
            found.append(
                {"label": _("Open: %(time)s") % {"time": _when(values[0])}, "without": without(question, name)}
            )
        elif name == "q":
            found.append({"label": f"“{values[0]}”", "without": without(question, name)})
        else:
            found += [
                {"label": LABELS[name, value], "without": without(question, name, value)}
                for value in values
                if (name, value) in LABELS
            ]
    return found


def quick(question: Question, facets: dict[str, dict[str, int]] | None) -> list[dict[str, Any]]:
    """Return the choices most people make that are still open, each one touch away, with what they leave."""
    counts = (facets or {}).get("answers", {})
    found = []
    if not {"open", "open_at"} & set(question) and (facets or {}).get("open", {}).get("now"):
        now = {"open": True, "label": OPEN["now"], "count": (facets or {})["open"]["now"]}
        found.append({**now, "url": address(question, open=["now"], page=None)})
    return found + [
        {"label": BY_KEY[key].label, "count": counts[key], "url": address(question, **{key: ["true"]}, page=None)}
        for key in ASKED_FIRST
        if key not in question and counts.get(key)
    ]


def _languages(question: Question, counts: dict[str, dict[str, int]]) -> list[str]:
    """Return the languages to choose from: those of what was found, and those that were chosen; else all."""
    if not counts:
        return languages_offered()
    return sorted({*counts["language"], *question.get("language", [])})


def _day_and_time(question: Question) -> dict[str, Any]:
    """Return the days and the half hours to choose from; what was chosen is marked."""
    said = question.get("open_at", [""])[0]
    return {
        "days": [
            {"value": code, "label": label, "checked": said.startswith(code)} for code, label in DAYS.items()
        ],
        "clock": [{"value": at, "checked": bool(said) and said.endswith(at)} for at in HALF_HOURS],
    }


def _when(said: str) -> str:
    """Return "FR 23:30" in the words of the page."""
    day, _space, clock = said.partition(" ")
    return f"{DAYS.get(day, day)} {clock}"


def form_choices(question: Question, facets: dict[str, dict[str, int]] | None = None) -> dict[str, Any]:
    """Return everything the form shows: choices with their words, which are set, and how many remain."""
    counts = facets or {}

    def choice(name: str, value: str, label: Any, facet: str = "", key: str = "") -> dict[str, Any]:
        return {
            "name": name,
            "value": value,
            "label": label,
            "checked": value in question.get(name, []),
            "count": counts[facet or name].get(key or value, 0) if counts else None,
        }

    return {
        "words": {
            "costs": _("Other ways of paying (any of these)"),
            "needs": _("What would help? (any of these)"),
            "channels": _("How to get in touch (any of these)"),
            "languages": _("Languages (any of these)"),
        },
        "set": dict.fromkeys(question, True),
        "first": [choice(key, "true", BY_KEY[key].label, "answers", key) for key in ASKED_FIRST],
        "needs": [choice("need", kind.code, kind.label) for kind in TYPES],
        "groups": [
            {
                "label": label,
                "choices": [
                    choice(item.key, "true", item.label, "answers", item.key)
                    for item in QUESTIONS
                    if item.group == key
                ],
            }
            for key, label in GROUPS.items()
        ],
        "costs": [choice("cost", cost.key, cost.label) for cost in COSTS if cost.key != "free"],
        "channels": [choice("channel", channel.code, channel.label) for channel in CHANNELS],
        "languages": [choice("language", code, code) for code in _languages(question, counts)],
        "open": [choice("open", key, label) for key, label in OPEN.items()],
        **_day_and_time(question),
        "radii": [{"value": value, "checked": value == question.get("radius_km", ["25"])[0]} for value in RADII],
        "orderings": [
            {"value": value, "label": label, "checked": value == question.get("ordering", ["distance"])[0]}
            for value, label in ORDERINGS.items()
        ],
    }
