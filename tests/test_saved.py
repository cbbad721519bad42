"""While the program does not answer, the proxy serves a copy, and nothing in it that has changed (SAFETY R41)."""

import http.server
import json
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from locator import moderation, search
from locator.models import Service
from locator.rules import Actor
from locator.web import saving
from locator.web.saving import save
from tests.browser.site import a_free_port
from tests.conftest import MakeService
from tests.shipped_nginx import ROOT, in_front_of

Commit = Callable[..., Any]
nginx = pytest.mark.skipif(
    shutil.which("nginx") is None, reason="nginx is not installed: the shipped file is not tried"
)


@pytest.fixture
def folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Save into a folder of its own; in three languages, for thirteen only take longer."""
    monkeypatch.setattr(saving, "LANGUAGES", ["en", "ar", "ro"])
    settings.SAVED_DIR = str(tmp_path / "saved")
    return tmp_path / "saved"


@pytest.fixture
def room(db: None, make_service: MakeService) -> Service:
    always = {"freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "23:59"}
    return make_service("Tuesday room", phone="0161 496 0001", hours=[always])


def page(folder: Path, path: str) -> str:
    return (folder / "current" / path / "index.html").read_text()


def test_r41_the_way_from_an_area_to_a_number_is_saved_in_each_language(folder: Path, room: Service) -> None:
    assert save(folder) > 3 * len(saving.PLAIN)
    assert "/in/manchester-gb/" in page(folder, "")
    assert f"/s/{room.short_id}/" in page(folder, "in/manchester-gb")
    assert "tel:" in page(folder, f"s/{room.short_id}")
    assert 'dir="rtl"' in page(folder, f"ar/s/{room.short_id}")
    assert f'"short_id":"{room.short_id}"' in (
        folder / f"current/api/v1/services/{room.short_id}/index.json"
    ).read_text().replace(" ", "")


def test_r41_each_page_says_when_it_was_saved_and_none_says_open_now(folder: Path, room: Service) -> None:
    save(folder)
    for path in ("", "in/manchester-gb", f"s/{room.short_id}", "safety"):
        assert "This page was saved on" in page(folder, path)
        assert "Open now" not in page(folder, path)
        assert 'id="exit"' in page(folder, path)


def test_what_has_not_changed_is_not_saved_again(folder: Path, room: Service) -> None:
    save(folder)
    before = (folder / "current").readlink()
    assert save(folder) == 0
    assert (folder / "current").readlink() == before


def test_r41_what_changed_is_in_the_next_copy_and_in_none_before(
    folder: Path,
    room: Service,
    make_service: MakeService,
    operator: Actor,
    django_capture_on_commit_callbacks: Commit,
) -> None:
    other = make_service("Other room", phone="0161 496 0002")
    save(folder)
    with django_capture_on_commit_callbacks(execute=True):
        moderation.apply(room.id, lambda document: document.update(description="Other words"), by=operator)
    assert not (folder / f"current/s/{room.short_id}/index.html").exists()
    assert not (folder / f"current/ro/s/{room.short_id}/index.html").exists()
    assert (folder / f"current/s/{other.short_id}/index.html").exists()
    save(folder)
    assert "Other words" in page(folder, f"s/{room.short_id}")


def test_r41_what_is_withdrawn_is_in_no_copy_at_once(
    folder: Path, room: Service, operator: Actor, django_capture_on_commit_callbacks: Commit
) -> None:
    save(folder)
    with django_capture_on_commit_callbacks(execute=True):
        moderation.withdraw(room.id, by=operator, reason="They asked us to")
    assert not (folder / "current").exists()
    save(folder)
    assert not (folder / f"current/s/{room.short_id}").exists()


def test_r41_what_is_withdrawn_while_a_copy_is_written_is_not_in_it(
    folder: Path, room: Service, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = saving._pages

    def and_somebody_withdraws(now: Any) -> Any:
        yield from honest(now)
        moderation.withdraw(room.id, by=operator, reason="They asked us to")

    monkeypatch.setattr(saving, "_pages", and_somebody_withdraws)
    assert save(folder) == 0
    assert not (folder / "current").exists()


def test_only_the_copy_before_is_kept(folder: Path, room: Service) -> None:
    for _time in range(3):
        save(folder, anew=True)
    assert len([path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]) == 2


@pytest.mark.parametrize(("path", "kind"), [("/s/bcdfghjk/", "text/html"), ("/api/v1/services/bcdfghjk/", "json")])
def test_r44_a_database_that_does_not_answer_is_said_and_may_be_asked_again(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    def down(_key: str) -> None:
        raise OperationalError("could not connect to server")

    monkeypatch.setattr(search, "listings_of", down)
    response = visitor.get(path)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")
    assert kind in response.headers["Content-Type"]
    assert "connect to server" not in response.content.decode()


@pytest.mark.parametrize("path", ["/team/", "/team/account/login/"])
def test_r41_whoever_is_signed_in_reads_the_same_where_the_session_cannot_be_looked_up(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def down(_session: Any) -> None:
        raise OperationalError("could not connect to server")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", down)
    partner = Client(raise_request_exception=False)
    partner.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    response = partner.get(path)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")
    assert "connect to server" not in response.content.decode()


@contextmanager
def _answering(port: int, status: int = 200) -> Iterator[None]:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"the program itself")

        def log_message(self, *_args: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


@nginx
@pytest.mark.server
def test_r41_the_shipped_nginx_serves_the_copy_until_the_program_answers_again(
    folder: Path, room: Service, visitor: Client, tmp_path: Path
) -> None:
    save(folder)
    port, upstream = a_free_port(), a_free_port()
    with in_front_of(tmp_path, port, upstream, folder):
        status, headers, body = _ask(port, f"/s/{room.short_id}/")
        assert status == 200
        assert "This page was saved on" in body
        theirs = visitor.get(f"/s/{room.short_id}/", secure=True).headers
        for name in ("Content-Security-Policy", "Permissions-Policy", "Referrer-Policy", "X-Content-Type-Options"):
            assert sorted(headers[name].split("; ")) == sorted(theirs[name].split("; ")), name
        assert _ask(port, "/api/v1/services/" + room.short_id + "/")[0] == 200

        status, headers, body = _ask(port, "/ro/find/search/", "POST", "near=Brasov")
        assert (status, headers["Retry-After"]) == (503, "60")
        assert 'lang="ro"' in body
        assert "Brasov" not in body
        assert _ask(port, "/f/abcdef/")[0] == 503

        with _answering(upstream):
            assert _ask(port, f"/s/{room.short_id}/")[2] == "the program itself"
        shutil.rmtree(folder)
        status, headers, body = _ask(port, "/")
        assert (status, headers["Retry-After"], headers["Server"]) == (503, "60", "nginx")
        assert "Please try again in a few minutes" in body
    written = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert written <= {"nginx.conf", "nginx.pid"}


TYPED = "Zwiebelkanarien"
HEAD = "Host: 127.0.0.1\r\nConnection: close\r\n"
LONG = f"Content-Length: {300_000 + len(TYPED)}\r\n"
LONGER = "Content-Length: 13000000\r\n"
REFUSED = {
    "no request": (f"{TYPED}\r\n\r\n", 400, "We could not read that"),
    "no host": (f"GET /{TYPED} HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "We could not read that"),
    "a long head": (f"GET /ro/ HTTP/1.1\r\n{HEAD}X-A: {TYPED * 700}\r\n\r\n", 400, 'lang="ro"'),
    "a long address": (f"GET /ar/{TYPED * 700} HTTP/1.1\r\n{HEAD}\r\n", 414, 'dir="rtl"'),
    "a long body": (f"POST /find/ HTTP/1.1\r\n{HEAD}{LONG}\r\nnear={TYPED}", 413, "That is too long"),
    "a long sheet": (f"POST /team/{TYPED}/ HTTP/1.1\r\n{HEAD}{LONGER}\r\n", 413, "That is too long"),
    "an odd method": (f"TRACE /{TYPED} HTTP/1.1\r\n{HEAD}\r\n", 405, "We could not read that"),
    "no file": (f"GET /static/{TYPED}.css HTTP/1.1\r\n{HEAD}\r\n", 404, "We could not read that"),
}


@nginx
@pytest.mark.server
@pytest.mark.django_db
@pytest.mark.parametrize("kind", REFUSED)
def test_r1_what_the_shipped_nginx_refuses_itself_is_a_page_of_ours(
    folder: Path, visitor: Client, tmp_path: Path, kind: str
) -> None:
    save(folder)
    sent, wanted, words = REFUSED[kind]
    status, headers, body = _refused(tmp_path, folder, sent)
    assert (status, headers["Server"]) == (wanted, "nginx")
    assert 'id="exit"' in body
    assert words in body
    assert "saved on" not in body
    assert TYPED not in body
    theirs = visitor.get("/safety/", secure=True).headers
    for name in ("Content-Security-Policy", "Permissions-Policy", "Referrer-Policy", "X-Content-Type-Options"):
        assert sorted(headers[name].split("; ")) == sorted(theirs[name].split("; ")), name


@nginx
@pytest.mark.server
@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        (f"GET /api/v1/services/?near={TYPED * 700} HTTP/1.1\r\n{HEAD}\r\n", 414),
        (f"GET /oruk/3.0/services HTTP/1.1\r\n{HEAD}X-A: {TYPED * 700}\r\n\r\n", 400),
        (f"POST /api/v1/services/search/ HTTP/1.1\r\n{HEAD}{LONG}\r\n{TYPED}", 413),
    ],
)
def test_a_program_is_told_in_a_problem_document_what_the_shipped_nginx_refuses(
    tmp_path: Path, sent: str, wanted: int
) -> None:
    status, headers, body = _refused(tmp_path, tmp_path / "saved", sent)
    assert (status, headers["Content-Type"]) == (wanted, "application/problem+json")
    assert json.loads(body)["status"] == wanted
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert TYPED not in body


@nginx
@pytest.mark.server
def test_r1_without_a_copy_the_shipped_nginx_refuses_in_plain_words(tmp_path: Path) -> None:
    status, headers, body = _refused(tmp_path, tmp_path / "saved", REFUSED["a long address"][0])
    assert (status, headers["X-Content-Type-Options"]) == (414, "nosniff")
    assert body == "We could not read that. Please try again from the start page.\n"


@nginx
@pytest.mark.server
@pytest.mark.parametrize("status", [400, 404, 413])
def test_the_shipped_nginx_leaves_the_program_its_own_words(tmp_path: Path, status: int) -> None:
    port, upstream = a_free_port(), a_free_port()
    with _answering(upstream, status), in_front_of(tmp_path, port, upstream, tmp_path / "saved"):
        assert _ask(port, "/api/v1/services/")[::2] == (status, "the program itself")


def _refused(tmp_path: Path, saved: Path, sent: str) -> tuple[int, HTTPMessage, str]:
    port = a_free_port()
    with in_front_of(tmp_path, port, a_free_port(), saved):
        _ask(port, "/")  # until it is there
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            line.sendall(sent.encode())
            with HTTPResponse(line) as response:
                response.begin()
                return response.status, response.headers, response.read().decode()


def _ask(port: int, path: str, method: str = "GET", body: str | None = None) -> tuple[int, HTTPMessage, str]:
    for _attempt in range(50):
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
            connection.request(method, path, body, kind)
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode()
        except ConnectionRefusedError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise AssertionError("nginx did not start")


def test_each_place_of_the_shipped_nginx_passes_on_what_the_program_needs_to_know() -> None:
    """nginx takes no header from above where a place sets one of its own: the portal would lose its host."""
    text = (ROOT / "deploy/nginx.conf").read_text()
    places = re.findall(r"location [^{]*\{[^}]*\}", text)
    above = set(re.findall(r"proxy_set_header (\S+)", re.sub(r"location [^{]*\{[^}]*\}", "", text)))
    for place in places:
        own = set(re.findall(r"proxy_set_header (\S+)", place))
        assert not own or own == above, place
