"""By text message: what is asked, what is answered, and that nothing of who asked is anywhere."""

import hmac
import multiprocessing
import re
import time
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.translation import pgettext
from hypothesis import given
from hypothesis import strategies as st

from config.languages import LANGUAGES
from locator.callers import DAY, Counts
from locator.web.messages import memory
from locator.web.messages.asked import read, words
from locator.web.messages.listing import fitted
from locator.web.messages.memory import CELLS, Kept
from locator.web.messages.segments import BASIC, EXTENDED, segments
from locator.web.messages.signing import is_signed
from tests.conftest import MESSAGE_SECRET, MakeService, utc
from tests.deny_list import denied_in
from tests.routes import signed

FRESH: dict[str, Any] = {"assured_date": "2026-11-20", "brolly": {"assurer": "Example group"}}
NIGHTS = [{"freq": "WEEKLY", "byday": "FR,SA", "opens_at": "22:00", "closes_at": "06:00"}]
NUMBER = "+44 7700 900123"


@pytest.fixture(autouse=True)
def a_new_day(monkeypatch: pytest.MonkeyPatch) -> None:
    for where in ("answering", "incoming"):
        name = {"answering": "KEPT", "incoming": "BUDGET"}[where]
        made = Kept() if name == "KEPT" else Counts(DAY, CELLS)
        monkeypatch.setattr(f"locator.web.messages.{where}.{name}", made)


def sent(text: str, number: str = NUMBER, **headers: str) -> Any:
    ask = signed(text, number)
    return Client().generic(
        "POST", ask.path, ask.raw, content_type=ask.content_type, headers=ask.headers | headers
    )


def answered(text: str, number: str = NUMBER) -> list[str]:
    response = sent(text, number)
    assert response.status_code == 200
    return response.content.decode().split("\n\n")  # type: ignore[no-any-return]


def in_each_language(words: str) -> tuple[str, ...]:
    """Return words as each language says them: an answer is in the language that was written in."""
    return tuple(_in(code, words) for code in LANGUAGES)


def _in(code: str, words: str) -> str:
    with translation.override(code):
        return pgettext("safety", words)


def code_in(message: str) -> str:
    found = re.findall(rf"\b[{memory.ALPHABET}]{{4}}\b", message.partition("\n")[0])
    return str(found[-1])


def discreet(name: str, **parts: Any) -> dict[str, Any]:
    brolly = {"assurer": "Example group", "discreet_name": name}
    return {"assured_date": "2026-11-20", "brolly": brolly, **parts}


@pytest.fixture
def rooms(make_service: MakeService, friday_night: None) -> None:
    make_service("Clinic for all", hours=NIGHTS, phone="0161 496 0001", yes=["id_free"], **discreet("Room 1"))
    make_service("Second clinic", hours=NIGHTS, phone="0161 496 0002", types=["legal"], **discreet("Room 2"))
    make_service("East clinic", at=["salford"], phone="0161 496 0003", **discreet("Room 3"))
    make_service("West clinic", at=["salford"], phone="0161 496 0004", **discreet("Room 4"))
    make_service(
        "Night line", serves=["country:GB"], types=["helpline"], phone="0808 157 0000", **discreet("Call")
    )


# What comes back


def test_a_place_is_answered_with_the_three_nearest_and_how_to_go_on(rooms: None) -> None:
    first, second, third, last = answered("Manchester")
    assert first == (
        "1. Room 1. Open until 06:00. 1 Example Street, Manchester. less than 1 km. 0161 496 0001. No ID asked. "
        "Checked: 20 November 2026."
    )
    assert second.startswith("2. Room 2.")
    assert third.startswith("3. Room 3.")
    assert re.fullmatch(r"Near Manchester, England, United Kingdom\. To go on, send: MORE \w{4}", last)


def test_more_goes_on_where_the_list_ended(rooms: None) -> None:
    code = code_in(answered("Manchester")[-1])
    assert [message[:7] for message in answered(f"MORE {code}")] == ["4. Room", "5. Call", "Near Ma"]
    assert answered(f"more {code.upper()}")[-1].endswith("That is all we know there.")


def test_more_speaks_the_language_that_the_list_began_in(rooms: None) -> None:
    code = code_in(answered("Манчестер")[-1])
    assert "и рядом" in answered(f"more {code}")[-1]


def test_a_list_is_over_after_twenty_minutes(rooms: None) -> None:
    code = code_in(answered("Manchester")[-1])
    with time_machine.travel(utc("2026-11-27T23:51"), tick=False):
        assert answered(f"more {code}") == ["That list is over after 20 minutes. Please send the place again."]


@pytest.mark.parametrize("text", ["more", "MORE zzzz", "more 2345", "1 zzzz"])
@pytest.mark.django_db
def test_a_code_that_never_was_is_asked_for_anew(text: str) -> None:
    assert answered(text) == ["That list is over after 20 minutes. Please send the place again."]


NARROWED = ["legal Manchester", "Manchester lawyer", "адвокат Манчестер", "Manchester Anwalt", "avocat Manchester"]


@pytest.mark.parametrize("text", NARROWED)
def test_a_word_in_any_language_narrows_it(rooms: None, text: str) -> None:
    first, last = answered(text)
    assert first.startswith("1. Room 2")
    assert "Manchester, England" in last


def test_a_word_without_spaces_is_told_from_its_place() -> None:
    asked = read("伦敦律师")
    assert (asked.place, asked.needs, asked.language) == ("伦敦", ["legal"], "zh-hans")


@pytest.mark.django_db
def test_a_place_nobody_knows_is_never_another(rooms: None) -> None:
    assert answered("Zwiebelkanarien") == [
        "We do not know a place of that name. Check the spelling, or try a larger town nearby."
    ]


def test_a_misspelt_place_is_asked_about_and_chosen_by_number(rooms: None) -> None:
    unknown, which = answered("Manchestr")
    assert unknown.startswith("We do not know a place")
    assert "\n1 Manchester, England, United Kingdom" in which
    assert answered(f"1 {code_in(which)}")[0].startswith("1. Room 1.")


def test_two_places_of_a_name_are_asked_about(rooms: None) -> None:
    (which,) = answered("Newport")
    assert which.startswith("Which one? Send its number and the code, as: 1 ")
    assert which.count("\n") >= 2
    assert answered(f"9 {code_in(which)}") == ["That is not one of the numbers. Please send the place again."]


def test_a_need_without_a_place_asks_where(rooms: None) -> None:
    assert answered("lawyer") == ["Where? Send a town or a postcode too."]


def test_what_nobody_confirmed_lately_is_not_sent(make_service: MakeService, friday_night: None) -> None:
    make_service("Old room", phone="0161 496 0000", assured_date="2026-03-01", brolly={"assurer": "Example group"})
    make_service("Never asked", phone="0161 496 0000")
    (only,) = answered("Manchester")
    assert "We know of nothing there that somebody confirmed lately" in only


def test_what_can_neither_be_found_nor_called_is_not_sent(make_service: MakeService, friday_night: None) -> None:
    make_service("Quiet flat", areas=["manchester"], **FRESH)
    (only,) = answered("Manchester")
    assert "We know of nothing there" in only


def test_who_is_there_comes_before_whose_hours_nobody_knows(make_service: MakeService, friday_night: None) -> None:
    make_service("A", phone="0161 496 0001", **discreet("Unknown"))
    make_service("B", at=["salford"], phone="0161 496 0002", hours=NIGHTS, **discreet("Open"))
    assert [message.split(".")[1] for message in answered("Manchester")[:2]] == [" Open", " Unknown"]


def test_helpline_tells_who_answers_now(rooms: None) -> None:
    assert answered("HELPLINE") == ["1. Call. 0808 157 0000."] or "nobody" in answered("HELPLINE")[0]


@pytest.mark.django_db
def test_where_nobody_answers_the_number_for_danger_is_told() -> None:
    nobody = "We know of nobody who answers at this minute."
    assert answered("HELPLINE") == [f"{nobody} In danger, United Kingdom: call 999."]


@pytest.mark.parametrize("text", ["stop", "STOP", "стоп", "توقف"])
@pytest.mark.django_db
def test_stop_says_that_nothing_is_kept(text: str) -> None:
    (only,) = answered(text)
    assert only in in_each_language(
        "We keep nothing: no number and no message. We only answer, and never write first."
    )


@pytest.mark.parametrize("text", ["help", "", "   ", "!!!", "hilfe", "帮助"])
@pytest.mark.django_db
def test_help_and_nonsense_are_told_how_it_works(text: str) -> None:
    (only,) = answered(text)
    words = "Send a town or a postcode. This thread stays on your phone: delete it if you need to."
    assert only.startswith(in_each_language(words))


def test_no_topic_and_no_name_but_the_discreet_one_stands_in_the_thread(rooms: None) -> None:
    thread = " ".join(part for text in ("Manchester", "help", "stop", "HELPLINE") for part in answered(text))
    assert "linic" not in thread
    assert denied_in(thread) == []


def test_no_address_of_a_page_or_a_mailbox_stands_in_it(make_service: MakeService, friday_night: None) -> None:
    """It says whose it is; cards have none either."""
    make_service("Chat room", hours=NIGHTS, chat="https://workers.example.org/chat", **discreet("Room 1"))
    make_service("Flat", areas=["manchester"], chat="https://workers.example.org/c", **discreet("Room 2"))
    said = answered("Manchester")
    assert said[0].startswith("1. Room 1.")
    assert "1 Example Street" in said[0]
    assert not re.search(r"example\.org|Room 2", "".join(said))


def test_what_was_sent_is_not_repeated(rooms: None) -> None:
    for text in ("Zwiebelkanarien", "lawyer Zwiebelkanarien", "Zwiebelkanarien" * 40):
        assert "wiebel" not in sent(text).content.decode()


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_language_has_the_words_to_go_on_with(language: str) -> None:
    told = {meaning for phrase in words().values() for meaning, spoken in phrase if spoken == language}
    assert {"more", "help", "stop", "helpline", "legal", "housing", "health"} <= told


def test_it_takes_few_queries(rooms: None, django_assert_num_queries: Any) -> None:
    answered("Manchester")
    with django_assert_num_queries(4):  # the place, and again within the search; the rows, and what they show
        answered("Manchester")


# Segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 151, 2), ("a" * 152 + "€" + "a" * 152, 3), ("ș" * 70, 1), ("ș" * 71, 2),
        ("ș" * 134, 2), ("ș" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2), ("😀" * 66, 2), ("😀" * 67, 3),
        ("a" * 69 + "Я", 1), ("a" * 70 + "Я", 2),
    ],
)  # fmt: skip
def test_segments(text: str, count: int) -> None:
    assert segments(text) == count


def test_the_alphabet_has_127_letters_and_ten_more() -> None:
    assert (len(BASIC), len(EXTENDED)) == (127, 10)  # TS 23.038: 128 with the escape


@given(name=st.text(max_size=200), where=st.text(max_size=300), how=st.just("0161 496 0000"))
def test_no_listing_takes_more_than_two_and_its_number_is_whole(name: str, where: str, how: str) -> None:
    text = fitted({"name": f"1. {name}", "where": where, "how": how}, [("name", "1."), ("where", "")])
    assert segments(text) <= 2
    assert how in text


# Who may ask


@pytest.mark.django_db
def test_there_is_no_such_page_until_somebody_is_connected(settings: Any) -> None:
    settings.MESSAGE_SECRET = settings.MESSAGE_TWILIO_TOKEN = ""
    assert sent("Manchester").status_code == 404
    assert Client().post("/message/twilio/", {"Body": "Manchester"}).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"x-message-signature": ""},
        {"x-message-signature": "0" * 64},
        {"x-message-signature": "é"},
        {"x-message-timestamp": ""},
        {"x-message-timestamp": "soon"},
        {"x-message-timestamp": "１７０００００００"},
        {"x-message-timestamp": "9" * 30},
    ],
)
@pytest.mark.django_db
def test_a_request_that_is_not_signed_right_is_refused(headers: dict[str, str]) -> None:
    response = sent("Manchester", **headers)
    assert (response.status_code, response.content) == (403, b"The signature is missing, wrong or old.")


@pytest.mark.django_db
def test_a_changed_message_is_refused() -> None:
    ask = signed("Manchester", NUMBER)
    changed = ask.raw.replace("Manchester", "Liverpool")
    assert Client().generic("POST", ask.path, changed, ask.content_type, headers=ask.headers).status_code == 403


@pytest.mark.parametrize(("seconds", "status"), [(299, 200), (301, 403), (-299, 200), (-302, 403)])
@pytest.mark.django_db
def test_an_old_request_is_refused(seconds: int, status: int) -> None:
    ask = signed("help", NUMBER)
    with time_machine.travel(time.time() + seconds, tick=False):
        response = Client().generic("POST", ask.path, ask.raw, ask.content_type, headers=ask.headers)
    assert response.status_code == status


def test_twilios_signature_is_theirs(settings: Any) -> None:
    """The worked example of their documents, and one letter off."""
    settings.MESSAGE_TWILIO_TOKEN, settings.ALLOWED_HOSTS = "12345", ["mycompany.com"]
    fields = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234"}
    fields |= {"From": "+14158675309", "To": "+18005551212"}

    def request(signature: str) -> Any:
        made = RequestFactory(SERVER_NAME="mycompany.com").post(
            "/myapp.php?foo=1&bar=2", fields, secure=True, headers={"x-twilio-signature": signature}
        )
        made.META["SERVER_PORT"] = "443"
        return made

    assert is_signed(request("RSOYDt4T1cUTdK1PDd93/VVr8B8="), "twilio")
    assert not is_signed(request("RSOYDt4T1cUTdK1PDd93/VVr8B8"), "twilio")


@pytest.mark.django_db
def test_twilio_is_answered_in_its_own_words() -> None:
    ask = signed("help", NUMBER, "twilio")
    response = Client().generic("POST", ask.path, ask.raw, ask.content_type, headers=ask.headers)
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert re.fullmatch(
        r'<\?xml version="1.0" encoding="UTF-8"\?><Response><Message>Send a town[^<]+</Message></Response>',
        response.content.decode(),
    )


@pytest.mark.django_db
def test_who_connects_may_ask_for_either_form() -> None:
    assert sent("help", accept="application/xml").headers["Content-Type"].startswith("text/xml")


@pytest.mark.django_db
def test_other_methods_and_large_requests_are_refused() -> None:
    assert Client().get("/message/plain/").status_code == 405
    assert sent("x" * 9000).status_code == 413


@pytest.mark.django_db
def test_an_answer_sets_no_cookie_and_is_not_kept() -> None:
    response = sent("help")
    assert not response.cookies
    assert response.headers["Cache-Control"] == "no-store"


# Floods


@pytest.mark.django_db
def test_one_caller_cannot_use_up_what_is_there_for_all(settings: Any) -> None:
    settings.MESSAGES_A_CALLER = 2
    assert [sent("help").content != b"" for _time in range(3)] == [True, True, False]
    assert sent("help", "+44 7700 900124").content != b""


@pytest.mark.django_db
def test_all_callers_together_have_a_limit_too(settings: Any) -> None:
    settings.MESSAGES_A_DAY = 2
    assert [sent("help", f"+44 7700 90012{n}").content != b"" for n in range(3)] == [True, True, False]


# What is kept


def test_a_question_is_wiped_when_it_has_ended() -> None:
    kept = Kept()
    code = kept.keep({"near": ["Zwiebelkanarien"]}, clock=lambda: 0)
    assert kept.find(code, clock=lambda: 1199) == {"near": ["Zwiebelkanarien"]}
    assert kept.find(code, clock=lambda: 1200) is None
    assert b"wiebel" not in bytes(kept._memory)


def test_one_question_has_one_code_and_two_have_two() -> None:
    kept = Kept()
    codes = [kept.keep({"near": [place]}, clock=lambda: 0) for place in ("Leeds", "Leeds", "York")]
    assert codes[0] == codes[1] != codes[2]


def test_when_it_is_full_the_oldest_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "SLOTS", 2)
    kept = Kept()
    codes = [kept.keep({"near": [place]}, clock=lambda at=at: at) for at, place in enumerate("abc")]  # type: ignore[misc]
    assert [kept.find(code, clock=lambda: 9) for code in codes] == [None, {"near": ["b"]}, {"near": ["c"]}]


def test_a_worker_goes_on_with_what_another_began() -> None:
    kept, fork = Kept(), multiprocessing.get_context("fork")
    worker = fork.Process(target=kept.keep, args=({"near": ["Leeds"]},))
    worker.start()
    worker.join(20)
    code = kept._code(b'{"near":["Leeds"]}')
    assert kept.find(code) == {"near": ["Leeds"]}


def test_the_fixture_signs_as_an_operator_would() -> None:
    ask = signed("help", NUMBER)
    stamp = ask.headers["x-message-timestamp"]
    body = urlencode({"from": NUMBER, "text": "help"})
    mine = hmac.new(MESSAGE_SECRET.encode(), f"{stamp}.{body}".encode(), "sha256").hexdigest()
    assert ask.headers["x-message-signature"] == mine
