"""What an organization's program proposes with a key: all of it waits for a person (decision 30).

A program may ask for whatever a partner may. It sends whole documents, so what is not its to say is put right
here: whose service it is, on whose word an answer is known, and ids that could be somebody else's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from rest_framework.exceptions import ValidationError

from locator.hsds.agreement import Document
from locator.hsds.shape import clean_service
from locator.models import Basis, Change, Organization, Service, Status
from locator.moderation import splitting, telling
from locator.moderation.deciding import Subject, document_of, find, propose
from locator.moderation.editing import today
from locator.moderation.merging import Outdated, same
from locator.moderation.own import draft_of, replace_waiting
from locator.moderation.together import mark
from locator.moderation.waiting import OURS, note_replaced, with_waiting
from locator.rules import Actor, Refused, check_may_submit, organizations_of, services_of

MOST_NEW = 50  # services of an organization that wait to be listed for the first time
ONE_TABLE = {"schedules", "dated"}  # whoever's they are, in a document
Edit = Callable[[Document], Any]


@dataclass(frozen=True)
class Proposed:
    """What waits now: None if nothing would be different. `is_new` unless it waited before."""

    change: Change | None
    is_new: bool = False


def for_program(document: Document) -> Document:
    """Return a document as an organization's program may read it: without moderators' own notes."""
    return {**document, "brolly": {key: said for key, said in document["brolly"].items() if key != "staff_notes"}}


def shown_to(by: Actor, given: str) -> tuple[Document, str] | None:
    """Return an own service as its organization wants it, and its mark; None where there is none of theirs."""
    row = _own(by, given)
    if row is None:
        return None
    document = for_program(draft_of(row.id))
    return document, mark(document)


@transaction.atomic
def propose_edit(given: str, edit: Edit, *, seen: str, by: Actor) -> Proposed | None:
    """Propose what `edit` makes of an own service; None where there is none of theirs.

    The same again is what waits already, so that a program may send it twice. Raises Outdated when `seen` is not
    the mark of the service as it stands, and Refused and ValidationError as `propose` does.
    """
    row = _own(by, given)
    if row is None:
        return None
    find(Subject.SERVICE, row.id, lock=True)
    before: Document = document_of(row) or {}
    waiting = _waiting(row.id)
    known = for_program(with_waiting(before, waiting))
    after = _after(edit(known), row.id, before, known, by)
    check_may_submit(by, before, after)
    if waiting and same(waiting[-1].document, after):
        return Proposed(waiting[-1])
    if seen != mark(known):
        raise Outdated("Somebody has changed this since you read it. Read it again, and propose anew.")
    replaced = replace_waiting(after, by)
    if same(after, before):
        return Proposed(None)
    return _proposed(after, before, by, replaced)


@transaction.atomic
def propose_new(document: Any, *, by: Actor) -> Proposed:
    """Propose a service that is not in the directory. Raises Outdated where there is one of that id of theirs."""
    given = _text(document, "id")
    if _own(by, given):
        raise Outdated("There is a service of yours with this id. Read it, and propose an edit.")
    organization = organizations_of(by).select_for_update().get()
    service_id = uuid5(organization.id, given)
    after = _after(document, service_id, None, {"brolly": {}}, by)
    waiting = _waiting(service_id)
    if waiting and same(waiting[-1].document, after):
        return Proposed(waiting[-1])
    if not waiting and _new_ones(organization) >= MOST_NEW:
        raise Refused(f"{MOST_NEW} new services of yours wait already. Wait until somebody has looked at them.")
    return _proposed(after, None, by, replace_waiting(after, by))


def _proposed(after: Document, before: Document | None, by: Actor, replaced: list[Change]) -> Proposed:
    change = propose(after, by=by)
    note_replaced(replaced, change)
    telling.tell_contacts(change, before, asked=True)
    return Proposed(change, is_new=True)


def _own(by: Actor, given: str) -> Service | None:
    """Return an own service by its id, or by the id that a program of theirs knows it by."""
    try:
        ids = {UUID(given), *(uuid5(UUID(organization), str(UUID(given))) for organization in by.organizations)}
    except ValueError:
        return None
    return services_of(by).filter(id__in=ids).first()


def _waiting(service_id: UUID) -> list[Change]:
    rows = Change.objects.filter(subject_id=service_id, state=Change.State.WAITING, by_role__in=OURS)
    return list(rows.order_by("proposed_at", "id"))


def _new_ones(organization: Organization) -> int:
    """Return how many new services of an organization wait."""
    rows = Change.objects.filter(subject=Subject.SERVICE, state=Change.State.WAITING, base=None)
    return rows.filter(document__organization__id=str(organization.id)).count()


def _text(document: Any, name: str) -> str:
    value = document.get(name) if isinstance(document, dict) else None
    if not isinstance(value, str):
        raise ValidationError({name: ["This is needed, and has to be a text."]})
    try:
        return str(UUID(value))
    except ValueError as problem:
        raise ValidationError({name: ["This has to be a UUID."]}) from problem


def _after(sent: Any, service_id: UUID, before: Document | None, known: Document, by: Actor) -> Document:
    """Return what was sent as a document of theirs; raise ValidationError naming each field."""
    organization = organizations_of(by).get()
    of = {"id": str(organization.id), "name": organization.name, "description": organization.description}
    word = {"basis": Basis.ORGANIZATION.value, "stated_by": organization.name, "stated_on": today().isoformat()}
    if not isinstance(sent, dict):
        raise ValidationError({"document": ["Send one JSON object."]})
    document = clean_service({**_with_words(sent, word), "id": str(service_id), "organization": of})
    _check_twice(document)
    document = _renamed(document, set(_ids(known)) | {str(service_id), of["id"]}, service_id)
    _put_own_words(document, known, word)
    if before and document["brolly"]["status"] == Status.DRAFT and before["brolly"]["status"] != Status.DRAFT:
        raise ValidationError({"brolly.status": ["What was listed does not become a draft again: unlisted."]})
    return clean_service(splitting.only_theirs(before, document))


def _with_words(sent: Document, word: Document) -> Document:
    """Return what was sent with whose word each answer is, where it does not say so."""
    brolly = sent.get("brolly")
    if not isinstance(brolly, dict):
        return sent
    rows = {name: brolly[name] for name in ("facts", "costs") if isinstance(brolly.get(name), list)}
    filled = {
        name: [word | row if isinstance(row, dict) else row for row in found] for name, found in rows.items()
    }
    return {**sent, "brolly": brolly | filled}


def _put_own_words(document: Document, known: Document, word: Document) -> None:
    """Leave answers that are as they were on whose word they were; all others are the organization's of today."""
    brolly, before = document["brolly"], known["brolly"]
    facts = {(row["question"], row.get("location")): row for row in before.get("facts", [])}
    for row in brolly.get("facts", []):
        old = facts.get((row["question"], row.get("location")), {})
        unchanged = all(old.get(name) == row.get(name) for name in ("answer", "limits"))
        row.update({name: old[name] for name in word} if unchanged else word)
    basis = {row["option"]: row for row in before.get("costs", [])}
    costs = {row["option"]: row for row in known.get("cost_options", [])}
    said = {row["option"]: row for row in document.get("cost_options", [])}
    for row in brolly.get("costs", []):
        option = row["option"]
        unchanged = option in basis and costs.get(option) == said.get(option)
        row.update({name: basis[option][name] for name in word} if unchanged else word)


def _ids(part: Any) -> Iterator[str]:
    """Yield every id in a document."""
    if isinstance(part, dict):
        yield from (value for name, value in part.items() if name in {"id", "location"} and isinstance(value, str))
    for member in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _ids(member)


def _renamed(part: Any, known: set[str], of: UUID) -> Any:
    """Return a part of a document whose unknown ids are made from them, so that none can be somebody else's.

    The same id always becomes the same one: a program may go on using its own.
    """
    if isinstance(part, list):
        return [_renamed(member, known, of) for member in part]
    if not isinstance(part, dict):
        return part
    return {
        name: str(uuid5(of, value))
        if name in {"id", "location"} and isinstance(value, str) and value not in known
        else _renamed(value, known, of)
        for name, value in part.items()
    }


def _check_twice(document: Document) -> None:
    """Raise ValidationError for an id that two parts of one kind have."""
    seen: set[tuple[str, str]] = set()
    for kind, value in _named(document, ""):
        if (kind, value) in seen:
            raise ValidationError({kind.strip("."): [f"The id {value} is there twice."]})
        seen.add((kind, value))


def _named(part: Document, before: str) -> Iterator[tuple[str, str]]:
    for name, rows in part.items():
        if isinstance(rows, dict):
            yield from _named(rows, f"{before}{name}." if name == "brolly" else before)
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict):
                if "id" in row:
                    yield name if name in ONE_TABLE else f"{before}{name}", row["id"]
                yield from _named(row, before)
