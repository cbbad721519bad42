"""Leaving out whoever asks for it, for good; and letting them back when they ask for that.

One transaction: entries are made as marks, what they match goes out of sight, what waits is turned down, and what
was left out leaves the record and its history (SAFETY R24), so that the marks are all that is kept.
"""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet

from locator import publishing
from locator.hsds.agreement import Document
from locator.hsds.reading import PREFETCH, organization_document, service_document
from locator.models import (
    Change,
    LeftOut,
    LeftOutMark,
    Organization,
    Service,
    SourceRecord,
    Status,
    Upload,
    UploadRow,
)
from locator.moderation import marks, telling
from locator.moderation.deciding import Subject, current, decide, find, put
from locator.moderation.editing import today
from locator.moderation.marks import Form, Kind, skeleton
from locator.moderation.register import entries_of, in_turn
from locator.moderation.scanning import told_in
from locator.moderation.striking import cut, struck, told_by
from locator.moderation.suggestions import forget_left_out
from locator.moderation.wishes import Value, values_of
from locator.rules import Actor, Refused, Role

REASON = "Left out, on request"
TURNED_DOWN = "This cannot be listed here. Ask a moderator."
SHORTEST = 4  # letters of a name that is looked for in a reason
A_CHUNK = 500  # rows at a time


class Made(NamedTuple):
    """What became of an organization's wish: the entries, and how much was another one's, too."""

    entries: list[LeftOut]
    shared: int


def leave_out(values: Collection[Value], *, reason: str, by: Actor) -> list[LeftOut]:
    """Leave these out from now on, whoever's they are; what matches goes out of sight at once.

    Raises Refused for a partner, without a reason, and for a reason that says what was left out.
    """
    if by.role == Role.PARTNER:
        raise Refused("Only a moderator leaves out what is not yours.")
    with transaction.atomic():
        in_turn(alone=True)
        return _leave_out(values, reason, by, {row.id for row in holders(values)})


def leave_out_organization(organization_id: UUID | str, *, reason: str, by: Actor) -> Made:
    """Withdraw all of an organization's services, and leave out its name, numbers, pages and addresses.

    What another organization has on record as well is not theirs alone, and stays. A manager leaves out what two
    people stood for, so that no stolen account can leave out what is somebody else's. Raises Refused for others.
    """
    if by.role == Role.PARTNER and str(organization_id) not in by.manages:
        raise Refused("Only a manager of this organization can do that.")
    with transaction.atomic():
        in_turn(alone=True)
        organization = Organization.objects.get(id=organization_id)
        rows = _services().filter(organization=organization)
        stood_for = rows.filter(status=Status.LISTED) if by.role == Role.PARTNER else rows
        documents = [service_document(row) for row in stood_for]
        theirs = values_of(organization, [*documents, organization_document(organization)])
        others = _forms_of_others(organization)
        own = [value for value in theirs if not value.forms & others]
        entries = _leave_out(own, reason, by, {row.id for row in rows})
    return Made(entries, len(theirs) - len(own))


def let_back(entries: Iterable[UUID], *, reason: str, by: Actor) -> int:
    """Take entries off the register and keep that somebody did; return how many. Nothing is listed by it.

    Raises Refused for all but a moderator, and without a reason. Somebody else has to approve what comes back
    (`register.check_let_back_by_another`).
    """
    if by.role != Role.MODERATOR:
        raise Refused("Only a moderator takes something off this list.")
    said = _checked(reason, [])
    rows = LeftOut.objects.filter(id__in=list(entries), let_back_on=None)
    given = {"let_back_by": by.name, "let_back_account": by.account, "let_back_on": today()}
    return rows.update(**given, let_back_reason=said)


def _leave_out(values: Collection[Value], reason: str, by: Actor, services: set[UUID]) -> list[LeftOut]:
    said, forms = _checked(reason, values), _forms(values)
    entries = _enter(values, said, by)
    # A manager's account may be stolen: it hides at once, and erases no more than it could erase anyway.
    erased = {form for form in forms if by.role != Role.PARTNER or form[0] == Kind.ADDRESS}
    _turn_down(forms, services, by)
    written = {word for value in values for word in value.written if value.forms & erased}
    for service_id in sorted(services):
        written |= _take_out(service_id, erased, by)
    for organization in Organization.objects.order_by("id"):
        written |= _strike_organization(organization, erased, by)
    _strike_history(erased, written, services)
    forget_left_out(forms)
    # What files said that nobody took over yet, and what was wrong with rows: whoever's they are.
    Upload.objects.filter(state=Upload.State.LOOKED_AT).delete()
    UploadRow.objects.exclude(problems={}).update(problems={})
    SourceRecord.objects.exclude(remarks=[]).update(remarks=[])
    SourceRecord.objects.filter(row_id__in=services).delete()
    publishing.forget_words()
    return entries


def _forms(values: Iterable[Value]) -> set[Form]:
    return {form for value in values for form in value.forms}


def _checked(reason: str, values: Iterable[Value]) -> str:
    """Return the reason, or raise Refused when there is none or it says what is to be forgotten."""
    if not reason.strip():
        raise Refused("Say why: who asks later has to be able to understand it.")
    told, plain = told_in(reason), skeleton(reason)
    told += [word for value in values for word in value.written if _is_in(word, plain)]
    if told:
        raise Refused(f"The reason is kept and what is left out is not. Say it without {', '.join(told)}.")
    return reason.strip()


def _is_in(word: str, plain: str) -> bool:
    found = skeleton(word)
    return len(found) >= SHORTEST and found in plain


def _enter(values: Collection[Value], reason: str, by: Actor) -> list[LeftOut]:
    """Make an entry of each value that there is none of yet; return those that hold for them."""
    wish, found = uuid4(), []
    for value in values:
        known = [entry for entry in entries_of(value.forms) if entry.kind == value.kind]
        if known:
            found.append(known[0])
            continue
        said = {"reason": reason, "decided_by": by.name, "decided_account_id": by.account, "decided_on": today()}
        entry = LeftOut.objects.create(wish=wish, kind=value.kind, **said)
        rows = [LeftOutMark(entry=entry, mark=marks.mark(form)) for form in sorted(value.forms)]
        LeftOutMark.objects.bulk_create(rows)
        found.append(entry)
    return found


def _forms_of_others(organization: Organization) -> set[Form]:
    """Return what other organizations are known by: their names, and what their services say."""
    names = Organization.objects.exclude(id=organization.id).values_list("name", flat=True)
    found = {form for name in names for form in marks.of_name(name)}
    rows = _services().exclude(organization=organization).exclude(status=Status.WITHDRAWN)
    for row in rows.iterator(chunk_size=A_CHUNK):
        found |= marks.forms_of(service_document(row))
    return found


def holders(values: Iterable[Value]) -> list[Service]:
    """Return the services that one of these is of: they go out of sight with it."""
    forms = _forms(values)
    rows = _services().order_by("name", "id").iterator(chunk_size=A_CHUNK)
    return [row for row in rows if marks.forms_of(service_document(row)) & forms]


def entered(values: Iterable[Value]) -> list[LeftOut]:
    """Return the entries that hold for these, those of a whole site for a page of it as well."""
    rows = list(values)
    above = marks.forms_in((word for row in rows for word in row.written), [], [])
    return entries_of(_forms(rows) | above)


def _services() -> QuerySet[Service]:
    return Service.objects.select_related("organization").prefetch_related(*PREFETCH)


def _turn_down(forms: set[Form], services: set[UUID], by: Actor) -> None:
    """Turn down every change that waits and is of what is left out."""
    for change in Change.objects.select_for_update().filter(state=Change.State.WAITING):
        if change.subject_id in services or marks.forms_of(change.document) & forms:
            decide(change, Change.State.REJECTED, by, TURNED_DOWN)
            telling.tell_author(change)


def _take_out(service_id: UUID, erased: set[Form], by: Actor) -> set[str]:
    """Withdraw a service without what is erased; return how it was written."""
    find(Subject.SERVICE, service_id, lock=True)
    before = current(service_id)
    after = struck(before, erased)
    after = {**after, "brolly": {**after["brolly"], "status": Status.WITHDRAWN.value}}
    if after != before:
        put(after, by=by, reason=REASON)
    return told_by(before, erased)


def _strike_organization(organization: Organization, erased: set[Form], by: Actor) -> set[str]:
    before = organization_document(organization)
    after = struck(before, erased)
    if after != before:
        put(after, by=by, reason=REASON, subject=Subject.ORGANIZATION)
    return told_by(before, erased)


def _strike_history(erased: set[Form], written: set[str], services: set[UUID]) -> None:
    """Take what is erased out of every document that was ever proposed, and of what was said of it."""
    for change in Change.objects.iterator(chunk_size=A_CHUNK):
        documents = {name: getattr(change, name) for name in ("document", "previous", "base")}
        words = {word for document in documents.values() if document for word in told_by(document, erased)}
        words |= written if change.subject_id in services else set()
        if words:
            _strike(change, documents, erased, words)


def _strike(change: Change, documents: dict[str, Document | None], erased: set[Form], words: set[str]) -> None:
    new: dict[str, Any] = {
        name: struck(document, erased, words) for name, document in documents.items() if document
    }
    new["finds"] = [find for find in change.finds if cut(find[2], words) == find[2]]
    new["reason"] = cut(change.reason, words)
    Change.objects.filter(id=change.id).update(**new)
