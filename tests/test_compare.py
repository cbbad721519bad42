"""Services beside each other, for whoever refers somebody: what nobody knows looks unknown, and is asked."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from locator.web import comparing
from tests.conftest import MakeService
from tests.deny_list import denied_in
from tests.test_card import sent
from tests.test_web import text

pytestmark = pytest.mark.django_db


def cells(page: Any, ask: str) -> list[str]:
    """Return what stands in the row of a question, a service after the other."""
    row = re.search(rf'<th scope="row">{re.escape(ask)}</th>(.*?)</tr>', page.content.decode(), flags=re.S)
    assert row, text(page)
    found = re.findall(r'<li class="(\w+)">(.*?)</li>', row[1], flags=re.S)
    return [f"{state}: {' '.join(unescape(re.sub('<[^>]+>', ' ', words)).split())}" for state, words in found]


def test_what_decides_stands_side_by_side(visitor: Client, make_service: MakeService) -> None:
    ids = [
        make_service("Alpha", yes=["id_free"]).short_id,
        make_service("Bravo", no=["id_free"]).short_id,
        make_service("Charlie", said=["id_free"]).short_id,
        make_service("Delta").short_id,
    ]
    page = sent(visitor, id=ids, view="compare")
    assert cells(page, "Will they ask for ID?") == [
        "yes: They told us on 3 May 2026: they do not ask for ID",
        "no: They told us on 3 May 2026: they ask for ID",
        "said: A document says, and nobody has checked with them: they do not ask for ID",
        "unknown: We do not know",
    ]


def test_four_are_compared_those_that_were_chosen(visitor: Client, make_service: MakeService) -> None:
    ids = [make_service(name).short_id for name in ("Alpha", "Bravo", "Charlie", "Delta", "Echo")]
    first = sent(visitor, id=ids, view="compare")
    chosen = sent(visitor, id=ids, view="compare", beside=[ids[4], ids[1]])
    assert len(cells(first, "Is it free?")) == 4
    assert len(cells(chosen, "Is it free?")) == 2
    assert "Echo" in text(chosen)
    assert "Alpha" not in text(chosen)


def test_a_fifth_is_left_out_and_that_is_said(visitor: Client, make_service: MakeService) -> None:
    ids = [make_service(name).short_id for name in ("Alpha", "Bravo", "Charlie", "Delta", "Echo")]
    said = "Up to four beside each other"
    assert said in text(sent(visitor, id=ids, view="compare", beside=ids))
    assert said not in text(sent(visitor, id=ids, view="compare", beside=ids[:4]))


def test_hours_that_nobody_confirmed_are_not_open_nor_closed(visitor: Client, make_service: MakeService) -> None:
    page = sent(visitor, id=make_service("Alpha").short_id, view="compare")
    assert cells(page, "Is it open now?") == ["unknown: We do not know"]


def test_the_call_asks_what_nobody_knows(visitor: Client, make_service: MakeService) -> None:
    page = text(sent(visitor, id=make_service("Alpha", yes=["id_free"]).short_id, view="compare"))
    assert "Can they come without giving a name?" in page
    assert "Do you ask for ID?" not in page


def test_it_is_said_in_their_language_too(visitor: Client, make_service: MakeService) -> None:
    service = make_service("Berlin room", at=["berlin"], languages=["de"])
    page = sent(visitor, "/ro/card/", id=service.short_id, view="compare").content.decode()
    assert '<span lang="de" dir="ltr">' in page


def test_whoever_speaks_it_anyway_reads_one_language(visitor: Client, make_service: MakeService) -> None:
    page = sent(visitor, id=make_service("Alpha", languages=["en", "ro"]).short_id, view="compare")
    assert not re.search(r'<li>[^<]+<br><span lang="ro"', page.content.decode())


def test_who_has_no_number_but_a_chat_is_no_dead_end(visitor: Client, make_service: MakeService) -> None:
    silent = sent(visitor, id=make_service("Alpha").short_id, view="compare")
    service = make_service("Bravo", chat="https://chat.example.org")
    page = sent(visitor, id=service.short_id, view="compare")
    assert "No number that we could check." in text(silent)
    assert "No number that we could check." not in text(page)
    assert f'href="/s/{service.short_id}/">How to get in touch</a>' in page.content.decode()


def test_on_a_phone_each_answer_says_whose_it_is(visitor: Client, make_service: MakeService) -> None:
    """There the services stand below each other, under the question."""
    ids = [make_service(name).short_id for name in ("Alpha", "Bravo")]
    page = sent(visitor, id=ids, view="compare").content.decode()
    (row,) = re.findall(r'<th scope="row">Is it free\?</th>(.*?)</tr>', page)
    assert re.findall(r'<span class="whom"><bdi lang="en">(\w+)</bdi>', row) == ["Alpha", "Bravo"]


def test_what_is_said_tells_nothing_of_anybody() -> None:
    lines = [str(line) for line in (*comparing.BEGIN, *comparing.ON_THE_PHONE.values(), *comparing.END)]
    assert denied_in(" ".join(line for line in lines if "police" not in line and "immigra" not in line)) == []


def test_it_needs_two_queries(
    visitor: Client, make_service: MakeService, django_assert_max_num_queries: Any
) -> None:
    ids = [make_service(name).short_id for name in ("Alpha", "Bravo", "Charlie", "Delta")]
    address = visitor.post("/card/", {"id": ids, "view": "compare"}).headers["Location"]
    with django_assert_max_num_queries(2):
        visitor.get(address)
