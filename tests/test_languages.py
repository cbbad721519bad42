"""The pages in thirteen languages: complete, by address, and honest about who has read them (SAFETY R66)."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override

from config.catalogues import SAFETY, TRANSLATED, catalogue, said, untranslated
from config.languages import LANGUAGES, Language
from locator.countries import danger_in
from locator.models.languages import LANGUAGES as SPOKEN
from locator.models.languages import RIGHT_TO_LEFT, SIGNED
from tests.conftest import MakeService
from tests.test_web import searched, text
from tools import languages as table

pytestmark = pytest.mark.django_db
TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
SAYING = re.compile(r"%\((\w+)\)s")


def words_of(message: Any) -> set[str]:
    return {message.id} if isinstance(message.id, str) else set(message.id)


# Catalogues


@pytest.mark.parametrize("code", TRANSLATED)
def test_r66_every_word_of_the_program_is_in_the_catalogue(code: str) -> None:
    found = catalogue(code)
    known = {(message.context, words) for message in found for words in words_of(message)}
    asked = {(message.context, words) for message in said() for words in words_of(message)}
    assert not asked - known, "run manage.py catalogues --update, and translate"
    assert untranslated(found) == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_r66_nothing_safety_hangs_on_is_guessed_or_english(code: str) -> None:
    critical = [message for message in catalogue(code) if message.context == SAFETY]
    assert len(critical) > 50
    assert not [m.id for m in critical if m.fuzzy or not m.string or m.string == m.id]


@pytest.mark.parametrize("code", TRANSLATED)
def test_what_is_filled_in_is_filled_in_everywhere(code: str) -> None:
    for message in catalogue(code):
        if message.id and isinstance(message.id, str):
            assert set(SAYING.findall(str(message.string))) == set(SAYING.findall(message.id)), message.id


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_r66_what_safety_hangs_on_stands_beside_the_english(path: Path) -> None:
    """Attributes cannot hold two languages; what a screen reader is told about Shift is the exception."""
    source = path.read_text(encoding="utf-8")
    beside = re.sub(r"{% beside %}.*?{% endbeside %}", "", source, flags=re.DOTALL)
    left = re.findall(r"{% (?:block)?translate[^%]*context ['\"]safety['\"][^%]*%}", beside)
    assert all("Shift: press it" in tag or "You are still" in tag for tag in left)


def test_r66_an_unread_language_says_so_and_shows_the_english_beside() -> None:
    page = Client().get("/ro/safety/").content.decode()
    english = " ".join(re.findall(r'<span class="english" lang="en" dir="ltr">([^<]*)</span>', page))
    assert "Nobody from the community has checked this translation yet" in english
    assert "This button hides this page fast. It does not delete your history" in english


def test_r66_a_language_somebody_has_read_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    read = Language("ro", "Română", reviewed_by="Example group", reviewed_on="2026-05-03")
    monkeypatch.setitem(LANGUAGES, "ro", read)
    assert 'class="english"' not in Client().get("/ro/safety/").content.decode()


def test_a_review_needs_a_name_and_a_day() -> None:
    assert not Language("ro", "Română", reviewed_by="Example group").reviewed
    assert not Language("ro", "Română", reviewed_on="2026-05-03").reviewed


# Addresses


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_is_the_beginning_of_an_address(code: str) -> None:
    page = Client().get("/find/" if code == "en" else f"/{code}/find/").content.decode()
    language = LANGUAGES[code]
    assert f'<html lang="{language.tag}" dir="{language.direction}">' in page


def test_every_page_offers_each_language_in_its_own_script() -> None:
    page = Client().get("/ar/safety/").content.decode()
    for language in LANGUAGES.values():
        address = "/safety/" if language.code == "en" else f"/{language.code}/safety/"
        tag = f'<a href="{address}" lang="{language.tag}" dir="{language.direction}"'
        assert re.search(rf"{re.escape(tag)}[^>]*>{language.name}</a>", page)


def test_a_language_is_not_guessed_but_offered() -> None:
    page = Client().get("/", headers={"accept-language": "ro-RO, ro;q=0.9, en;q=0.8"})
    assert '<html lang="en"' in page.content.decode()
    assert page.content.decode().count('<a href="/ro/"') == 2  # among all, and by itself


@pytest.mark.parametrize("asked", ["en-GB,en;q=0.9", "xx", "", "en;q=0.9,xx"])
def test_nothing_is_offered_that_is_here_already_or_not_spoken(asked: str) -> None:
    page = Client().get("/", headers={"accept-language": asked}).content.decode()
    assert page.count('<a href="/ro/"') == 1


def test_a_search_stays_in_its_language(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room", phone="0161 496 0000")
    sent = visitor.post("/es/find/", {"near": "Manchester"})
    assert sent.headers["Location"].startswith("/es/f/")
    page = visitor.get(sent.headers["Location"]).content.decode()
    assert re.search(r'href="/es/s/\w+/"', page)
    assert not re.search(r'href="/(s|f|find|safety)/', page.partition("</nav>")[2])


def test_errors_speak_the_language_too() -> None:
    missing = Client().get("/ar/nowhere/")
    assert missing.status_code == 404
    assert '<html lang="ar" dir="rtl">' in missing.content.decode()


def test_an_address_of_a_language_we_do_not_speak_is_not_there() -> None:
    assert Client().get("/xx/find/").status_code == 404


# What a listing says


def in_romanian(status: str) -> dict[str, Any]:
    row = {"field": "description", "language": "ro", "text": "Ceai și un scaun.", "status": status}
    return {"description": "Tea and a chair.", "brolly": {"translations": [row]}}


def test_a_visitor_reads_the_listing_in_their_language(visitor: Client, make_service: MakeService) -> None:
    room = make_service("Lantern room", **in_romanian("reviewed"))
    page = visitor.get(f"/ro/s/{room.short_id}/").content.decode()
    assert '<span lang="ro" dir="ltr">Ceai și un scaun.</span>' in page
    assert "Tea and a chair." not in page


def test_others_read_the_original_marked_as_what_it_is(visitor: Client, make_service: MakeService) -> None:
    room = make_service("Lantern room", **in_romanian("reviewed"))
    assert (
        '<span lang="en" dir="ltr">Tea and a chair.</span>'
        in visitor.get(f"/ar/s/{room.short_id}/").content.decode()
    )


def test_machine_text_is_marked_and_the_original_beside_it(visitor: Client, make_service: MakeService) -> None:
    room = make_service("Lantern room", **in_romanian("machine"))
    page = visitor.get(f"/ro/s/{room.short_id}/").content.decode()
    assert 'class="machine"' in page
    assert '<p lang="en" dir="ltr">Tea and a chair.</p>' in page


def test_a_draft_translation_is_not_shown(visitor: Client, make_service: MakeService) -> None:
    room = make_service("Lantern room", **in_romanian("draft"))
    assert "Ceai" not in visitor.get(f"/ro/s/{room.short_id}/").content.decode()


def test_a_listing_written_in_another_language_says_so(visitor: Client, make_service: MakeService) -> None:
    room = make_service("غرفة", description="شاي وكرسي", brolly={"text_language": "ar"})
    page = visitor.get(f"/s/{room.short_id}/").content.decode()
    assert '<bdi lang="ar">غرفة</bdi>' in page
    assert '<span lang="ar" dir="rtl">شاي وكرسي</span>' in page


# Numbers, dates and names


DAYS = [("en", "3 May 2026"), ("ro", "3 mai 2026"), ("zh-hans", "2026年5月3日")]


@pytest.mark.parametrize(("code", "words"), DAYS)
def test_days_are_written_as_people_write_them(
    visitor: Client, make_service: MakeService, code: str, words: str
) -> None:
    room = make_service("Lantern room", phone="0161 496 0000")
    prefix = "" if code == "en" else f"/{code}"
    assert words in text(visitor.get(f"{prefix}/s/{room.short_id}/"))


def test_kilometres_have_the_languages_own_comma(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room", at=["salford"])
    sent = visitor.post("/de/find/", {"near": "Manchester"})
    assert re.search(r"\d,\d km", text(visitor.get(sent.headers["Location"])))


def test_a_country_goes_by_its_name_in_the_language() -> None:
    danger = danger_in("DE")
    assert danger
    with override("fr"):
        assert danger.country_name == "Allemagne"


def test_numbers_stand_apart_from_the_words_around_them(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room", phone="0161 496 0000")
    sent = visitor.post("/ar/find/", {"near": "Manchester"})
    assert "<bdi>0161 496 0000</bdi>" in visitor.get(sent.headers["Location"]).content.decode()


def test_a_search_finds_the_same_in_every_language(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room", yes=["id_free"])
    counts = set()
    for code in ("en", "th", "ar"):
        prefix = "" if code == "en" else f"/{code}"
        sent = visitor.post(f"{prefix}/find/", {"near": "Manchester", "id_free": "true"})
        counts.add(visitor.get(sent.headers["Location"]).content.decode().count('class="row"'))
    assert counts == {1}


# The table of languages


def test_the_table_of_languages_is_what_the_tool_makes() -> None:
    assert table.TABLE.read_text(encoding="utf-8") == table.table()


def test_sign_languages_stand_beside_spoken_ones() -> None:
    assert {"bfi", "ase", "gsg"} <= SIGNED <= SPOKEN.keys()
    assert {"ar", "fa", "ur"} <= RIGHT_TO_LEFT


def test_an_english_search_is_not_shown_twice(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room")
    assert 'class="english"' not in searched(visitor, near="Manchester").content.decode()
