"""What the command does: an operator acts for an organization, under a name that is recorded."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from locator.exchange.bulk import uploads
from locator.exchange.bulk.resembling import resembling
from locator.exchange.bulk.rows import NEW, WRONG
from locator.exchange.cells import LARGEST
from locator.models import Organization, Upload
from locator.rules import Actor, Refused, Role

Say = Callable[[str], object]
COMPARED = 500  # new rows: each takes some 30 ms where 2,000 services are listed


class Wanted(NamedTuple):
    """What was asked of the command, by the names of its options."""

    file: Path | None
    organization: str
    by: str
    upload: str | None
    seen: str | None
    undo: str | None
    confirm: bool
    good_rows: bool


def act(wanted: Wanted, say: Say) -> None:
    """Look at a file or an upload, take it over, or take an act back; raise UnreadableSheet, Refused, OSError."""
    organization = _organization(wanted.organization)
    if not wanted.by.strip():
        raise Refused(_("Say who you are: --by NAME."))
    by = Actor(wanted.by.strip(), Role.OPERATOR, organizations=frozenset({str(organization.id)}))
    if [wanted.file, wanted.upload, wanted.undo].count(None) != 2:
        raise Refused(_("Name a file, an upload that was looked at, or an act to take back: one of them."))
    if wanted.undo:
        back = uploads.undo(_upload(organization, wanted.undo), by=by, progress=say)
        say(_("%(n)s services are taken back; what needs a second person waits.") % {"n": back})
        return
    upload = _preview(wanted.file, organization, by, say) if wanted.file else _upload(organization, wanted.upload)
    if upload.state != Upload.State.LOOKED_AT:
        raise Refused(_("This was taken over already."))
    _tell(upload, say)
    if wanted.confirm or wanted.good_rows:
        done = uploads.confirm(upload, by=by, only_good=wanted.good_rows, seen=wanted.seen, progress=say)
        waiting = sum(result.waiting is not None for result in done)
        told = {"n": len(done), "waiting": waiting, "id": upload.id}
        say(_("%(n)s are taken over, %(waiting)s of them wait for a second person. Back: --undo %(id)s") % told)
    else:
        told = {"id": upload.id, "seen": upload.looks}
        say(_("To take over what you see here: --upload %(id)s --seen %(seen)s --confirm") % told)


def _preview(path: Path, organization: Organization, by: Actor, say: Say) -> Upload:
    with path.open("rb") as file:
        return uploads.preview(file.read(LARGEST + 1), organization, by=by, progress=say)


def _organization(named: str) -> Organization:
    """Return the one organization of a name, or of an id."""
    rows = Organization.objects.filter(name=named)
    if not rows and (row_id := _id(named)):
        rows = Organization.objects.filter(id=row_id)
    if len(rows) != 1:
        raise Refused(_("There is no organization “%(name)s”, or more than one. Give its id.") % {"name": named})
    return rows[0]


def _upload(organization: Organization, upload_id: str | None) -> Upload:
    row_id = _id(upload_id or "")
    found = Upload.objects.filter(id=row_id, organization=organization).first() if row_id else None
    if found is None:
        raise Refused(_("There is no such act of this organization."))
    return found


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _tell(upload: Upload, say: Say) -> None:
    """Say what would change, and each thing that is wrong by row and column."""
    for row in upload.rows.filter(kind=WRONG):
        for column, words in row.problems.items():
            told = {"row": row.number, "column": column or "–", "words": words}
            say(_("Row %(row)s, %(column)s: %(words)s") % told)
    new = upload.rows.filter(kind=NEW)
    for number, alike in resembling(upload, new[:COMPARED]).items():
        say(_("Row %(row)s looks like %(others)s") % {"row": number, "others": alike})
    counts = uploads.counts(upload)
    if counts[NEW] > COMPARED:
        say(_("New rows after the first %(n)s were not compared with what is listed.") % {"n": COMPARED})
    say(_("%(change)s change, %(new)s are new, %(stays)s stay, %(wrong)s have something wrong.") % counts)
