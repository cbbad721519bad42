"""R24: of what was left out, the database holds marks that cannot be read back, and nothing else."""

import logging
from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from locator import moderation
from locator.models import Change, Contact, Inclusion, Organization, Service
from locator.moderation import SuggestionHow, a_name, a_number, a_page, an_address
from locator.rules import Actor, Role, actor_of
from tests.accounts import a_person, signed_in
from tests.conftest import Document, about_place, publish
from tests.test_purge import (
    POSTCODE,
    STREET,
    document,
    every_way,
    in_memory,
    look_around,
    sessions,
    whole_database,
)

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER, PAGE = "0161 496 0777", "https://kanarienvogel.org/room"
ADDRESS = [STREET, "Canaryfeather", POSTCODE, "M999ZZ"]
THEIRS = [*ADDRESS, NUMBER, "+441614960777", "kanarienvogel"]
MO = Actor("Mo", Role.MODERATOR)


def a_canary() -> Document:
    """Return a service that says what it is known by in every way there is."""
    found = document()
    found["phones"][0]["number"] = NUMBER
    found["service_at_locations"][0]["location"].pop("transportation")
    row_id = found["phones"][0]["id"][:-2] + "ab"
    found["additional_urls"] = [{"id": row_id, "url": PAGE}]
    found["brolly"]["links"] = [{"id": row_id, "kind": "website"}]
    found["description"] = (
        f"Come to {STREET.upper()}, {POSTCODE}, or call {NUMBER}. See www.kanarienvogel.org/room."
    )
    return found


@pytest.fixture
def room(manchester: None) -> Service:
    """A listed service with a history, a waiting change, one of a stranger, and a suggestion."""
    service = publish(a_canary())
    Contact.objects.create(organization=service.organization, name="Sam", email="sam@example.org")
    publish({**moderation.current(service.id), "wait_time": f"Call {NUMBER}"})
    paula = a_person("Paula", of=service.organization, role="manager")
    moderation.submit({**moderation.current(service.id), "name": "Another name"}, by=actor_of(paula))
    other = {
        **a_canary(),
        "id": "00000000-0000-4000-8000-000000000009",
        "name": "Copy",
        "service_at_locations": [],
    }
    other |= {"organization": {"id": "00000000-0000-4000-8000-000000000008", "name": "Copy"}, "phones": []}
    other |= {"additional_urls": [], "brolly": {"status": "draft"}}
    moderation.propose(other, by=Actor("Nia", Role.PARTNER))
    moderation.suggest("A room", f"{STREET}, {POSTCODE}", NUMBER, SuggestionHow.HEARD)
    look_around(service, signed_in(paula))
    return service


def told_in(held: bytes, words: list[str]) -> list[str]:
    return [word for word in words if any(way in held for way in every_way(word))]


def test_what_is_looked_for_is_found_before(room: Service, tmp_path: Path) -> None:
    assert set(told_in(whole_database(tmp_path), THEIRS)) == set(THEIRS) - {"M999ZZ"}


def test_r24_an_address_that_is_left_out_is_nowhere_any_more(
    room: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    moderation.leave_out([an_address(STREET, postcode=POSTCODE)], reason="They wrote to us", by=MO)
    held = whole_database(tmp_path)
    assert b"Tuesday room" in held
    assert told_in(held, ADDRESS) == []
    assert told_in(in_memory() + sessions() + caplog.text.encode(), ADDRESS) == []
    assert NUMBER in str(moderation.current(room.id))  # which nobody asked for


def test_r24_an_organization_leaves_marks_alone(room: Service, tmp_path: Path) -> None:
    moderation.leave_out_organization(room.organization_id, reason="They wrote to us", by=MO)
    assert told_in(whole_database(tmp_path), THEIRS) == []
    assert told_in(in_memory() + "".join(str(message.body) for message in mail.outbox).encode(), THEIRS) == []


def test_r24_a_number_and_a_page_are_nowhere_any_more(room: Service, tmp_path: Path) -> None:
    out = [a_number("+44 161 496 0777", "GB"), a_page("kanarienvogel.org")]
    moderation.leave_out(out, reason="They wrote to us", by=MO)
    assert told_in(whole_database(tmp_path), THEIRS) == [word for word in ADDRESS if word != "M999ZZ"]


def test_r24_a_manager_takes_the_address_along_and_leaves_the_number(room: Service, tmp_path: Path) -> None:
    """So that a stolen account can take away no more for good than it could by hiding the address."""
    paula = actor_of(room.organization.memberships.get().user)
    moderation.leave_out_organization(room.organization_id, reason="They left", by=paula)
    held = whole_database(tmp_path)
    assert told_in(held, ADDRESS) == []
    assert told_in(held, [NUMBER]) == [NUMBER]


def test_r24_what_is_refused_is_not_written_down(manchester: None, tmp_path: Path) -> None:
    moderation.leave_out([an_address(STREET, postcode=POSTCODE)], reason="They wrote to us", by=MO)
    with pytest.raises(moderation.IsLeftOut):
        moderation.propose(about_place(a_canary()), by=Actor("Nia", Role.PARTNER))
    moderation.suggest("A room", f"{STREET}, {POSTCODE}", "", SuggestionHow.HEARD)
    assert told_in(whole_database(tmp_path), THEIRS) == []


def test_an_organization_that_left_a_name_is_not_let_in_by_it(manchester: None) -> None:
    moderation.leave_out([a_name("Kanarie")], reason="They wrote to us", by=MO)
    with pytest.raises(moderation.IsLeftOut):
        moderation.add_organization("KANÀRIE", by=MO)
    new: Any = {"id": "00000000-0000-4000-8000-000000000007", "name": "kanarie"}
    with pytest.raises(moderation.IsLeftOut):
        moderation.decide_inclusion(new["id"], name=new["name"], included=True, reason="Because", by=MO)
    assert not Organization.objects.exists()
    assert not Inclusion.objects.exists()
    assert not Change.objects.exists()
