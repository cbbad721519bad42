"""What grows old is looked at again: reminders with a link that opens a listing and itself confirms nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from locator import mailing
from locator.models import Bounce, Contact, Membership, Offer, Organization, Reminder, Service, Status
from locator.rules import REMINDED, SOON_STALE_DAYS, Actor, Role, actor_of, fresh_until

SALT = "locator.reminder"
LASTS = timedelta(days=60)
SOONEST = timedelta(days=SOON_STALE_DAYS + REMINDED[0])  # after a confirmation


class Due(NamedTuple):
    """A listing to be reminded of, and which of the reminders it is."""

    service: Service
    assured: date
    step: int
    told: frozenset[str] = frozenset()  # who was sent it


class Recipient(NamedTuple):
    """Who is asked: a member of the organization, or a contact of one that has no members."""

    email: str
    language: str
    key: str  # "member:7" or "contact:<id>": whose word it will be


class Opened(NamedTuple):
    """What a reminder's link opens: a service, who holds the link, and the confirmation it was about."""

    service: Service
    actor: Actor
    assured: date


@dataclass
class Sent:
    """What a run did."""

    mails: int = 0
    listings: int = 0
    refused: int = 0  # mails that no server took; they are tried again
    nobody: list[str] = field(default_factory=list)  # short ids of listings with nobody to ask


def due(today: date) -> list[Due]:
    """Return the listings to be reminded of today, by organization: the latest step that has come, and who knows.

    A night without a run is made up for by the next one; a step that a later one has overtaken is left out.
    """
    rows = Service.objects.filter(status=Status.LISTED, offer=Offer.ACTIVE, assured_date__lte=today - SOONEST)
    rows = rows.select_related("organization").prefetch_related("types", "reminders")
    return [found for row in rows.order_by("organization_id", "id") if (found := _due(row, today))]


def _due(service: Service, today: date) -> Due | None:
    assured = service.assured_date
    until = fresh_until([term.code for term in service.types.all()], assured)
    if assured is None or until is None:
        return None
    come = [step for step in REMINDED if until + timedelta(days=step) <= today]
    sent = [row for row in service.reminders.all() if row.assured_date == assured]
    if not come or come[-1] < max((row.step for row in sent), default=-999):
        return None
    told = frozenset(row.recipient for row in sent if row.step == come[-1])
    return Due(service, assured, come[-1], told) if "" not in told else None


def recipients(organization: Organization) -> list[Recipient]:
    """Return whom to ask: members with an account, else contacts; nobody from whom mail came back.

    Where it came back from every member, a contact is asked.
    """
    gone = set(Bounce.objects.values_list("email", flat=True))
    members = Membership.objects.filter(organization=organization, user__is_active=True).order_by("id")
    people = members.select_related("user")
    found = [Recipient(row.user.email, row.language, f"member:{row.pk}") for row in people]
    found = [row for row in found if row.email.lower() not in gone]
    if not found:
        contacts = Contact.objects.filter(organization=organization).exclude(email="").order_by("name", "id")
        found = [Recipient(row.email, settings.LANGUAGE_CODE, f"contact:{row.pk}") for row in contacts]
    return [row for row in found if row.email.lower() not in gone]


def remind(
    link: Callable[[str], str],
    *,
    dry_run: bool = False,
    progress: Callable[[str], None] = lambda line: None,
) -> Sent:
    """Send every reminder that is due, to each person once; `link` makes an address of a token.

    One mail a person, with a link for each listing. What is about to be sent is noted first, so that of two
    runs at once only one sends it; when no server takes a mail, the note goes and the next run tries that person
    again, for as long as this reminder is the one that is due.
    """
    sent, today = Sent(), timezone.localdate()
    for organization, rows in groupby(due(today), key=lambda row: row.service.organization):
        waiting, asked = list(rows), recipients(organization)
        if not asked:
            sent.nobody += [row.service.short_id for row in waiting]
            continue
        mails, told = 0, set[UUID]()
        for person in asked:
            own = [row for row in waiting if person.key not in row.told]
            claimed = own if dry_run else _claim(own, person, today)
            if claimed and (dry_run or _send(person, claimed, link)):
                mails, told = mails + 1, told | {row.service.id for row in claimed}
            elif claimed:
                _give_back(claimed, person)
                sent.refused += 1
        sent.mails, sent.listings = sent.mails + mails, sent.listings + len(told)
        if mails:
            progress(f"{organization.name}: {len(told)} listings, {mails} mails")
    return sent


def _claim(rows: list[Due], person: Recipient, today: date) -> list[Due]:
    """Note what is about to be sent to somebody; return what no other run has noted."""
    return [
        row for row in rows if Reminder.objects.get_or_create(**_note(row, person), defaults={"sent_on": today})[1]
    ]


def _give_back(rows: list[Due], person: Recipient) -> None:
    for row in rows:
        Reminder.objects.filter(**_note(row, person)).delete()


def _note(row: Due, person: Recipient) -> dict[str, Any]:
    return {"service": row.service, "assured_date": row.assured, "step": row.step, "recipient": person.key}


def _send(person: Recipient, rows: list[Due], link: Callable[[str], str]) -> bool:
    """Mail the links in a person's language; no name of a service and no word of what it is stand in it."""
    with override(person.language):
        links = "\n\n".join(link(token_of(row, person)) for row in rows)
        until = date_format(timezone.localdate() + LASTS, "DATE_FORMAT")
        parts = [
            _("Is this still right? Open it, look, and press the button. It takes a minute, without signing in."),
            links,
            _("Opening it changes nothing. It works until %(day)s.") % {"day": until},
            _("If you do not know what this is about, you need not do anything."),
        ]
        subject = _("%(site)s: please look at a page") % {"site": settings.SITE_NAME}
        return mailing.send(subject, "\n\n".join(parts) + "\n", person.email)


def token_of(row: Due, person: Recipient) -> str:
    """Return what opens a listing for one person; signed, so that nobody makes one for another."""
    return signing.dumps([row.service.id.hex, row.assured.isoformat(), person.key], salt=SALT)


def opened(token: str) -> Opened | None:
    """Return what a link opens; None when it is over, was never one, or is not that person's to say any more."""
    try:
        row_id, assured, key = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    service = Service.objects.select_related("organization").filter(id=row_id, status=Status.LISTED).first()
    actor = service and _holder(key, service)
    return Opened(service, actor, date.fromisoformat(assured)) if service and actor else None


def _holder(key: str, service: Service) -> Actor | None:
    kind, _colon, row_id = key.partition(":")
    own = {"organization": service.organization_id}
    if kind == "member":
        member = Membership.objects.filter(pk=row_id, user__is_active=True, **own).select_related("user").first()
        return actor_of(member.user) if member else None
    contact = Contact.objects.filter(pk=row_id, **own).first()
    theirs = frozenset({str(service.organization_id)})
    return Actor(contact.name, Role.PARTNER, organizations=theirs) if contact else None


def unreachable(rows: QuerySet[Bounce]) -> list[tuple[Bounce, list[str]]]:
    """Return addresses from which mail came back, with the names of the organizations each is of."""
    found = list(rows)
    if not found:
        return []
    emails = [row.email for row in found]
    people = Membership.objects.annotate(folded=Lower("user__email")).filter(folded__in=emails)
    members = people.values_list("folded", "organization__name")
    asked = Contact.objects.annotate(folded=Lower("email")).filter(folded__in=emails)
    contacts = asked.values_list("folded", "organization__name")
    names: dict[str, set[str]] = {}
    for email, name in [*members, *contacts]:
        names.setdefault(email, set()).add(name)
    return [(row, sorted(names.get(row.email, ()))) for row in found]
