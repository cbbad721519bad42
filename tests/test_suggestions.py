"""Suggesting a service: it waits for a person, says nothing of who did; a thousand are one thing to look at."""

import re
from typing import Any

import pytest
import time_machine
from django.test import Client

from locator import moderation
from locator.models import Listing, Suggestion
from locator.moderation import SuggestionHow, suggestions
from tests.conftest import MakeService
from tests.test_commands import said
from tests.test_web import text

pytestmark = pytest.mark.django_db
ROOM = {"name": "A new room", "where": "Leeds", "contact": "0113 496 0000", "how": "went"}


def send(visitor: Client, **words: str) -> Any:
    return visitor.post("/add/", ROOM | words)


def test_a_visitor_suggests_a_service(visitor: Client) -> None:
    sent = send(visitor)
    assert (sent.status_code, sent.headers["Location"]) == (303, "/add/sent/")
    assert "A person will look at it" in text(visitor.get("/add/sent/"))
    assert Suggestion.objects.values_list("name", "where", "how").get() == ("A new room", "Leeds", "went")


def test_nothing_of_it_is_shown(visitor: Client) -> None:
    send(visitor)
    assert not Listing.objects.exists()


def test_r57_a_thousand_of_the_same_are_one(visitor: Client) -> None:
    for _again in range(1000):
        moderation.suggest("A  new ROOM", "leeds", "", SuggestionHow.HEARD)
    assert [row.count for row in suggestions.suggested()] == [1000]


def test_a_flood_of_different_ones_ends(monkeypatch: pytest.MonkeyPatch, visitor: Client) -> None:
    monkeypatch.setattr(suggestions, "MOST", 3)
    for number in range(5):
        assert send(visitor, name=f"Room {number}").status_code == 303  # nobody is told that it was not taken
    assert Suggestion.objects.count() == 3


def test_r58_who_and_when_are_not_kept(visitor: Client) -> None:
    kept = {"id", "same", "name", "where", "contact", "how", "first", "last", "count"}
    assert {field.name for field in Suggestion._meta.concrete_fields} == kept


@pytest.mark.parametrize(
    ("missing", "words"),
    [("name", "Say what it is called."), ("where", "Say in which town"), ("how", "Choose how you know it.")],
)
def test_what_is_missing_is_said_and_nothing_typed_comes_back(visitor: Client, missing: str, words: str) -> None:
    sent = send(visitor, **{missing: " "})
    assert sent.status_code == 303  # an answer with what was typed would stay in the browser's files
    page = visitor.get(sent.headers["Location"])
    assert page.status_code == 200
    assert words in text(page)
    assert "0113 496 0000" not in page.content.decode()
    assert not Suggestion.objects.exists()


def test_too_long_is_said_and_kept_nowhere(visitor: Client) -> None:
    sent = send(visitor, contact="x" * 201)
    assert sent.headers["Location"] == "/add/again/long/"
    assert "Please use fewer or shorter words." in text(visitor.get("/add/again/long/"))
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("field", ["name", "where", "contact"])
@pytest.mark.parametrize("sign", ["\x00", "\x1b[2J", "\u202e"], ids=["null", "escape", "override"])
def test_hidden_signs_are_refused_before_they_reach_a_terminal(visitor: Client, field: str, sign: str) -> None:
    assert send(visitor, **{field: f"a{sign}b"}).headers["Location"] == "/add/again/signs/"
    assert "That holds hidden signs." in text(visitor.get("/add/again/signs/"))
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("words", ["nonsense", "name-nonsense"])
def test_no_other_words_can_be_put_on_the_page(visitor: Client, words: str) -> None:
    assert visitor.get(f"/add/again/{words}/").status_code == 404


def test_what_nobody_names_for_180_days_is_forgotten() -> None:
    with time_machine.travel("2026-05-03"):
        moderation.suggest("A room", "Leeds", "", SuggestionHow.HEARD)
    with time_machine.travel("2026-10-31"):
        assert suggestions.suggested() == []


def test_the_command_lists_and_settles() -> None:
    assert said("suggestions") == "Nothing was suggested."
    moderation.suggest("A room", "Leeds", "", SuggestionHow.WORK)
    row = Suggestion.objects.get()
    assert said("suggestions").startswith(f"{row.id}  A room, Leeds  -  I work there (1 times)")
    assert said("suggestions", "--settle", str(row.id)) == "It is off the list."


def test_somebody_of_a_listed_organization_says_that_it_is_theirs(
    visitor: Client, make_service: MakeService
) -> None:
    service = make_service("Tuesday room")
    page = visitor.get(f"/s/{service.short_id}/yours/").content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert visitor.post("/add/search/", {**hidden, "contact": "sam@example.org"}).status_code == 303
    suggestion = Suggestion.objects.get()
    assert (suggestion.name, suggestion.how, suggestion.contact) == ("Tuesday room", "work", "sam@example.org")
