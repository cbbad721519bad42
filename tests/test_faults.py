"""What is left when a program is killed in the middle; `make faults` does it fifty times."""

import random
import shutil
from pathlib import Path

import pytest

from config import server_log
from tests.faults import taking, written_down
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


@pytest.mark.skipif(shutil.which("grep") is None, reason="grep is not installed")
def test_r25_the_search_for_a_visitor_finds_each_way_to_write_a_word_down_or_pack_it(tmp_path: Path) -> None:
    planted = written_down.plant(word := 'Kanariënweg "7"', tmp_path)
    (tmp_path / "other").write_bytes(b"Kanarienweg\0\n" * 1000)
    assert len(planted) > 24
    looked_for, files = [word, "51.234567891234"], sorted(map(str, tmp_path.iterdir()))
    found = written_down.holders(looked_for, files) | written_down.packed_holders(looked_for, files)
    assert found == {path: {word} for path in planted}


def test_r27_postgres_as_we_ship_it_writes_no_error_statement_or_value() -> None:
    assert {
        "log_min_messages": "log",  # above `error`
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_statement": "none",
        "log_min_duration_statement": "-1",
        "log_connections": "off",
    }.items() <= server_log.shipped().items()
