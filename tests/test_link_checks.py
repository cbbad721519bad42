"""Pages and numbers are looked at once a day, politely; nothing of it changes or shows anything (SAFETY R12)."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from typing import Any
from urllib.parse import SplitResult, urlsplit

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from locator import moderation
from locator.exchange import link_checks, reaching
from locator.exchange.reaching import Answer, BadCertificate, NoAnswer
from locator.models import Change, ContactCheck, Link, Listing, Phone, Service
from locator.moderation import link_health
from locator.rules import Actor, Role
from tests.accounts import a_person, signed_in
from tests.conftest import a_document, publish
from tests.test_web import text

PAGE, OPEN, INSIDE = "https://lantern.example/room", "93.184.216.34", "10.0.0.7"
DAY = date(2026, 5, 3)


class Web:
    """A network of a few pages: what each says, and everything that was asked."""

    def __init__(self, **pages: Any) -> None:
        self.pages: dict[str, Any] = pages
        self.hosts: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.times: list[tuple[float, str]] = []
        self.clock = 0.0

    def addresses_of(self, host: str, port: int) -> list[str]:
        return self.hosts.get(host, [OPEN])

    def ask(self, method: str, url: SplitResult, address: str) -> Answer:
        self.asked.append(f"{method} {url.geturl()} at {address}")
        self.times.append((self.clock, url.hostname or ""))
        said = self.pages.get(url.geturl(), self.pages.get(method, 200))
        if isinstance(said, type):
            raise said
        return Answer(302, said) if isinstance(said, str) else Answer(said, "")

    def now(self) -> float:
        return self.clock

    def wait(self, seconds: float) -> None:
        self.clock += seconds


class Stops(Web):
    """One in which somebody stops the run at the second page."""

    def ask(self, method: str, url: SplitResult, address: str) -> Answer:
        if self.asked:
            raise KeyboardInterrupt
        return super().ask(method, url, address)


@pytest.fixture
def room(db: None) -> Service:
    return publish(a_document("Tuesday room", phone="0161 496 0000", chat=PAGE))


def look(web: Web, day: date = DAY) -> link_checks.Report:
    with time_machine.travel(f"{day}T03:00Z", tick=False):
        return link_checks.run(web, today=day)


def looked_at(web: Web, *days: int) -> None:
    for day in days:
        look(web, DAY + timedelta(days=day))


def failing() -> list[str]:
    with time_machine.travel("2026-05-10T09:00Z", tick=False):
        return [f"{row.contact.value} {row.fault} {row.first} {row.last}" for row in link_health.failing()]


# One page


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (200, None),
        (204, None),
        (403, None),
        (401, None),
        (429, None),
        (404, "gone"),
        (410, "gone"),
        (500, "broken"),
        (503, "broken"),
        (NoAnswer, "no_answer"),
        (BadCertificate, "certificate"),
        ("https://lantern.example/room", "no_answer"),  # round and round
        ("http://10.0.0.7/", None),  # see below
        ("ftp://lantern.example/", "no_answer"),
        ("https://[lantern/", "no_answer"),
        ("https://lantern.example:99999/", "no_answer"),
    ],
)
def test_what_a_page_says(said: Any, fault: str | None) -> None:
    assert link_checks.Pages(Web(**{PAGE: said})).fault_of(PAGE) == fault


def test_a_page_that_dislikes_head_is_asked_again() -> None:
    web = Web(HEAD=405, GET=200)
    assert link_checks.Pages(web).fault_of(PAGE) is None
    assert web.asked == [f"HEAD {PAGE} at {OPEN}", f"GET {PAGE} at {OPEN}"]


@pytest.mark.parametrize("head", [NoAnswer, 403, 405, 501])
def test_a_page_that_says_nothing_to_head_is_asked_once_by_get(head: Any) -> None:
    web = Web(HEAD=head, GET=404)
    assert link_checks.Pages(web).fault_of(PAGE) == "gone"
    assert web.asked == [f"HEAD {PAGE} at {OPEN}", f"GET {PAGE} at {OPEN}"]


def test_a_page_that_moved_is_followed() -> None:
    web = Web(**{PAGE: "/new", "https://lantern.example/new": 404})
    assert link_checks.Pages(web).fault_of(PAGE) == "gone"


@pytest.mark.parametrize("inside", [["10.0.0.7"], [OPEN, "127.0.0.1"], ["169.254.169.254"], ["::1"], []])
def test_r12_nobody_inside_is_asked(inside: list[str]) -> None:
    web = Web()
    web.hosts["lantern.example"] = inside
    assert link_checks.Pages(web).fault_of(PAGE) == "private"
    assert web.asked == []


def test_r12_nor_after_a_redirect() -> None:
    web = Web(**{PAGE: "https://elsewhere.example/"})
    web.hosts["elsewhere.example"] = [INSIDE]
    assert link_checks.Pages(web).fault_of(PAGE) == "private"
    assert web.asked == [f"HEAD {PAGE} at {OPEN}"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1%eth0",
        "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
        "64:ff9b::7f00:1", "2001:0:53aa:64c::1",
        "2001:db8::1", "nonsense", "",
    ],
)  # fmt: skip
def test_r12_what_is_not_of_the_open_internet(address: str) -> None:
    assert not reaching.is_open(address)


@pytest.mark.parametrize("address", [OPEN, "1.1.1.1", "2606:4700:4700::1111"])
def test_what_is(address: str) -> None:
    assert reaching.is_open(address)


def test_one_host_is_asked_once_a_second() -> None:
    web = Web(HEAD=500)
    pages = link_checks.Pages(web)
    for path in ("a", "b", "c"):
        pages.fault_of(f"https://lantern.example/{path}")
    assert [when for when, _host in web.times] == [0, 1, 2, 3, 4, 5]


def test_another_host_does_not_wait() -> None:
    web = Web()
    pages = link_checks.Pages(web)
    for host in ("one.example", "two.example", "three.example"):
        pages.fault_of(f"https://{host}/")
    assert web.clock == 0


# A run


def test_a_run_asks_each_page_once_and_calls_nobody(room: Service) -> None:
    web = Web()
    report = look(web)
    assert (report.checked, report.failed, report.kept) == (2, 0, 0)
    assert web.asked == [f"HEAD {PAGE} at {OPEN}"]


def test_the_same_day_again_asks_nobody(room: Service) -> None:
    look(Web())
    web = Web()
    assert look(web).kept == 2
    assert web.asked == []


def test_a_run_that_was_stopped_goes_on(room: Service) -> None:
    publish(a_document("Sunday room", chat="https://sunday.example/"))
    with pytest.raises(KeyboardInterrupt):
        look(Stops())
    assert ContactCheck.objects.count() == 1
    report = look(Web())
    assert (report.kept, report.checked) == (1, 2)


@pytest.mark.parametrize("status", ["draft", "unlisted", "withdrawn"])
def test_what_nobody_sees_is_not_asked(db: None, status: str) -> None:
    publish(a_document("Tuesday room", phone="0161 496 0000", chat=PAGE, status=status))
    assert look(Web()).checked == 0


def test_what_nobody_tried_is_not_asked(room: Service) -> None:
    Link.objects.update(confirmed_on=None, confirmed_by="")
    web = Web()
    look(web)
    assert web.asked == []


def test_what_two_services_share_is_asked_once(room: Service) -> None:
    publish(a_document("Sunday room", chat=PAGE))
    web = Web()
    look(web)
    assert web.asked == [f"HEAD {PAGE} at {OPEN}"]


def test_an_organizations_own_page_is_asked(room: Service) -> None:
    given = {"kind": "website", "url": "https://us.example/", "confirmed_by": "Olu", "confirmed_on": DAY}
    Link.objects.create(organization=room.organization, **given)
    web = Web()
    look(web)
    assert f"HEAD https://us.example/ at {OPEN}" in web.asked


# From the second day on


def test_one_bad_day_is_nothing_to_look_at(room: Service) -> None:
    looked_at(Web(HEAD=404, GET=404), 0)
    assert failing() == []


def test_two_are(room: Service) -> None:
    looked_at(Web(HEAD=404, GET=404), 0, 1)
    assert failing() == [f"{PAGE} gone 2026-05-03 2026-05-04"]


def test_a_page_that_answers_again_is_off_the_list(room: Service) -> None:
    looked_at(Web(HEAD=404, GET=404), 0, 1)
    looked_at(Web(), 2)
    assert failing() == []
    looked_at(Web(HEAD=404, GET=404), 3)
    assert failing() == []


def test_another_page_in_its_place_starts_anew(room: Service) -> None:
    looked_at(Web(HEAD=404, GET=404), 0, 1)
    Link.objects.update(url="https://new.example/")
    assert failing() == []
    looked_at(Web(HEAD=404, GET=404), 2)
    assert failing() == []


def test_what_is_shown_no_more_is_forgotten(room: Service) -> None:
    looked_at(Web(HEAD=404, GET=404), 0, 1)
    moderation.withdraw(room.id, by=Actor("Mo", Role.MODERATOR), reason="?")
    assert failing() == []
    looked_at(Web(), 2)
    assert not ContactCheck.objects.exists()


@pytest.mark.parametrize(
    ("number", "country", "fault"), [("0161 496 00", "GB", "no_number"), ("+49 30 901820", "GB", "abroad")]
)
def test_a_number_that_cannot_be_is_told(room: Service, number: str, country: str, fault: str) -> None:
    Phone.objects.update(number=number, country=country)
    looked_at(Web(), 0, 1)
    assert failing() == [f"{number} {fault} 2026-05-03 2026-05-04"]


@pytest.mark.parametrize(
    ("number", "country"), [("116 123", "GB"), ("0161 496 0000", "GB"), ("+1 212 555 0123", "CA")]
)
def test_a_number_of_its_country_is_fine(room: Service, number: str, country: str) -> None:
    Phone.objects.update(number=number, country=country)
    looked_at(Web(), 0, 1)
    assert failing() == []


def test_nothing_of_it_changes_or_shows_anything(room: Service, visitor: Client) -> None:
    before = [list(table.objects.values()) for table in (Change, Listing)]
    page = visitor.get(f"/s/{room.short_id}/").content
    looked_at(Web(HEAD=404, GET=404), 0, 1)
    assert [list(table.objects.values()) for table in (Change, Listing)] == before
    assert visitor.get(f"/s/{room.short_id}/").content == page


def test_no_address_is_written_down_again(room: Service) -> None:
    looked_at(Web(HEAD=404, GET=404), 0, 1)
    assert "lantern" not in str(list(ContactCheck.objects.values()))


# A moderator


def test_a_moderator_sees_it_and_takes_it_off(room: Service) -> None:
    looked_at(Web(HEAD=NoAnswer, GET=NoAnswer), 0, 1)
    with time_machine.travel("2026-05-05T09:00Z"):
        mo = signed_in(a_person("Mo", moderator=True))
        found = text(mo.get("/team/queue/"))
        assert "This page did not answer: 3 May 2026 and 4 May 2026" in found
        assert PAGE in found
        mo.post(f"/team/queue/contact/{ContactCheck.objects.exclude(fault='').get().contact}/")
        assert "No page and no number failed twice." in text(mo.get("/team/queue/"))
    looked_at(Web(HEAD=NoAnswer, GET=NoAnswer), 3)
    assert failing() == []  # for thirty days


@pytest.mark.parametrize("contacts", [1, 6])
def test_the_queue_costs_the_same_queries_however_many_failed(
    room: Service, contacts: int, django_assert_num_queries: Any
) -> None:
    for n in range(contacts):
        publish(a_document(f"Room {n}", chat=f"https://lantern.example/{n}"))
    looked_at(Web(HEAD=NoAnswer, GET=NoAnswer), 0, 1)
    mo = signed_in(a_person("Mo", moderator=True))
    with django_assert_num_queries(23):
        mo.get("/team/queue/")


# The command


def command(*words: str) -> str:
    out = StringIO()
    call_command("check_links", *words, stdout=out)
    return out.getvalue()


def test_r12_it_is_off_unless_the_operator_says_so(room: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_checks, "run", lambda *_args, **_more: pytest.fail("it ran"))
    with pytest.raises(CommandError, match="LINK_CHECKS=True"):
        command()


def test_a_dry_run_tells_what_would_be_asked_and_asks_nobody(room: Service) -> None:
    assert command("--dry-run") == f"{PAGE}\n0161 496 0000\n2 would be looked at.\n"
    assert not ContactCheck.objects.exists()


def test_a_run_says_what_it_found(room: Service, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.LINK_CHECKS = True
    web = Web(HEAD=NoAnswer, GET=NoAnswer)
    for name in ("addresses_of", "ask"):
        monkeypatch.setattr(f"locator.management.commands.check_links.Network.{name}", getattr(web, name))
    assert command() == "2 looked at, 1 failed; 0 were looked at today already.\n"


# The real one, on loopback


@pytest.fixture
def server() -> Iterator[Any]:
    """A server that says what it was asked, and talks for ever under /long."""

    class Says(BaseHTTPRequestHandler):
        seen: list[dict[str, str]] = []

        def do_GET(self) -> None:
            self.seen.append({"path": self.path, "method": self.command, **dict(self.headers)})
            if self.path == "/moved":
                self.send_response(301)
                self.send_header("Location", "/here")
            else:
                self.send_response(200)
            self.end_headers()
            if self.path == "/long":
                try:
                    for _n in range(10_000):
                        self.wfile.write(b"x" * 1000)
                except OSError:
                    self.seen.append({"cut": "yes"})

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_words: Any) -> None:
            pass

    found = HTTPServer(("127.0.0.1", 0), Says)
    thread = threading.Thread(target=found.serve_forever)
    thread.start()
    yield found
    found.shutdown()
    thread.join()
    found.server_close()


def ask(server: Any, method: str, path: str) -> Answer:
    return reaching.ask(method, urlsplit(f"http://lantern.example:{server.server_port}{path}"), "127.0.0.1")


def test_a_real_request_says_what_it_is_and_no_more(server: Any) -> None:
    assert ask(server, "HEAD", "/room?x=1") == Answer(200, "")
    (seen,) = server.RequestHandlerClass.seen
    assert seen["path"] == "/room?x=1"
    assert seen["Host"] == f"lantern.example:{server.server_port}"
    assert seen["User-Agent"].startswith("link-check (looks once a day")
    assert "brolly" not in str(seen).lower()
    assert set(seen) == {"path", "method", "Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}


def test_a_real_redirect_is_not_followed_by_itself(server: Any) -> None:
    assert ask(server, "HEAD", "/moved") == Answer(301, "/here")


def test_a_long_page_is_not_read_to_its_end(server: Any) -> None:
    assert ask(server, "GET", "/long").status == 200


def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(NoAnswer):
        reaching.ask("HEAD", urlsplit("http://lantern.example:9/"), "127.0.0.1")


def test_who_talks_too_long_is_cut(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaching, "AT_MOST", 0.2)
    monkeypatch.setattr(reaching, "FIRST_BYTES", 10**9)

    def slowly(self: Any) -> None:
        self.send_response(200)
        self.end_headers()
        for _n in range(50):
            try:
                self.wfile.write(b"x")
                threading.Event().wait(0.1)
            except OSError:
                break

    monkeypatch.setattr(server.RequestHandlerClass, "do_GET", slowly)
    began = time.monotonic()
    with suppress(NoAnswer):
        ask(server, "GET", "/")
    assert time.monotonic() - began < 3
