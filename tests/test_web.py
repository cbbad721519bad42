"""What a visitor sees, and what a page leaves behind: nothing."""

import re
import socket
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from locator.models.questions import QUESTIONS
from tests.conftest import MakeService, a_document, publish
from tests.routes import Ask, cases, of_team, public_cases
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def searched(visitor: Client, **form: Any) -> Any:
    """Send the form as a browser does, and follow it to the results."""
    sent = visitor.post("/find/", form, headers={"sec-fetch-site": "same-origin"})
    assert sent.status_code == 303
    return visitor.get(sent.headers["Location"])


def text(response: Any) -> str:
    """Return the words of a page, as they are read."""
    body = re.sub(r"<head>.*?</head>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def pages(world: World) -> list[tuple[str, Any]]:
    """Return every HTML answer of every public route, the errors too; not a file to keep (tests/test_pack.py)."""
    return html_of(public_cases(world))


def html_of(asks: dict[str, list[Ask]]) -> list[tuple[str, Any]]:
    client = Client(raise_request_exception=False)
    answers = [(str(ask), ask.send(client)) for asked in asks.values() for ask in asked]
    html = [(ask, answer) for ask, answer in answers if "text/html" in answer.headers.get("Content-Type", "")]
    shown = [(ask, answer) for ask, answer in html if "Content-Disposition" not in answer.headers]
    return [(ask, answer) for ask, answer in shown if answer.content]  # a redirect shows nothing


# Finding


def test_a_search_is_sealed_into_its_address(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room")
    sent = visitor.post("/find/", {"near": "Manchester"})
    assert sent.status_code == 303
    assert re.fullmatch(r"/f/[\w-]{40,}/", sent.headers["Location"])
    assert "Lantern room" in text(visitor.get(sent.headers["Location"]))


def test_a_row_says_what_decides(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room", yes=["id_free"], no=["free"], languages=["en", "ro"], phone="0161 496 0000")
    page = text(searched(visitor, near="Manchester"))
    for words in ["Lantern room", "Drop-in", "Manchester", "No ID asked", "Not free", "Română", "0161 496 0000"]:
        assert words in page


def test_unknown_is_said(visitor: Client, make_service: MakeService) -> None:
    make_service(languages=[])
    page = text(searched(visitor, near="Manchester"))
    assert "ID: we do not know" in page
    assert "Cost: we do not know" in page
    assert "Languages: we do not know" in page


def test_a_place_nobody_knows_is_an_answer(visitor: Client) -> None:
    page = searched(visitor, near="asdfghjkl")
    assert page.status_code == 422
    assert "We do not know a place of that name" in text(page)


def test_a_misspelt_place_can_be_chosen(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room")
    page = searched(visitor, near="Liverpol")
    link = re.search(r'href="(/f/[\w-]+/)"[^>]*><bdi>Liverpool', page.content.decode())
    assert link
    assert "Near Liverpool" in text(visitor.get(link[1]))


def test_no_match_does_not_dead_end(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room", yes=["free"])
    page = searched(visitor, near="Manchester", id_free="true", free="true")
    assert "We know of no service here that matches all of this" in text(page)
    more = re.search(r'href="(/f/[\w-]+/)"[^>]*>Without “No ID asked” there is 1 more', page.content.decode())
    assert more
    assert "Lantern room" in text(visitor.get(more[1]))


def test_the_nearest_beyond_the_radius_is_named(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room", at=["london"])
    page = searched(visitor, near="Luton", radius_km="10")
    assert re.search(
        r"No confirmed place to go to within 10 km. The nearest is Lantern room in London, 4\d km away.",
        text(page),
    )


def test_a_place_to_go_to_is_named_beside_a_helpline(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room", at=["london"])
    make_service("Night line", serves=["country:GB"])
    page = text(searched(visitor, near="Luton", radius_km="10"))
    assert "The nearest is Lantern room in London" in page
    assert page.index("By phone, online or country-wide") < page.index("Night line")


def test_what_a_document_says_stands_apart(visitor: Client, make_service: MakeService) -> None:
    make_service("Read about", said=["id_free"])
    page = text(searched(visitor, near="Manchester", id_free="true"))
    assert "Said in a document, not checked with them" in page
    assert page.index("Said in a document") < page.index("Read about")


def test_a_filter_can_be_taken_away(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room")
    page = searched(visitor, near="Manchester", id_free="true")
    away = re.search(r'href="(/f/[\w-]+/)" rel="nofollow">No ID asked', page.content.decode())
    assert away
    assert "Lantern room" in text(visitor.get(away[1]))


def test_narrowing_keeps_the_place(visitor: Client, make_service: MakeService) -> None:
    make_service("Legal room", types=["legal"])
    make_service("Other room", types=["money"])
    page = searched(visitor, near="Manchester")
    sealed = re.search(r'name="from" value="([\w-]+)"', page.content.decode())
    assert sealed
    narrowed = text(searched(visitor, **{"from": sealed[1], "need": ["legal"]}))
    assert "Near Manchester" in narrowed
    assert "Legal room" in narrowed
    assert "Other room" not in narrowed


def test_pages_are_turned_without_a_word_in_the_address(visitor: Client, make_service: MakeService) -> None:
    for number in range(23):
        make_service(f"Room {number:02d}")
    first = searched(visitor, near="Manchester")
    following = re.search(r'href="(/f/[\w-]+/)" rel="next', first.content.decode())
    assert following
    assert "Room 22" in text(visitor.get(following[1]))


def test_a_search_ends_after_twenty_minutes(visitor: Client) -> None:
    with time_machine.travel("2026-05-03T21:00:00Z"):
        address = visitor.post("/find/", {"near": "Manchester"}).headers["Location"]
    with time_machine.travel("2026-05-03T21:21:00Z"):
        ended = visitor.get(address)
    assert ended.status_code == 410
    assert "This search has ended" in text(ended)


def test_an_area_can_be_shared(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room")
    assert "Lantern room" in text(visitor.get("/in/manchester-gb/"))
    assert visitor.get("/in/atlantis-gb/").status_code == 404


def test_a_place_known_roughly_shows_no_kilometres(visitor: Client, make_service: MakeService) -> None:
    make_service()
    page = text(searched(visitor, near="M1 1AE"))
    assert "measured from Manchester" in page
    assert not re.search(r"\d km ", page.split("Narrow down")[1].split("Show these")[1])


def test_only_languages_that_some_listing_has_are_offered(visitor: Client, make_service: MakeService) -> None:
    make_service(languages=["ro"])
    page = visitor.get("/find/").content.decode()
    assert "Română" in page
    assert "አማርኛ" not in page


# One service


def page_of(visitor: Client, make_service: MakeService, **parts: Any) -> str:
    service = make_service("Lantern room", **parts)
    return text(visitor.get(f"/s/{service.short_id}/"))


def test_an_answer_says_who_told_us_and_when(visitor: Client, make_service: MakeService) -> None:
    page = page_of(visitor, make_service, yes=["id_free"], no=["children_welcome"])
    assert "They told us on 3 May 2026: they do not ask for ID" in page
    assert "They told us on 3 May 2026: you cannot bring children" in page


def test_what_nobody_said_is_we_do_not_know(visitor: Client, make_service: MakeService) -> None:
    page = page_of(visitor, make_service)
    assert page.count("We do not know:") == 10
    for question in QUESTIONS:
        assert str(question.ask) in page


def test_questions_come_in_the_visitors_order(visitor: Client, make_service: MakeService) -> None:
    page = page_of(visitor, make_service)
    headings = ["Will they ask who I am?", "What does it cost?", "Do I need a referral", "Whom do they tell?"]
    headings += ["in my health record?", "Will they judge me", "run by sex workers?", "understand the work?"]
    headings += ["Am I welcome?", "Can I get in, can we talk?"]
    positions = [page.index(heading) for heading in headings]
    assert positions == sorted(positions)


def test_an_unchecked_number_is_not_shown_but_said(visitor: Client, make_service: MakeService) -> None:
    page = page_of(visitor, make_service, unchecked_phone="0161 496 0666")
    assert "0666" not in page
    assert "Nobody has checked who answers, so we do not show it" in page


def test_no_way_to_get_in_touch_is_a_page_not_a_gap(visitor: Client, make_service: MakeService) -> None:
    page = page_of(visitor, make_service)
    assert "We know of no way to get in touch with them yet" in page
    assert "What you can do" in page


def test_a_call_says_what_it_leaves_behind(visitor: Client, make_service: MakeService) -> None:
    assert "may be on the bill" in page_of(visitor, make_service, phone="0161 496 0000")


def test_hours_nobody_knows_are_not_closed(visitor: Client, make_service: MakeService) -> None:
    page = page_of(visitor, make_service)
    assert "Hours not known" in page
    assert "losed" not in page


def test_an_area_only_page_has_no_address(visitor: Client, make_service: MakeService) -> None:
    page = page_of(visitor, make_service, areas=["manchester"])
    assert "where exactly is not shown" in page


def test_is_this_you(visitor: Client, make_service: MakeService, settings: Any) -> None:
    settings.OPERATOR_EMAIL = "us@example.org"
    service = make_service("Lantern room")
    page = visitor.get(f"/s/{service.short_id}/").content.decode()
    assert "Is this you? Ask us to correct or remove it" in page
    assert f'href="/s/{service.short_id}/yours/"' in page
    page = visitor.get(f"/s/{service.short_id}/yours/").content.decode()
    assert f"mailto:us@example.org?subject={service.short_id}" in page


@pytest.mark.parametrize("status", ["draft", "unlisted", "withdrawn"])
def test_what_is_not_listed_is_not_there(visitor: Client, make_service: MakeService, status: str) -> None:
    service = make_service("Hidden", status=status)
    assert visitor.get(f"/s/{service.short_id}/").status_code == 404


def test_the_emergency_number_is_of_the_place_searched(visitor: Client, make_service: MakeService) -> None:
    assert "tel:999" in searched(visitor, near="Manchester").content.decode()
    assert "tel:112" in searched(visitor, near="Berlin").content.decode()
    assert "We do not know it for sure" in text(searched(visitor, near="Cairo, Egypt"))


def test_a_line_of_another_country_names_its_emergency_number(visitor: Client, make_service: MakeService) -> None:
    line = make_service("German line", serves=["country:DE"])
    page = visitor.get(f"/s/{line.short_id}/").content.decode()
    assert "tel:112" in page
    assert "tel:999" not in page


def test_a_confirmed_helpline_stands_on_the_start_page(visitor: Client, make_service: MakeService) -> None:
    make_service("Night line", serves=["country:GB"], types=["helpline"], phone="0808 157 0000")
    make_service("Unchecked line", serves=["country:GB"], types=["helpline"], unchecked_phone="0808 157 0001")
    make_service("German line", serves=["country:DE"], types=["helpline"], phone="+49 30 901820")
    page = text(visitor.get("/"))
    assert "Night line" in page
    assert "Unchecked line" not in page
    assert "German line" not in page


# What every page keeps to


def test_r1_every_page_has_the_exit(world: World) -> None:
    for ask, page in pages(world):
        exits = [
            attrs for tag, attrs in Tags(page.content.decode()).found if tag == "a" and attrs.get("id") == "exit"
        ]
        assert [link["href"] for link in exits] == [settings.EXIT_URL], ask
        assert set(str(exits[0]["rel"]).split()) == {"noreferrer", "nofollow"}, ask


def test_r9_r10_no_page_is_kept_or_sets_a_cookie(world: World) -> None:
    for ask, page in pages(world):
        assert page.headers["Cache-Control"] == "no-store", ask
        assert "Set-Cookie" not in page.headers, ask
        assert not page.cookies, ask


def test_r11_no_page_asks_another_host(world: World) -> None:
    loads = {"link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src", "form": "action"}
    for ask, page in pages(world):
        for tag, attrs in Tags(page.content.decode()).found:
            if tag in loads:
                assert str(attrs.get(loads[tag], "/")).startswith("/"), f"{ask}: {attrs}"


def test_no_page_has_inline_script_or_style(world: World) -> None:
    for ask, page in pages(world):
        for tag, attrs in Tags(page.content.decode()).found:
            assert tag not in {"style"}, ask
            assert tag != "script" or "src" in attrs, ask
            assert not any(name == "style" or name.startswith("on") for name in attrs), ask


def test_r13_inputs_remember_nothing(world: World) -> None:
    for ask, page in pages(world):
        for tag, attrs in Tags(page.content.decode()).found:
            if tag in {"form", "select"} or (tag == "input" and attrs.get("type") == "text"):
                assert attrs.get("autocomplete") == "off", f"{ask}: {attrs}"
            if tag == "input" and attrs.get("type") == "text":
                assert attrs.get("spellcheck") == "false", ask
                assert "value" not in attrs, ask


def test_r15_links_out_carry_no_referrer(world: World, settings: Any) -> None:
    settings.SOURCE_URL = "https://example.org/source"
    for ask, page in pages(world):
        for tag, attrs in Tags(page.content.decode()).found:
            if tag == "a" and str(attrs["href"]).startswith("http"):
                assert "noreferrer" in str(attrs.get("rel")), f"{ask}: {attrs}"


def test_r8_pages_refuse_words_in_an_address(visitor: Client) -> None:
    for path in ["/find/?near=Manchester", "/in/manchester-gb/?q=x"]:
        assert visitor.get(path).status_code == 400


def test_a_form_from_another_site_is_refused(visitor: Client) -> None:
    sent = visitor.post("/find/", {"near": "Manchester"}, headers={"sec-fetch-site": "cross-site"})
    assert sent.status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
def test_r34_other_methods_are_refused(visitor: Client, method: str) -> None:
    refused = visitor.generic(method, "/")
    assert refused.status_code == 405
    assert refused.headers["Allow"] == "GET, HEAD"


R33 = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def test_r33_headers(world: World) -> None:
    for ask, page in pages(world):
        framed = "/embed/" in ask  # the one page that others may frame: tests/test_embed.py
        wanted = R33 | {"Cross-Origin-Resource-Policy": "cross-origin" if framed else "same-origin"}
        assert {name: page.headers[name] for name in R33} == wanted, ask
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, ask
        assert ("frame-ancestors *" if framed else "frame-ancestors 'none'") in policy, ask
        assert "unsafe" not in policy, ask
        asks_the_phone = ask.endswith("/find/here/ ")
        allowed = "geolocation=(self)" if asks_the_phone else "geolocation=()"
        assert allowed in page.headers["Permissions-Policy"], ask


def test_r33_the_portals_pages_differ_in_what_their_forms_and_passkeys_need() -> None:
    for ask, page in html_of(of_team()):
        wanted = R33 | {"Referrer-Policy": "same-origin"}  # or Django refuses their forms
        assert {name: page.headers[name] for name in R33} == wanted, ask
        assert "no-store" in page.headers["Cache-Control"], ask
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, ask
        assert "unsafe" not in policy, ask
        assert "geolocation=()" in page.headers["Permissions-Policy"], ask


STEPS = [
    "Start",
    "Search",
    "Results",
    "Details",
    "Search ended",
    "Problem",
    "Getting in touch",
    "Leaving",
    "About",
]
STEPS += ["List", "Open now", "Map", "Where", "Tell us", "Thank you", "For programs", "Who is listed"]


def test_titles_name_the_step_and_not_the_topic(world: World) -> None:
    for ask, page in pages(world):
        title = re.search(r"<title>(.*?)</title>", page.content.decode())
        assert title, ask
        step = re.sub(r"^\d+ results?$", "Results", title[1].removesuffix(" – Brolly"))
        assert step in STEPS or page.headers["Content-Language"] != "en", ask


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/", 2),
        ("/find/", 1),
        ("/first-contact/", 0),
        ("/safety/", 0),
        ("/about/", 0),
        ("/who-is-listed/", 0),
        ("/in/manchester-gb/", 5),
        ("/now/", 1),
        ("/now/gb/", 1),
    ],
)
def test_queries_of_a_page(world: World, django_assert_num_queries: Any, path: str, queries: int) -> None:
    with django_assert_num_queries(queries):
        Client().get(path)


def test_queries_of_results_and_service(world: World, visitor: Client, django_assert_num_queries: Any) -> None:
    address = visitor.post("/find/", {"near": "Manchester", "id_free": "true"}).headers["Location"]
    # The place, the rows near it, one page of them, notices, who can be talked to.
    with django_assert_num_queries(5):
        visitor.get(address)
    with django_assert_num_queries(1):
        visitor.get(f"/s/{world.short_id('Lantern room')}/")


def test_healthz_says_nothing_else(visitor: Client) -> None:
    assert visitor.get("/healthz").content == b"ok"


def test_a_mistyped_place_keeps_the_other_choices(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room", languages=["ro"])
    page = searched(visitor, near="asdfghjkl", need="rest-space", id_free="true", language="ro").content.decode()
    assert '<option value="rest-space" selected>' in page
    assert 'name="id_free" value="true" checked' in page
    assert '<option value="ro" lang="ro" selected>' in page


def test_a_row_offers_the_way_that_was_asked_for(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room", phone="0161 496 0000", chat="https://chat.example.org/")
    assert "By chat" in text(searched(visitor, near="Manchester"))
    assert "By phone: 0161 496 0000" in text(searched(visitor, near="Manchester", channel="phone"))


def test_what_a_document_says_is_not_marked_as_a_yes(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room", said=["id_free"], yes=["free"])
    page = searched(visitor, near="Manchester").content.decode()
    assert re.search(r'<li class="said">No ID asked <span class="said">\(in a document\)', page)
    assert '<li class="yes">Free</li>' in page


def test_a_number_says_when_it_was_confirmed(visitor: Client, make_service: MakeService) -> None:
    line = make_service("Lantern room", phone="0161 496 0000")
    assert "Confirmed on 3 May 2026." in text(visitor.get(f"/s/{line.short_id}/"))


def test_a_line_for_the_whole_world_names_no_country_s_number(visitor: Client, make_service: MakeService) -> None:
    line = make_service("World line", serves=["world"])
    page = visitor.get(f"/s/{line.short_id}/")
    assert "tel:999" not in page.content.decode()
    assert "the country you are in" in text(page)


def test_r64_in_text_mode_nobody_reads_that_there_is_no_connection(visitor: Client, db: None) -> None:
    """w3m and lynx show what is hidden; the script has the words in an attribute."""
    assert "no connection" not in text(visitor.get("/"))


@pytest.mark.parametrize(
    "path",
    ["/", "/find/", "/find/here/", "/first-contact/", "/safety/", "/nowhere/", "/f/nonsense/", "/in/a/?near=b"],
)
def test_the_number_to_call_in_danger_is_the_same_on_every_page(visitor: Client, db: None, path: str) -> None:
    assert "United Kingdom: call 999" in text(visitor.get(path))


def test_the_start_page_leads_to_every_line(visitor: Client, make_service: MakeService) -> None:
    assert '<a class="aside" href="/now/">' in visitor.get("/").content.decode()
    make_service("Night line", types=["helpline"], phone="0161 496 0000", serves=["country:GB"])
    assert '<a class="aside" href="/now/gb/">' in visitor.get("/").content.decode()


def test_a_moderator_who_is_not_named_is_called_so_in_the_language_of_the_page(
    visitor: Client, make_service: MakeService
) -> None:
    document = a_document(yes=["id_free"])
    document["brolly"]["facts"][0] |= {"basis": "moderator", "stated_by": "A moderator of this site"}
    service = publish(document)
    assert "Moderation dieser Seite hat am 3. Mai 2026 geprüft" in text(visitor.get(f"/de/s/{service.short_id}/"))


def test_r12_the_program_asks_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page and answer is made while no name can be looked up and no line opened."""

    tried = []

    def refuse(*wanted: Any, **_kwargs: Any) -> None:
        tried.append(wanted)
        raise OSError("There is no other machine.")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    client = Client(raise_request_exception=True)
    for asked in cases(world).values():
        for ask in asked:
            ask.send(client)
    assert tried == []


def test_r14_only_one_page_may_ask_where_the_phone_is(world: World) -> None:
    for ask, page in pages(world):
        allowed = "geolocation=(self)" in page.headers["Permissions-Policy"]
        assert allowed == ask.endswith("/find/here/ "), ask


def test_r15_an_address_opens_a_maps_app_and_says_what_that_keeps(
    visitor: Client, make_service: MakeService
) -> None:
    room = make_service("Lantern room")
    page = visitor.get(f"/s/{room.short_id}/")
    assert 'href="geo:53.48,-2.24?q=53.48,-2.24" rel="noreferrer"' in page.content.decode()
    assert "A maps app keeps the places you look at" in text(page)


def test_r15_an_area_opens_no_maps_app(visitor: Client, make_service: MakeService) -> None:
    room = make_service("Quiet flat", areas=["manchester"])
    assert "geo:" not in visitor.get(f"/s/{room.short_id}/").content.decode()


@pytest.mark.parametrize(
    "path", ["/admin/", "/debug/", "/status/", "/server-status", "/metrics", "/.env", "/back/"]
)
def test_r34_there_is_no_back_door(visitor: Client, db: None, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_r34_no_answer_names_a_version(world: World) -> None:
    for ask, page in pages(world):
        assert not {"Server", "X-Powered-By"} & set(page.headers), ask
        assert "django" not in repr(page.headers).lower(), ask


def test_near_me_says_how_roughly_it_measures(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room")
    page = text(searched(visitor, lat="53.47", lng="-2.25"))
    assert "Near where you are" in page
    assert "the middle of a square about 2 km wide" in page


def test_a_choice_most_people_make_is_one_touch_away(visitor: Client, make_service: MakeService) -> None:
    make_service("Lantern room", yes=["id_free"])
    make_service("Other room")
    page = searched(visitor, near="Manchester").content.decode()
    link = re.search(r'href="(/f/[\w-]+/)" rel="nofollow"><span aria-hidden="true">\+</span>.*?No ID asked', page)
    assert link
    assert "Other room" not in text(visitor.get(link[1]))
