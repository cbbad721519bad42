"""R25: words that nobody else uses, planted where they must stay, are found nowhere else.

Two flocks. Ours: in every restricted column; sought in every public answer, log line, mail and file. The
visitor's: the place, words, address and browser of one person, sought in every file and log line of a server
that they asked everything of, the wrong things too.
"""

import base64
import hashlib
import hmac
import io
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import models
from django.test import Client

from locator import publishing
from locator.models import Approval, Link, Location, Phone, Service, Translation
from tests.classification import FIELDS, RESTRICTED, WHOLE
from tests.conftest import a_document
from tests.routes import Ask, cases, patterns
from tests.world import World, make_world

NOT_TEXT = (
    models.BooleanField,
    models.UUIDField,
    models.DateField,
    models.DateTimeField,
    models.IntegerField,
    models.ForeignKey,
)


def every_way(word: str) -> set[bytes]:
    """Return a word as it could be written down: plain, in an address, in base64, hashed."""
    plain = word.encode()
    shifted = {base64.b64encode(b"x" * n + plain)[4:-4] for n in range(3)}
    hashed = {
        hashlib.new(kind, plain, usedforsecurity=False).hexdigest().encode() for kind in ("md5", "sha1", "sha256")
    }
    return {plain, plain.lower(), quote(word).encode(), base64.b64encode(plain).rstrip(b"="), *hashed} | {
        part for part in shifted if len(part) > 8
    }


def found_in(haystack: bytes, words: list[str]) -> list[str]:
    return [word for word in words if any(way in haystack for way in every_way(word))]


def unpacked(content: bytes) -> bytes:
    """Return a zip as all that is in it: packed, no word would be found."""
    if not content.startswith(b"PK"):
        return content
    with ZipFile(io.BytesIO(content)) as package:
        return b"\n".join([*map(str.encode, package.namelist()), *map(package.read, package.namelist())])


def plant(world: World) -> list[str]:
    """Write a word of its own into every restricted text column of every row, and return the words."""
    words: list[str] = []

    def word(where: str) -> str:
        words.append(f"canary{len(words):03d}{where.lower().replace('.', '')}")
        return words[-1]

    for model in apps.get_app_config("locator").get_models():
        name = model.__name__
        for column in model._meta.concrete_fields:
            restricted = WHOLE.get(name, FIELDS.get(name, {}).get(column.name)) == RESTRICTED
            if restricted and not isinstance(column, NOT_TEXT) and not column.choices:
                if isinstance(column, models.JSONField):
                    continue
                rows = model._default_manager.all()
                if column.name == "confirmed_by":
                    rows = rows.filter(confirmed_on__isnull=False)
                if model is Location:
                    rows = rows.filter(address_visibility="public")
                if model is Approval:  # two people said yes, and each says so once
                    rows = rows.filter(name="Mo")
                value = "Europe/London" if column.name == "timezone" else word(f"{name}.{column.name}")
                rows.exclude(**{column.name: ""}).update(**{column.name: value[: column.max_length]})
    _plant_sometimes(world, word)
    words_of_model = [word_ for word_ in words if len(word_) <= 60]
    publishing.project(Service.objects.values_list("id", flat=True))
    return words_of_model


def _plant_sometimes(world: World, word: Any) -> None:
    """Plant where a column is restricted only while its row says so."""
    Location.objects.filter(address_visibility="area").update(name=word("area.name"))
    Phone.objects.filter(confirmed_on=None).update(description=word("phone.description"))
    flat = world.listed["Quiet flat"]
    Link.objects.create(
        service=flat, kind="chat", url=f"https://example.org/{word('link')}", label=word("link.label")
    )
    hidden = Service.objects.exclude(status="listed")
    hidden.update(name=word("hidden.name"), description=word("hidden.description"), wait_time=word("hidden.wait"))
    draft = {"field": "description", "language": "th", "status": "draft", "text": word("translation")}
    Translation.objects.create(service=flat, **draft)
    from locator import moderation
    from locator.models import Fact
    from locator.rules import Actor, Role

    waiting = a_document("Lantern room", description=word("waiting"), application_process=word("waiting.process"))
    moderation.propose(waiting, by=Actor(word("author"), Role.PARTNER))
    Fact.objects.filter(answer="declined").update(stated_by=word("declined"), limits=word("declined.limits"))


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_every_route_has_a_case(world: World) -> None:
    missing = set(patterns()) - {route for route, asked in cases(world).items() if asked}
    assert not missing, f"Say in tests/routes.py how to ask {sorted(missing)}."


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Capture what the program's own handlers would write, of every level."""
    with caplog.at_level(logging.DEBUG):
        yield caplog


def test_r25_nothing_restricted_leaves(
    world: World, everything_logged: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = plant(world)
    assert len(words) > 20
    client = Client(raise_request_exception=False)
    for asked in cases(world).values():
        for ask in asked:
            response = ask.send(client)
            seen = unpacked(response.content) + repr(sorted(response.headers.items())).encode()
            assert not found_in(seen, words), f"{ask} shows {found_in(seen, words)}"
    assert not found_in(repr([vars(message) for message in mail.outbox]).encode(), words)
    written = "".join(capfd.readouterr())
    assert not found_in(written.encode(), words)


def test_r25_the_harness_sees_a_planted_leak(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from locator.publishing import view

    honest = view.of_service
    monkeypatch.setattr(
        view, "of_service", lambda service, places: honest(service, places) | {"description": service.staff_notes}
    )
    words = plant(world)
    content = Ask(f"/s/{world.short_id('Lantern room')}/").send(Client()).content
    assert found_in(content, words)


def test_r20_words_of_restricted_columns_find_nothing(world: World) -> None:
    client = Client()
    nonsense = client.get("/api/v1/services/?near=Manchester&q=qqqqqqqq").content
    for word in plant(world):
        answer = client.get("/api/v1/services/", {"near": "Manchester", "q": word}).content
        assert answer == nonsense, f"{word} finds something"


def test_r23_an_area_listing_leads_to_no_address(world: World) -> None:
    shown = Client().get(f"/api/v1/services/{world.short_id('Quiet flat')}/").json()
    assert shown["locations"] == [shown["location"]]
    assert "latitude" not in shown["location"]
    assert "address_1" not in shown["location"]


# The visitor's flock, with a server of its own.

PLACE, TYPED, BROWSER, ADDRESS = "Zwiebelkanarien", "qcanarywordq", "CanaryBrowser/9", "203.0.113.77"
LATITUDE, LONGITUDE = "51.2345678", "-0.9876543"
NUMBER, SHARED = "+447700900771", "m" * 40
THEIRS = [PLACE, TYPED, BROWSER, ADDRESS, LATITUDE, LONGITUDE, NUMBER]
HEAD = f"Host: 127.0.0.1\r\nUser-Agent: {BROWSER}\r\nX-Forwarded-For: {ADDRESS}\r\n"


def raw(port: int, request: str) -> bytes:
    """Send bytes as they are; return what came back, if anything did."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(request.encode())
        parts = []
        with suppress(OSError):  # a refusal may have come, and the line gone, before all of it was sent
            line.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):
            while part := line.recv(65536):
                parts.append(part)
    return b"".join(parts)


def a_free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """Start the program as it is shipped, with a database and a temporary folder of its own."""
    folder = tmp_path_factory.mktemp("server")
    port = a_free_port()
    environment = os.environ | {
        "PRODUCTION": "True",
        "SECRET_KEY": "x" * 60,
        "OPERATOR_NAME": "Example group",
        "OPERATOR_EMAIL": "hello@example.org",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": f"sqlite:///{folder}/test.sqlite3",
        "TMPDIR": str(folder),
        "PORT": str(port),
        "WEB_CONCURRENCY": "3",
        "MESSAGE_SECRET": SHARED,
        "DJANGO_SETTINGS_MODULE": "tests.shipped_settings",
    }
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "-v0"], env=environment, cwd=settings.BASE_DIR, check=True)
    with (folder / "out.log").open("wb") as out:
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
        process = subprocess.Popen(gunicorn, env=environment, cwd=settings.BASE_DIR, stdout=out, stderr=out)
        for _attempt in range(100):
            try:
                raw(port, "GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                break
            except OSError:
                time.sleep(0.1)
        yield port, folder
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def journey(port: int) -> list[bytes]:
    """Ask as one person would, rightly and wrongly."""
    form = f"near={PLACE}&q={TYPED}&id_free=true"
    json = f'{{"near": "{PLACE}", "q": "{TYPED}"}}'
    posted = "POST {path} HTTP/1.0\r\n" + HEAD + "Content-Type: {kind}\r\nContent-Length: {size}\r\n\r\n{body}"
    form_kind = "application/x-www-form-urlencoded"
    lists = {"/card/": "id", "/card/pdf/": "id", "/list/words/": "id", "/list/": "words"}
    requests = [
        posted.format(path=path, kind=form_kind, size=len(f"{name}={TYPED}"), body=f"{name}={TYPED}")
        for path, name in lists.items()
    ]
    requests += [
        f"GET / HTTP/1.0\r\n{HEAD}\r\n",
        posted.format(path="/find/", kind=form_kind, size=len(form), body=form),
        posted.format(path="/api/v1/services/search/", kind="application/json", size=len(json), body=json),
        posted.format(path="/api/v1/services/search/", kind="application/json", size=3, body=f"{{{TYPED}"),
        posted.format(path="/find/", kind=form_kind, size=90000, body=f"near={PLACE}" * 4000),
        f"GET /api/v1/services/?near={PLACE}&q={TYPED} HTTP/1.0\r\n{HEAD}\r\n",
        f"GET /api/v1/services/?lat={LATITUDE}&lng={LONGITUDE} HTTP/1.0\r\n{HEAD}\r\n",
        f"GET /{PLACE}/{TYPED} HTTP/1.0\r\n{HEAD}\r\n",
        f"GET /find/?near={PLACE} HTTP/1.0\r\n{HEAD}\r\n",
        f"DELETE /find/?near={PLACE} HTTP/1.0\r\n{HEAD}\r\n",
        f"GET /fault/?near={PLACE} HTTP/1.0\r\n{HEAD}\r\n",
        f"GET / HTTP/1.0\r\nHost: {PLACE}.example\r\nUser-Agent: {BROWSER}\r\n\r\n",
        f"GET /{PLACE * 500} HTTP/1.0\r\n{HEAD}\r\n",
        f"NONSENSE {PLACE}\r\n\r\n",
        f"GET /{PLACE} HTTP/9.9\r\n{HEAD}\r\n",
        f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-{PLACE}\r\n\r\n",
        f"GET / HTTP/1.1\r\n{HEAD}Content-Length: {PLACE}\r\n\r\n",
        f"POST /find/ HTTP/1.1\r\n{HEAD}Transfer-Encoding: chunked\r\n\r\n{PLACE}\r\n{TYPED}",
    ]
    return [raw(port, request) for request in [*requests, *messages()]]


def messages() -> Iterator[str]:
    """Yield text messages as a phone company hands them over: one that is right, and each that is wrong."""
    for text, key in (
        (f"{PLACE} {TYPED}", SHARED),
        ("Manchester", SHARED),
        (f"HELPLINE {PLACE}", SHARED),
        (f"MORE {TYPED}", SHARED),
        (TYPED * 400, SHARED),
        (PLACE, "of somebody else"),
    ):
        body, stamp = urlencode({"from": NUMBER, "text": text}), str(int(time.time()))
        mark = hmac.digest(key.encode(), f"{stamp}.{body}".encode(), "sha256").hex()
        head = f"X-Message-Timestamp: {stamp}\r\nX-Message-Signature: {mark}\r\n"
        kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        yield f"POST /message/plain/ HTTP/1.0\r\n{HEAD}{kind}{head}\r\n{body}"
    yield f"GET /message/plain/?from={NUMBER}&text={PLACE} HTTP/1.0\r\n{HEAD}\r\n"


@pytest.mark.server
def test_r25_nothing_of_a_visitor_is_written_down(server: tuple[int, Path]) -> None:
    port, folder = server
    answers = journey(port)
    statuses = {answer.split(b" ")[1] for answer in answers if answer.startswith(b"HTTP/")}
    assert {b"200", b"303", b"400", b"403", b"404", b"405", b"413", b"422", b"500"} <= statuses
    redirects = [answer for answer in answers if b" 303 " in answer.split(b"\r\n")[0]]
    lists = [answer.split(b"Location: ")[1].split(b"\r\n")[0].decode() for answer in redirects[:3]]
    assert all(b" 200 " in raw(port, f"GET {path} HTTP/1.0\r\n{HEAD}\r\n").split(b"\r\n")[0] for path in lists)
    redirect = next(answer for answer in redirects if b"Location: /f/" in answer)
    address = redirect.split(b"Location: ")[1].split(b"\r\n")[0].decode()
    assert b" 422 " in raw(port, f"GET {address} HTTP/1.0\r\n{HEAD}\r\n").split(b"\r\n")[0]
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            assert not found_in(content, [*THEIRS, address, *lists]), (
                f"{path.name} holds {found_in(content, THEIRS)}"
            )


@pytest.mark.server
def test_r28_a_fault_is_counted_and_nothing_more(server: tuple[int, Path]) -> None:
    port, folder = server
    raw(port, f"GET /fault/?near={PLACE} HTTP/1.0\r\n{HEAD}\r\n")
    lines = (folder / "out.log").read_text().splitlines()
    assert any(line.startswith("ZeroDivisionError at ") and line.endswith(" times") for line in lines)


@pytest.mark.server
def test_every_worker_opens_what_another_sealed(server: tuple[int, Path]) -> None:
    port, _folder = server
    form = f"near={PLACE}"
    head = f"{HEAD}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n"
    sent = raw(port, f"POST /find/ HTTP/1.0\r\n{head}{form}")
    address = sent.split(b"Location: ")[1].split(b"\r\n")[0].decode()
    answers = {raw(port, f"GET {address} HTTP/1.0\r\n{HEAD}\r\n").split(b"\r\n")[0] for _attempt in range(30)}
    assert all(b" 422 " in answer for answer in answers)  # an unknown place, and not an ended search
