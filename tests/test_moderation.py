"""Only moderation changes listings, in one step, and the public sees the last approved copy."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError as ModelError
from rest_framework.exceptions import ValidationError

from locator import moderation
from locator.hsds.reading import service_document
from locator.models import Change, Listing, Service
from locator.moderation import Asked, Outdated
from locator.rules import Actor, Refused, Role
from tests.conftest import MakeService, a_document, an_id, let_in, publish

pytestmark = pytest.mark.django_db


def listed(name: str = "Tuesday room") -> bool:
    return Listing.objects.filter(service_id=an_id("service", name)).exists()


def test_a_proposal_changes_nothing(partner: Actor) -> None:
    moderation.propose(a_document(), by=partner)
    assert not Service.objects.exists()
    assert not Listing.objects.exists()


def test_an_area_nobody_knows_is_refused_at_once(partner: Actor) -> None:
    with pytest.raises(ValidationError, match="not an area we know"):
        moderation.propose(a_document(serves=["area:atlantis-gb"]), by=partner)


def test_approval_publishes(partner: Actor, moderator: Actor, second: Actor) -> None:
    let_in(a_document())
    change = moderation.propose(a_document(), by=partner)
    moderation.approve(change, by=moderator)
    moderation.approve(change, by=second)
    assert listed()


def test_r53_a_new_organization_needs_two_people(partner: Actor, moderator: Actor, second: Actor) -> None:
    let_in(a_document())
    change = moderation.propose(a_document(), by=partner)
    for _again in range(2):
        moderation.approve(change, by=moderator)
        assert not listed()
    moderation.approve(change, by=second)
    assert listed()


def test_r53_a_known_one_needs_one(make_service: MakeService, partner: Actor, moderator: Actor) -> None:
    make_service("Tuesday room")
    moderation.approve(moderation.propose(a_document("Thursday room"), by=partner), by=moderator)
    assert listed("Thursday room")


def settled(days: int) -> Actor:
    """Return a partner of another organization, with an account of so many days."""
    since = moderation.today() - timedelta(days=days)
    return Actor("Petra", Role.PARTNER, None, frozenset({an_id("organization", "Others")}), since=since)


def test_r53_a_partner_of_another_organization_may_be_one_of_the_two(partner: Actor, moderator: Actor) -> None:
    let_in(a_document())
    change = moderation.propose(a_document(), by=partner)
    moderation.approve(change, by=settled(14))
    assert not listed()
    moderation.approve(change, by=moderator)
    assert listed()


@pytest.mark.parametrize("days", [0, 13])
def test_r53_not_before_their_account_is_14_days_old(partner: Actor, days: int) -> None:
    let_in(a_document())
    change = moderation.propose(a_document(), by=partner)
    with pytest.raises(Refused, match="Only a moderator"):
        moderation.approve(change, by=settled(days))


def test_r53_and_not_both_of_them(partner: Actor) -> None:
    let_in(a_document())
    change = moderation.propose(a_document(), by=partner)
    moderation.approve(change, by=settled(20))
    other = Actor(
        "Olga", Role.PARTNER, None, frozenset({an_id("organization", "Yet others")}), since=date(2026, 1, 1)
    )
    with pytest.raises(Refused, match="A moderator has to say the other yes"):
        moderation.approve(change, by=other)


def test_r53_nobody_else_edits_what_a_known_organization_asked(make_service: MakeService, partner: Actor) -> None:
    make_service("Tuesday room")
    change = moderation.propose(a_document("Tuesday room", description="Soup"), by=partner)
    with pytest.raises(Refused, match="Only a moderator"):
        moderation.approve(change, by=settled(30))


def test_nobody_approves_their_own_proposal(moderator: Actor) -> None:
    change = moderation.propose(a_document(), by=moderator)
    with pytest.raises(Refused, match="Somebody else"):
        moderation.approve(change, by=moderator)


def test_a_partner_decides_nothing(partner: Actor) -> None:
    change = moderation.propose(a_document(), by=Actor("Someone", partner.role))
    with pytest.raises(Refused, match="Only a moderator"):
        moderation.approve(change, by=partner)


def test_the_old_copy_stays_public_while_an_edit_waits(make_service: MakeService, partner: Actor) -> None:
    make_service("Tuesday room", description="As it was")
    moderation.propose(a_document("Tuesday room", description="As it may be"), by=partner)
    listing = Listing.objects.select_related("content").get()
    assert "As it was" in listing.content.data


def test_approval_refuses_when_the_service_changed_meanwhile(
    make_service: MakeService, partner: Actor, moderator: Actor
) -> None:
    make_service("Tuesday room")
    first = moderation.propose(a_document("Tuesday room", description="First"), by=partner)
    second = moderation.propose(a_document("Tuesday room", description="Second"), by=partner)
    moderation.approve(first, by=moderator)
    with pytest.raises(Outdated):
        moderation.approve(second, by=moderator)
    assert Service.objects.get().description == "First"


def test_a_change_is_decided_once(make_service: MakeService, partner: Actor, moderator: Actor) -> None:
    make_service("Tuesday room")
    change = moderation.propose(a_document("Thursday room"), by=partner)
    moderation.approve(change, by=moderator)
    with pytest.raises(Refused, match="already"):
        moderation.reject(change, by=moderator, reason="No")


def test_rejection_needs_a_reason_and_changes_nothing(partner: Actor, moderator: Actor) -> None:
    change = moderation.propose(a_document(), by=partner)
    with pytest.raises(Refused, match="Say why"):
        moderation.reject(change, by=moderator, reason=" ")
    moderation.reject(change, by=moderator, reason="Not in our area")
    assert Change.objects.get().reason == "Not in our area"
    assert not listed()


def test_withdrawal_is_immediate_and_needs_one_person(make_service: MakeService, moderator: Actor) -> None:
    service = make_service("Tuesday room")
    moderation.withdraw(service.id, by=moderator, reason="They asked")
    assert not listed()
    assert Service.objects.get().status == "withdrawn"
    assert Change.objects.filter(decider="Mo", document__brolly__status="withdrawn").exists()


def test_roll_back_restores_what_was_before(make_service: MakeService, moderator: Actor) -> None:
    make_service("Tuesday room", description="Right")
    publish(a_document("Tuesday room", description="Wrong"))
    wrong = Change.objects.last()
    assert wrong
    moderation.roll_back(wrong, by=moderator)
    assert Service.objects.get().description == "Right"
    assert "Right" in Listing.objects.select_related("content").get().content.data


def test_rolling_back_a_new_service_takes_it_out_of_sight(make_service: MakeService, moderator: Actor) -> None:
    make_service("Tuesday room")
    moderation.roll_back(Change.objects.get(), by=moderator)
    assert not listed()


def test_a_failing_approval_changes_nothing(
    partner: Actor, moderator: Actor, second: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(a_document())
    change = moderation.propose(a_document(), by=partner)
    moderation.approve(change, by=second)
    monkeypatch.setattr("locator.publishing.project", lambda _ids: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        moderation.approve(change, by=moderator)
    assert not Service.objects.exists()
    assert Change.objects.get().state == "waiting"


def test_an_operator_may_correct_words_of_a_listed_service(make_service: MakeService, operator: Actor) -> None:
    service = make_service("Tuesday room")
    moderation.apply(service.id, lambda document: document.update(description="Ring the bell"), by=operator)
    assert Service.objects.get().description == "Ring the bell"


def test_r51_an_operator_alone_cannot_put_a_new_number_before_the_public(
    make_service: MakeService, operator: Actor
) -> None:
    service = make_service("Tuesday room", phone="0161 496 0000")
    with pytest.raises(Refused, match="new phone number"):
        moderation.apply(
            service.id, lambda document: document["phones"][0].update(number="0161 496 0666"), by=operator
        )
    assert service.phones.get().number == "0161 496 0000"


def test_r51_an_operator_alone_may_hide_an_address(make_service: MakeService, operator: Actor) -> None:
    service = make_service("Tuesday room", at=["manchester"])

    def hide(document: dict) -> None:  # type: ignore[type-arg]
        location = document["service_at_locations"][0]["location"]
        for key in ("addresses", "latitude", "longitude"):
            location.pop(key)
        document["brolly"]["locations"][0] |= {"address_visibility": "area", "area": "manchester-gb"}

    moderation.apply(service.id, hide, by=operator)
    assert "Example Street" not in Listing.objects.select_related("content").get().content.data


def test_r51_an_operator_alone_may_not_move_a_service_to_another_area(
    make_service: MakeService, operator: Actor
) -> None:
    service = make_service("Tuesday room", areas=["manchester"])
    with pytest.raises(Refused, match="new area"):
        moderation.apply(
            service.id,
            lambda document: document["brolly"]["locations"][0].update(area="london-gb"),
            by=operator,
        )


def test_r51_an_operator_alone_may_not_reveal_an_address(make_service: MakeService, operator: Actor) -> None:
    service = make_service("Tuesday room", areas=["manchester"])

    def reveal(document: dict) -> None:  # type: ignore[type-arg]
        address = {"address_1": "1 Secret Street", "country": "GB", "address_type": "physical"}
        location = document["service_at_locations"][0]["location"]
        location |= {"latitude": 53.4, "longitude": -2.2, "addresses": [address]}
        document["brolly"]["locations"][0] = {"id": location["id"], "address_visibility": "public"}

    with pytest.raises(Refused, match="new address"):
        moderation.apply(service.id, reveal, by=operator)


def test_confirming_shows_the_numbers_that_were_checked(make_service: MakeService, operator: Actor) -> None:
    service = make_service("Tuesday room", unchecked_phone="0161 496 0000")
    assert "496" not in Listing.objects.select_related("content").get().content.data
    asked = Asked("Example group", date(2026, 5, 3))
    moderation.confirm(service.id, by=operator, asked=asked, contacts=["0161 496 0000"])
    listing = Listing.objects.select_related("content").get()
    assert "0161 496 0000" in listing.content.data
    assert listing.assured_date == date(2026, 5, 3)


def test_confirming_a_number_the_record_does_not_have_is_refused(
    make_service: MakeService, operator: Actor
) -> None:
    service = make_service("Tuesday room")
    asked = Asked("Example group", date(2026, 5, 3))
    with pytest.raises(Refused, match="has no “0161 496 0666”"):
        moderation.confirm(service.id, by=operator, asked=asked, contacts=["0161 496 0666"])


def test_r59_an_edit_does_not_move_the_day_it_was_checked(make_service: MakeService) -> None:
    checked = {"assured_date": "2026-05-03", "brolly": {"assurer": "Example group"}}
    make_service("Tuesday room", **checked)
    publish(a_document("Tuesday room", description="New words", **checked))
    assert Service.objects.get().assured_date == date(2026, 5, 3)


def test_a_document_survives_the_way_there_and_back(make_service: MakeService) -> None:
    service = make_service(
        "Tuesday room",
        yes=["id_free", "step_free"],
        said=["free"],
        phone="0161 496 0000",
        chat="https://example.org/c",
    )
    document = service_document(service)
    publish(document)
    assert service_document(Service.objects.get()) == document


def test_a_place_belongs_to_one_organization(make_service: MakeService) -> None:
    make_service("Tuesday room", organization="Example group")
    other = a_document("Other room", organization="Another group")
    other["service_at_locations"] = a_document("Tuesday room")["service_at_locations"]
    other["brolly"]["locations"] = a_document("Tuesday room")["brolly"]["locations"]
    with pytest.raises(ModelError, match="another organization"):
        publish(other)


def test_a_document_that_is_none_is_refused(partner: Actor) -> None:
    with pytest.raises(ValidationError):
        moderation.propose({"name": "No id"}, by=partner)
