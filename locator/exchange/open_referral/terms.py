"""Our three taxonomies, made from the tables that filters and pages read, and what hangs them on an object.

A yes and a no are two terms; what nobody told us has none. Which answers count is said once, in `confirmed`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import override

from locator.hsds.reading import filled
from locator.hsds.vocabulary import TYPES
from locator.models.questions import QUESTIONS, Question
from locator.publishing.view import CONFIRMED

Document = dict[str, Any]
NAMESPACE = UUID("a6266571-c102-4a95-ab11-4891c09c459c")  # of every id made here; never changed
TAXONOMIES = {
    "service-type": ("Kinds of help", "What a service does."),
    "access": ("Answers", "What a service answered to the questions that people have before they go."),
    "disclosure": ("Disclosure", "How much of where a place is may be known."),
}
LINKS = {"service-type": "service", "disclosure": "location"}
UNPUBLISHED = "address-confidential"


def made(*words: str) -> str:
    """Return the same UUID for the same words, in every copy of the program."""
    return str(uuid5(NAMESPACE, "/".join(words)))


@dataclass(frozen=True)
class Term:
    """A word of one of our taxonomies; `answer` says whether it is a yes or a no, if it is an answer at all."""

    taxonomy: str
    code: str
    name: str
    description: str
    link: str = "access"
    bit: int = 0
    answer: str = ""

    @property
    def id(self) -> str:
        return made("term", self.taxonomy, self.code)

    @property
    def key(self) -> str:
        """Return the key of the question that it answers."""
        return self.code.removesuffix("-no").replace("-", "_") if self.answer else ""


@cache
def terms() -> dict[str, Term]:
    """Return every term by its id: kinds of help, then a yes and a no of each question, then disclosure."""
    with override("en"):
        found = [*_kinds(), *(_of(question, answer) for question in QUESTIONS for answer in ("yes", "no"))]
    hidden = "The address is not published. It is given, if at all, by the service itself."
    found.append(Term("disclosure", UNPUBLISHED, "Address not published", hidden, link="location"))
    return {term.id: term for term in found}


def _kinds() -> Iterator[Term]:
    for kind in TYPES:
        words = f"{kind.label}. Also looked for as: {kind.words}."
        yield Term("service-type", kind.code, str(kind.label), words, link="service", bit=kind.bit)


def _of(question: Question, answer: str) -> Term:
    clause = sentence(question, answer)
    code = question.key.replace("_", "-") + ("-no" if answer == "no" else "")
    link = "eligibility" if question.group == "welcome" else "access"
    return Term("access", code, clause, f"{question.ask} {clause}.", link, question.bit, answer)


def sentence(question: Question, answer: str) -> str:
    """Return an answer as a sentence without its full stop: "They do not ask for ID"."""
    clause = str(question.yes if answer == "yes" else question.no)
    return clause[:1].upper() + clause[1:]


def taxonomy_object(key: str) -> Document:
    name, description = TAXONOMIES[key]
    uri = f"urn:brolly:{key}"
    return {"id": made("taxonomy", key), "name": name, "description": description, "uri": uri, "version": "1"}


@cache
def term_object(term: Term) -> Document:
    taxonomy = taxonomy_object(term.taxonomy)
    return {
        "id": term.id,
        "code": term.code,
        "name": term.name,
        "description": term.description,
        "taxonomy": taxonomy["name"],
        "taxonomy_id": taxonomy["id"],
        "taxonomy_detail": taxonomy,
        "term_uri": f"urn:brolly:{term.taxonomy}:{term.code}",
        "language": "en",
    }


def attribute(taxonomy: str, code: str, of: str, entity: str, *, label: str = "") -> Document:
    """Return the attribute that hangs a term on an object; `label` is what limits the answer."""
    term = terms()[made("term", taxonomy, code)]
    return filled(
        id=made(of, "attribute", taxonomy, code),
        link_id=of,
        link_entity=entity,
        link_type=term.link,
        label=label,
        taxonomy_term_id=term.id,
        taxonomy_term=term_object(term),
    )


def confirmed(shown: Document) -> Iterator[tuple[Question, Document]]:
    """Yield the questions that somebody answered who knows; not those that only a document says something of."""
    for question in QUESTIONS:
        answer = shown["answers"][question.key]
        if answer.get("basis") in CONFIRMED:
            yield question, answer


def answer_attributes(shown: Document, of: str, *, of_place: bool) -> list[Document]:
    """Return what was answered about a service, or about its place, as attributes."""
    return [
        attribute(
            "access",
            question.key.replace("_", "-") + ("-no" if answer["answer"] == "no" else ""),
            of,
            "location" if of_place else "service",
            label=answer.get("limits", ""),
        )
        for question, answer in confirmed(shown)
        if question.of_place == of_place
    ]


def sentences(shown: Document, groups: set[str]) -> str:
    """Return what was answered in some groups of questions in words, for who reads no attributes."""
    said = []
    with override("en"):
        for question, answer in confirmed(shown):
            if question.group in groups:
                limits = f" ({answer['limits']})" if "limits" in answer else ""
                said.append(f"{sentence(question, answer['answer'])}{limits}.")
    return " ".join(said)
