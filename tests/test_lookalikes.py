"""Names and addresses as the eye reads them: which would pass for one another, and which only resemble (R56)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locator.hosts import nearly, read_address
from locator.lookalikes import Likeness, likeness, one_apart, read
from locator.text import edits


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("Tuеsday rооm", "Tuesday room", Likeness.DISGUISED),
        ("ΗYDRA", "Hydra", Likeness.DISGUISED),
        ("Corner table", "Comer table", Likeness.DISGUISED),
        ("Café Lantern", "lantern cafe", Likeness.SAME),
        ("The Tuesday Project", "Tuesday e.V.", Likeness.SAME),
        ("Tuesdayroom", "Tuesday room", Likeness.SAME),
        ("Roter Stoeckelschuh", "Roter Stöckelschuh", Likeness.NEAR),
        ("Rooms on Tuesday", "Tuesday room", Likeness.NEAR),
        ("Таис Плюс", "Таис Плюз", Likeness.NEAR),
        ("Clinic 1", "Clinic 2", None),
        ("House A", "House B", None),
        ("Mali", "Bali", None),
        ("Paper Boat Union", "Paper Boat Workshop", None),
        ("The Project", "The Centre", None),
    ],
)
def test_r56_which_names_would_pass_for_one_another(one: str, other: str, how: Likeness | None) -> None:
    assert likeness(read(one), read(other)) is how
    assert likeness(read(other), read(one)) is how


words = st.text("abcd", max_size=6)


@given(words, words)
def test_one_letter_apart_is_one_edit(one: str, other: str) -> None:
    assert one_apart(one, other) == (edits(one, other) == 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.lantern.org/", "http://lantern.org/index.html"),
        ("https://m.facebook.com/Lantern?fbclid=1", "https://www.facebook.com/lantern/"),
        ("https://lantern.org/a%20b?b=2", "https://lantern.org/a b/?b=2&utm_source=x"),
        ("https://xn--mller-kva.org/", "https://müller.org"),
        ("mailto:Us@Lantern.org?subject=Hi", "mailto:us@lantern.org"),
    ],
)
def test_a_page_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert read_address(one).page == read_address(other).page


@pytest.mark.parametrize(
    "url",
    [
        "https://facebook.com/a",
        "https://www.nhs.uk/a",
        "https://leeds.gov.uk/a",
        "https://linktr.ee/a",
        "mailto:a@gmail.com",
    ],
)
def test_a_host_that_many_share_is_nobodys(url: str) -> None:
    assert read_address(url).host == ""


@pytest.mark.parametrize(
    ("one", "other", "would"),
    [
        ("lanternroom.org", "lanternrooms.org", True),
        ("lanternroom.org", "lanternroom.com", True),
        ("lanternroom.org", "lanternhouse.org", False),
        ("hydra.de", "hydro.de", False),
    ],
)
def test_r56_a_host_nearly_the_same_would_pass(one: str, other: str, would: bool) -> None:
    assert nearly(one, other) is would
