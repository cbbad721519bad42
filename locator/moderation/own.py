"""What an organization does with its own services: most takes effect at once, some waits for a second person."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from locator import publishing
from locator.hsds.agreement import Document
from locator.hsds.shape import clean_service
from locator.hsds.writing import write_service
from locator.models import Basis, Change, Organization, Service, Status
from locator.models.questions import BY_KEY
from locator.moderation import splitting, telling
from locator.moderation.deciding import Subject, current, decide, document_of, find, propose, put
from locator.moderation.editing import today
from locator.moderation.merging import merge, same
from locator.moderation.undoing import before as document_before
from locator.moderation.waiting import OURS, REPLACED, TAKEN_BACK, note_replaced, wait_again, with_waiting
from locator.rules import Actor, Refused, check_may_submit


@dataclass(frozen=True)
class Submitted:
    """What became of a partner's edit: a part may be in effect, and a part may wait for a second person."""

    done: Change | None
    waiting: Change | None


@transaction.atomic
def submit(document: Document, *, by: Actor) -> Submitted:
    """Take a partner's edit of a service: what needs no second person takes effect at once, the rest waits.

    Raises Refused for another organization's service, and ValidationError as `propose` does.
    """
    row = find(Subject.SERVICE, document["id"], lock=True)
    before = document_of(row)
    check_may_submit(by, before, document)
    after = clean_service(splitting.only_theirs(before, document))
    replaced = replace_waiting(after, by)
    done = None
    if before is not None and isinstance(row, Service):
        now = splitting.at_once(before, after, trusted=row.organization.trusted)
        if not same(clean_service(now), clean_service(before)):
            done = put(now, by=by, reason="Needs no second person")
            before = current(row.id)
    if before is not None and same(after, before):
        note_replaced(replaced, done)
        return Submitted(done, None)
    waiting = propose(after, by=by)
    note_replaced(replaced, waiting)
    telling.tell_contacts(waiting, before, asked=True)
    return Submitted(done, waiting)


def replace_waiting(document: Document, by: Actor) -> list[Change]:
    """Turn down what waits of the same service from the same organization: `document` was made from it."""
    rows = Change.objects.select_for_update().filter(subject_id=document["id"], state=Change.State.WAITING)
    return [decide(change, Change.State.REJECTED, by, REPLACED) for change in rows.filter(by_role__in=OURS)]


def draft_of(service_id: UUID | str) -> Document:
    """Return a service as its organization wants it: as it stands, with what waits of their edits."""
    waiting = Change.objects.filter(subject_id=service_id, state=Change.State.WAITING, by_role__in=OURS)
    return with_waiting(current(service_id), waiting)


@transaction.atomic
def begin(organization: Organization, name: str, *, by: Actor) -> Change:
    """Make a service that is a draft: its organization fills it in, and nobody else sees it until it is listed."""
    document: Document = {
        "id": str(uuid4()),
        "name": name,
        "status": "active",
        "organization": {"id": str(organization.id), "name": organization.name},
        "brolly": {"status": Status.DRAFT.value, "text_language": get_language() or "en"},
    }
    check_may_submit(by, None, document)
    return put(document, by=by, reason="A draft")


@transaction.atomic
def still_right(service_id: UUID | str, *, by: Actor, changed: Collection[str] = ()) -> Change:
    """Note that somebody of its organization read a listing today and found it right (SAFETY R59).

    Answers that have `changed` are taken away, to "we do not know"; their own other answers are theirs of today.
    Raises Refused for another organization's listing, one that visitors do not see, and an unknown question.
    """
    find(Subject.SERVICE, service_id, lock=True)
    document = current(service_id)
    check_may_submit(by, document, document)
    if document["brolly"]["status"] != Status.LISTED:
        raise Refused(_("Visitors do not see it now, so there is nothing to confirm."))
    if set(changed) - BY_KEY.keys():
        raise Refused(_("We could not read that"))
    facts = [fact for fact in document["brolly"].get("facts", []) if fact["question"] not in changed]
    for fact in facts:
        if fact["basis"] == Basis.ORGANIZATION:
            fact["stated_on"] = today().isoformat()
    document["brolly"] |= {"facts": facts, "assurer": document["organization"]["name"]}
    document["assured_date"] = today().isoformat()
    return put(document, by=by, reason="Still right")


@transaction.atomic
def take_back(service_id: UUID | str, *, by: Actor) -> int:
    """Turn down what waits of a service, as its organization; return how many edits that were."""
    document = current(service_id)
    check_may_submit(by, document, document)
    rows = Change.objects.select_for_update().filter(subject_id=service_id, state=Change.State.WAITING)
    return len([decide(row, Change.State.REJECTED, by, TAKEN_BACK) for row in rows.filter(by_role__in=OURS)])


@transaction.atomic
def undo(change: Change, *, by: Actor) -> Submitted:
    """Take an approved change back as its organization; what needs a second person waits, as in any edit.

    What had waited before it, and was replaced by it, waits again.
    Raises Outdated when the same thing has changed since.
    """
    if change.state != Change.State.APPROVED:
        raise Refused("Only what was published can be taken back.")
    document = merge(change.document, document_before(change), draft_of(change.subject_id))
    submitted = submit(document, by=by)
    wait_again([change], by=by)
    return submitted


@contextmanager
def tried_on(document: Document) -> Iterator[None]:
    """Publish a document for as long as the block runs, to show what visitors would see; then all is as before."""
    with transaction.atomic():
        publishing.project([write_service(clean_service(document), revision=0).id])
        yield
        transaction.set_rollback(True)
