"""Four words for a list: they can be said and typed, a wrong one is noticed, they lead there for thirty days."""

import re
import unicodedata
from contextlib import suppress
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from config.languages import LANGUAGES
from locator.exchange import four_words, passed_on
from locator.exchange.four_words import NUMBERS, SCRIPTS, Misheard, NotWords, heard, said, words_of
from locator.models import PassedOn
from tests.conftest import MakeService
from tests.deny_list import denied_in
from tests.test_card import card_of, sent
from tests.test_web import text

numbers, scripts = st.integers(0, NUMBERS - 1), st.sampled_from(sorted(SCRIPTS))


@pytest.fixture(autouse=True)
def nobody_tried() -> None:
    cache.clear()


# The words


def test_every_language_of_the_pages_has_words() -> None:
    assert {language.script for language in LANGUAGES.values()} == SCRIPTS.keys()


@pytest.mark.parametrize("script", sorted(SCRIPTS))
def test_there_are_2048_different_words_of_one_length(script: str) -> None:
    words = words_of(script)
    assert len(set(words)) == len(words) == 2048
    assert len({len(word) for word in words}) == 1


@pytest.mark.parametrize("script", sorted(SCRIPTS))
def test_no_word_is_one_that_hurts(script: str) -> None:
    assert not [word for word in words_of(script) if denied_in(word)]
    assert not {"kaka", "sida", "suka", "сука", "زاني", "红灯"} & set(words_of(script))


@given(numbers, scripts)
def test_what_was_said_is_heard(number: int, script: str) -> None:
    assert heard(said(number, script)) == number


@given(numbers, scripts, st.integers(0, 3), st.integers(1, 2047))
def test_one_wrong_word_is_always_noticed(number: int, script: str, place: int, step: int) -> None:
    words = said(number, script).split()
    every = words_of(script)
    words[place] = every[(every.index(words[place]) + step) % 2048]
    with pytest.raises(Misheard):
        heard(" ".join(words))


@given(numbers, scripts, st.permutations(range(4)))
def test_two_words_in_the_wrong_order_are_noticed(number: int, script: str, order: list[int]) -> None:
    words = said(number, script).split()
    one, other = order[:2]
    swapped = list(words)
    swapped[one], swapped[other] = words[other], words[one]
    if swapped == words:
        assert heard(" ".join(swapped)) == number
    else:
        with pytest.raises(Misheard):
            heard(" ".join(swapped))


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    with suppress(NotWords, Misheard):
        assert 0 <= heard(typed) < NUMBERS


WAYS = [
    ("latin", str.upper),
    ("latin", str.title),
    ("latin", lambda words: words.replace(" ", "")),
    ("latin", lambda words: words.replace(" ", ", ") + "."),
    ("latin", lambda words: f"  1. {words}\n"),
    ("latin", lambda words: words.replace("k", "c")),
    ("latin", lambda words: words.replace("i", "ı")),
    ("latin", lambda words: words.replace("a", "á").replace("e", "è").replace("o", "ö")),
    ("latin", lambda words: "".join(chr(ord(c) + 0xFEE0) if c != " " else "　" for c in words)),
    ("cyrillic", lambda words: words.replace("и", "і").replace("е", "ё")),
    ("cyrillic", str.upper),
    ("arabic", lambda words: words.replace("ا", "أ").replace("ي", "ى")),
    ("arabic", lambda words: words.replace(" ", "\u064e ").replace("ك", "ک")),
    ("thai", lambda words: words.replace(" ", "")),
    ("thai", lambda words: unicodedata.normalize("NFD", words)),
    ("han", lambda words: words.replace(" ", "")),
    ("han", lambda words: words.translate(str.maketrans("云风树马门车灯笔纸红", "雲風樹馬門車燈筆紙紅"))),
]


@pytest.mark.parametrize(("script", "way"), WAYS)
@pytest.mark.parametrize("number", [0, 123_456_789, NUMBERS - 1, 5_555_555_555])
def test_it_does_not_matter_how_it_is_typed(script: str, way: Any, number: int) -> None:
    assert heard(way(said(number, script))) == number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("", 0),
        ("12 34", 0),
        ("bani kumu momi", 0),
        ("bani kumu momi nake bani", 0),
        ("hello kumu momi nake", 1),
        ("bani kumu xxxx nake", 3),
    ],
)
def test_it_says_which_word_is_none_of_ours(typed: str, number: int) -> None:
    with pytest.raises(NotWords) as problem:
        heard(typed)
    assert problem.value.number == number


def test_words_are_the_same_in_every_run() -> None:
    """Or what was read aloud before an update would lead nowhere after it."""
    assert said(123_456_789, "latin") == "bani kumu momi nake"
    assert said(123_456_789, "cyrillic") == "бани кута мосе наму"
    assert said(123_456_789, "arabic") == "بافا زوسا عوسو فاتي"
    assert said(123_456_789, "thai") == "กามู โนโล เพจี โพยี"
    assert said(123_456_789, "han") == "山红 羊糖 灯夏 纸羊"


# The lists behind them


def words_on(page: Any) -> str:
    found = re.search(r'<p class="words"><bdi>([^<]+)', page.content.decode())
    assert found, text(page)
    return found[1]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["", "/ro", "/uk", "/ar", "/th", "/zh-hans"])
def test_who_hears_the_words_gets_the_list(make_service: MakeService, language: str) -> None:
    ids = [make_service(name, brolly={"discreet_name": name}).short_id for name in ("Bravo", "Alpha")]
    page = sent(Client(), f"{language}/list/words/", id=ids)
    opened = sent(Client(), f"{language}/list/search/", words=words_on(page))
    assert card_of(opened).index("Bravo") < card_of(opened).index("Alpha")


@pytest.mark.django_db
def test_words_of_one_language_are_heard_in_another(make_service: MakeService) -> None:
    service = make_service("Lantern room", brolly={"discreet_name": "Room T"})
    page = sent(Client(), "/th/list/words/", id=service.short_id)
    assert "Room T" in card_of(sent(Client(), "/ro/list/", words=words_on(page)))
    latin = re.search(r'<bdi lang="en" class="words">([^<]+)', page.content.decode())
    assert latin
    assert "Room T" in card_of(sent(Client(), "/list/", words=latin[1]))


@pytest.mark.django_db
def test_what_is_kept_is_ids_and_a_day(make_service: MakeService) -> None:
    service = make_service("Lantern room")
    with time_machine.travel("2026-11-27T23:30Z", tick=False):
        words = words_on(sent(Client(), "/list/words/", id=[service.short_id, "nothere2"]))
    row = PassedOn.objects.get()
    assert {field.name for field in PassedOn._meta.get_fields()} == {"key", "ids", "day"}
    assert (row.ids, row.day.isoformat()) == (service.short_id, "2026-11-27")
    assert not [part for part in (*words.split(), str(heard(words))) if part in row.key]


@pytest.mark.django_db
def test_one_list_has_the_same_words_all_day(make_service: MakeService) -> None:
    ids = [make_service(name).short_id for name in ("Alpha", "Bravo")]
    again = {words_on(sent(Client(), "/list/words/", id=ids)) for _attempt in range(3)}
    other = words_on(sent(Client(), "/list/words/", id=ids[::-1]))
    assert len(again) == 1
    assert other not in again
    assert PassedOn.objects.count() == 2


@pytest.mark.django_db
def test_two_lists_never_share_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passed_on, "NUMBERS", 4)
    given_ = [passed_on.give_words([f"room{n}"]) for n in range(4)]
    assert sorted(given_) == [0, 1, 2, 3]
    assert [passed_on.listed_by(number) for number in given_] == [[f"room{n}"] for n in range(4)]


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "opens"), [(30, True), (31, False)])
def test_a_list_is_there_for_thirty_days(make_service: MakeService, days: int, opens: bool) -> None:
    with time_machine.travel("2026-11-01T12:00Z", tick=False):
        words = words_on(sent(Client(), "/list/words/", id=make_service("Lantern room").short_id))
    with time_machine.travel(f"2026-{11 if days == 29 else 12:02}-{days - 29:02}T12:00Z", tick=False):
        answer = Client().post("/list/", {"words": words})
        assert answer.headers["Location"].startswith("/card/" if opens else "/list/again/none/")


@pytest.mark.django_db
def test_the_command_of_every_night_clears_away_what_is_over() -> None:
    with time_machine.travel("2026-11-01T12:00Z", tick=False):
        passed_on.give_words(["abc"])
    with time_machine.travel("2026-12-02T03:15Z", tick=False):
        call_command("refresh_hours", verbosity=0)
    assert not PassedOn.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("", "/list/again/words/"),
        ("bani kumu xxxx nake", "/list/again/3/"),
        ("bani kumu momi kumu", "/list/again/misheard/"),
        ("bani kumu momi nake", "/list/again/none/"),
    ],
)
def test_what_is_wrong_is_said_without_the_words(visitor: Client, typed: str, address: str) -> None:
    answer = visitor.post("/list/", {"words": typed})
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    page = visitor.get(address)
    assert not [word for word in typed.split() if word in text(page)]


@pytest.mark.django_db
def test_guessing_has_an_end_for_everybody_together(visitor: Client) -> None:
    for number in range(passed_on.TRIES):
        assert visitor.post("/list/", {"words": said(number, "latin")}).headers["Location"] == "/list/again/none/"
    answer = Client().post("/list/", {"words": said(99, "latin")})
    assert answer.headers["Location"] == "/list/again/wait/"
    assert visitor.get("/list/again/wait/").status_code == 429


@pytest.mark.django_db
def test_words_that_were_misheard_cost_no_try(visitor: Client) -> None:
    for _attempt in range(passed_on.TRIES + 1):
        visitor.post("/list/", {"words": "bani kumu momi kumu"})
    assert visitor.post("/list/", {"words": "bani kumu momi nake"}).headers["Location"] == "/list/again/none/"


@pytest.mark.django_db
def test_making_lists_has_an_end_too(
    visitor: Client, make_service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [make_service(name).short_id for name in ("Alpha", "Bravo")]
    monkeypatch.setattr(passed_on, "NEW", 0)
    assert visitor.post("/list/words/", {"id": ids}).status_code == 429
    assert not PassedOn.objects.exists()


@pytest.mark.django_db
def test_a_list_of_nothing_gets_no_words(visitor: Client) -> None:
    assert "There is nothing on this list" in text(sent(visitor, "/list/words/", id="nothere2"))
    assert not PassedOn.objects.exists()


@pytest.mark.django_db
def test_what_was_withdrawn_since_is_left_out(visitor: Client, make_service: MakeService) -> None:
    from locator import moderation
    from locator.rules import Actor, Role

    service, stays = make_service("Lantern room"), make_service("Quiet room")
    words = words_on(sent(visitor, "/list/words/", id=[service.short_id, stays.short_id]))
    moderation.withdraw(service.id, by=Actor("Mo", Role.MODERATOR), reason="They asked us to")
    page = sent(visitor, "/list/", words=words)
    assert "1 service of this list is not listed" in text(page)


@pytest.mark.django_db
def test_from_another_site_no_list_is_made(visitor: Client, make_service: MakeService) -> None:
    form = {"id": make_service("Lantern room").short_id}
    assert visitor.post("/list/words/", form, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert visitor.get("/list/words/").status_code == 405


def test_the_checksum_multiplies_in_the_field() -> None:
    """Shift and reduce, against multiplication written out."""
    for words in ([1, 0, 0], [0, 1, 0], [0, 0, 1], [2047, 1024, 3]):
        found = 0
        for power, word in enumerate(words, start=1):
            product = word
            for _step in range(power):
                product = product << 1 if product < 1024 else (product << 1) ^ 0x805
            found ^= product
        assert four_words._checksum(words) == found
