"""Done-line 2 of accounts: somebody takes a partner's session over, and one act undoes everything (R51, R52)."""

from typing import Any

import pytest

from tests import drill
from tests.drill import Drill

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(db: None, django_capture_on_commit_callbacks: Any) -> Drill:
    """Return a takeover that was gone through to the end, its undoing too."""
    with django_capture_on_commit_callbacks(execute=True):
        return drill.run()


def test_r51_the_public_never_sees_the_numbers_of_a_thief(taken: Drill) -> None:
    assert taken.seen == set()


def test_r51_the_organization_is_told_by_mail(taken: Drill) -> None:
    assert drill.told()


def test_r52_one_act_undoes_all_of_it(taken: Drill) -> None:
    assert drill.OLD in taken.page()
    assert drill.WORDS in taken.page()
    assert taken.steps[-1][0] == "A moderator undoes it all"


def test_r52_it_takes_less_than_a_minute(taken: Drill) -> None:
    assert taken.steps[-1][1] < 60
