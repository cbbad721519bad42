"""A small directory with everything in it that the public may not see, for the two harnesses."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from locator import moderation, publishing
from locator.models import Contact, Link, Membership, Notice, Organization, Place, Service
from locator.rules import Actor, Role
from tests.conftest import ASKED_ON, a_document, publish


@dataclass
class World:
    """What the requests of `routes` need: the services by name, listed and hidden."""

    listed: dict[str, Service] = field(default_factory=dict)
    hidden: dict[str, Service] = field(default_factory=dict)

    def short_id(self, name: str) -> str:
        return (self.listed | self.hidden)[name].short_id


LISTED: dict[str, dict[str, Any]] = {
    "Lantern room": {
        "yes": ["id_free", "free", "walk_in", "step_free"],
        "declined": ["no_police_sharing"],
        "phone": "0161 496 0000",
        "languages": ["en", "ro"],
        "types": ["drop-in", "rest-space"],
        "assured_date": "2026-05-03",
        "brolly": {"assurer": "Example group"},
        "description": "Tea and a chair.",
    },
    "Quiet flat": {
        "areas": ["manchester"],
        "yes": ["id_free"],
        "types": ["housing"],
        "unchecked_phone": "0161 496 0001",
    },
    "Two doors": {
        "at": ["manchester", "salford"],
        "said": ["free", "peer_led"],
        "types": ["legal"],
        "hours": [{"freq": "WEEKLY", "byday": "FR", "opens_at": "21:00", "closes_at": "02:00"}],
        "assured_date": datetime.now(UTC).date().isoformat(),  # what is not fresh has no calendar
        "brolly": {"assurer": "Example group"},
    },
    "Night line": {
        "serves": ["country:GB"],
        "phone": "0808 157 0000",
        "types": ["helpline"],
        "yes": ["anonymous", "free"],
    },
    "Everywhere chat": {"serves": [], "chat": "https://example.org/chat", "types": ["peer-support"]},
    "Berlin room": {"at": ["berlin"], "languages": ["de"], "yes": ["trans_welcome"], "types": ["rest-space"]},
}
HIDDEN = {"Draft place": "draft", "Unlisted place": "unlisted", "Withdrawn place": "withdrawn"}


def make_world() -> World:
    """List six services, hide three, and put beside them all that only staff may see."""
    world = World()
    for name, parts in LISTED.items():
        world.listed[name] = publish(a_document(name, **parts))
    for name, status in HIDDEN.items():
        world.hidden[name] = publish(a_document(name, status=status, yes=["id_free"], phone="0161 496 0009"))
    twin = publish(a_document("Lantern rooms", description="Tea."))
    moderation.unite(twin.id, world.listed["Lantern room"].id, by=Actor("Mo", Role.MODERATOR), reason="One room")
    world.hidden["Lantern rooms"] = twin
    page = {"kind": "website", "url": "https://example.org/us", "confirmed_by": "Olu", "confirmed_on": ASKED_ON}
    Link.objects.create(service=world.listed["Lantern room"], **page)
    publishing.project([world.listed["Lantern room"].id])
    Service.objects.update(staff_notes="Ask for Sam")
    Organization.objects.update(staff_notes="Paid by the council")
    organization = Organization.objects.get()
    Contact.objects.create(organization=organization, name="Sam Example", email="sam@example.org", phone="1")
    user = get_user_model().objects.create(username="sam", email="sam@example.org")
    Membership.objects.create(user=user, organization=organization, role="editor")
    place = Place.objects.get(slug="manchester-gb")
    ends = timezone.now() + timedelta(days=2)
    given = {"kind": "warning", "words": "Ask for the back door.", "author": "Olu"}
    Notice.objects.create(area=place, begins=timezone.now() - timedelta(days=1), ends=ends, **given)
    waiting = a_document("Lantern room", description="A waiting edit", yes=["children_welcome"])
    publishing.feed.number()  # as after a commit
    moderation.propose(waiting, by=Actor("Paula", Role.PARTNER))
    return world
