"""R66: plain words. What a page says can be read at eleven, in short sentences; icons always have words."""

import re

import pytest

from config.catalogues import SAFETY, said
from tests.test_docs import AVOIDED
from tests.test_web import Tags, pages
from tests.world import World, make_world

MOST_WORDS = 20
GRADE_AT_ELEVEN = 5  # American school grade; age is about grade + 6
ASKING = ("templates/partials/ask.html", "templates/partials/narrow.html", "templates/web/results.html")


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def sayings(*, safety: bool = False, where: tuple[str, ...] = ()) -> list[str]:
    """Return what pages can say in English, with something for what is filled in."""
    found = []
    for message in said():
        wanted = message.context == SAFETY if safety else any(path in where for path, _line in message.locations)
        if message.id and (wanted or not (safety or where)):
            forms = [message.id] if isinstance(message.id, str) else list(message.id)
            found += [re.sub(r"<[^>]+>", "", re.sub(r"%\(\w+\)s", "Leeds", form)) for form in forms]
    return found


def sentences(texts: list[str]) -> list[str]:
    return [part for text in texts for part in re.split(r"(?<=[.?!:;])\s+", text) if part.strip()]


def grade(texts: list[str]) -> float:
    """Return the Automated Readability Index (Senter and Smith, 1967): letters a word and words a sentence."""
    words = [word for text in texts for word in re.findall(r"[\w’'-]+", text)]
    return 4.71 * sum(map(len, words)) / len(words) + 0.5 * len(words) / len(sentences(texts)) - 21.43


def test_r66_what_safety_hangs_on_can_be_read_at_eleven() -> None:
    assert grade(sayings(safety=True)) <= GRADE_AT_ELEVEN


def test_r66_searching_can_be_read_at_eleven() -> None:
    assert grade(sayings(where=ASKING)) <= GRADE_AT_ELEVEN


def test_the_grade_tells_hard_words_from_plain_ones() -> None:
    assert grade(["Confidentiality notwithstanding, organizational disclosure obligations predominate."]) > 12


def test_r66_no_sentence_is_long() -> None:
    assert [part for part in sentences(sayings()) if len(part.split()) > MOST_WORDS] == []


def test_words_that_hurt_are_not_on_pages() -> None:
    assert [match[0] for text in sayings() for match in AVOIDED.finditer(text)] == []


def test_every_icon_has_words(world: World) -> None:
    """An icon is hidden from screen readers and stands in something that says the same in words."""
    for ask, page in pages(world):
        body = page.content.decode()
        for icon in re.findall(r"<svg[^>]*>", body):
            assert 'aria-hidden="true"' in icon, ask
        for holder in re.findall(r"<(?:a|summary|p)[^>]*><svg.*?</svg>(.*?)</(?:a|summary|p)>", body, re.DOTALL):
            assert re.sub(r"<[^>]+>", "", holder).strip(), ask


def test_r65_help_in_danger_is_always_in_the_same_place(world: World) -> None:
    """WCAG 2.2, 3.2.6: the last thing of a page that has it."""
    for ask, page in pages(world):
        body = page.content.decode()
        if 'class="danger"' in body:
            after = body.partition('<aside class="danger"')[2].partition("</aside>")[2].partition("</main>")[0]
            assert re.sub(r"</?div>|\s", "", after) == "", ask


def test_r64_pages_say_what_language_and_direction_their_words_are_in(world: World) -> None:
    for ask, page in pages(world):
        _tag, attributes = next(found for found in Tags(page.content.decode()).found if found[0] == "html")
        assert attributes["dir"] in {"ltr", "rtl"}, ask
        assert attributes["lang"], ask
