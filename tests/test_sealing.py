"""A sealed address opens the question for twenty minutes and tells nothing to anybody else."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locator import sealing
from locator.sealing import DAY, Ended, Keyring, seal, unseal

NOW = 29_000_000  # minutes since the epoch
questions = st.dictionaries(
    st.sampled_from(["near", "need", "q", "id_free"]), st.lists(st.text(max_size=40), min_size=1, max_size=3)
)
NEAR = {"near": ["Manchester"], "radius_km": ["25"], "id_free": ["true"]}


@pytest.fixture(autouse=True)
def keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "KEYRING", Keyring(os.urandom(64), NOW // DAY))


def at(minute: int) -> str:
    return seal(NEAR, clock=lambda: minute)


@given(questions)
def test_what_was_sealed_opens(question: dict[str, list[str]]) -> None:
    assert unseal(seal(question, clock=lambda: NOW), clock=lambda: NOW) == question


def test_an_address_is_short() -> None:
    assert len(at(NOW)) <= 120


def test_short_questions_cannot_be_told_apart_by_length() -> None:
    assert len(seal({"near": ["Leith"]}, clock=lambda: NOW)) == len(seal({"near": ["Hackney"]}, clock=lambda: NOW))


@pytest.mark.parametrize("minutes", [21, 24 * 60, -1])
def test_it_ends_after_twenty_minutes_and_does_not_begin_early(minutes: int) -> None:
    with pytest.raises(Ended):
        unseal(at(NOW), clock=lambda: NOW + minutes)


def test_it_still_opens_across_midnight() -> None:
    midnight = (NOW // DAY + 1) * DAY
    assert unseal(at(midnight - 5), clock=lambda: midnight + 10) == NEAR


def test_yesterdays_key_is_wiped() -> None:
    midnight = (NOW // DAY + 1) * DAY
    yesterday = sealing.KEYRING.keys(midnight - 5)[0]
    assert yesterday in sealing.KEYRING.keys(midnight + 10)
    assert sealing.KEYRING.keys(midnight + 21) != [yesterday]
    assert yesterday not in sealing.KEYRING._memory[:]


def test_another_server_cannot_open_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = at(NOW)
    monkeypatch.setattr(sealing, "KEYRING", Keyring(os.urandom(64), NOW // DAY))
    with pytest.raises(Ended):
        unseal(sealed, clock=lambda: NOW)


@given(st.text(max_size=300))
def test_anything_else_is_an_ended_search(sealed: str) -> None:
    with pytest.raises(Ended):
        unseal(sealed, clock=lambda: NOW)


@given(st.integers(0, 119), st.characters(codec="ascii", categories=["L", "N"]))
def test_one_changed_letter_opens_nothing(position: int, letter: str) -> None:
    sealed = at(NOW)
    changed = sealed[:position] + letter + sealed[position + 1 :]
    if changed[: len(sealed)] != sealed and len(changed) == len(sealed):
        with pytest.raises(Ended):
            unseal(changed, clock=lambda: NOW)


def test_a_bomb_is_not_inflated() -> None:
    with pytest.raises(Ended):
        unseal(seal({"q": ["x" * 10_000]}, clock=lambda: NOW), clock=lambda: NOW)
    with pytest.raises(Ended):
        unseal("A" * 3000, clock=lambda: NOW)


def test_workers_share_the_key() -> None:
    sealed = at(NOW)
    child = os.fork()
    if child == 0:
        os._exit(0 if unseal(sealed, clock=lambda: NOW) == NEAR else 1)
    assert os.waitpid(child, 0)[1] == 0
