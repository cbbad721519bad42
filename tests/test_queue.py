"""A moderator's pages: what waits, what is decided and by whom, what can be taken back."""

from copy import deepcopy
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils.translation import get_language

from locator import moderation
from locator.models import Change, Contact, Inclusion, Listing, Membership, Organization, Service, Suggestion
from locator.moderation import ReportKind, SuggestionHow
from locator.rules import Actor, Role
from tests.accounts import a_person, signed_in
from tests.conftest import a_document, an_id, let_in, publish
from tests.test_web import text

pytestmark = pytest.mark.django_db
OURS = frozenset({an_id("organization", "Example group")})
OLD, NEW = "0161 496 0000", "0161 496 0001"


@pytest.fixture
def room() -> Service:
    return publish(a_document("Tuesday room", phone=OLD, description="Tea and a chair."))


@pytest.fixture
def paula(room: Service) -> Actor:
    user = a_person("Paula", of=room.organization)
    return Actor("Paula", Role.PARTNER, user.pk, OURS)


@pytest.fixture
def mo() -> Client:
    return signed_in(a_person("Mo", moderator=True))


def edited(service: Service, **words: Any) -> Any:
    return deepcopy(moderation.current(service.id)) | words


def asked(service: Service, by: Actor, number: str = NEW) -> Change:
    document = edited(service)
    document["phones"][0]["number"] = number
    waiting = moderation.submit(document, by=by).waiting
    assert waiting
    return waiting


def visitors_page(service: Service) -> str:
    return text(Client().get(f"/s/{service.short_id}/"))


@pytest.mark.parametrize("path", ["queue/", "organizations/", "queue/person/1/"])
def test_there_is_no_such_page_for_a_partner(room: Service, path: str) -> None:
    petra = signed_in(a_person("Petra", of=room.organization, role="manager"))
    assert petra.get(f"/team/{path}").status_code == 404


def test_an_empty_queue_says_so(mo: Client) -> None:
    found = text(mo.get("/team/queue/"))
    assert "No edit waits." in found
    assert "Nobody reported anything." in found
    assert "Nobody suggested anything." in found
    assert "No page and no number failed twice." in found


@pytest.mark.parametrize("waiting", [1, 12])
def test_the_queue_costs_the_same_queries_however_long(
    room: Service, mo: Client, waiting: int, django_assert_num_queries: Any
) -> None:
    for n in range(waiting):
        other = publish(a_document(f"Room {n}"))
        moderation.propose(edited(other, description="Soup."), by=Actor("Petra", Role.PARTNER))
        twin = a_document(f"The room {n}", organization="New group")
        moderation.propose(twin, by=Actor("Nia", Role.PARTNER))
    with django_assert_num_queries(23):
        mo.get("/team/queue/")


def test_what_a_stranger_would_change_comes_first(room: Service, paula: Actor, mo: Client) -> None:
    other = publish(a_document("Thursday room"))
    moderation.submit(edited(other, description="Soup."), by=paula)
    asked(room, paula)
    found = text(mo.get("/team/queue/"))
    assert found.index("Tuesday room") < found.index("Thursday room")
    assert "needs a second person" in found


def test_old_and_new_stand_beside_each_other(room: Service, paula: Actor, mo: Client) -> None:
    found = text(mo.get(f"/team/queue/change/{asked(room, paula).id}/"))
    assert OLD in found
    assert NEW in found


def test_approving_with_a_number_that_was_tried_shows_it(room: Service, paula: Actor, mo: Client) -> None:
    change = asked(room, paula)
    mo.post(f"/team/queue/change/{change.id}/", {"act": "approve", "tried": [NEW]})
    assert NEW in visitors_page(room)


def test_turning_down_needs_a_reason_and_it_reaches_who_asked(
    room: Service, paula: Actor, mo: Client, django_capture_on_commit_callbacks: Any
) -> None:
    address = f"/team/queue/change/{asked(room, paula).id}/"
    assert "Say why" in text(mo.post(address, {"act": "reject", "reason": " "}))
    with django_capture_on_commit_callbacks(execute=True):
        mo.post(address, {"act": "reject", "reason": "Nobody answers there."})
    told = mail.outbox[-1]
    assert told.to == ["paula@example.org"]
    assert "Nobody answers there." in told.body
    assert "Tuesday room" not in f"{told.subject} {told.body}"
    assert NEW not in visitors_page(room)


def test_who_asked_is_told_in_their_language(
    room: Service,
    paula: Actor,
    mo: Client,
    django_capture_on_commit_callbacks: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    languages: dict[str, str | None] = {}
    monkeypatch.setattr("locator.mailing.send", lambda *said: languages.setdefault(said[2], get_language()))
    Membership.objects.update(language="fr")
    Contact.objects.create(organization=room.organization, name="Sam", email="sam@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        mo.post(f"/team/queue/change/{asked(room, paula).id}/", {"act": "reject", "reason": "No."})
    assert languages == {"sam@example.org": "en", "paula@example.org": "fr"}


def test_several_edits_are_decided_together_but_not_those_with_risk(
    room: Service, paula: Actor, mo: Client
) -> None:
    risky = asked(room, paula)
    other = publish(a_document("Thursday room"))
    plain = moderation.submit(edited(other, description="Soup."), by=paula).waiting
    assert plain
    found = text(mo.post("/team/queue/", {"change": [risky.id, plain.id], "act": "approve"}, follow=True))
    assert "Look at this one by itself" in found
    assert {row.state for row in Change.objects.filter(id__in=[risky.id])} == {"waiting"}
    assert "Soup." in visitors_page(other)


def test_two_edits_are_turned_down_with_one_reason(room: Service, paula: Actor, mo: Client) -> None:
    other = publish(a_document("Thursday room", phone="0161 496 0005"))
    changes = [asked(room, paula), asked(other, paula, "0161 496 0006")]
    mo.post("/team/queue/", {"change": [row.id for row in changes], "act": "reject", "reason": "No answer"})
    assert not Change.objects.filter(state="waiting").exists()


@pytest.mark.parametrize("act", [{}, {"act": ""}, {"act": "maybe"}])
def test_a_form_without_a_decision_decides_nothing(
    room: Service, paula: Actor, mo: Client, act: dict[str, str]
) -> None:
    change = asked(room, paula)
    assert "We could not read that" in text(mo.post(f"/team/queue/change/{change.id}/", act))
    mo.post("/team/queue/", {"change": [change.id], **act})
    where = f"/team/organizations/{room.organization_id}/"
    mo.post(f"{where}include/", {"reason": "Because", "included": act.get("act", "")})
    mo.post(where, {"trusted": act.get("act", "")})
    change.refresh_from_db()
    assert change.state == "waiting"
    assert Listing.objects.exists()
    assert Inclusion.objects.get().decision == "included"


# Reports and suggestions


def test_r57_a_thousand_reports_are_one_thing_to_look_at(room: Service, mo: Client) -> None:
    for _n in range(20):
        moderation.report(room.short_id, ReportKind.CLOSED)
    found = text(mo.get("/team/queue/"))
    assert found.count("Tuesday room") == 1
    assert "20 times" in found
    mo.post(f"/team/queue/service/{room.short_id}/settle/")
    assert "Nobody reported anything." in text(mo.get("/team/queue/"))


def test_a_suggestion_is_taken_off_the_list(mo: Client) -> None:
    moderation.suggest("A new room", "Leeds", "", SuggestionHow.WENT)
    assert "A new room" in text(mo.get("/team/queue/"))
    mo.post(f"/team/queue/suggestion/{Suggestion.objects.get().id}/")
    assert not Suggestion.objects.exists()


# A service, a person


def test_r57_one_moderator_hides_a_service_at_once_with_a_reason(room: Service, mo: Client) -> None:
    mo.post(f"/team/queue/service/{room.short_id}/hold/", {"reason": " "})
    assert Listing.objects.exists()
    mo.post(f"/team/queue/service/{room.short_id}/hold/", {"reason": "Somebody was asked for papers"})
    assert not Listing.objects.exists()


def test_showing_it_again_needs_somebody_else(room: Service, mo: Client) -> None:
    mo.post(f"/team/queue/service/{room.short_id}/hold/", {"reason": "To look at it"})
    mo.post(f"/team/queue/service/{room.short_id}/show/")
    change = Change.objects.get(state="waiting")
    assert "Somebody else has to decide it" in text(
        mo.post(f"/team/queue/change/{change.id}/", {"act": "approve"})
    )
    ada = signed_in(a_person("Ada", moderator=True))
    ada.post(f"/team/queue/change/{change.id}/", {"act": "approve"})
    assert OLD in visitors_page(room)


def test_one_change_is_rolled_back(room: Service, mo: Client) -> None:
    publish(edited(room, description="Hacked."))
    change = Change.objects.order_by("-proposed_at").first()
    assert change
    mo.post(f"/team/queue/change/{change.id}/roll-back/")
    assert "Tea and a chair." in visitors_page(room)


def test_r52_everything_an_account_did_is_undone_in_one_action(room: Service, paula: Actor, mo: Client) -> None:
    Organization.objects.update(trusted=True)
    moderation.submit(edited(room, description="Hacked."), by=paula)
    asked(room, paula)
    mo.post(f"/team/queue/person/{paula.account}/", {"undo": "1", "since": "2020-01-01T00:00"})
    assert "Tea and a chair." in visitors_page(room)
    assert not Change.objects.filter(state="waiting").exists()


def test_a_closed_account_is_out_at_once(room: Service, mo: Client) -> None:
    user = a_person("Petra", of=room.organization)
    petra = signed_in(user)
    mo.post(f"/team/queue/person/{user.pk}/", {"close": "1"})
    assert petra.get("/team/").status_code == 302


# Organizations


def test_r55_nothing_of_an_organization_is_listed_before_somebody_said_why(mo: Client) -> None:
    document = a_document("Quiet flat", organization="New group", areas=["manchester"])
    change = moderation.propose(document, by=Actor("Nia", Role.PARTNER))
    page = mo.post(f"/team/queue/change/{change.id}/", {"act": "approve"})
    assert "Decide first whether this organization belongs" in text(page)
    where = f"/team/organizations/{document['organization']['id']}/include/"
    mo.post(where, {"included": "yes", "reason": " ", "change": str(change.id)})
    assert not Inclusion.objects.exists()
    mo.post(where, {"included": "yes", "reason": "Run by sex workers", "change": str(change.id)})
    inclusion = Inclusion.objects.get()
    assert (inclusion.decision, inclusion.decided_by, inclusion.reason) == ("included", "Mo", "Run by sex workers")


@pytest.mark.parametrize("change", ["", "nonsense", "../../x", "00000000-0000-4000-8000-000000000000"])
def test_an_organization_nobody_knows_is_not_decided_about(mo: Client, change: str) -> None:
    said = {"included": "yes", "reason": "Who?", "change": change}
    where = "/team/organizations/00000000-0000-4000-8000-000000000001/include/"
    assert mo.post(where, said).status_code == 404
    assert not Organization.objects.exists()


def test_r55_a_refused_organization_goes_out_of_sight_at_once(room: Service, mo: Client) -> None:
    where = f"/team/organizations/{room.organization_id}/include/"
    mo.post(where, {"included": "no", "reason": "It takes part in raids"})
    assert not Listing.objects.exists()
    assert "It takes part in raids" in text(mo.get(f"/team/organizations/{room.organization_id}/"))


def test_r54_what_nobody_answered_is_named(mo: Client) -> None:
    document = a_document("Quiet flat", organization="New group", areas=["manchester"], yes=["free"])
    let_in(document)
    change = moderation.propose(document, by=Actor("Nia", Role.PARTNER))
    found = text(mo.get(f"/team/queue/change/{change.id}/"))
    assert "Do they talk to the police?" in found.split("Nobody has answered this")[1]
    assert "Is it free?" not in found.split("Nobody has answered this")[1]


def test_r56_a_look_alike_is_named(room: Service, mo: Client) -> None:
    document = a_document("Tuеsday rооm", organization="New group")  # with three Cyrillic letters
    change = moderation.propose(document, by=Actor("Nia", Role.PARTNER))
    found = text(mo.get(f"/team/queue/change/{change.id}/"))
    said = found.split("It looks like somebody else’s:")[1]
    assert said.index("Tuesday room") < said.index("the same name to the eye, in other letters")


def test_r56_one_tick_among_several_does_not_list_a_look_alike(room: Service, mo: Client) -> None:
    """A draft is filled by its organization alone: when it shall be listed, nothing of it is different."""
    publish(a_document("Soup", organization="New group"))  # two people have vouched for them
    twin = a_document("Tuesday rooms", organization="New group", status="draft")
    publish(twin)
    change = moderation.propose(
        {**twin, "brolly": {**twin["brolly"], "status": "listed"}}, by=Actor("Nia", Role.PARTNER)
    )
    queue = text(mo.get("/team/queue/"))
    assert "looks like somebody else’s" in queue
    assert "a name one letter away" in queue
    found = text(mo.post("/team/queue/", {"change": [change.id], "act": "approve"}, follow=True))
    assert "Look at this one by itself: it looks like somebody else’s." in found
    assert not Listing.objects.filter(service_id=twin["id"]).exists()


def test_r56_another_of_their_own_is_named_apart(room: Service, mo: Client) -> None:
    change = moderation.propose(a_document("Room on Tuesdays"), by=Actor("Nia", Role.PARTNER))
    found = text(mo.get(f"/team/queue/change/{change.id}/"))
    said = found.split("They have one already that looks like it:")[1]
    assert said.index("Tuesday room") < said.index("a name one letter away")
    assert "somebody else’s" not in found


def test_an_organization_is_added_found_and_trusted(mo: Client) -> None:
    mo.post("/team/organizations/", {"name": "New group", "add": "1"})
    organization = Organization.objects.get(name="New group")
    assert "New group" in text(mo.post("/team/organizations/", {"name": "new", "find": "1"}))
    mo.post(f"/team/organizations/{organization.id}/", {"trusted": "yes"})
    organization.refresh_from_db()
    assert organization.trusted


def test_r51_nobody_decides_for_somebody_they_invited(room: Service, paula: Actor, mo: Client) -> None:
    change = asked(room, paula)
    Membership.objects.update(invited_by=int(mo.session["_auth_user_id"]))
    page = mo.post(f"/team/queue/change/{change.id}/", {"act": "approve", "tried": [NEW]})
    assert "You invited the person who proposed this" in text(page)
    assert NEW not in visitors_page(room)


def test_a_manager_beside_the_one_there_is_is_not_a_moderators_to_invite(room: Service, mo: Client) -> None:
    a_person("Petra", of=room.organization, role="manager")
    mo.post(f"/team/organizations/{room.organization_id}/invite/", {"email": "eve@example.org"})
    assert not mail.outbox


def test_the_first_manager_is_invited(room: Service, mo: Client) -> None:
    page = mo.post(f"/team/organizations/{room.organization_id}/invite/", {"email": "nia@example.org"})
    assert "/team/join/" in page.content.decode()
    assert mail.outbox[-1].to == ["nia@example.org"]
