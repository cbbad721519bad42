"""Who can be talked to at this minute: by country, which is chosen and never guessed; and emergency notices."""

from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from locator.models import Notice
from tests.conftest import a_document, an_id, publish, utc
from tests.test_open import room, search_page
from tests.test_web import Tags, text

EVENINGS = {"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "18:00:00", "closes_at": "02:00:00"}
DAYTIME = {"byday": "MO,TU,WE,TH,FR", "opens_at": "09:00:00", "closes_at": "17:00:00"}


def line(
    name: str,
    rule: dict[str, str] | None,
    *,
    serves: str = "country:GB",
    zone: str = "",
    holidays: str = "open",
    **parts: Any,
) -> None:
    """List a helpline, checked on 3 November; its number has these hours and no others on public holidays."""
    document = a_document(
        name,
        serves=[serves],
        **{"phone": "0808 157 0000", "types": ["helpline"], "assured_date": "2026-11-03"} | parts,
    )
    document["brolly"]["assurer"] = "Example group"
    for row in [*document.get("phones", []), *document["brolly"].get("links", [])] if rule else []:
        row["schedules"] = [{"id": an_id("hours", name, row["id"]), "freq": "WEEKLY", **(rule or {})}]
        times = {"id": row["id"], "on_public_holidays": holidays, "timezone": zone}
        document["brolly"].setdefault("times", []).append({key: value for key, value in times.items() if value})
    publish(document)


def section(page: str, begins: str, ends: str = "In danger now?") -> str:
    return page.split(begins, 1)[1].split(ends, 1)[0]


@pytest.mark.usefixtures("friday_night")
def test_who_answers_now_comes_first_with_its_closing_time() -> None:
    line("Day line", DAYTIME)
    line("Night line", EVENINGS)
    page = text(Client().get("/now/gb/"))
    open_now = section(page, "Open now Night", "Opens next")
    assert "Open now until 02:00." in open_now
    assert "Day line" not in open_now
    assert "Day line Closed now. Opens: Monday 09:00." in section(page, "Opens next")


@pytest.mark.usefixtures("friday_night")
def test_hours_nobody_told_us_are_a_group_of_their_own() -> None:
    line("Some line", None)
    page = text(Client().get("/now/gb/"))
    assert "We know of nobody who answers at this minute." in page
    assert "Some line Hours not known." in section(page, "We do not know if anybody answers now")
    assert "Closed" not in page


@pytest.mark.usefixtures("friday_night")
def test_a_line_that_was_checked_long_ago_is_not_called_open() -> None:
    line("Night line", EVENINGS, assured_date="2026-07-01")
    page = text(Client().get("/now/gb/"))
    assert "these hours were last checked on 1 July 2026" in section(page, "We do not know if anybody answers now")


@pytest.mark.usefixtures("friday_night")
def test_with_none_it_says_so_and_whom_to_call_in_danger() -> None:
    page = text(Client().get("/now/de/"))
    assert "We know of no confirmed line for this choice." in page
    assert "Germany : call 112" in page or "Germany: call 112" in page


@pytest.mark.usefixtures("friday_night")
def test_a_number_nobody_confirmed_is_no_line() -> None:
    line("Rumour", EVENINGS, phone="0808 157 0000", brolly={})
    document = a_document("Unchecked", serves=["country:GB"], unchecked_phone="0808 157 0001", types=["helpline"])
    publish(document)
    assert "Unchecked" not in text(Client().get("/now/gb/"))


@pytest.mark.usefixtures("friday_night")
def test_a_short_number_can_be_dialled_and_free_ones_say_so() -> None:
    document = a_document("Samaritans", serves=["country:GB"], phone="116 123", types=["helpline"])
    document["brolly"]["phones"][0]["free_to_call"] = True
    publish(document)
    page = Client().get("/now/gb/")
    assert 'href="tel:116123"' in page.content.decode()
    assert "Free to call." in text(page)


@pytest.mark.usefixtures("friday_night")
def test_texts_and_chats_are_lines_and_what_they_leave_behind_is_said() -> None:
    line("Text line", EVENINGS, phone="0808 157 0000", text="0113 496 0056")
    line("Chat line", EVENINGS, chat="https://example.org/chat")
    page = Client().get("/now/gb/")
    body = page.content.decode()
    assert 'href="sms:+441134960056"' in body
    assert 'href="https://example.org/chat"' in body
    assert "stays in your phone’s list, and may be on the bill" in text(page)


@pytest.mark.usefixtures("friday_night")
def test_a_language_is_chosen_by_an_address() -> None:
    line("Night line", EVENINGS, languages=["en", "ro"])
    line("English line", EVENINGS, languages=["en"], phone="0808 157 0001")
    page = text(Client().get("/now/gb/ro/"))
    assert "Night line" in page
    assert "English line" not in page


@pytest.mark.usefixtures("friday_night")
def test_the_country_is_asked_for() -> None:
    line("Linia", EVENINGS, serves="country:PL", phone="0808 157 0002")
    page = text(Client().get("/now/"))
    assert "We do not look where you are." in page
    assert "Poland" in page
    assert "United Kingdom" in page


@pytest.mark.usefixtures("friday_night")
@pytest.mark.parametrize("path", ["/now/GB/", "/now/xx/", "/now/gb/xx/", "/now/gb/EN/"])
def test_what_is_no_country_or_language_is_not_there(path: str) -> None:
    assert Client().get(path).status_code == 404


@pytest.mark.usefixtures("friday_night")
def test_a_search_has_who_answers_now_below_it() -> None:
    line("Night line", EVENINGS)
    line("Day line", DAYTIME, phone="0808 157 0001")
    page = text(search_page(near="Manchester", need="drop-in"))
    below = section(page, "Somebody to talk to now")
    assert "Night line Open now until 02:00." in below
    assert "stays in your phone’s list, and may be on the bill" in below
    assert "Day line" not in below


@pytest.mark.usefixtures("friday_night")
def test_below_a_search_the_next_to_open_are_named_when_nobody_answers() -> None:
    line("Day line", DAYTIME)
    line("Nobody knows", None, phone="0808 157 0001")
    below = section(text(search_page(near="Manchester")), "Somebody to talk to now")
    assert (
        "We know of nobody who answers at this minute. Opens next Day line Closed now. Opens: Monday 09:00."
        in below
    )
    assert "Nobody knows" not in below


@pytest.mark.usefixtures("friday_night")
def test_a_line_abroad_goes_by_its_own_clock_and_says_so_to_who_has_another() -> None:
    """23:30 in Manchester is half past midnight in Berlin."""
    line("Europe line", EVENINGS, serves="continent:EU", zone="Europe/London")
    assert "Open now until 02:00. By the clock of London." in text(Client().get("/now/de/"))
    assert "By the clock" not in text(Client().get("/now/gb/"))


@pytest.mark.django_db
@time_machine.travel(utc("2026-10-03T19:00"), tick=False)
def test_a_lines_public_holidays_are_those_of_where_it_is() -> None:
    """3 October is a holiday in Germany, wherever the line is called from."""
    parts = {"serves": "continent:EU", "zone": "Europe/Berlin", "assured_date": "2026-09-03", "holidays": ""}
    line("Berlin line", {**EVENINGS, "opens_at": "10:00:00"}, **parts)
    for country in ("de", "pl", "gb"):
        assert "it may be a public holiday there" in text(Client().get(f"/now/{country}/"))


# Notices


def give(*options: str, words: str = "Open all night: it freezes.", until: str = "2026-11-29T08:00") -> str:
    out = StringIO()
    said = ["--words", words, "--until", until, "--by", "Olu", *(options or ["--where", "manchester-gb"])]
    call_command("notice", *said, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("friday_night")
def test_a_notice_is_beside_results_in_its_area_until_it_ends() -> None:
    room("Night room")
    give("--where", "manchester-gb", "--kind", "opening")
    assert "Open in this weather: Open all night: it freezes. Until 29 November 2026 08:00." in results(
        "Manchester"
    )
    assert "it freezes" in results("Salford")  # next to it
    assert "it freezes" not in results("London")
    with time_machine.travel(utc("2026-11-29T08:00"), tick=False):
        assert "it freezes" not in results("Manchester")


def results(near: str) -> str:
    return text(search_page(near=near))


@pytest.mark.usefixtures("friday_night")
def test_a_notice_for_a_country_is_everywhere_in_it() -> None:
    give("--where", "GB")
    assert "it freezes" in results("London")
    assert "it freezes" not in results("Berlin")


@pytest.mark.usefixtures("friday_night")
def test_a_notice_can_be_taken_back() -> None:
    taken = give().split()[-1]
    call_command("notice", "--take-back", taken, stdout=StringIO())
    assert "it freezes" not in results("Manchester")
    with pytest.raises(CommandError, match="taken back already"):
        call_command("notice", "--take-back", taken)


@pytest.mark.usefixtures("friday_night")
@pytest.mark.parametrize(
    ("options", "until", "words"),
    [
        (["--where", "atlantis-gb"], "2026-11-29T08:00", "x"),
        (["--where", "manchester-gb"], "2026-11-27T08:00", "x"),
        (["--where", "manchester-gb"], "2027-11-27T08:00", "x"),
        (["--where", "manchester-gb"], "2026-11-29T08:00", "x" * 401),
        (["--where", "manchester-gb"], "2026-11-29T08:00", "  "),
    ],
    ids=["nowhere", "over", "for ever", "too long", "no words"],
)
def test_a_notice_that_says_too_little_or_too_much_is_refused(options: list[str], until: str, words: str) -> None:
    with pytest.raises(CommandError):
        give(*options, until=until, words=words)
    assert not Notice.objects.exists()


@pytest.mark.usefixtures("friday_night")
def test_what_is_shown_is_listed_by_the_command() -> None:
    give()
    out = StringIO()
    call_command("notice", stdout=out)
    assert "manchester-gb  until 2026-11-29 08:00 UTC  Open all night: it freezes." in out.getvalue()


@pytest.mark.usefixtures("friday_night")
@pytest.mark.parametrize("path", ["/", "/now/gb/", "below a search"])
def test_a_line_goes_on_a_list_as_any_service_does(path: str) -> None:
    line("Night line", EVENINGS)
    room("Lantern room")
    page = search_page(near="Manchester", need="drop-in") if path == "below a search" else Client().get(path)
    tags = Tags(page.content.decode()).found
    keys = {str(attrs["href"]).split("/")[2] for tag, attrs in tags if str(attrs.get("href")).startswith("/s/")}
    boxes = {attrs["value"] for _, attrs in tags if attrs.get("form") == "pick" and attrs.get("name") == "id"}
    assert boxes == keys != set()
    assert [attrs["id"] for tag, attrs in tags if tag == "form" and attrs.get("action") == "/card/"] == ["pick"]
