"""No way in, and no order of acts, shows the public a number that one person alone put there (SAFETY R51, R53).

The state machine of `test_two_persons` acts on functions; this one acts as people do: by pages, the API, the back
room and commands.
"""

import json
import threading
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from locator import keys, moderation
from locator.models import Approval, Change, Service
from locator.portal import posting
from locator.rules import Actor, Refused, Role
from tests import back_room_urls
from tests.accounts import a_person, signed_in
from tests.conftest import a_document, an_id, publish
from tests.machines import NUMBERS, OneService
from tests.test_team import form_of

PARTNERS, MODERATORS = ("Paula", "Petra"), ("Mo", "Ada", "Ola")  # Ola also works for the group
EVERYBODY = [*PARTNERS, *MODERATORS, "Sid", "Stella"]
numbers, partners, moderators = st.sampled_from(NUMBERS), st.sampled_from(PARTNERS), st.sampled_from(MODERATORS)
anybody = st.sampled_from(EVERYBODY)


class Entrances(OneService):
    def __init__(self) -> None:
        super().__init__()
        group = self.service.organization
        other = publish(a_document("Others", organization="Others")).organization
        people = {name: a_person(name, of=group, role="manager") for name in PARTNERS}
        people |= {name: a_person(name, moderator=True) for name in MODERATORS[:2]}
        people["Ola"] = a_person("Ola", moderator=True, of=group)
        people["Sid"] = a_person("Sid", of=other)
        people["Stella"] = a_person("Stella")
        people["Stella"].is_staff = True
        people["Stella"].save()
        self.browsers = {name: signed_in(person) for name, person in people.items()}
        self.key = keys.make(group, "Program", account=people["Paula"].pk, days=90).key
        self.accounts = {name: person.pk for name, person in people.items()}

    def teardown(self) -> None:
        super().teardown()
        posting.wait()

    def page(self, rest: str) -> str:
        return f"/team/s/{self.service.short_id}/{rest}"

    def phones(self) -> list[str]:
        return [row["id"] for row in moderation.draft_of(self.service.id).get("phones", [])]

    # Partners

    @rule(by=partners, number=numbers, new=st.booleans())
    def somebody_asks_for_a_number(self, by: str, number: str, new: bool) -> None:
        row_id = "new" if new or not self.phones() else self.phones()[0]
        address = self.page(f"edit/contact/{row_id}/")
        typed = {"kind": "voice", "value": number, "country": "GB", "confirmed_by": by}
        if len(self.phones()) < 3:
            self.browsers[by].post(address, {**form_of(self.browsers[by], address), **typed})

    @rule(by=partners, number=numbers, new=st.booleans())
    def somebody_asks_and_all_who_must_not_say_yes(self, by: str, number: str, new: bool) -> None:
        self.somebody_asks_for_a_number(by, number, new)
        for change in Change.objects.filter(subject_id=self.service.id, state="waiting"):
            for name in (*PARTNERS, "Ola", "Sid", "Stella"):
                self.approve(name, change, tried=True, bulk=False)

    @rule(by=partners)
    def somebody_takes_a_number_away(self, by: str) -> None:
        for row_id in self.phones()[:1]:
            address = self.page(f"edit/contact/{row_id}/")
            self.browsers[by].post(address, {**form_of(self.browsers[by], address), "remove": "on"})

    @rule(by=anybody, what=st.sampled_from(["take-back/", "right/", "list/", "close/", "open/"]))
    def somebody_presses_a_button(self, by: str, what: str) -> None:
        self.browsers[by].post(self.page(what), {"today": "1"})

    @rule(by=anybody, data=st.data())
    def somebody_takes_a_change_back(self, by: str, data: Any) -> None:
        change = self.one_change(data)
        self.browsers[by].post(self.page(f"undo/{change.id}/"))
        self.browsers[by].post(f"/team/queue/change/{change.id}/roll-back/")

    # Moderators, and those who try to be

    def one_change(self, data: Any, **which: Any) -> Change:
        rows = Change.objects.filter(subject_id=self.service.id, **which).order_by("proposed_at", "id")
        return data.draw(st.sampled_from(list(rows)), label="change")  # type: ignore[no-any-return]

    @precondition(lambda self: Change.objects.filter(subject_id=self.service.id, state="waiting").exists())
    @rule(by=anybody, data=st.data(), tried=st.booleans(), bulk=st.booleans())
    def somebody_approves(self, by: str, data: Any, tried: bool, bulk: bool) -> None:
        self.approve(by, self.one_change(data, state="waiting"), tried=tried, bulk=bulk)

    def approve(self, by: str, change: Change, *, tried: bool, bulk: bool) -> None:
        new = [row["number"] for row in change.document.get("phones", [])]
        if bulk:
            self.browsers[by].post("/team/queue/", {"change": [change.id], "act": "approve"})
        else:
            said = {"act": "approve", "tried": new if tried else []}
            self.browsers[by].post(f"/team/queue/change/{change.id}/", said)
        change.refresh_from_db()
        if change.state == "approved" and by in {"Mo", "Ada"} and change.author != by:
            self.vouched |= set(new)

    @precondition(lambda self: Change.objects.filter(subject_id=self.service.id, state="waiting").exists())
    @rule(by=anybody, data=st.data())
    def somebody_turns_down(self, by: str, data: Any) -> None:
        change = self.one_change(data, state="waiting")
        self.browsers[by].post(f"/team/queue/change/{change.id}/", {"act": "reject", "reason": "No"})

    @rule(by=moderators)
    def somebody_holds_it_and_asks_for_it_back(self, by: str) -> None:
        self.browsers[by].post(f"/team/queue/service/{self.service.short_id}/hold/", {"reason": "To look"})
        self.browsers[by].post(f"/team/queue/service/{self.service.short_id}/show/")

    @rule(by=moderators, whose=partners)
    def somebody_undoes_all_of_a_partner(self, by: str, whose: str) -> None:
        address = f"/team/queue/person/{self.accounts[whose]}/"
        self.browsers[by].post(address, {"undo": "1", "since": "2020-01-01T00:00"})

    # The API, the back room, commands

    @rule(number=numbers, act=st.sampled_from(["replace", "add"]))
    def a_program_with_a_key_proposes(self, number: str, act: str) -> None:
        headers = {"authorization": f"Bearer {self.key}"}
        own = Client().get(f"/api/v1/own/services/{self.service.id}/", headers=headers)
        if own.status_code == 401:  # the key ended with what its maker did
            answer = Client().post("/api/v1/changes/proposed/", "{}", "application/json", headers=headers)
            assert answer.status_code == 401
            return
        document, row_id = own.json(), an_id(number)
        if act == "replace" and document.get("phones"):
            document["phones"][0]["number"] = number
        elif len(document.get("phones", [])) < 3:
            document["phones"] = [*document.get("phones", []), {"id": row_id, "number": number, "type": "voice"}]
            said = {"id": row_id, "country": "GB", "confirmed_by": "Mo", "confirmed_on": "2026-11-01"}
            document["brolly"]["phones"] = [*document["brolly"].get("phones", []), said]
        headers["if-match"] = own.headers["ETag"]
        Client().post("/api/v1/changes/proposed/", json.dumps(document), "application/json", headers=headers)

    @rule(by=anybody, number=numbers, method=st.sampled_from(["POST", "PUT", "PATCH", "DELETE"]))
    def somebody_tries_the_api(self, by: str, number: str, method: str) -> None:
        document = {**moderation.current(self.service.id), "phones": [{"id": "x", "number": number}]}
        for path in ("/api/v1/services/", f"/api/v1/services/{self.service.short_id}/"):
            answer = self.browsers[by].generic(method, path, str(document), content_type="application/json")
            assert answer.status_code >= 400

    @rule(number=numbers)
    def staff_try_the_back_room(self, number: str) -> None:
        for table in ("phone", "service", "change", "listingdata"):
            stem = f"/back/locator/{table}/"
            for path in (stem, f"{stem}add/", f"{stem}{self.service.pk}/change/"):
                self.browsers["Stella"].post(path, {"number": number, "data": number, "_save": "Save"})

    @rule(number=numbers)
    def an_operator_tries_commands(self, number: str) -> None:
        who = (self.service.short_id, "--by", "Olu")
        for words in (["confirm", *who, "--contact", number], ["correct", *who, "--set", f"number={number}"]):
            try:
                with transaction.atomic():
                    call_command(*words, stdout=StringIO())
            except (CommandError, Refused, SystemExit):
                continue
            if words[0] == "confirm":
                self.vouched.add(number)  # a second person tried it: the operator


@pytest.mark.django_db
def test_r51_r53_no_entrance_shows_what_one_person_put_there(settings_of_the_back_room: None) -> None:
    run_state_machine_as_test(
        Entrances,
        settings=settings(
            max_examples=5 if connection.vendor == "sqlite" else 2,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def settings_of_the_back_room(settings: Any) -> None:
    settings.ADMIN_PATH, settings.ROOT_URLCONF = "back", back_room_urls.__name__


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="the tests' SQLite is in memory, for one at a time")
def test_two_approvals_at_once_publish_once() -> None:
    change = _waiting()
    results: list[str] = []
    start = threading.Barrier(2)

    def approve(name: str) -> None:
        start.wait()
        try:
            results.append(moderation.approve(change, by=Actor(name, Role.MODERATOR)).state)
        except Refused as refused:
            results.append(str(refused))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=approve, args=[name]) for name in ("Mo", "Ada")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["Somebody has decided this already.", "approved"]
    assert Approval.objects.filter(change=change).count() == 1
    assert Service.objects.get(id=change.subject_id).revision == 2


def _waiting() -> Change:
    service = publish(_plain("Tea."))
    return moderation.propose(_plain("Soup.") | {"id": str(service.id)}, by=Actor("Paula", Role.PARTNER))


def _plain(words: str) -> Any:
    """Return a document that needs no place: a test that commits has no gazetteer."""
    return a_document("Night line", at=[], serves=["country:GB"], description=words)
