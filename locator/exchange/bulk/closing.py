"""Several services closed for a while as one act, which can be taken back as one."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from locator import moderation
from locator.models import Organization, Service, Upload, UploadRow
from locator.moderation import Edit
from locator.rules import Actor, Refused


@transaction.atomic
def close_together(services: Iterable[Service], first: date, last: date, why: str, *, by: Actor) -> list[Upload]:
    """Close services from a first day to a last, all or none; return an act for each organization.

    Raises Refused, naming the service, for one without a place, a number or a chat that could be closed.
    """
    rows = list(services)
    drafts = moderation.drafts_of(row.id for row in rows)
    by_organization: dict[Organization, list[Edit]] = {}
    for row in rows:
        document = drafts[str(row.id)]
        try:
            moderation.close(document, first, last, why)
        except Refused as refused:
            words = _("It has no place, number or chat that could be closed.")
            raise Refused(f"{row.name}: {words}") from refused
        by_organization.setdefault(row.organization, []).append(Edit(document))
    return [_close(organization, edits, by) for organization, edits in by_organization.items()]


def _close(organization: Organization, edits: list[Edit], by: Actor) -> Upload:
    upload = Upload.objects.create(
        kind=Upload.Kind.CLOSURE,
        state=Upload.State.CONFIRMED,
        organization=organization,
        account_id=by.account,
        author=by.name,
    )
    submitted = moderation.submit_all(edits, by=by)
    UploadRow.objects.bulk_create(
        UploadRow(
            upload=upload,
            number=number,
            kind=UploadRow.Kind.CHANGE,
            name=edit.document["name"],
            service_id=edit.document["id"],
            done=result.done,
            waiting=result.waiting,
        )
        for number, (edit, result) in enumerate(zip(edits, submitted, strict=True), 1)
    )
    return upload
