"""What the command does: an operator acts for an organization, under a name that is recorded."""

from collections.abc import Callable
from pathlib import Path
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


def act(
    path: Path | None,
    named: str,
    name: str,
    *,
    undone: str | None,
    confirmed: bool,
    only_good: bool,
    say: Say,
) -> None:
    """Look at a file, take it over, or take an act back; raise UnreadableSheet, Refused or OSError."""
    organization = _organization(named)
    if not name.strip():
        raise Refused(_("Say who you are: --by NAME."))
    by = Actor(name.strip(), Role.OPERATOR, organizations=frozenset({str(organization.id)}))
    if undone:
        back = uploads.undo(_upload(organization, undone), by=by, progress=say)
        say(_("%(n)s services are taken back; what needs a second person waits.") % {"n": back})
        return
    if path is None:
        raise Refused(_("Name a file, or an act to take back."))
    with path.open("rb") as file:
        upload = uploads.preview(file.read(LARGEST + 1), organization, by=by, progress=say)
    _tell(upload, say)
    if confirmed:
        done = uploads.confirm(upload, by=by, only_good=only_good, progress=say)
        waiting = sum(result.waiting is not None for result in done)
        told = {"n": len(done), "waiting": waiting, "id": upload.id}
        say(_("%(n)s are taken over, %(waiting)s of them wait for a second person. Back: --undo %(id)s") % told)


def _organization(named: str) -> Organization:
    """Return the one organization of a name, or of an id."""
    rows = Organization.objects.filter(name=named)
    if not rows and (row_id := _id(named)):
        rows = Organization.objects.filter(id=row_id)
    if len(rows) != 1:
        raise Refused(_("There is no organization “%(name)s”, or more than one. Give its id.") % {"name": named})
    return rows[0]


def _upload(organization: Organization, upload_id: str) -> Upload:
    row_id = _id(upload_id)
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
