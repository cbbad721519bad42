"""Who belongs in the directory: the policy of `/who-is-listed/`, as a decision with a name and a reason."""

from uuid import UUID

from django.db import transaction

from locator.hsds.agreement import Document
from locator.models import Inclusion, Organization, Service, Status
from locator.models.questions import BY_KEY, Words
from locator.moderation.deciding import withdraw_all
from locator.moderation.editing import today
from locator.moderation.register import check_left_out
from locator.rules import Actor, Refused, Role

# What everybody is asked before a listing (SAFETY R54). That help is voluntary is part of the decision itself.
ASKED = (
    "anonymous", "no_condition_to_stop", "non_judgmental", "peer_led", "no_police_sharing",
    "no_immigration_sharing", "no_social_services_sharing", "id_free", "free",
)  # fmt: skip


@transaction.atomic
def decide_inclusion(
    organization_id: UUID | str, *, name: str, included: bool, reason: str, by: Actor
) -> Inclusion:
    """Record whether an organization belongs here; refusing takes all it has out of sight at once.

    One that only a change speaks of yet is made, by its `name`: it could not be decided about otherwise.

    Raises Refused without a reason, for a partner, for somebody who edits for the organization, and for letting in
    one that asked to be left out.
    """
    if by.role == Role.PARTNER:
        raise Refused("Only a moderator decides who is listed.")
    if str(organization_id) in by.organizations:
        raise Refused("You work for this organization. Somebody else has to decide it.")
    if not reason.strip():
        raise Refused("Say why: who asks later has to be able to understand it.")
    if included:
        check_left_out({"id": str(organization_id), "name": name}, None, by=by)
    organization, _new = Organization.objects.get_or_create(id=organization_id, defaults={"name": name})
    decision = Inclusion.Decision.INCLUDED if included else Inclusion.Decision.REFUSED
    said = {"decision": decision, "reason": reason.strip(), "decided_by": by.name, "decided_on": today()}
    found, _again = Inclusion.objects.update_or_create(organization=organization, defaults=said)
    if not included:
        shown = Service.objects.filter(organization=organization, status=Status.LISTED)
        withdraw_all(list(shown.values_list("id", flat=True)), by=by, reason=f"Refused: {reason.strip()}")
    return found


def unanswered(document: Document) -> list[Words]:
    """Return what everybody is asked and nobody has answered here; a visitor reads "we do not know"."""
    answered = {fact["question"] for fact in document["brolly"].get("facts", [])}
    return [BY_KEY[key].ask for key in ASKED if key not in answered]
