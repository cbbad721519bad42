"""An upload: looked at, confirmed as one transaction, looked at again, taken back as one act."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.db.models import Case, Count, F, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as _

from locator import moderation
from locator.exchange.bulk.rows import CHANGE, NEW, STAYS, WRONG, Known, Row, judge, rows_of
from locator.exchange.cells import MOST_ROWS
from locator.exchange.sheets import read_table
from locator.models import Change, Organization, Upload, UploadRow
from locator.moderation import Edit, Outdated, Submitted
from locator.rules import Actor, Refused, check_may_submit
from locator.text import fold

KEPT = timedelta(days=30)
BATCH = 200
State = Upload.State
Progress = Callable[[str], object]


@contextmanager
def seldom_swept() -> Iterator[None]:
    """Let Python look for cycles seldom while many rows are read: it takes two fifths of the time otherwise."""
    before = gc.get_threshold()
    gc.set_threshold(500_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _silent(_line: str) -> None:
    pass


def forget() -> None:
    """Delete uploads that are older than 30 days; what they changed stays, and stays in the history."""
    Upload.objects.filter(made_at__lt=timezone.now() - KEPT).delete()


@seldom_swept()
@transaction.atomic
def preview(
    data: bytes, organization: Organization, *, by: Actor, most: int | None = None, progress: Progress = _silent
) -> Upload:
    """Read a file and note what it would change; nothing changes yet.

    Raises UnreadableSheet, for more than `most` rows too, and Refused where the organization is not theirs.
    """
    _check_theirs(organization, by)
    table = read_table(data, most or MOST_ROWS)
    forget()
    upload = Upload.objects.create(
        organization=organization, account_id=by.account, author=by.name, kind=Upload.Kind.SHEET
    )
    for lot in rows_of(table, organization):
        _store(upload, lot)
        progress(_("looked at row %(n)s of %(all)s") % {"n": lot[-1].number, "all": table.rows[-1][0]})
    upload.save(update_fields=["stay"])
    return upload


def _check_theirs(organization: Organization, by: Actor) -> None:
    document = {"id": str(organization.id), "name": organization.name}
    check_may_submit(by, None, document)


def _store(upload: Upload, rows: Iterable[Row]) -> None:
    """Keep the rows that say something new; of one that is wrong, what is wrong and nothing it said."""
    kept = [row for row in rows if row.kind != STAYS]
    upload.stay += sum(row.kind == STAYS for row in rows)
    UploadRow.objects.bulk_create(
        [
            UploadRow(
                upload=upload,
                number=row.number,
                kind=row.kind,
                name=row.name,
                service_id=row.document["id"] if row.document else None,
                cells={} if row.kind == WRONG else row.cells,
                document=row.document,
                mark=row.mark,
                problems=row.problems,
            )
            for row in kept
        ],
        batch_size=50,
    )


def counts(upload: Upload) -> dict[str, int]:
    """Return how many rows change, are new, stay and are wrong."""
    found = {CHANGE: 0, NEW: 0, WRONG: 0, STAYS: upload.stay}
    return found | dict(upload.rows.order_by().values_list("kind").annotate(Count("id")))


def in_order(upload: Upload) -> QuerySet[UploadRow]:
    """Return the rows that are kept, what is wrong first, each with the changes it became."""
    last = Case(When(kind=WRONG, then=0), default=1)
    return upload.rows.select_related("done", "waiting").order_by(last, "number")


def good(upload: Upload) -> QuerySet[UploadRow]:
    """Return the rows that can be taken over."""
    return upload.rows.exclude(kind=WRONG)


def confirm(
    upload: Upload,
    *,
    by: Actor,
    only_good: bool = False,
    seen: str | None = None,
    progress: Progress = _silent,
) -> list[Submitted]:
    """Take an upload over, all of it or nothing; rows with something wrong are left out only if `only_good`.

    Does nothing where it was taken over already. Raises Refused where `seen`, if given, is not how often it was
    looked at; Outdated where a service has changed, or come to be, since somebody looked; the upload is looked at
    anew then, and nothing else has changed.
    """
    try:
        return _confirm(upload, by=by, only_good=only_good, seen=seen, progress=progress)
    except Outdated as outdated:
        look_again(upload)
        again = _("Nothing was taken over. Look once more: this is what would change now.")
        raise Outdated(f"{outdated} {again}") from outdated


@seldom_swept()
@transaction.atomic
def _confirm(
    upload: Upload, *, by: Actor, only_good: bool, seen: str | None, progress: Progress
) -> list[Submitted]:
    locked = Upload.objects.select_for_update().select_related("organization").get(id=upload.id)
    _check_theirs(locked.organization, by)
    if locked.state != State.LOOKED_AT:
        return []
    if seen is not None and seen != str(locked.looks):
        raise Refused(
            _(
                "Somebody has looked at this once more since. Nothing was taken over: this is what would "
                "change now."
            )
        )
    if not only_good and counts(locked)[WRONG]:
        raise Refused(_("Some rows have something wrong. Nothing was taken over."))
    rows = list(good(locked).defer("cells"))
    _check_still_new(locked.organization, rows)
    locked.state = upload.state = State.CONFIRMED
    locked.save(update_fields=["state"])
    edits = (Edit(row.document or {}, row.mark) for row in rows)
    found = moderation.submit_all(
        edits, by=by, progress=lambda n: progress(_("took over %(n)s of %(all)s") % {"n": n, "all": len(rows)})
    )
    note(rows, found)
    return found


def _check_still_new(organization: Organization, rows: Iterable[UploadRow]) -> None:
    """Raise Outdated, naming it, where the service of a new row has come to be since: two files may hold the same.

    Two that are taken over at once wait for each other here.
    """
    Organization.objects.select_for_update().get(id=organization.id)
    names = Known.of(organization).names
    for row in rows:
        if row.kind == NEW and fold(row.name) in names:
            raise Outdated(_("“%(name)s” has come to be since you looked.") % {"name": row.name})


def note(rows: list[UploadRow], submitted: list[Submitted]) -> None:
    """Note what became of each row; what it said is in the history now, and kept nowhere else."""
    for row, result in zip(rows, submitted, strict=True):
        row.done, row.waiting, row.document, row.cells = result.done, result.waiting, None, {}
    for start in range(0, len(rows), BATCH):  # a row that is written anew takes a tenth of one that is updated
        batch = rows[start : start + BATCH]
        UploadRow.objects.filter(id__in=[row.id for row in batch]).delete()
        UploadRow.objects.bulk_create(batch)


@transaction.atomic
def look_again(upload: Upload) -> None:
    """Look at the rows of an upload anew, with their services as they are now."""
    known, seen = Known.of(upload.organization), dict[str, int]()
    kept = list(good(upload))
    for start in range(0, len(kept), BATCH):
        rows = [Row(row.number, row.cells) for row in kept[start : start + BATCH]]
        judge(rows, upload.organization, known, seen)
        upload.rows.filter(id__in=[row.id for row in kept[start : start + BATCH]]).delete()
        _store(upload, rows)
    upload.looks = F("looks") + 1
    upload.save(update_fields=["stay", "looks"])
    upload.refresh_from_db(fields=["looks"])


@seldom_swept()
@transaction.atomic
def undo(upload: Upload, *, by: Actor, progress: Progress = _silent) -> int:
    """Take all that an upload did back, as one act; return how many services that were.

    Does nothing where it was not taken over, or was taken back already. Raises Outdated, naming the service, where
    somebody has changed the same thing since, and takes nothing back then.
    """
    locked = Upload.objects.select_for_update().select_related("organization").get(id=upload.id)
    _check_theirs(locked.organization, by)
    if locked.state != State.CONFIRMED:
        return 0
    locked.state = upload.state = State.UNDONE
    locked.save(update_fields=["state"])
    pairs = good(locked).values_list("done", "waiting")
    ids = [change for pair in pairs for change in pair if change]
    changes = (
        change
        for start in range(0, len(ids), BATCH)
        for change in Change.objects.filter(id__in=ids[start : start + BATCH])
    )
    return moderation.undo_all(changes, by=by, progress=lambda n: progress(_("took %(n)s back") % {"n": n}))
