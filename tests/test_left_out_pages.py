"""Leaving out, by page and by command: what a moderator, a manager and an operator see and do (SAFETY R55)."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from locator import moderation
from locator.models import LeftOut, LeftOutMark, Listing, Service
from locator.rules import Actor, Role
from tests.accounts import a_person, signed_in, who_proved_it_lately
from tests.conftest import a_document, publish
from tests.test_left_out import NUMBER, PAGE, POSTCODE, STREET, WHY, a_room, another, with_page
from tests.test_team import form_of
from tests.test_web import text

pytestmark = pytest.mark.django_db
LIST = "/team/left-out/"


@pytest.fixture
def room() -> Service:
    return publish(a_room())


@pytest.fixture
def mo() -> Client:
    return signed_in(a_person("Mo", moderator=True))


@pytest.fixture
def paula(room: Service) -> Client:
    return signed_in(a_person("Paula", of=room.organization, role="manager"))


def add(browser: Client, **said: str) -> str:
    return text(browser.post(LIST, {"act": "add", "reason": WHY, **said}, follow=True))


def test_there_is_no_such_page_for_a_partner(paula: Client, room: Service) -> None:
    assert paula.get(LIST).status_code == 404
    for path in (LIST, f"{LIST}back/", f"/team/organizations/{room.organization_id}/leave-out/"):
        assert paula.post(path, {"act": "add", "number": NUMBER, "reason": WHY, "sure": "yes"}).status_code == 404
    assert "Left out" not in text(paula.get("/team/"))


def test_moderators_are_led_there(mo: Client) -> None:
    assert f'href="{LIST}"' in mo.get("/team/queue/").content.decode()
    assert "Nobody asked to be left out." in text(mo.get(LIST))


def test_what_is_added_stands_there_with_its_reason_and_without_itself(mo: Client) -> None:
    said = {"name": "Kanarie", "number": NUMBER, "page": PAGE, "street": STREET, "postcode": POSTCODE}
    found = add(mo, **said)
    assert "4 things are left out from now on." in found
    assert WHY in found
    assert not any(value in text(mo.get(LIST)) for value in said.values())


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Say what to leave out"),
        ({"number": "12"}, "This is no phone number in that country."),
        ({"street": STREET}, "An address needs a street with a number, and a postcode or a town."),
        ({"page": "https://"}, "This is no page and no mailbox."),
        ({"number": NUMBER, "reason": " "}, "Say why"),
        ({"number": NUMBER, "reason": f"They are at {NUMBER}"}, "Say it without a telephone number"),
        ({"number": NUMBER, "act": ""}, "We could not read that"),
    ],
)
def test_what_cannot_be_read_is_said_and_adds_nothing(mo: Client, said: dict[str, str], words: str) -> None:
    assert words in add(mo, **said)
    assert not LeftOut.objects.exists()


def test_what_goes_out_of_sight_is_asked_about_first(room: Service, mo: Client) -> None:
    found = add(mo, number=NUMBER)
    assert "These go out of sight with it" in found
    assert "Tuesday room" in found
    assert Listing.objects.exists()
    add(mo, number=NUMBER, sure="true")
    assert not Listing.objects.exists()


def test_something_is_looked_up_however_it_is_written(mo: Client) -> None:
    add(mo, page="kanarie.org")
    assert WHY in text(mo.post(LIST, {"act": "find", "page": PAGE})).split("The list")[0]
    assert "It is not on the list." in text(mo.post(LIST, {"act": "find", "page": "kanarie.net"}))


def test_taking_off_needs_a_tick_and_a_reason_and_is_kept(mo: Client) -> None:
    add(mo, number=NUMBER)
    entry = LeftOut.objects.get()
    mo.post(f"{LIST}back/", {"entry": [entry.id], "reason": " "})
    mo.post(f"{LIST}back/", {"entry": ["nonsense"], "reason": "They are back"})
    assert moderation.is_left_out(another(phone=NUMBER))
    found = text(mo.post(f"{LIST}back/", {"entry": [entry.id], "reason": "They are back"}, follow=True))
    assert "They are back ( Mo" in found.split("Taken off the list")[1]
    assert not moderation.is_left_out(another(phone=NUMBER))


@pytest.mark.parametrize("entries", [1, 12])
def test_the_list_costs_the_same_queries_however_long(
    mo: Client, entries: int, django_assert_num_queries: Any
) -> None:
    for n in range(entries):
        add(mo, number=f"0161 496 00{n:02}")
    mo.get(LIST)
    with django_assert_num_queries(12):
        mo.get(LIST)


def test_an_organization_is_left_out_in_one_act(room: Service, mo: Client) -> None:
    where = f"/team/organizations/{room.organization_id}/"
    publish(a_document("Sunday room"))
    mo.post(f"{where}leave-out/", {"reason": WHY})
    assert Listing.objects.exists()
    found = text(mo.post(f"{where}leave-out/", {"reason": WHY, "sure": "yes"}, follow=True))
    assert not Listing.objects.exists()
    assert "They are left out, on request: They wrote to us" in found
    for document in (another(phone=NUMBER), with_page(PAGE), a_document("New", organization="EXAMPLE GROUP")):
        assert moderation.is_left_out(document) == [WHY]


def test_what_is_somebody_elses_too_is_said(room: Service, mo: Client) -> None:
    publish(another(phone=NUMBER))
    where = f"/team/organizations/{room.organization_id}/leave-out/"
    found = text(mo.post(where, {"reason": WHY, "sure": "yes"}, follow=True))
    assert "1 is another organization’s as well and stays" in found


# Leaving the directory


def test_leaving_for_good_is_a_choice(room: Service, paula: Client) -> None:
    assert "And do not list what is ticked again" in text(paula.get("/team/leave/"))
    who_proved_it_lately(paula).post("/team/leave/", {"organization": str(room.organization_id)})
    assert not LeftOut.objects.exists()


def test_r55_who_left_for_good_is_not_listed_again(room: Service, paula: Client) -> None:
    who_proved_it_lately(paula).post("/team/leave/", {"organization": str(room.organization_id), "never": "yes"})
    assert not Listing.objects.exists()
    assert moderation.is_left_out(another(phone=NUMBER))
    page = paula.post(f"/team/s/{room.short_id}/list/", follow=True)
    assert "This cannot be listed here. Ask a moderator." in text(page)
    page = paula.post("/team/new/", {"organization": str(room.organization_id), "name": "New"}, follow=True)
    assert "This cannot be listed here. Ask a moderator." in text(page)
    assert Service.objects.count() == 1


def test_r55_a_partner_at_a_left_out_address_is_told_no_reason(room: Service, paula: Client) -> None:
    other = publish(another())
    sid = signed_in(a_person("Sid", of=other.organization, role="manager"))
    moderation.leave_out([moderation.a_number(NUMBER, "GB")], reason=WHY, by=Actor("Mo", Role.MODERATOR))
    address = f"/team/s/{other.short_id}/edit/contact/new/"
    seen = form_of(sid, address)
    typed = {"kind": "voice", "value": "+44 161 496 0000", "country": "GB", "confirmed_by": "Sid"}
    found = text(sid.post(address, {**seen, **typed}))
    assert "This cannot be listed here. Ask a moderator." in found
    assert WHY not in found


# By command


def leave_out(*words: str) -> str:
    out = StringIO()
    call_command("leave_out", "--by", "Olu", "--reason", WHY, *words, stdout=out)
    return out.getvalue()


def test_an_operator_leaves_an_address_out(room: Service) -> None:
    assert leave_out("--street", STREET.upper(), "--postcode", "m999zz") == "1 left out.\n"
    assert not Listing.objects.exists()


def test_an_operator_leaves_an_organization_out(room: Service) -> None:
    assert leave_out("--organization", "Example group").startswith("4 left out.")
    assert not Listing.objects.exists()
    assert LeftOutMark.objects.count() == 6  # the name and the id, the address with its town


def test_an_operator_is_told_what_is_missing(room: Service) -> None:
    with pytest.raises(CommandError, match="Say what to leave out"):
        leave_out()
    with pytest.raises(CommandError, match="There is no organization"):
        leave_out("--organization", "Nobody")
    assert Listing.objects.exists()
