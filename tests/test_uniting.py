"""Two services that are one: which stays, where the other's address leads, what nobody does alone (SAFETY R56)."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from locator import moderation, publishing
from locator.models import Change, Contact, Inclusion, ListingMoved, Moved, Organization, Service
from locator.rules import Actor, Refused, Role
from tests.accounts import a_person, signed_in, who_proved_it_lately
from tests.conftest import a_document, an_id, publish
from tests.test_web import text

pytestmark = pytest.mark.django_db
OLD, NEW = "0161 496 0000", "0161 496 0001"
MO, ADA = Actor("Mo", Role.MODERATOR), Actor("Ada", Role.MODERATOR)


@pytest.fixture
def stays() -> Service:
    return publish(a_document("Tuesday room", phone=OLD, description="Tea and a chair."))


@pytest.fixture
def goes() -> Service:
    hours = [{"freq": "WEEKLY", "byday": "FR", "opens_at": "21:00", "closes_at": "23:00"}]
    more = {"phone": NEW, "at": ["salford"], "hours": hours, "organization": "Others"}
    return publish(a_document("Tuesday rooms", description="Soup.", **more))


@pytest.fixture
def mo() -> Client:
    return signed_in(a_person("Mo", moderator=True))


def unite(goes: Service, stays: Service, **more: Any) -> Change | None:
    """Unite two services, and agree as a second person where they are of two organizations."""
    found = moderation.unite(goes.id, stays.id, **{"by": MO, "reason": "One room", **more})
    if goes.organization != stays.organization:
        moderation.agree(goes.id, by=ADA)
    return found


def status(address: str) -> tuple[int, str]:
    response = Client().get(address)
    return response.status_code, response.headers.get("Location", "")


def visitors_page(service: Service) -> str:
    return text(Client().get(f"/s/{service.short_id}/"))


# Where the address leads


@pytest.mark.parametrize(
    "address",
    [
        "/s/{}/", "/ro/s/{}/", "/ar/s/{}/", "/s/{}/times.ics", "/s/{}/map/", "/s/{}/wrong/", "/s/{}/yours/",
        "/api/v1/services/{}/", "/api/v1/services/{}/?format=json",
    ],
)  # fmt: skip
def test_r56_the_address_of_the_one_that_goes_leads_to_the_other(
    goes: Service, stays: Service, address: str
) -> None:
    unite(goes, stays)
    assert status(address.format(goes.short_id)) == (301, address.format(stays.short_id))


def test_r56_so_does_its_id(goes: Service, stays: Service) -> None:
    unite(goes, stays)
    assert status(f"/api/v1/services/{goes.id}/") == (301, f"/api/v1/services/{stays.short_id}/")


def test_r56_no_browser_keeps_where_it_leads(goes: Service, stays: Service) -> None:
    unite(goes, stays)
    assert Client().get(f"/s/{goes.short_id}/").headers["Cache-Control"] == "no-store"
    assert Client().get(f"/api/v1/services/{goes.id}/").headers["Cache-Control"] == "no-cache"


def test_r56_the_one_that_stays_is_as_it_was(goes: Service, stays: Service) -> None:
    before = visitors_page(stays)
    unite(goes, stays)
    assert visitors_page(stays) == before


def test_r19_it_leads_there_only_while_that_one_is_listed(goes: Service, stays: Service) -> None:
    unite(goes, stays)
    moderation.hold(stays.id, by=MO, reason="To look at it")
    assert status(f"/s/{goes.short_id}/") == (404, "")
    assert not ListingMoved.objects.exists()
    publish(
        moderation.current(stays.id) | {"brolly": {**moderation.current(stays.id)["brolly"], "status": "listed"}}
    )
    assert status(f"/s/{goes.short_id}/")[0] == 301


def test_r19_what_never_was_public_leads_nowhere(stays: Service) -> None:
    draft = publish(a_document("Tuesday rooms", status="draft"))
    unite(draft, stays)
    assert status(f"/s/{draft.short_id}/") == (404, "")


def test_one_that_stayed_can_go_to_a_third(goes: Service, stays: Service) -> None:
    third = publish(a_document("The Tuesday room"))
    unite(goes, stays)
    unite(stays, third)
    assert status(f"/s/{goes.short_id}/") == (301, f"/s/{third.short_id}/")
    moderation.separate(stays.id, by=MO)
    assert status(f"/s/{goes.short_id}/") == (301, f"/s/{stays.short_id}/")


def test_projecting_again_changes_nothing(goes: Service, stays: Service) -> None:
    unite(goes, stays)
    assert publishing.rebuild() == 0


# Undone


def test_r56_one_act_undoes_it(goes: Service, stays: Service) -> None:
    before = visitors_page(goes)
    unite(goes, stays)
    moderation.separate(goes.id, by=MO)
    assert visitors_page(goes) == before
    assert not Moved.objects.exists()
    assert not ListingMoved.objects.exists()


def test_r52_rolling_the_change_back_undoes_it_too(goes: Service, stays: Service) -> None:
    unite(goes, stays)
    moderation.roll_back(Change.objects.get(document__brolly__status="withdrawn"), by=MO)
    assert "Soup." in visitors_page(goes)
    assert not Moved.objects.exists()


def test_r55_what_was_refused_meanwhile_stays_out_of_sight(goes: Service, stays: Service) -> None:
    unite(goes, stays)
    Inclusion.objects.filter(organization=goes.organization).update(decision="refused")
    moderation.separate(goes.id, by=MO)
    assert status(f"/s/{goes.short_id}/") == (404, "")


# Who may, and what nobody does alone


def test_r51_a_number_that_only_the_other_had_waits_for_somebody_else(goes: Service, stays: Service) -> None:
    (phone,) = goes.phones.all()
    waiting = unite(goes, stays, bring=[str(phone.id)])
    assert waiting
    assert NEW not in visitors_page(stays)
    with pytest.raises(Refused, match="Somebody else has to decide it"):
        moderation.approve(waiting, by=MO, tried=[NEW])
    moderation.approve(waiting, by=ADA)
    assert NEW not in visitors_page(stays)  # nobody tried it, whoever had for the other
    assert set(stays.phones.values_list("number", flat=True)) == {OLD, NEW}


def test_r51_so_does_a_place_with_its_hours(goes: Service, stays: Service) -> None:
    (at,) = goes.at_locations.all()
    waiting = unite(goes, stays, bring=[str(at.id)])
    assert waiting
    assert "Salford" not in visitors_page(stays)
    moderation.approve(waiting, by=ADA)
    assert "Salford" in visitors_page(stays)
    assert stays.at_locations.count() == 2
    assert goes.at_locations.count() == 1  # the one that goes keeps its own


def test_what_the_other_does_not_have_is_refused(goes: Service, stays: Service) -> None:
    with pytest.raises(Refused, match="The other one does not have that"):
        unite(goes, stays, bring=[an_id("nothing")])
    assert not Moved.objects.exists()
    assert "Soup." in visitors_page(goes)


def test_what_both_have_is_not_told_as_different() -> None:
    one, other = a_document("Tuesday room", phone=OLD), a_document("Tuesday rooms", phone="+441614960000")
    told = {row.where for row in moderation.differences(moderation.aligned(one, other), other)}
    assert told == {"Name", "Number to call"}  # as it is written
    assert moderation.only_in(one, other)["phones"] == []


@pytest.mark.parametrize("of", ["goes", "stays"])
def test_r53_nobody_unites_for_an_organization_they_work_for(goes: Service, stays: Service, of: str) -> None:
    own = {"goes": goes, "stays": stays}[of].organization_id
    with pytest.raises(Refused, match="You work for this organization"):
        unite(goes, stays, by=Actor("Ola", Role.MODERATOR, None, frozenset({str(own)})))


def test_a_partner_unites_nothing(goes: Service, stays: Service) -> None:
    with pytest.raises(Refused, match="Only a moderator"):
        unite(goes, stays, by=Actor("Paula", Role.PARTNER))


@pytest.mark.parametrize("reason", ["", "  "])
def test_it_needs_a_reason(goes: Service, stays: Service, reason: str) -> None:
    with pytest.raises(Refused, match="Say why"):
        unite(goes, stays, reason=reason)


def test_only_one_that_visitors_see_can_stay(goes: Service) -> None:
    draft = publish(a_document("Tuesday room", status="draft"))
    with pytest.raises(Refused, match="has to be shown"):
        unite(goes, draft)


def test_a_service_is_not_the_same_as_itself_nor_as_two(goes: Service, stays: Service) -> None:
    with pytest.raises(Refused, match="two services"):
        unite(goes, goes)
    unite(goes, stays)
    with pytest.raises(Refused, match="leads to another already"):
        unite(goes, publish(a_document("Third room")))


def test_r51_the_contacts_of_both_are_told_without_a_name(
    goes: Service, stays: Service, django_capture_on_commit_callbacks: Any
) -> None:
    for service in (goes, stays):
        email = f"{service.organization.name.split()[0].lower()}@example.org"
        Contact.objects.create(organization=service.organization, name="Sam", email=email)
    with django_capture_on_commit_callbacks(execute=True):
        unite(goes, stays)
    assert sorted(row.to[0] for row in mail.outbox) == ["example@example.org", "others@example.org"]
    assert "Tuesday" not in "".join(f"{row.subject} {row.body}" for row in mail.outbox)


def test_r56_one_that_leads_elsewhere_looks_like_nothing(goes: Service, stays: Service) -> None:
    unite(goes, stays)
    assert moderation.alike(moderation.current(stays.id)) == []


def test_r51_who_left_does_not_come_back_by_an_undoing(goes: Service, stays: Service) -> None:
    unite(goes, stays)
    manager = signed_in(a_person("Olga", of=goes.organization, role="manager"))
    who_proved_it_lately(manager).post("/team/leave/", {"organization": str(goes.organization_id)})
    assert status(f"/s/{goes.short_id}/")[0] == 404
    with pytest.raises(Refused, match="does not lead to another"):
        moderation.separate(goes.id, by=MO)


def test_r51_a_partner_does_not_undo_what_moderators_found(goes: Service, stays: Service) -> None:
    unite(goes, stays)
    by = Actor("Olga", Role.PARTNER, None, frozenset({str(goes.organization_id)}))
    document = moderation.current(goes.id)
    with pytest.raises(Refused, match="Ask a moderator"):
        moderation.submit({**document, "brolly": {**document["brolly"], "status": "unlisted"}}, by=by)
    assert status(f"/s/{goes.short_id}/")[0] == 301


# A moderator's pages


def both(goes: Service, stays: Service) -> str:
    return f"/team/queue/service/{goes.short_id}/same/{stays.short_id}/"


@pytest.mark.parametrize("typed", ["{}", "/s/{}/", "https://brolly.example/ro/s/{}/", "  {} "])
def test_the_other_one_is_named_by_its_address(goes: Service, stays: Service, mo: Client, typed: str) -> None:
    page = mo.post(f"/team/queue/service/{goes.short_id}/same/", {"as": typed.format(stays.short_id)})
    assert page.headers["Location"] == both(goes, stays)


@pytest.mark.parametrize("typed", ["", "nothere2", "/s/", "🦩"])
def test_one_that_nobody_knows_is_said_in_words(goes: Service, mo: Client, typed: str) -> None:
    page = mo.post(f"/team/queue/service/{goes.short_id}/same/", {"as": typed}, follow=True)
    assert "We know no other service by that." in text(page)


def test_r56_look_alikes_are_offered_beside_a_service(goes: Service, stays: Service, mo: Client) -> None:
    publish(a_document("The Tuesday room", organization="Others"))
    page = mo.get(f"/team/queue/service/{stays.short_id}/")
    assert "These look like it: The Tuesday room" in text(page)


def test_r56_both_stand_side_by_side_and_one_act_unites_them(goes: Service, stays: Service, mo: Client) -> None:
    page = text(mo.get(both(goes, stays)))
    assert page.index("Goes: Soup.") < page.index("Stays: Tea and a chair.")
    (phone,) = goes.phones.all()
    said = {"act": "unite", "reason": "One room", "bring": [str(phone.id)]}
    found = text(mo.post(both(goes, stays), said, follow=True))
    assert "Its address leads here once a second person agrees." in found
    assert "Somebody else has to approve it." in found


def test_r51_to_another_organizations_it_leads_once_a_second_person_agrees(
    goes: Service, stays: Service, mo: Client
) -> None:
    mo.post(both(goes, stays), {"act": "unite", "reason": "One room"})
    assert status(f"/s/{goes.short_id}/")[0] == 404
    ada = signed_in(a_person("Ada", moderator=True))
    assert "Mo : Tuesday room" in text(ada.get("/team/queue/"))
    assert "Agreed." in text(ada.post(f"/team/queue/service/{goes.short_id}/agreed/", follow=True))
    assert status(f"/s/{goes.short_id}/")[0] == 301


def test_r53_nobody_agrees_with_themselves(goes: Service, stays: Service, mo: Client) -> None:
    mo.post(both(goes, stays), {"act": "unite", "reason": "One room"})
    page = mo.post(f"/team/queue/service/{goes.short_id}/agreed/", follow=True)
    assert "You said so. Somebody else has to agree." in text(page)
    assert status(f"/s/{goes.short_id}/")[0] == 404


def test_within_one_organization_one_person_is_enough(stays: Service, mo: Client) -> None:
    twin = publish(a_document("Tuesday rooms"))
    found = mo.post(both(twin, stays), {"act": "unite", "reason": "One room"}, follow=True)
    assert "Its address leads here from now on." in text(found)
    assert status(f"/s/{twin.short_id}/")[0] == 301


@pytest.mark.parametrize("said", [{}, {"act": "unite"}, {"act": "yes", "reason": "One"}, {"reason": "One room"}])
def test_a_form_without_a_decision_unites_nothing(
    goes: Service, stays: Service, mo: Client, said: dict[str, str]
) -> None:
    assert mo.post(both(goes, stays), said).status_code == 400
    assert not Moved.objects.exists()


def test_it_is_undone_with_one_button(goes: Service, stays: Service, mo: Client) -> None:
    unite(goes, stays)
    assert "It is the same as this one, and leads there: Tuesday room" in text(
        mo.get(f"/team/queue/service/{goes.short_id}/")
    )
    assert "It stands for itself again." in text(
        mo.post(f"/team/queue/service/{goes.short_id}/apart/", follow=True)
    )
    assert "Soup." in visitors_page(goes)


def test_the_history_of_both_is_read_from_the_one_that_stays(stays: Service) -> None:
    twin = publish(a_document("Tuesday rooms", description="Soup."))
    unite(twin, stays)
    paula = signed_in(a_person("Paula", of=stays.organization))
    found = text(paula.get(f"/team/s/{stays.short_id}/history/"))
    assert "From the other page of the same service" in found
    assert "Soup." in found


def test_r21_not_what_was_another_organizations(goes: Service, stays: Service) -> None:
    unite(goes, stays)
    paula = signed_in(a_person("Paula", of=stays.organization))
    assert "Soup." not in text(paula.get(f"/team/s/{stays.short_id}/history/"))
    mo = signed_in(a_person("Mo", moderator=True))
    assert "Soup." in text(mo.get(f"/team/queue/service/{stays.short_id}/"))


def test_there_is_no_such_page_for_a_partner(goes: Service, stays: Service) -> None:
    paula = signed_in(a_person("Paula", of=Organization.objects.get(name="Others"), role="manager"))
    assert paula.get(both(goes, stays)).status_code == 404
    assert paula.post(both(goes, stays), {"act": "unite", "reason": "Ours"}).status_code == 404
