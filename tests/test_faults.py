"""What is left when a program is killed in the middle; `make faults` does it fifty times."""

import random
from pathlib import Path

import pytest

from tests.faults import taking
from tests.faults.bulk import again, kills, ready

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("faults")]


def test_r36_a_bulk_edit_that_is_killed_leaves_all_or_nothing_and_can_be_run_again(tmp_path: Path) -> None:
    place = ready(tmp_path, 40)
    assert set(kills(place, 1, random.Random(2))) <= {"old", "new"}
    assert again(place)


def test_r36_an_import_that_is_killed_leaves_all_or_nothing_and_can_be_run_again(tmp_path: Path) -> None:
    place = taking.ready(tmp_path, 30)
    assert set(kills(place, 1, random.Random(2))) <= {"old", "new"}
    assert again(place)
