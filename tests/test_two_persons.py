"""No order of acts shows the public a number that one person alone put there (SAFETY R51, R53)."""

from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test
from rest_framework.exceptions import ValidationError

from locator import moderation
from locator.models import Change
from locator.rules import Actor, Refused, Role
from tests.conftest import an_id
from tests.machines import NUMBERS, OneService

OURS = frozenset({an_id("organization", "Example group")})
PARTNERS = [Actor("Paula", Role.PARTNER, None, OURS), Actor("Petra", Role.PARTNER, None, OURS)]
MODERATORS = [Actor("Mo", Role.MODERATOR), Actor("Ada", Role.MODERATOR)]
OWN_MODERATOR = Actor("Ola", Role.MODERATOR, None, OURS)  # a moderator who also works for the group
OPERATOR = Actor("Olu", Role.OPERATOR)
partners, moderators = st.sampled_from(PARTNERS), st.sampled_from([*MODERATORS, OWN_MODERATOR])
numbers = st.sampled_from(NUMBERS)


class TwoPersons(OneService):
    """Partners, moderators and an operator act; what was asked for is kept by the change that asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[Any, str] = {}

    def edited(self) -> Any:
        return deepcopy(moderation.current(self.service.id))

    def attempt(self, act: Any) -> Any:
        try:
            with transaction.atomic():
                return act()
        except (Refused, ValidationError):
            return None

    @rule(by=partners, number=numbers)
    def a_partner_replaces_the_number(self, by: Actor, number: str) -> None:
        document = self.edited()
        if document.get("phones"):
            document["phones"][0]["number"] = number
            self.submit(document, by, number)

    @rule(by=partners, number=numbers)
    def a_partner_adds_a_number_as_if_it_were_confirmed(self, by: Actor, number: str) -> None:
        document, row_id = self.edited(), an_id("new", number)
        if row_id not in {row["id"] for row in document.get("phones", [])}:
            document.setdefault("phones", []).append({"id": row_id, "number": number, "type": "voice"})
            confirmed = {"confirmed_by": by.name, "confirmed_on": "2026-11-01"}
            document["brolly"].setdefault("phones", []).append({"id": row_id, "country": "GB", **confirmed})
            self.submit(document, by, number)

    @rule(by=partners)
    def a_partner_takes_the_numbers_away(self, by: Actor) -> None:
        document = self.edited()
        document.pop("phones", None)
        document["brolly"].pop("phones", None)
        self.submit(document, by, "")

    def submit(self, document: Any, by: Actor, number: str) -> None:
        found = self.attempt(lambda: moderation.submit(document, by=by))
        if found and found.waiting:
            self.asked[found.waiting.id] = number

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), by=st.one_of(partners, moderators), tried=st.booleans())
    def somebody_approves(self, data: Any, by: Actor, tried: bool) -> None:
        change_id = data.draw(st.sampled_from(list(self.asked)))
        number, change = self.asked[change_id], Change.objects.get(id=change_id)
        contacts = [number] if tried and number else []
        done = self.attempt(lambda: moderation.approve(change, by=by, tried=contacts))
        if done and done.state == "approved" and by in MODERATORS:
            self.vouched |= set(contacts)

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), by=st.one_of(partners, moderators))
    def somebody_rejects(self, data: Any, by: Actor) -> None:
        change = Change.objects.get(id=data.draw(st.sampled_from(list(self.asked))))
        self.attempt(lambda: moderation.reject(change, by=by, reason="No"))

    @rule(data=st.data(), by=st.one_of(partners, moderators))
    def somebody_rolls_back(self, data: Any, by: Actor) -> None:
        done = list(Change.objects.filter(state="approved").order_by("decided_at").values_list("id", flat=True))
        change = Change.objects.get(id=data.draw(st.sampled_from(done)))
        self.attempt(lambda: moderation.roll_back(change, by=by))

    @rule(number=numbers)
    def an_operator_tries_to_add_one_by_hand(self, number: str) -> None:
        def add(document: Any) -> None:
            row_id = an_id("by hand", number)
            document.setdefault("phones", []).append({"id": row_id, "number": number, "type": "voice"})
            confirmed = {"confirmed_by": "Olu", "confirmed_on": "2026-11-01"}
            document["brolly"].setdefault("phones", []).append({"id": row_id, "country": "GB", **confirmed})

        if moderation.current(self.service.id)["brolly"]["status"] == "listed":
            self.attempt(lambda: moderation.apply(self.service.id, add, by=OPERATOR))

    @rule(by=moderators)
    def somebody_holds_it(self, by: Actor) -> None:
        self.attempt(lambda: moderation.hold(self.service.id, by=by, reason="To look at it"))


@pytest.mark.django_db
def test_r51_r53_no_order_of_acts_shows_what_one_person_put_there() -> None:
    run_state_machine_as_test(
        TwoPersons,
        settings=settings(
            max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
