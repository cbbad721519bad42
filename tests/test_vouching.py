"""A partner says that they know an organization which is new here (R53); a hidden address has its day (R24)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from locator import moderation
from locator.models import Change, Membership, Organization, Service
from locator.rules import Actor, Role
from tests.accounts import a_person, signed_in
from tests.conftest import a_document, let_in, publish, utc
from tests.test_web import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomers() -> Change:
    """The first service of an organization that a moderator has let in; it waits for two yeses."""
    document = a_document("Thursday room", organization="New group", yes=["id_free"])
    change = moderation.propose(document, by=Actor("Nia", Role.PARTNER))
    let_in(document)
    return change


def a_partner(name: str, days: int, of: Organization) -> Client:
    user = a_person(name, of=of)
    user.date_joined = timezone.now() - timedelta(days=days)
    user.save()
    return signed_in(user)


@pytest.fixture
def others() -> Organization:
    return publish(a_document("Tuesday room")).organization


def test_r53_a_settled_partner_of_another_organization_is_asked(newcomers: Change, others: Organization) -> None:
    paula = a_partner("Paula", 14, others)
    assert "1 organization is new here." in text(paula.get("/team/"))
    assert "New group" in text(paula.get("/team/vouch/"))
    page = text(paula.get(f"/team/vouch/{newcomers.id}/"))
    assert "Thursday room" in page
    assert "No ID asked" in page


def test_r53_their_yes_is_one_of_two(newcomers: Change, others: Organization, moderator: Actor) -> None:
    a_partner("Paula", 14, others).post(f"/team/vouch/{newcomers.id}/", {"act": "approve"})
    assert not Service.objects.filter(name="Thursday room").exists()
    moderation.approve(newcomers, by=moderator)
    assert Service.objects.get(name="Thursday room").status == "listed"


def test_r53_whoever_said_yes_is_not_asked_again(newcomers: Change, others: Organization) -> None:
    paula = a_partner("Paula", 14, others)
    paula.post(f"/team/vouch/{newcomers.id}/", {"act": "approve"})
    assert "Nobody waits." in text(paula.get("/team/vouch/"))


@pytest.mark.parametrize("form", [{}, {"act": "reject"}])
def test_a_yes_is_never_a_default(newcomers: Change, others: Organization, form: dict[str, str]) -> None:
    a_partner("Paula", 14, others).post(f"/team/vouch/{newcomers.id}/", form)
    assert not newcomers.approvals.exists()


def test_r53_an_account_of_13_days_sees_nothing_of_it(newcomers: Change, others: Organization) -> None:
    paula = a_partner("Paula", 13, others)
    assert "Nobody waits." in text(paula.get("/team/vouch/"))
    assert paula.post(f"/team/vouch/{newcomers.id}/", {"act": "approve"}).status_code == 404


def test_r53_nobody_vouches_for_their_own(newcomers: Change, others: Organization) -> None:
    nia = a_partner("Nia", 20, others)
    new_group = Organization.objects.get(name="New group")
    Membership.objects.create(user_id=nia.session["_auth_user_id"], organization=new_group, role="editor")
    assert nia.get(f"/team/vouch/{newcomers.id}/").status_code == 404


def test_r21_what_no_moderator_let_in_is_not_shown_to_partners(others: Organization) -> None:
    document = a_document("Thursday room", organization="New group")
    change = moderation.propose(document, by=Actor("Nia", Role.PARTNER))
    assert a_partner("Paula", 14, others).get(f"/team/vouch/{change.id}/").status_code == 404


def test_r21_nor_is_an_edit_of_what_is_listed(others: Organization) -> None:
    service = publish(a_document("Sunday room", organization="Third group"))
    document = moderation.current(service.id)
    change = moderation.propose({**document, "name": "Monday room"}, by=Actor("Nia", Role.PARTNER))
    paula = a_partner("Paula", 14, others)
    assert "Monday room" not in text(paula.get("/team/vouch/"))
    assert paula.get(f"/team/vouch/{change.id}/").status_code == 404


def test_the_list_costs_the_same_queries_for_one_as_for_many_that_are_listed(
    others: Organization, django_assert_max_num_queries: Any
) -> None:
    paula = a_partner("Paula", 14, others)
    with django_assert_max_num_queries(12):
        paula.get("/team/vouch/")


# A hidden address, in our backups


@pytest.fixture
def paula() -> Client:
    room = publish(a_document("Tuesday room"))
    return signed_in(a_person("Paula", of=room.organization, role="manager"))


def hide() -> Service:
    room = Service.objects.get()
    moderation.correct(
        room.id,
        moderation.Correction(area="manchester-gb"),
        by=Actor("Olu", Role.OPERATOR),
        asked=moderation.Asked("Example group", moderation.today()),
    )
    return room


def test_r24_a_partner_reads_until_when_backups_may_hold_a_hidden_address(paula: Client, settings: Any) -> None:
    settings.BACKUP_DAYS = 30
    with time_machine.travel(utc("2026-12-01T12:00"), tick=False):
        room = hide()
    with time_machine.travel(utc("2026-12-02T12:00"), tick=False):
        paula = signed_in(a_person("Pia", of=room.organization))
        assert "Our backups may hold it until 31 December 2026" in text(paula.get(f"/team/s/{room.short_id}/"))


def test_r24_after_that_day_nothing_is_said(paula: Client, settings: Any) -> None:
    settings.BACKUP_DAYS = 30
    with time_machine.travel(utc("2026-12-01T12:00"), tick=False):
        room = hide()
    with time_machine.travel(utc("2027-01-01T12:00"), tick=False):
        paula = signed_in(a_person("Pia", of=room.organization))
        assert "Our backups" not in text(paula.get(f"/team/s/{room.short_id}/"))


def test_r24_nor_where_no_address_was_hidden(paula: Client) -> None:
    room = Service.objects.get()
    assert "Our backups" not in text(paula.get(f"/team/s/{room.short_id}/"))
