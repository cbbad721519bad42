"""Many edits of one organization as one act: each by the rules of `submit`, all or none, published once."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from locator.hsds.agreement import Document
from locator.hsds.reading import service_document
from locator.hsds.shape import clean_service
from locator.models import Change, Service, Status
from locator.moderation import splitting
from locator.moderation.acting import Act
from locator.moderation.merging import Outdated, merge, same
from locator.moderation.own import Submitted
from locator.moderation.undoing import before as document_before
from locator.moderation.waiting import (
    REPLACED,
    TAKEN_BACK,
    last_of,
    note_replaced,
    rows_of,
    take_out,
    wait_again,
    waiting_of,
    with_waiting,
)
from locator.rules import Actor, check_may_submit

BATCH = 200
Progress = Callable[[int], object]
T = TypeVar("T")


@dataclass(frozen=True)
class Edit:
    """What a service shall be, and the mark of the draft it was made from, if somebody looked at it."""

    document: Document
    mark: str = ""


def mark(document: Document) -> str:
    """Return what tells a document from any other, so that nobody writes over what they have not seen."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:32]


def drafts_of(service_ids: Iterable[UUID | str]) -> dict[str, Document]:
    """Return services as their organization wants them, by id, as `draft_of` does for one; twenty queries."""
    found: dict[str, Document] = {}
    for batch in _batches(service_ids):
        waiting = waiting_of(batch)
        for row in rows_of(batch):
            found[str(row.id)] = with_waiting(service_document(row), waiting.get(row.id, []))
    return found


@transaction.atomic
def submit_all(edits: Iterable[Edit], *, by: Actor, progress: Progress = lambda done: None) -> list[Submitted]:
    """Take edits of an organization's services, new ones too: what needs no second person at once, the rest waits.

    A new service becomes a draft, as `begin` makes one. Raises Outdated, naming the service, where its mark is
    another; Refused and ValidationError as `submit` does; and changes nothing then.
    """
    act, found = Act(by), list[Submitted]()
    for batch in _batches(edits):
        found += _submit(act, batch)
        progress(len(found))
    act.publish()
    return found


def _submit(act: Act, edits: Sequence[Edit]) -> list[Submitted]:
    ids = [edit.document["id"] for edit in edits]
    waiting = waiting_of(ids, lock=True)
    rows = {str(row.id): row for row in rows_of(ids, lock=True)}
    nows = {row_id: service_document(row) for row_id, row in rows.items()}
    afters = {edit.document["id"]: _checked(act, edit, nows, waiting) for edit in edits}
    done = {row_id: _at_once(act, rows.get(row_id), nows.get(row_id), after) for row_id, after in afters.items()}
    act.turn_down([change for changes in waiting.values() for change in changes], REPLACED)
    proposed = _rest(act, rows, nows, afters, done)
    act.store()
    for row_id, changes in waiting.items():
        note_replaced(changes, proposed.get(str(row_id)) or done[str(row_id)])
    return [Submitted(done[row_id], proposed.get(row_id)) for row_id in ids]


def _rest(
    act: Act,
    rows: dict[str, Service],
    nows: dict[str, Document],
    afters: dict[str, Document],
    done: dict[str, Change | None],
) -> dict[str, Change]:
    """Propose what is left of each edit once a part of it has taken effect, from the rows as they are then."""
    settled = {row_id for row_id, change in done.items() if change and same(change.document, afters[row_id])}
    written = [row_id for row_id, change in done.items() if change and row_id not in settled]
    rows |= {str(row.id): row for row in rows_of(written)}
    nows |= {row_id: service_document(rows[row_id]) for row_id in written}
    found: dict[str, Change] = {}
    for row_id in [row_id for row_id in afters if row_id not in settled]:
        wanted = _wanted(done[row_id], nows[row_id], afters[row_id])
        if not same(wanted, nows[row_id]):
            found[row_id] = act.propose(rows[row_id], nows[row_id], wanted)
    return found


def _checked(act: Act, edit: Edit, nows: dict[str, Document], waiting: dict[UUID, list[Change]]) -> Document:
    """Return the document of an edit without what is not theirs to say; raise Refused or Outdated."""
    row_id: str = edit.document["id"]
    now = nows.get(row_id)
    check_may_submit(act.by, now, edit.document)
    if edit.mark and (now is None or mark(with_waiting(now, waiting.get(UUID(row_id), []))) != edit.mark):
        raise Outdated(_("“%(name)s” has changed since you looked.") % {"name": edit.document["name"]})
    return clean_service(splitting.only_theirs(now, edit.document))


def _at_once(act: Act, row: Service | None, before: Document | None, after: Document) -> Change | None:
    """Write what needs no second person; a service that is new is a draft."""
    if row is None or before is None:
        draft = {**after, "brolly": {**after["brolly"], "status": Status.DRAFT.value}}
        return act.put(None, None, draft, "A draft")
    now = clean_service(splitting.at_once(before, after, trusted=row.organization.trusted))
    if same(now, before):
        return None
    return act.put(row, before, now, "Needs no second person")


def _wanted(done: Change | None, now: Document, after: Document) -> Document:
    """Return what a service shall be; one that is new is what it became, and listed if that was asked."""
    if done is None or done.previous is not None:
        return after
    return clean_service({**now, "brolly": {**now["brolly"], "status": after["brolly"]["status"]}})


@transaction.atomic
def undo_all(changes: Iterable[Change], *, by: Actor, progress: Progress = lambda done: None) -> int:
    """Take changes of an organization back as one act: return of how many services.

    What waits is turned down, or taken out of the later edit that carries it on; the rest goes back as by `undo`;
    a draft that was new is taken out; what had waited before waits again. Raises Outdated, naming the service,
    where somebody changed the same since.
    """
    by_service: dict[str, list[Change]] = {}
    for change in changes:
        by_service.setdefault(str(change.subject_id), []).append(change)
    act, done = Act(by), 0
    for batch in _batches(by_service):
        own = [change for row_id in batch for change in by_service[row_id]]
        for change in own:
            check_may_submit(by, change.document, change.document)
        waiting = [change for change in own if change.state == Change.State.WAITING]
        act.turn_down(waiting, TAKEN_BACK)
        carried = [change for change in own if change.replaced_by_id]
        for change in carried:
            if (later := last_of(change)).state == Change.State.WAITING:
                take_out(change, later, by=by)
        _take_out(act, [change for change in own if _is_draft(change)])
        drafts = drafts_of(batch)
        edits = [edit for row_id in batch if (edit := _back(drafts, by_service[row_id]))]
        _submit(act, edits)
        wait_again([*waiting, *carried, *filter(_stands, own)], by=by)
        done += len(batch)
        progress(done)
    act.publish()
    return done


def _is_draft(change: Change) -> bool:
    return change.state == Change.State.APPROVED and change.previous is None


def _stands(change: Change) -> bool:
    """Say whether what a change asked for is in effect, by itself or by the later edit that carries it on."""
    return last_of(change).state == Change.State.APPROVED


def _take_out(act: Act, changes: Collection[Change]) -> None:
    """Take services that were new out of the directory; they were nobody's but their organization's."""
    for row in rows_of([change.subject_id for change in changes], lock=True):
        document = service_document(row)
        brolly = {**document["brolly"], "status": Status.WITHDRAWN.value}
        act.put(row, document, clean_service({**document, "brolly": brolly}), TAKEN_BACK)
    act.store()


def _back(drafts: dict[str, Document], changes: list[Change]) -> Edit | None:
    """Return a service as it was before changes of it, with what others changed since."""
    standing = list(filter(_stands, changes))
    if not standing or any(map(_is_draft, standing)):
        return None
    document: Any = drafts[str(standing[0].subject_id)]
    try:
        for change in sorted(standing, key=lambda change: (change.decided_at, change.id), reverse=True):
            earlier = document_before(change) if change.state == Change.State.APPROVED else change.base
            document = merge(change.document, earlier, document)
    except Outdated as outdated:
        raise Outdated(f"{document['name']}: {outdated}") from outdated
    return Edit(document)


def _batches(things: Iterable[T]) -> Iterator[list[T]]:
    left = iter(things)
    while batch := list(islice(left, BATCH)):
        yield batch
