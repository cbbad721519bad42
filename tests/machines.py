"""What the two state machines share: a listed service, who vouched for its numbers, and what must never happen."""

from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, invariant

from locator.models import ListingData, Service
from tests.conftest import a_document, publish

NUMBERS = [f"0161 496 000{digit}" for digit in range(6)]


class OneService(RuleBasedStateMachine):
    """People act on one service; we keep our own account of the numbers that two of them stand for."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.service: Service = publish(a_document("Tuesday room", phone=NUMBERS[0]))
        self.vouched = {NUMBERS[0]}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @invariant()
    def the_public_sees_no_number_that_two_did_not_vouch_for(self) -> None:
        for data in ListingData.objects.values_list("data", flat=True):
            assert {number for number in NUMBERS if number in data} <= self.vouched
        assert Service.objects.filter(id=self.service.id).exists()
