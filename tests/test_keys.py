"""A key lets an organization's program read its own services and propose, and nothing else (decision 30)."""

import json
import re
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locator import keys, membership, moderation, rules
from locator.api import proposing
from locator.models import ApiKey, Change, Contact, Inclusion, Membership, Organization, Phone, Service
from locator.rules import Actor, Refused, Role
from tests.accounts import a_person, signed_in, who_proved_it_lately
from tests.conftest import a_document, an_id, publish
from tests.test_web import text

pytestmark = pytest.mark.django_db
OWN, PROPOSED = "/api/v1/own/services/", "/api/v1/changes/proposed/"
OLD, NEW = "0161 496 0000", "0161 496 0001"
MO = Actor("Mo", Role.MODERATOR)
Document = dict[str, Any]


@pytest.fixture(autouse=True)
def nobody_has_asked() -> None:
    cache.clear()


@pytest.fixture
def room(db: None) -> Service:
    return publish(a_document("Tuesday room", phone=OLD, description="Tea.", yes=["id_free"]))


@pytest.fixture
def paula(room: Service) -> Any:
    return a_person("Paula", of=room.organization, role="manager")


@pytest.fixture
def key(paula: Any, room: Service) -> str:
    return keys.make(room.organization, "Our website", account=paula.pk, days=90).key


def ask(key: str, path: str = OWN, **more: Any) -> Any:
    return Client().get(path, more, headers={"authorization": f"Bearer {key}"})


def read(key: str, service: Any) -> tuple[Document, str]:
    answer = ask(key, f"{OWN}{service}/")
    return answer.json(), answer.headers["ETag"]


def send(key: str, body: Any, *, seen: str = "", new: bool = False, kind: str = "application/json") -> Any:
    headers = {"authorization": f"Bearer {key}"} | ({"if-match": seen} if seen else {})
    headers |= {"if-none-match": "*"} if new else {}
    return Client().post(PROPOSED, json.dumps(body), content_type=kind, headers=headers)


def patch(key: str, service: Service, **parts: Any) -> Any:
    _document, seen = read(key, service.id)
    return send(key, {"id": str(service.id), **parts}, seen=seen, kind="application/merge-patch+json")


# Making one


def test_a_manager_makes_a_key_that_is_shown_once_and_kept_nowhere(room: Service, paula: Any) -> None:
    form = {"organization": str(room.organization_id), "name": "Our website", "days": "90"}
    page = signed_in(paula).post("/team/keys/", form).content.decode()
    (key,) = re.findall(keys.FORM, page)
    row = ApiKey.objects.get()
    assert key[15:] not in repr(vars(row))
    assert row.prefix == key[7:15]
    assert key[15:] not in signed_in(paula).get("/team/keys/").content.decode()
    assert ask(key).status_code == 200


def test_contacts_and_managers_are_told_in_words_that_name_no_service(room: Service, paula: Any) -> None:
    Contact.objects.create(organization=room.organization, name="Sam", email="sam@example.org")
    form = {"organization": str(room.organization_id), "name": "Our website", "days": "90"}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("django.db.transaction.on_commit", lambda act: act())
        signed_in(paula).post("/team/keys/", form)
    assert sorted(row.to[0] for row in mail.outbox) == ["paula@example.org", "sam@example.org"]
    assert "Paula made a key for a program" in mail.outbox[0].body
    written = "".join(f"{row.subject}{row.body}" for row in mail.outbox)
    assert not re.search(r"Tuesday|Example group|brolly_", written)


def test_r47_making_a_key_asks_for_the_password_again(room: Service, paula: Any) -> None:
    browser = signed_in(paula)
    session = browser.session
    session["began"] -= 600
    session.save()
    form = {"organization": str(room.organization_id), "name": "Our website", "days": "90"}
    assert browser.post("/team/keys/", form).headers["Location"].startswith("/team/account/again/")
    assert not ApiKey.objects.exists()


def test_who_manages_nothing_finds_no_such_page(room: Service, key: str) -> None:
    for person in (a_person("Edda", of=room.organization), a_person("Mona", moderator=True)):
        assert signed_in(person).get("/team/keys/").status_code == 404
        assert signed_in(person).post(f"/team/keys/{ApiKey.objects.get().id}/end/").status_code == 404
    assert ask(key).status_code == 200


def test_a_manager_of_others_cannot_make_or_end_one(room: Service, key: str) -> None:
    others = Organization.objects.create(name="Others")
    browser = signed_in(a_person("Sid", of=others, role="manager"))
    form = {"organization": str(room.organization_id), "name": "Ours", "days": "90"}
    assert browser.post("/team/keys/", form).status_code == 400
    assert browser.post(f"/team/keys/{ApiKey.objects.get().id}/end/").status_code == 404
    assert "Our website" not in text(browser.get("/team/keys/"))


def test_one_button_ends_it(paula: Any, key: str) -> None:
    signed_in(paula).post(f"/team/keys/{ApiKey.objects.get().id}/end/")
    assert ask(key).status_code == 401


def test_there_are_ten_at_most(room: Service, paula: Any) -> None:
    for n in range(10):
        keys.make(room.organization, f"Program {n}", account=paula.pk, days=90)
    form = {"organization": str(room.organization_id), "name": "One more", "days": "90"}
    assert "There are 10 keys already" in text(signed_in(paula).post("/team/keys/", form))


@pytest.mark.parametrize("count", [1, 9])
def test_the_list_costs_the_same_queries_however_long(
    room: Service, paula: Any, count: int, django_assert_num_queries: Any
) -> None:
    for n in range(count):
        keys.make(room.organization, f"Program {n}", account=paula.pk, days=90)
    browser = signed_in(paula)
    with django_assert_num_queries(12):
        browser.get("/team/keys/")


def test_the_day_of_its_use_is_kept_and_nothing_finer(paula: Any, key: str) -> None:
    with time_machine.travel("2026-11-27T10:15:00Z", tick=False):
        ask(key)
    assert str(ApiKey.objects.get().last_used_on) == "2026-11-27"


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=st.integers(7, 52), letter=st.sampled_from(keys.LETTERS))
def test_a_key_with_one_other_letter_is_none(key: str, place: int, letter: str) -> None:
    changed = key[:place] + letter + key[place + 1 :]
    assert (keys.find(changed) is not None) == (changed == key)


# Who gets in


def ends_with_removal(paula: Any) -> None:
    a_person("Petra", of=Organization.objects.get(), role="manager")
    membership.remove(Membership.objects.get(user=paula))
    Membership.objects.create(user=paula, organization=Organization.objects.get(), role="manager")  # comes back


def ends_with_role(paula: Any) -> None:
    Membership.objects.filter(user=paula).update(role="editor")


def ends_with_account(paula: Any) -> None:
    membership.close(paula)


def ends_with_undoing(paula: Any) -> None:
    membership.undo_since(paula.pk, timezone.now())


def ends_with_leaving(paula: Any) -> None:
    organization = str(Organization.objects.get().id)
    who_proved_it_lately(signed_in(paula)).post("/team/leave/", {"organization": organization})


def ends_with_being_left_out(_paula: Any) -> None:
    moderation.leave_out_organization(Organization.objects.get().id, reason="They asked", by=MO)


def ends_with_refusal(_paula: Any) -> None:
    Inclusion.objects.update(decision="refused")


def ends_with_time(_paula: Any) -> None:
    ApiKey.objects.update(expires_on=timezone.localdate() - timedelta(days=1))


ENDINGS = [
    ends_with_removal, ends_with_role, ends_with_account, ends_with_undoing, ends_with_leaving,
    ends_with_being_left_out, ends_with_refusal, ends_with_time,
]  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_key_stops_working(paula: Any, key: str, ending: Any) -> None:
    assert ask(key).status_code == 200
    ending(paula)
    assert ask(key).status_code == 401


def test_no_key_and_any_wrong_one_get_the_same_answer(key: str) -> None:
    ended = keys.make(Organization.objects.get(), "Ended", account=ApiKey.objects.get().made_by_id or 0, days=90)
    keys.end(ApiKey.objects.filter(id=ended.row.id))
    wrong = [{}, *({"authorization": said} for said in ("Bearer x", f"Token {key}", f"Bearer {ended.key}", key))]
    answers = [Client().get(OWN, headers=headers) for headers in wrong]
    assert {answer.status_code for answer in answers} == {401}
    assert len({(answer.content, repr(answer.headers)) for answer in answers}) == 1
    assert answers[0].headers["WWW-Authenticate"] == 'Bearer realm="changes"'
    assert answers[0].headers["Content-Type"] == "application/problem+json"


def test_a_session_opens_nothing_here(room: Service, paula: Any) -> None:
    browser = signed_in(paula)
    assert browser.get(OWN).status_code == 401
    assert browser.post(PROPOSED, {}, content_type="application/json").status_code == 401


def test_a_key_opens_nothing_else(room: Service, key: str) -> None:
    page = Client().get("/team/", headers={"authorization": f"Bearer {key}"})
    assert page.headers["Location"].startswith("/team/account/login/")


@pytest.mark.parametrize("query", ["?key={}", "?{}=1", "?page={}", "?page=1&page={}&page=1"])
def test_a_key_in_an_address_is_refused_and_not_repeated(key: str, query: str) -> None:
    answer = ask(key, OWN + query.format(key))
    assert answer.status_code == 400
    assert "No key in an address" in answer.json()["detail"]
    assert key[15:] not in answer.content.decode()


def test_too_many_requests_are_told_when_to_come_back(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing.EachKey, "rate", "3/min")
    statuses = [ask(key, f"{OWN}x/").status_code for _time in range(3)]
    late = ask(key)
    assert set(statuses) == {404}
    assert (late.status_code, late.headers["Content-Type"]) == (429, "application/problem+json")
    assert 1 <= int(late.headers["Retry-After"]) <= 60


def test_another_key_is_not_slowed_down_by_it(paula: Any, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing.EachKey, "rate", "3/min")
    other = keys.make(Organization.objects.get(), "Other", account=paula.pk, days=90).key
    for _time in range(4):
        ask(key, f"{OWN}x/")
    assert ask(other).status_code == 200


# Reading


def test_own_services_are_read_whole_and_others_are_not_there(room: Service, key: str) -> None:
    draft = publish(a_document("Draft", status="draft"))
    other = publish(a_document("Others' room", organization="Others"))
    Service.objects.update(staff_notes="Ask for Sam")
    answer = ask(key).json()
    assert [row["document"]["name"] for row in answer["results"]] == ["Draft", "Tuesday room"]
    assert "Sam" not in json.dumps(answer)
    assert read(key, draft.id)[0] == answer["results"][0]["document"]
    assert [ask(key, f"{OWN}{one}/").content for one in (other.id, an_id("nobody"), "x")] == [
        ask(key, f"{OWN}{an_id('nobody')}/").content
    ] * 3


@pytest.mark.parametrize("count", [2, 12])
def test_reading_costs_the_same_queries_however_many(key: str, count: int, django_assert_num_queries: Any) -> None:
    for n in range(count):
        publish(a_document(f"Room {n}"))
    ask(key)
    with django_assert_num_queries(21):
        ask(key)


# Proposing


def test_what_is_proposed_waits_for_a_person(room: Service, key: str) -> None:
    document, seen = read(key, room.id)
    document["phones"][0]["number"] = NEW
    answer = send(key, document, seen=seen)
    assert (answer.status_code, answer.json()["state"]) == (201, "waiting")
    change = Change.objects.get(state="waiting")
    assert (change.author, change.document["phones"][0]["number"]) == ("Paula (Our website)", NEW)
    assert NEW not in Client().get(f"/api/v1/services/{room.short_id}/").content.decode()
    assert ask(key, answer.headers["Location"]).json() == answer.json()


@pytest.mark.parametrize(
    "parts",
    [
        {"description": "Soup."},
        {"phones": None, "brolly": {"phones": None}},
        {"brolly": {"status": "withdrawn"}},
        {"status": "inactive"},
    ],
    ids=str,
)
def test_r47_r51_nothing_takes_effect_at_once_even_of_a_trusted_organization(
    room: Service, key: str, parts: Document
) -> None:
    Organization.objects.update(trusted=True)
    before = Client().get(f"/api/v1/services/{room.short_id}/").content
    assert patch(key, room, **parts).json()["state"] == "waiting"
    assert Client().get(f"/api/v1/services/{room.short_id}/").content == before


def test_the_same_sent_twice_is_one_proposal(room: Service, key: str) -> None:
    document, seen = read(key, room.id)
    document |= {"description": "Soup."}
    first, again = (send(key, document, seen=seen) for _time in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Change.objects.filter(state="waiting").count() == 1


def test_a_later_proposal_takes_in_the_one_before(room: Service, key: str) -> None:
    patch(key, room, description="Soup.")
    patch(key, room, wait_time="None")
    waiting = Change.objects.get(state="waiting").document
    assert (waiting["description"], waiting["wait_time"]) == ("Soup.", "None")


def test_nothing_different_is_no_proposal(room: Service, key: str) -> None:
    assert patch(key, room).json() == {"id": None, "state": "unchanged"}
    assert not Change.objects.filter(state="waiting").exists()


def test_nobody_writes_over_what_they_have_not_seen(room: Service, key: str) -> None:
    document, seen = read(key, room.id)
    moderation.submit({**moderation.current(room.id), "wait_time": "A week"}, by=a_colleague(room))
    answer = send(key, document | {"description": "Soup."}, seen=seen)
    assert (answer.status_code, answer.json()["type"]) == (412, "urn:brolly:outdated")
    assert Change.objects.get(state="waiting").document["wait_time"] == "A week"


def a_colleague(service: Service) -> Actor:
    return Actor("Petra", Role.PARTNER, None, frozenset({str(service.organization_id)}))


def test_what_was_read_has_to_be_said(room: Service, key: str) -> None:
    document, _seen = read(key, room.id)
    assert send(key, document).status_code == 428
    assert send(key, document, new=True).status_code == 412


def test_another_organizations_service_is_not_there(room: Service, key: str) -> None:
    other = publish(a_document("Others' room", organization="Others"))
    theirs = send(key, moderation.current(other.id), seen='"x"')
    nobodys = send(key, moderation.current(other.id) | {"id": an_id("nobody")}, seen='"x"')
    assert (theirs.status_code, theirs.content) == (404, nobodys.content)


def test_a_new_service_may_have_ids_of_the_programs_own(room: Service, key: str) -> None:
    document = a_document("Night line", serves=["country:GB"], phone=NEW, brolly={"status": "listed"})
    first, again = (send(key, document, new=True) for _time in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    change = Change.objects.get(state="waiting")
    assert change.document["phones"][0]["number"] == NEW
    assert "confirmed_on" not in change.document["brolly"]["phones"][0]
    moderation.approve(change, by=MO)
    found, seen = read(key, document["id"])
    assert found["id"] == str(change.subject_id)
    assert send(key, document | {"wait_time": "None"}, seen=seen).status_code == 201
    assert Change.objects.get(state="waiting").subject_id == change.subject_id


def test_nobody_elses_id_can_be_taken(room: Service, key: str) -> None:
    other = publish(a_document("Others' room", organization="Others", phone=NEW))
    theirs = Phone.objects.get(service=other)
    document, seen = read(key, room.id)
    document["phones"][0]["id"] = document["brolly"]["phones"][0]["id"] = str(theirs.id)
    document["service_at_locations"][0]["location"]["id"] = str(other.at_locations.get().location_id)
    document["brolly"]["locations"][0]["id"] = str(other.at_locations.get().location_id)
    send(key, document, seen=seen)
    moderation.approve(Change.objects.get(state="waiting"), by=MO)
    assert Phone.objects.get(id=theirs.id).service == other
    assert Phone.objects.get(service=room).id != theirs.id
    assert other.at_locations.get().location.organization == other.organization


def test_an_answer_is_their_own_word_and_of_today(room: Service, key: str) -> None:
    document, seen = read(key, room.id)
    moderators = {"basis": "moderator", "stated_by": "Mo", "stated_on": "2020-01-01"}
    document["brolly"]["facts"] += [{"question": "free", "answer": "yes", **moderators}]
    document["brolly"]["facts"] += [{"question": "walk_in", "answer": "no"}]
    send(key, document, seen=seen)
    facts = {row["question"]: row for row in Change.objects.get(state="waiting").document["brolly"]["facts"]}
    assert facts["id_free"]["stated_on"] == "2026-05-03"
    for question in ("free", "walk_in"):
        said = facts[question]
        assert (said["basis"], said["stated_by"]) == ("organization", "Example group")
        assert said["stated_on"] == timezone.localdate().isoformat()


def test_what_is_the_directorys_own_stays(room: Service, key: str) -> None:
    Service.objects.update(staff_notes="Ask for Sam")
    document, seen = read(key, room.id)
    document["brolly"] |= {"staff_notes": "x", "short_id": "zzzzzzzz", "source": "x", "assurer": "x"}
    document |= {
        "assured_date": "2026-11-01",
        "organization": {"id": an_id("x"), "name": "x"},
        "wait_time": "None",
    }
    send(key, document, seen=seen)
    waiting, now = Change.objects.get(state="waiting").document, moderation.current(room.id)
    assert waiting == now | {"wait_time": "None"}


def test_what_is_wrong_is_named(room: Service, key: str) -> None:
    document, seen = read(key, room.id)
    document["phones"][0]["number"] = "12"
    assert "phone number" in send(key, document, seen=seen).json()["errors"]["document"][0]
    document["service_at_locations"][0]["location"]["latitude"] = "x"
    errors = send(key, document | {"nme": "x"}, seen=seen).json()["errors"]
    assert list(errors) == ["nme"]
    errors = send(key, document, seen=seen).json()["errors"]
    assert list(errors) == ["service_at_locations.0.location.latitude"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[1]", 400),
        ("null", 400),
        ('{"id": 1}', 400),
        ('{"id": "x"}', 404),
        ('{"id":' + "[" * 900, 400),
        ('{"id":"x","name":"' + "y" * 70_000 + '"}', 413),
    ],
    ids=lambda value: str(value)[:12],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["application/json", "application/merge-patch+json"])
def test_what_is_no_document_is_told_so(key: str, body: str, status: int, kind: str) -> None:
    headers = {"authorization": f"Bearer {key}", "if-match": '"x"'}
    answer = Client().post(PROPOSED, body, content_type=kind, headers=headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")


def test_deeply_nested_json_breaks_nothing(room: Service, key: str) -> None:
    deep = f'{{"id": "{room.id}", "brolly": ' + '{"a":' * 800 + "1" + "}" * 801
    headers = {"authorization": f"Bearer {key}", "if-match": '"x"'}
    for kind in ("application/json", "application/merge-patch+json"):
        assert Client().post(PROPOSED, deep, content_type=kind, headers=headers).status_code == 400


def test_an_id_that_is_there_twice_is_refused(room: Service, key: str) -> None:
    document, seen = read(key, room.id)
    rule = {"id": an_id("hours"), "freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "10:00"}
    document["service_at_locations"][0]["schedules"] = [rule, rule | {"byday": "TU"}]
    assert list(send(key, document, seen=seen).json()["errors"]) == ["schedules"]


def test_a_key_in_a_document_is_refused(room: Service, key: str) -> None:
    answer = patch(key, room, description=f"Our key is {key}")
    assert (answer.status_code, key[15:] in answer.content.decode()) == (400, False)


def test_who_was_left_out_is_not_proposed_again(room: Service, key: str) -> None:
    moderation.leave_out([moderation.a_number(NEW, "GB")], reason="They asked", by=MO)
    document, seen = read(key, room.id)
    document["phones"][0]["number"] = NEW
    assert (send(key, document, seen=seen).status_code, Change.objects.filter(state="waiting").count()) == (403, 0)


def test_contacts_are_told_that_a_number_was_asked_for(
    room: Service, key: str, django_capture_on_commit_callbacks: Any
) -> None:
    Contact.objects.create(organization=room.organization, name="Sam", email="sam@example.org")
    document, seen = read(key, room.id)
    document["phones"][0]["number"] = NEW
    with django_capture_on_commit_callbacks(execute=True):
        send(key, document, seen=seen)
    assert "Somebody asked us to change this on one of your pages: phone number" in mail.outbox[0].body


def test_what_became_of_it_is_told_to_its_key_alone(room: Service, key: str) -> None:
    answer = patch(key, room, description="Soup.")
    moderation.reject(Change.objects.get(state="waiting"), by=MO, reason="It is tea.")
    said = ask(key, answer.headers["Location"]).json()
    assert (said["state"], said["reason"]) == ("rejected", "It is tea.")
    others = publish(a_document("Others' room", organization="Others")).organization
    sid = a_person("Sid", of=others, role="manager")
    theirs = keys.make(others, "Theirs", account=sid.pk, days=90).key
    assert ask(theirs, answer.headers["Location"]).status_code == 404


# The rule below the pages: a program decides nothing


def test_r51_an_actor_with_a_key_can_only_propose(room: Service, key: str) -> None:
    by = rules.actor_of_key(ApiKey.objects.get())
    change = moderation.propose({**moderation.current(room.id), "name": "Other"}, by=a_colleague(room))
    document = deepcopy(moderation.current(room.id)) | {"phones": []}
    document["brolly"]["phones"] = []
    for act in (
        lambda: moderation.approve(change, by=by),
        lambda: moderation.reject(change, by=by, reason="No"),
        lambda: moderation.withdraw(room.id, by=by, reason="No"),
        lambda: moderation.submit(document, by=by),
        lambda: moderation.submit_all([moderation.Edit(document)], by=by),
        lambda: moderation.still_right(room.id, by=by),
    ):
        with pytest.raises(Refused):
            act()


def test_r52_undoing_an_account_takes_its_proposals_back(room: Service, paula: Any, key: str) -> None:
    patch(key, room, description="Soup.")
    moderation.undo_since(paula.pk, timezone.now() - timedelta(days=1), by=MO)
    assert not Change.objects.filter(state="waiting").exists()


def test_who_made_the_key_cannot_approve_what_it_proposed(room: Service, paula: Any, key: str) -> None:
    patch(key, room, description="Soup.")
    paula.memberships.all().delete()
    maker = Actor("Paula", Role.MODERATOR, paula.pk)
    with pytest.raises(Refused, match="You proposed this"):
        moderation.approve(Change.objects.get(state="waiting"), by=maker)


def test_r25_the_key_is_in_no_log(
    room: Service, key: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level("DEBUG"):
        patch(key, room, description="Soup.")
        ask(key, f"{OWN}?key={key}")
        ask(key[:-1] + "x")
    written = caplog.text + "".join(capfd.readouterr()) + repr([vars(row) for row in ApiKey.objects.all()])
    assert key[15:47] not in written
