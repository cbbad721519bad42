"""The columns of words, codes and answers."""

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locator.exchange.bulk.parts import Cells, Document, Part, Wrong, as_cell, check_words
from locator.hsds.members import put
from locator.hsds.vocabulary import TYPES_BY_CODE
from locator.models.languages import LANGUAGES
from locator.models.questions import QUESTIONS
from locator.moderation.editing import ANSWERS, Asked, Correction, correct, today

LONGEST = {"name": 200, "discreet_name": 100, "description": 5000}


def _say_words(document: Document) -> Cells:
    found = {name: document.get(name, "") for name in ("name", "description")}
    return found | {"discreet_name": document["brolly"].get("discreet_name", "")}


def _put_words(document: Document, said: Cells) -> None:
    for name, words in said.items():
        check_words(name, words, LONGEST[name])
        if name == "name" and not words:
            raise Wrong(name=_("This cannot be empty."))
        put(document["brolly"] if name == "discreet_name" else document, name, words)


def _say_codes(document: Document) -> Cells:
    spoken = [row["code"] for row in document.get("languages", [])]
    return {"types": "; ".join(document["brolly"].get("types", [])), "languages": "; ".join(spoken)}


def _put_codes(document: Document, said: Cells) -> None:
    if "types" in said:
        codes = _codes("types", said["types"], TYPES_BY_CODE, ", ".join(TYPES_BY_CODE))
        put(document["brolly"], "types", codes)
    if "languages" in said:
        known = {row["code"]: row for row in document.get("languages", [])}
        codes = _codes("languages", said["languages"], LANGUAGES, "en, ro, th …")
        put(document, "languages", [known.get(code, {"code": code, "name": LANGUAGES[code][0]}) for code in codes])


def _codes(column: str, said: str, known: object, examples: str) -> list[str]:
    """Return the codes of a cell in order, each once; raise Wrong for one that is none."""
    found = sorted({code.strip().lower() for code in said.split(";")} - {""})
    unknown = [code for code in found if code not in known]  # type: ignore[operator]
    if unknown:
        what = {"codes": "; ".join(unknown)[:100], "examples": examples}
        raise Wrong(**{column: _("“%(codes)s” is no code we know. Part them by “;”: %(examples)s") % what})
    return found


def _say_answers(document: Document) -> Cells:
    """Return each answer; nothing where its places have different ones, or where there is no place to ask of."""
    places = document.get("service_at_locations", [])
    found = {question.key: "" if question.of_place and not places else "unknown" for question in QUESTIONS}
    told: dict[str, list[str]] = {}
    for fact in document["brolly"].get("facts", []):
        told.setdefault(fact["question"], []).append(fact["answer"])
    for question in QUESTIONS:
        answers = told.get(question.key, [])
        if answers:
            whole = len(answers) == len(places) or not question.of_place
            found[question.key] = answers[0] if whole and len(set(answers)) == 1 else ""
    return found


def _put_answers(document: Document, said: Cells) -> None:
    of_place = {question.key for question in QUESTIONS if question.of_place}
    for key, typed in said.items():
        answer = typed.lower() or "unknown"
        if answer not in ANSWERS:
            raise Wrong(**{key: _("“%(said)s” is no answer. Write %(answers)s.") % _told(typed)})
        if key in of_place and not document.get("service_at_locations"):
            raise Wrong(**{key: _("It has no place that this could be said of.")})
        asked = Asked(document["organization"]["name"], today())
        correct(document, Correction(answers={key: answer}), asked)


def _told(typed: str) -> dict[str, str]:
    return {"said": as_cell(typed)[:50], "answers": ", ".join(ANSWERS)}


YES_OR = gettext_lazy("yes, no, declined or unknown")
WORDS = Part(
    {
        "name": gettext_lazy("what it is called"),
        "discreet_name": gettext_lazy("a name that gives nothing away"),
        "description": gettext_lazy("what it is like, in two or three short sentences"),
    },
    _say_words,
    _put_words,
)
CODES = Part(
    {
        "types": gettext_lazy("codes of what it offers, parted by ; as in: drop-in; legal"),
        "languages": gettext_lazy("codes of languages, parted by ; as in: en; ro"),
    },
    _say_codes,
    _put_codes,
)
QUESTION_COLUMNS = Part(
    {question.key: format_lazy("{}: {}", question.label, YES_OR) for question in QUESTIONS},
    _say_answers,
    _put_answers,
)
