"""Who may decide, and what a decision may touch. Everything about permission is here and nowhere else."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, F, Q, QuerySet

from locator.models import (
    Bounce,
    Change,
    Import,
    Inclusion,
    Invitation,
    LeftOut,
    Membership,
    Moderator,
    Moved,
    Organization,
    Service,
    SourceRecord,
    Status,
    Upload,
    UploadRow,
)

Document = dict[str, Any]
VOUCHING_AGE = 14  # days
SOON_STALE_DAYS, STALE_DAYS = 90, 180  # from a confirmation, for those and for all others (SAFETY R60)
AGEING_DAYS = 21  # before a listing is no longer fresh
GONE_DAYS = 365  # after somebody confirmed it, a listing leaves the results (SAFETY R60)
REMINDED = (-21, 0, 21)  # days from the last fresh one, on which its organization is asked (SAFETY R61)
SOON_STALE = {"drop-in", "helpline"}  # where somebody who believes old hours stands before a closed door


class Role(StrEnum):
    PARTNER = "partner"  # edits for their own organization
    MODERATOR = "moderator"  # decides
    OPERATOR = "operator"  # runs the site, and acts by command under their own name
    SOURCE = "source"  # a file of somebody else: it proposes, and decides nothing


@dataclass(frozen=True)
class Actor:
    """A person who acts, by the name that is recorded."""

    name: str
    role: Role
    account: int | None = None  # the key of their account; a command has none
    organizations: frozenset[str] = frozenset()  # that they edit for
    manages: frozenset[str] = frozenset()  # of those: whose people they may invite and remove
    since: date | None = None  # the day their account was made


class Refused(Exception):
    """The act is not allowed; the words say why and what to do."""


def actor_of(user: Any) -> Actor:
    """Return a signed-in person as one who acts: a moderator if they are one, else a partner."""
    parts = [(str(row.organization_id), row.role) for row in user.memberships.all()]
    return Actor(
        name=user.first_name or user.email,
        role=Role.MODERATOR if Moderator.objects.filter(user=user).exists() else Role.PARTNER,
        account=user.pk,
        organizations=frozenset(organization for organization, _role in parts),
        manages=frozenset(organization for organization, role in parts if role == Membership.Role.MANAGER),
        since=user.date_joined.date(),
    )


def organizations_of(actor: Actor) -> QuerySet[Organization]:
    """Return the organizations a person edits for."""
    return Organization.objects.filter(id__in=actor.organizations).order_by("name", "id")


def services_of(actor: Actor) -> QuerySet[Service]:
    """Return the services whose record a person may see: of their organizations, or every one to a moderator."""
    rows = Service.objects.select_related("organization").order_by("organization__name", "name", "id")
    return rows if actor.role == Role.MODERATOR else rows.filter(organization_id__in=actor.organizations)


def changes_of(actor: Actor) -> QuerySet[Change]:
    """Return the changes a person may read: of their organizations' services, or every one to a moderator."""
    if actor.role == Role.MODERATOR:
        return Change.objects.all()
    own = services_of(actor).values("id")
    drafted = [str(organization) for organization in actor.organizations]
    rows = Change.objects.filter(subject=Change.Subject.SERVICE)
    return rows.filter(subject_id__in=own) | rows.filter(document__organization__id__in=drafted)


def history_of(actor: Actor, service: Service) -> QuerySet[Change]:
    """Return a service's changes and those of what turned out to be the same, the latest first.

    What is another organization's stays theirs to read.
    """
    same, more = {service.id}, {service.id}
    while more:
        more = set(Service.objects.filter(moved__to__in=more).values_list("id", flat=True)) - same
        same |= more
    changes = changes_of(actor).filter(subject=Change.Subject.SERVICE, subject_id__in=same)
    return changes.order_by("-proposed_at", "-id")


def unions_seen_by(actor: Actor) -> QuerySet[Moved]:
    """Return what a moderator took to be one service of two organizations, and nobody has agreed to yet."""
    rows = Moved.objects.filter(agreed_by="").exclude(service__organization=F("to__organization"))
    rows = rows.select_related("service", "to").order_by("id")
    return rows if actor.role == Role.MODERATOR else rows.none()


def same_as(actor: Actor, service: Service) -> QuerySet[Service]:
    """Return the services whose address leads to this one, of those whose record a person may see."""
    return services_of(actor).filter(moved__to=service)


def organizations_seen_by(actor: Actor) -> QuerySet[Organization]:
    """Return the organizations whose record a person may see: their own, or every one to a moderator."""
    rows = Organization.objects.order_by("name", "id")
    return rows if actor.role == Role.MODERATOR else rows.filter(id__in=actor.organizations)


def memberships_of(actor: Actor) -> QuerySet[Membership]:
    """Return the parts in organizations that a person may change: of those they manage, and their own."""
    rows = Membership.objects.select_related("user", "organization")
    return rows.filter(organization_id__in=actor.manages) | rows.filter(user=actor.account)


def invitations_of(actor: Actor) -> QuerySet[Invitation]:
    """Return the invitations a person may take back: to the organizations they manage."""
    return Invitation.objects.filter(organization_id__in=actor.manages)


def uploads_of(actor: Actor) -> QuerySet[Upload]:
    """Return the acts on many services that a person may look at and take back: of their organizations."""
    return Upload.objects.filter(organization_id__in=actor.organizations).select_related("organization")


def upload_rows_of(actor: Actor) -> QuerySet[UploadRow]:
    """Return the rows of those acts."""
    return UploadRow.objects.filter(upload__organization_id__in=actor.organizations)


def imports_seen_by(actor: Actor) -> QuerySet[Import]:
    """Return what was read from files of others, and how many records of it wait (`waits`); to moderators."""
    waits = Count("records", filter=Q(records__change__state=Change.State.WAITING))
    rows = Import.objects.annotate(waits=waits).filter(waits__gt=0).order_by("read_at", "id")
    return rows if actor.role == Role.MODERATOR else rows.none()


def records_waiting(actor: Actor, of_import: Import) -> QuerySet[SourceRecord]:
    """Return the records of an import that wait, each with its change; to moderators."""
    rows = SourceRecord.objects.filter(of_import=of_import, change__state=Change.State.WAITING)
    rows = rows.select_related("change").order_by("id")
    return rows if actor.role == Role.MODERATOR else rows.none()


def accounts_seen_by(actor: Actor) -> QuerySet[Any]:
    """Return the accounts a person may look at: their own, or every one to a moderator."""
    rows = get_user_model().objects.all()
    return rows if actor.role == Role.MODERATOR else rows.filter(pk__in=[actor.account])


def bounces_seen_by(actor: Actor) -> QuerySet[Bounce]:
    """Return the addresses from which mail came back, to a moderator; to a partner those of none."""
    rows = Bounce.objects.order_by("on", "email")
    return rows if actor.role == Role.MODERATOR else rows.none()


def left_out_seen_by(actor: Actor) -> QuerySet[LeftOut]:
    """Return what is left out now, the latest first, what was asked for together side by side; to moderators."""
    rows = LeftOut.objects.order_by("-decided_on", "wish", "kind", "id")
    return rows.filter(let_back_on=None) if actor.role == Role.MODERATOR else rows.none()


def let_back_seen_by(actor: Actor) -> QuerySet[LeftOut]:
    """Return what was left out and is no more, the latest first; to moderators."""
    rows = LeftOut.objects.order_by("-let_back_on", "id")
    return rows.exclude(let_back_on=None) if actor.role == Role.MODERATOR else rows.none()


def check_manages(actor: Actor, organization_id: Any) -> None:
    """Raise Refused unless this person manages the organization's people."""
    if str(organization_id) not in actor.manages:
        raise Refused("Only a manager of this organization can do that.")


def check_first_manager(organization: Organization) -> None:
    """Raise Refused when an organization has a manager already: a moderator invites no second one beside them."""
    if organization.memberships.filter(role=Membership.Role.MANAGER).exists():
        raise Refused("This organization has a manager, who can invite others.")


def check_may_decide(actor: Actor, change: Change, *, is_new: bool = False, today: date | None = None) -> None:
    """Raise Refused unless this person may decide this change (SAFETY R53).

    Nobody publishes what they proposed. A partner of another organization may say one of the two yeses that an
    organization needs which `is_new`, once their account is 14 days old. An operator's command proposes and
    decides in one step, and is held to `check_operator_may_apply` instead.
    """
    if actor.role == Role.SOURCE:
        raise Refused("A file decides nothing.")
    if actor.role == Role.PARTNER and not (is_new and today and _is_settled(actor, today)):
        raise Refused("Only a moderator decides a change.")
    own = actor.name == change.author or (actor.account is not None and actor.account == change.author_account_id)
    if actor.role != Role.OPERATOR and own:
        raise Refused("You proposed this. Somebody else has to decide it.")
    if actor.role != Role.OPERATOR and organization_of(change.document) in actor.organizations:
        raise Refused("You work for this organization. Somebody else has to decide it.")


def vouchable_by(actor: Actor, today: date) -> QuerySet[Change]:
    """Return what waits of organizations that a moderator let in, for a partner of another to vouch for."""
    rows = Change.objects.filter(subject=Change.Subject.SERVICE, state=Change.State.WAITING)
    if actor.role != Role.PARTNER or not _is_settled(actor, today):
        return rows.none()
    let_in = Inclusion.objects.filter(decision=Inclusion.Decision.INCLUDED)
    others = [str(row) for row in let_in.values_list("organization_id", flat=True)]
    own = Q(document__organization__id__in=list(actor.organizations)) | Q(author_account=actor.account)
    return rows.filter(document__organization__id__in=others).exclude(own).order_by("proposed_at", "id")


def _is_settled(actor: Actor, today: date) -> bool:
    """Say whether a partner has been one for long enough to vouch for another organization."""
    return actor.since is not None and bool(actor.organizations) and (today - actor.since).days >= VOUCHING_AGE


def organization_of(document: Document) -> str:
    """Return the id of the organization that a service's or an organization's document is of."""
    return str(document.get("organization", document)["id"])


def check_may_submit(actor: Actor, before: Document | None, after: Document) -> None:
    """Raise Refused when a partner edits for an organization that is not theirs, or moves a service to another."""
    of = {organization_of(document) for document in (before, after) if document}
    if not of <= actor.organizations:
        raise Refused("This belongs to an organization you do not edit for.")


def approvals_needed(actor: Actor, organization_is_new: bool) -> int:  # noqa: FBT001
    """Return how many people have to say yes, beside the one who proposed it (SAFETY R53).

    A new organization needs two. An operator's command stands for itself, under a name that is recorded.
    """
    return 2 if organization_is_new and actor.role != Role.OPERATOR else 1


def check_operator_may_apply(before: Document | None, after: Document) -> None:
    """Raise Refused when one person alone would put new contact data before the public (SAFETY R51).

    On a listed row an operator's command may correct words and hours, remove a number and hide an address.
    It may not add or replace a phone, a web address or an address, nor show one that was hidden.
    """
    if before is None or before["brolly"]["status"] != Status.LISTED:
        return
    added = contact_values(after) - contact_values(before) - _hidden(before, after)
    if added:
        what = ", ".join(sorted({kind for kind, *_value in added}))
        raise Refused(f"This would show a new {what} on a listed service. That needs a second person.")


def contact_values(document: Document) -> set[tuple[str, ...]]:
    """Return every number, link and place a document would put before the public, each with its kind."""
    disclosed = {row["id"]: row for row in document["brolly"].get("locations", [])}
    values: set[tuple[str, ...]] = {("phone number", row["number"]) for row in document.get("phones", [])}
    values |= {("web or e-mail address", row["url"]) for row in document.get("additional_urls", [])}
    for row in document.get("service_at_locations", []):
        location = row["location"]
        shown = disclosed[location["id"]]
        if shown["address_visibility"] == "public":
            where = [location.get("addresses"), location["latitude"], location["longitude"]]
            values.add(("address", location["id"], json.dumps(where, sort_keys=True)))
        elif shown["address_visibility"] == "area":
            values.add(("area", location["id"], shown["area"]))
    return values


def _hidden(before: Document, after: Document) -> set[tuple[str, ...]]:
    """Return the areas that stand where an address was public: hiding one takes effect at once."""
    public = {value[1] for value in contact_values(before) if value[0] == "address"}
    return {value for value in contact_values(after) if value[0] == "area" and value[1] in public}


def fresh_until(types: Collection[str], assured: date | None) -> date | None:
    """Return the last date on which what was confirmed then is still fresh (SAFETY R60); None if nothing was."""
    days = SOON_STALE_DAYS if SOON_STALE & set(types) else STALE_DAYS
    return assured + timedelta(days=days) if assured else None


def last_gone(today: date) -> date:
    """Return the last day of confirmation that is too long ago today for a listing to be in results."""
    return today - timedelta(days=GONE_DAYS)


class Freshness(StrEnum):
    FRESH = "fresh"
    AGEING = "ageing"  # soon nobody may rely on it
    STALE = "stale"
    GONE = "gone"  # out of the results; its own page says so
    NEVER = "never"  # nobody has gone through it yet


def freshness(types: Collection[str], assured: date | None, today: date) -> Freshness:
    """Return how far a listing can be relied on today."""
    until = fresh_until(types, assured)
    if until is None:
        return Freshness.NEVER
    if assured and assured <= last_gone(today):
        return Freshness.GONE
    if today > until:
        return Freshness.STALE
    return Freshness.AGEING if (until - today).days <= AGEING_DAYS else Freshness.FRESH
