"""Who may decide, and what a decision may touch. Everything about permission is here and nowhere else."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from locator.models import Change, Status

Document = dict[str, Any]
SOON_STALE = {"drop-in", "helpline"}  # where somebody who believes old hours stands before a closed door


class Role(StrEnum):
    PARTNER = "partner"  # edits for their own organization
    MODERATOR = "moderator"  # decides
    OPERATOR = "operator"  # runs the site, and acts by command under their own name


@dataclass(frozen=True)
class Actor:
    """A person who acts, by the name that is recorded."""

    name: str
    role: Role
    account: int | None = None  # the key of their account; a command has none
    organizations: frozenset[str] = frozenset()  # that they edit for


class Refused(Exception):
    """The act is not allowed; the words say why and what to do."""


def check_may_decide(actor: Actor, change: Change) -> None:
    """Raise Refused unless this person may decide this change (SAFETY R53).

    Nobody publishes what they proposed. An operator's command proposes and decides in one step, and is held
    to `check_operator_may_apply` instead.
    """
    if actor.role == Role.PARTNER:
        raise Refused("Only a moderator decides a change.")
    own = actor.name == change.author or (actor.account is not None and actor.account == change.author_account_id)
    if actor.role == Role.MODERATOR and own:
        raise Refused("You proposed this. Somebody else has to decide it.")
    if actor.role == Role.MODERATOR and organization_of(change.document) in actor.organizations:
        raise Refused("You work for this organization. Somebody else has to decide it.")


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
    days = 90 if SOON_STALE & set(types) else 180
    return assured + timedelta(days=days) if assured else None
