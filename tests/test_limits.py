"""R30, R42: nobody takes the site from everybody, and nobody's address is kept for it."""

import fcntl
import json
import multiprocessing
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from config import limits
from locator import search
from locator.callers import DAY, Counts, Marks, network
from locator.exchange import pacing
from locator.web import saving
from tests.conftest import MakeService
from tests.routes import whole
from tests.shipped_nginx import ROOT, in_front_of, with_onion
from tests.test_canary import a_free_port
from tests.test_web import text

ONION = "b" * 56 + ".onion"
SHELTER, ELSEWHERE = "203.0.113.7", "198.51.100.9"


@pytest.fixture(autouse=True)
def a_new_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "COUNTS", Counts(DAY, cells=65_536))


def get(path: str, forwarded: str = SHELTER, **headers: str) -> Any:
    return Client(headers={"x-forwarded-for": forwarded, **headers}).get(path)


# Whose it is


def test_r30_an_address_from_a_header_counts_only_from_our_own_proxy(rf: Any) -> None:
    def of(remote: str, forwarded: str) -> str:
        return network(rf.get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded))

    assert of("127.0.0.1", "203.0.113.7") == of("127.0.0.1", "203.0.113.9") == "203.0.113.0/24"
    assert of("203.0.113.7", "198.51.100.7") == of("203.0.113.7", "192.0.2.1") == "203.0.113.0/24"
    assert of("127.0.0.1", "192.0.2.1, 203.0.113.7") == "203.0.113.0/24"
    assert of("127.0.0.1", "2001:db8:1:2:3::4") == of("::1", "2001:db8:1:2::") == "2001:db8:1:2::/64"


@pytest.mark.parametrize("forwarded", ["", "nonsense", "unknown, "])
def test_an_address_that_nobody_told_is_not_counted(rf: Any, forwarded: str) -> None:
    assert network(rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)) == ""


def test_r30_all_who_come_by_the_onion_are_one_and_nobody_can_say_so(rf: Any, settings: Any) -> None:
    settings.ONION_HOST = ONION
    assert network(rf.get("/", HTTP_HOST=f"{ONION}:80")) == "onion"
    assert network(rf.get("/", HTTP_HOST=ONION, HTTP_X_FORWARDED_FOR=SHELTER)) == "203.0.113.0/24"


# What is kept


def test_r30_a_mark_is_another_in_the_next_period_and_its_key_is_gone() -> None:
    marks = Marks(DAY)
    today, key = marks.of(SHELTER, clock=lambda: 10), bytes(marks._memory[16:48])
    assert marks.of(SHELTER, clock=lambda: DAY - 1) == today
    assert marks.of(SHELTER, clock=lambda: DAY) != today
    assert key not in bytes(marks._memory)


def test_r30_what_is_counted_names_nobody() -> None:
    counts = Counts(DAY, 64)
    counts.spend("203.0.113.0/24", each=5)
    assert b"203.0" not in bytes(counts._memory)
    assert counts.of("203.0.113.0/24")[:8] not in bytes(counts._memory)


def test_a_new_period_begins_at_nothing() -> None:
    counts = Counts(60, 64)
    assert counts.spend("1", each=1, clock=lambda: 10)
    assert not counts.spend("1", each=1, clock=lambda: 59)
    assert counts.spend("1", each=1, clock=lambda: 60)


def test_workers_count_together() -> None:
    counts, fork = Counts(DAY, 64), multiprocessing.get_context("fork")
    worker = fork.Process(target=counts.spend, args=("1",), kwargs={"each": 1})
    worker.start()
    worker.join(20)
    assert not counts.spend("1", each=1)


# What is answered


@pytest.mark.django_db
def test_r30_five_hundred_people_behind_one_address_can_read(make_service: MakeService, settings: Any) -> None:
    """What each of them costs, five hundred times in one minute, is within the limit as it is shipped."""
    service = make_service("Lantern room")
    visitor = Client(headers={"x-forwarded-for": SHELTER})
    results = visitor.post("/find/", {"near": "Manchester"}).headers["Location"]
    pages = ["/", "/find/", results, f"/s/{service.short_id}/", f"/s/{service.short_id}/map/"]
    assert {visitor.get(page).status_code for page in pages} == {200}
    spent = max(limits.COUNTS._count(cell) for cell in range(65_536))
    assert spent * 500 <= settings.LIMIT_A_NETWORK


@pytest.mark.django_db
def test_r30_above_the_limit_a_page_says_so_and_others_are_answered(settings: Any) -> None:
    settings.LIMIT_A_NETWORK = 2
    assert [get("/safety/").status_code for _time in range(3)] == [200, 200, 429]
    refused = get("/ro/safety/")
    assert 0 < int(refused.headers["Retry-After"]) <= DAY
    assert 'id="exit"' in refused.content.decode()
    assert 'lang="ro"' in refused.content.decode()
    assert "999" in text(refused)
    assert refused.headers["Cache-Control"] == "no-store"
    assert get("/safety/", ELSEWHERE).status_code == 200


@pytest.mark.django_db
def test_a_program_is_told_when_to_ask_again(settings: Any) -> None:
    settings.LIMIT_A_NETWORK = 1
    get("/api/v1/terms/")
    refused = get("/api/v1/terms/")
    assert (refused.status_code, refused.headers["Content-Type"]) == (429, "application/problem+json")
    assert refused.json()["title"] == "Too many requests"
    assert "Retry-After" in refused.headers


@pytest.mark.django_db
def test_asking_for_no_more_than_the_headers_costs_as_much(settings: Any) -> None:
    settings.LIMIT_A_NETWORK = 220
    visitor = Client(headers={"x-forwarded-for": SHELTER})
    answers = [visitor.head("/api/v1/export/listings.csv") for _time in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]


@pytest.mark.django_db
def test_who_asks_for_what_is_costly_leaves_half_to_readers(settings: Any) -> None:
    settings.LIMIT_A_NETWORK = 220
    answers = [whole(get("/api/v1/export/listings.csv")) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert get("/safety/").status_code == 200


@pytest.mark.django_db
def test_r30_an_address_that_is_made_up_has_no_effect(settings: Any) -> None:
    settings.LIMIT_A_NETWORK = 1
    stranger = Client(REMOTE_ADDR="192.0.2.44")
    answers = [stranger.get("/safety/", headers={"x-forwarded-for": f"10.0.{n}.1"}) for n in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]


def test_every_route_with_a_cost_is_there() -> None:
    assert {name for name, _method in limits.COSTS} <= set(get_resolver().reverse_dict) | _named(get_resolver())


def _named(resolver: Any) -> set[str]:
    found: set[str] = set()
    for entry in resolver.url_patterns:
        found |= _named(entry) if hasattr(entry, "url_patterns") else {entry.name}
    return found


# What nobody may ask for


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1e9) SELECT max(x) FROM n"


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has statement_timeout")
def test_r43_a_statement_that_does_not_end_is_ended_on_sqlite_too(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(_key: str) -> None:
        connection.cursor().execute(ENDLESS).fetchone()

    settings.STATEMENT_TIMEOUT_MS = 50
    monkeypatch.setattr(search, "listings_of", endless)
    answer = Client().get("/s/bcdfghjk/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    quick = ENDLESS.replace("1e9", "1e5")
    assert connection.cursor().execute(quick).fetchone() == (100_000,)  # a command has all the time


def _many(count: int) -> str:
    return "&".join(f"a{number}=1" for number in range(count))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "kind", "body", "status"),
    [
        (f"/api/v1/services/?{_many(10_000)}", "", "", 400),
        (f"/find/?{_many(10_000)}", "", "", 400),
        ("/add/", "application/x-www-form-urlencoded", _many(300), 400),
        ("/add/", "application/x-www-form-urlencoded", "name=" + "x" * 70_000, 400),
        ("/api/v1/services/search/", "application/json", json.dumps({f"a{n}": 1 for n in range(5_000)}), 400),
        ("/hsds/3.2/services", "application/json", json.dumps({f"a{n}": 1 for n in range(5_000)}), 400),
        ("/api/v1/services/search/", "application/json", "[" * 60_000, 400),
        ("/api/v1/services/search/", "application/json", '{"need":' * 7_000, 400),
        ("/api/v1/services/search/", "application/json", '{"q": "' + "x" * 70_000 + '"}', 413),
        ("/api/v1/services/search/", "application/json", '{"radius_km": 201}', 400),
        ("/api/v1/services/search/", "application/json", '{"page_size": 101}', 400),
        ("/api/v1/services/search/", "application/json", json.dumps({"q": "x" * 201}), 400),
    ],
)
def test_r42_what_is_too_much_is_refused_briefly(path: str, kind: str, body: str, status: int) -> None:
    client = Client(raise_request_exception=False)
    answer = client.generic("POST", path, body, content_type=kind) if body else client.get(path)
    assert answer.status_code == status
    assert len(answer.content) < 20_000


# One at a time


def _hold(begun: Any, over: Any) -> None:
    sending = pacing.in_turn([b"x"], b"")
    begun.set()
    over.wait(20)
    del sending


@pytest.mark.django_db
def test_r42_everything_is_sent_to_one_at_a_time() -> None:
    fork = multiprocessing.get_context("fork")
    begun, over = fork.Event(), fork.Event()
    worker = fork.Process(target=_hold, args=(begun, over))
    worker.start()
    begun.wait(20)
    refused = [Client().get("/api/v1/export/hsds.json"), Client().get("/hsds/3.2/services?format=ndjson")]
    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in refused] == [(429, "30")] * 2
    known = Client().head("/api/v1/export/hsds.json").headers["ETag"]
    assert Client().get("/api/v1/export/hsds.json", headers={"if-none-match": known}).status_code == 304
    worker.kill()  # as gunicorn does to a worker that is busy for too long
    worker.join(20)
    assert Client().get("/api/v1/export/hsds.json").status_code == 200


def test_who_goes_away_lets_go(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    monkeypatch.setattr("fcntl.lockf", lambda _file, how: held.append(how))
    sending = pacing.in_turn([b"x", b"y"], b"")
    del sending
    assert held[-1] == fcntl.LOCK_UN


@pytest.mark.django_db
def test_a_directory_that_is_too_large_says_whom_to_ask(
    make_service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_service("Lantern room")
    monkeypatch.setattr("locator.api.downloads.MOST", 0)
    refused = Client().get("/api/v1/export/hsds.zip")
    assert (refused.status_code, refused.json()["title"]) == (501, "Not made here")


# The proxy


def _networks() -> list[tuple[str, str]]:
    """Return the rows of the map that makes networks of addresses, in their order."""
    file = (ROOT / "deploy/nginx.conf").read_text()
    rows = file.partition("$network {")[2].partition("}\n  #")[0]
    return [(row[1].replace("?<", "?P<"), row[2]) for row in re.finditer(r'"~([^"]+)" "([^"]*)";', rows)]


def _passed_on(port_and_address: str) -> str:
    for pattern, becomes in _networks():
        if found := re.match(pattern, port_and_address):
            return becomes.replace("$part", found["part"] if "part" in found.re.groupindex else "")
    return ""


@pytest.mark.parametrize(
    ("address", "network_of_it"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:3::6", "2001:db8:1:2::/64"),
        ("2001:db8::6", "2001:db8::/64"),
        ("2001:db8:1::9", "2001:db8:1::/64"),
        ("fe80::1", "fe80::/64"),
        ("::1", "::/64"),
    ],
)
def test_r26_the_proxy_passes_on_a_network_and_no_address(rf: Any, address: str, network_of_it: str) -> None:
    passed = _passed_on(f"443 {address}")
    assert address not in passed
    assert network(rf.get("/", HTTP_X_FORWARDED_FOR=passed)) == network_of_it
    assert _passed_on(f"8081 {address}") == ""


@contextmanager
def _echo(port: int) -> Iterator[None]:
    """Answer with what the proxy told of who asked."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = [self.headers.get(name, "") for name in ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP")]
            self.send_response(429 if self.path == "/ours/" else 200)
            self.end_headers()
            self.wfile.write("|".join(said).encode())

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


def _asked(port: int, path: str, source: str = "127.9.8.7") -> tuple[int, str, str]:
    for _attempt in range(50):
        line = HTTPConnection("127.0.0.1", port, timeout=10, source_address=(source, 0))
        with suppress(ConnectionRefusedError), closing(line):
            line.request("GET", path, headers={"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9"})
            answer = line.getresponse()
            return answer.status, answer.headers.get("Retry-After", ""), answer.read().decode()
        time.sleep(0.1)
    raise AssertionError("nginx did not start")


nginx = pytest.mark.skipif(
    shutil.which("nginx") is None, reason="nginx is not installed: the shipped file is not tried"
)


@nginx
@pytest.mark.server
def test_r30_the_shipped_nginx_believes_no_visitors_headers_and_tells_nobody_of_the_onion(tmp_path: Path) -> None:
    port, upstream, tor = a_free_port(), a_free_port(), a_free_port()
    changed = partial(with_onion, port=tor)
    with _echo(upstream), in_front_of(tmp_path, port, upstream, tmp_path, changed):
        assert _asked(port, "/")[2] == "127.9.8.0|https|"
        assert _asked(port, "/ar/team/")[2] == "127.9.8.0|https|"
        assert _asked(tor, "/")[2] == "|http|"


@nginx
@pytest.mark.server
@pytest.mark.django_db
def test_r30_the_shipped_nginx_says_itself_who_has_to_wait(tmp_path: Path) -> None:
    port, upstream = a_free_port(), a_free_port()
    wait = tmp_path / "current/ro/wait/index.html"
    wait.parent.mkdir(parents=True)
    wait.write_bytes(
        next(content for path, content in saving._pages(timezone.now()) if path == Path("ro/wait/index.html"))
    )

    def strict(text: str) -> str:
        assert "burst=2000 delay=30" in text
        return text.replace("burst=2000 delay=30", "nodelay").replace("rate=30r/s", "rate=1r/m")

    with _echo(upstream), in_front_of(tmp_path, port, upstream, tmp_path, strict):
        assert _asked(port, "/ours/", "127.1.1.1")[::2] == (429, "127.1.1.0|https|")
        assert _asked(port, "/ro/")[0] == 200
        status, again, words = _asked(port, "/ro/in/manchester-gb/")
        assert (status, again) == (429, "30")
        assert 'id="exit"' in words
        assert "999" in words
        assert "saved on" not in words
        assert _asked(port, "/")[::2] == (
            429,
            "Many pages were asked for through your network just now. Please try again in a minute.\n",
        )
        assert json.loads(_asked(port, "/api/v1/terms/")[2])["status"] == 429
        assert _asked(port, "/", "127.9.9.7")[0] == 200
