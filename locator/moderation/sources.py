"""Changes that files of others propose, many at a time, and an operator's yes to many of them.

By the rules of `propose` and `approve`, one by one; only what is new is stored together.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.core.exceptions import ValidationError as FieldError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from locator import publishing
from locator.hsds.agreement import Document
from locator.hsds.reading import PREFETCH, organization_document, service_document
from locator.hsds.shape import clean_organization, clean_service
from locator.hsds.writing import write_new_services, write_organization
from locator.models import Approval, Change, Inclusion, Organization, Service, Status
from locator.moderation import deciding
from locator.moderation.acting import Act
from locator.moderation.deciding import Subject, beside, document_of, find, lists_anew, put
from locator.moderation.merging import Outdated, merge
from locator.moderation.own import REPLACED, TAKEN_BACK
from locator.moderation.register import check_let_back_by_another, has_let_back, in_turn, left_out_among
from locator.moderation.scanning import scan
from locator.moderation.undoing import before as document_before
from locator.rules import Actor, Refused, check_may_decide, organization_of

Row = Service | Organization
Rows = dict[str, tuple[Row, Document]]


@dataclass(frozen=True)
class Proposal:
    """What a source wants something to be, cleaned, and what it is now."""

    subject: str
    document: Document
    row: Row | None = None
    base: Document | None = None


def propose_all(proposals: Sequence[Proposal], *, by: Actor) -> list[Change | None]:
    """Note many changes that wait; None for what asked to be left out."""
    in_turn()
    out = left_out_among([(each.document, each.base) for each in proposals])
    changes = [None if number in out else _change(each, by) for number, each in enumerate(proposals)]
    Change.objects.bulk_create([change for change in changes if change])
    return changes


def _change(each: Proposal, by: Actor) -> Change:
    return Change(
        subject=each.subject,
        subject_id=each.document["id"],
        document=each.document,
        base=each.base,
        base_revision=each.row.revision if each.row else 0,
        finds=scan(each.document) if each.subject == Subject.SERVICE else [],
        author=by.name,
        author_account_id=by.account,
        by_role=by.role,
    )


def as_they_are(subject: str, ids: Collection[Any]) -> Rows:
    """Return rows with their documents, by id; twenty queries for services, five for organizations."""
    if not ids:
        return {}
    if subject == Subject.SERVICE:
        services = Service.objects.select_related("organization").prefetch_related(*PREFETCH).filter(id__in=ids)
        return {str(row.id): (row, service_document(row)) for row in services}
    parts = ("contacts", "phones__languages", "phones__hours", "phones__dated", "links__hours", "links__dated")
    organizations = Organization.objects.prefetch_related(*parts).filter(id__in=ids)
    return {str(row.id): (row, organization_document(row)) for row in organizations}


def replace_all(changes: Iterable[Change], *, by: Actor) -> None:
    """Turn down what waits of records that say something else by now."""
    _turn_down([change.id for change in changes], by, REPLACED)


def _turn_down(ids: Collection[Any], by: Actor, reason: str) -> int:
    said = {"state": Change.State.REJECTED, "decider": by.name, "decided_at": timezone.now(), "reason": reason}
    return Change.objects.filter(id__in=ids, state=Change.State.WAITING).update(**said)


def approve_all(
    changes: Sequence[Change], *, by: Actor, checked: bool = False, vouched: bool = False
) -> dict[Any, str]:
    """Say an operator's yes to changes that wait; return, by id, why some of them wait on.

    `checked` where they were proposed in this transaction: their documents are not read again. `vouched` where
    what they list was listed by us before: of organizations that nobody has let in yet as well.
    """
    waiting, refused = _allowed(changes, by, vouched=vouched)
    for subject in (Subject.ORGANIZATION, Subject.SERVICE):
        own = [change for change in waiting if change.subject == subject]
        model = Service if subject == Subject.SERVICE else Organization
        known = set(
            model.objects.filter(id__in=[change.subject_id for change in own]).values_list("id", flat=True)
        )
        new, old = list[Change](), list[Change]()
        for change in own:
            (old if UUID(str(change.subject_id)) in known else new).append(change)
        refused |= _new(new, by, checked=checked)
        for change in old:
            refused |= _one(change, by)
    return refused


def _allowed(changes: Sequence[Change], by: Actor, *, vouched: bool) -> tuple[list[Change], dict[Any, str]]:
    """Return the changes that an operator may decide about so, and why not the others."""
    shown = [] if vouched else [change for change in changes if lists_anew(change)]
    listing = {organization_of(change.document) for change in shown}
    let_in = Inclusion.objects.filter(organization_id__in=listing, decision=Inclusion.Decision.INCLUDED)
    included = {str(row) for row in let_in.values_list("organization_id", flat=True)} if listing else set()
    allowed, refused = [], dict[Any, str]()
    lets_back = has_let_back(by)
    for change in changes:
        try:
            check_may_decide(by, change)
            if lists_anew(change) and not vouched and organization_of(change.document) not in included:
                raise Refused("Nobody has decided yet that this organization belongs in the directory.")
            if lets_back:
                check_let_back_by_another(change.document, change.base, by=by)
            allowed.append(change)
        except Refused as problem:
            refused[change.id] = str(problem)
    return allowed, refused


def _new(changes: Sequence[Change], by: Actor, *, checked: bool) -> dict[Any, str]:
    """Store what is new together, or else each half by itself, down to the one that cannot be stored."""
    if _together(changes, by, checked=checked):
        return {}
    if len(changes) == 1:
        return _one(changes[0], by)
    half = len(changes) // 2
    return _new(changes[:half], by, checked=checked) | _new(changes[half:], by, checked=checked)


def _together(changes: Sequence[Change], by: Actor, *, checked: bool) -> bool:
    """Store what is new in one go; return whether that went well. Nothing is stored if it did not."""
    if not changes:
        return True
    try:
        with transaction.atomic():
            _write(changes, checked=checked)
            now, ids = timezone.now(), [change.id for change in changes]
            Approval.objects.bulk_create(
                [Approval(change=change, name=by.name, by_role=by.role) for change in changes]
            )
            said = {"state": Change.State.APPROVED, "decider": by.name, "decided_at": now}
            if Change.objects.filter(id__in=ids, state=Change.State.WAITING).update(**said) != len(ids):
                raise Refused("Somebody has decided this already.")
            _settle()
    except (ValidationError, FieldError, IntegrityError, ObjectDoesNotExist, Refused):
        return False
    return True


def _write(changes: Sequence[Change], *, checked: bool) -> None:
    """Write the rows of what is new, all of one subject, and publish what of it is listed."""
    if changes[0].subject == Subject.ORGANIZATION:
        for change in changes:
            document = change.document if checked else clean_organization(change.document)
            write_organization(document, revision=1)
        return
    write_new_services([change.document if checked else clean_service(change.document) for change in changes])
    own = [change.subject_id for change in changes]
    publishing.project([*own, *beside(own)])


def _one(change: Change, by: Actor) -> dict[Any, str]:
    """Approve one change by itself; return why it waits on, if it does."""
    try:
        with transaction.atomic():
            deciding.approve(change, by=by)
            _settle()
    except FieldError as problem:
        return {change.id: " ".join(problem.messages)}
    except IntegrityError:
        return {change.id: "It says what another says already, or says it twice."}
    except (Refused, ValidationError, ObjectDoesNotExist) as problem:
        return {change.id: str(problem)}
    return {}


def _settle() -> None:
    """Have PostgreSQL check now what it would check at the end, where a hundred thousand rows take minutes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def take_back_all(changes: Sequence[Change], *, by: Actor) -> int:
    """Take changes of sources back: what waits is turned down, what is new goes out, the rest is as it was before.

    Raises Outdated, naming the row, where somebody has changed the same since. Returns how many that were.
    """
    done = _turn_down([change.id for change in changes], by, TAKEN_BACK)
    approved = [change for change in changes if change.state == Change.State.APPROVED]
    new = [change.subject_id for change in approved if change.subject == Subject.SERVICE and not change.previous]
    act = Act(by)
    for row in (
        Service.objects.filter(id__in=new).exclude(status=Status.WITHDRAWN).select_for_update().order_by("id")
    ):
        _withdraw(act, row)
    act.store()
    act.publish()
    for change in approved:
        if change.previous:
            _put_back(change, by)
    return done + len([change for change in approved if change.previous or change.subject == Subject.SERVICE])


def _withdraw(act: Act, row: Service) -> None:
    document = document_of(row) or {}
    brolly = {**document["brolly"], "status": Status.WITHDRAWN.value}
    act.put(row, document, clean_service({**document, "brolly": brolly}), TAKEN_BACK)


def _put_back(change: Change, by: Actor) -> None:
    now = document_of(find(change.subject, change.subject_id, lock=True))
    try:
        document = merge(change.document, document_before(change), now)
    except Outdated as outdated:
        raise Outdated(f"{change.document['name']}: {outdated}") from outdated
    if document != now:
        put(document, by=by, reason=TAKEN_BACK, subject=change.subject)
