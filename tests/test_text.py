"""Names and words compare alike however they are written, in any script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locator.text import asked_tokens, edits, fold, tokens, variants

words = st.text(st.characters(categories=["Ll", "Lo"]), min_size=5, max_size=12)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("MÜNCHEN", "munchen"),
        ("Łódź", "lodz"),
        ("İstanbul", "istanbul"),
        ("Diyarbakır", "diyarbakir"),
        ("St. Pauli", "st pauli"),
        ("King's Cross", "kings cross"),
        ("Stratford-upon-Avon", "stratford upon avon"),
        ("  a \t b ", "a b"),
        ("Київ", "киів"),
    ],
)
def test_fold_takes_case_accents_and_signs_away(typed: str, stored: str) -> None:
    assert fold(typed) == stored


@pytest.mark.parametrize("name", ["กรุงเทพ", "दिल्ली", "ភ្នំពេញ", "القاهرة", "北京"])
def test_fold_keeps_the_vowels_of_thai_and_indic_names(name: str) -> None:
    assert fold(name) == name


@given(st.text(max_size=40))
def test_fold_once_is_enough(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=40))
def test_what_is_asked_is_among_what_is_stored(text: str) -> None:
    assert set(asked_tokens(text)) <= tokens(text)


def test_scripts_without_spaces_are_found_by_part_of_a_word() -> None:
    assert set(asked_tokens("性工作")) <= tokens("支持性工作者")
    assert set(asked_tokens("กรุงเทพ")) <= tokens("ศูนย์กรุงเทพมหานคร")


@given(words, words)
def test_words_one_edit_apart_share_a_variant(a: str, b: str) -> None:
    if edits(a, b) <= 1:
        assert variants(a) & variants(b)


@given(words, st.integers(0, 20), st.sampled_from(["drop", "change", "swap", "add"]))
def test_one_slip_of_the_finger_is_one_edit(word: str, at: int, slip: str) -> None:
    i = at % (len(word) - 1)
    slipped = {
        "drop": word[:i] + word[i + 1 :],
        "change": word[:i] + "q" + word[i + 1 :],
        "swap": word[:i] + word[i + 1] + word[i] + word[i + 2 :],
        "add": word[:i] + "q" + word[i:],
    }[slip]
    assert edits(word, slipped) <= 1
    assert variants(word) & variants(slipped)
