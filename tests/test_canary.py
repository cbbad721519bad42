"""R25: words that nobody else uses, planted where they must stay, are found nowhere else.

Two flocks. Ours: in every restricted column; sought in every public answer, log line, mail and file. The
visitor's: the place, words, address and browser of one person, sought in every file and log line of a server
that they asked everything of, the wrong things too.
"""

import io
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
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
from tests.visiting import SHARED, Visitor, location_of, status_of, ways
from tests.world import World, make_world

NOT_TEXT = (
    models.BooleanField,
    models.UUIDField,
    models.DateField,
    models.DateTimeField,
    models.IntegerField,
    models.ForeignKey,
)


def found_in(haystack: bytes, words: list[str]) -> list[str]:
    return [word for word in words if any(way in haystack for way in ways(word))]


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

VISITOR = Visitor()


def a_free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


@pytest.fixture(scope="module")
def figures_port() -> int:
    return a_free_port()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, figures_port: int) -> Iterator[tuple[int, Path]]:
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
        "METRICS_PORT": str(figures_port),
        "DJANGO_SETTINGS_MODULE": "tests.shipped_settings",
    }
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "-v0"], env=environment, cwd=settings.BASE_DIR, check=True)
    with (folder / "out.log").open("wb") as out:
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
        process = subprocess.Popen(gunicorn, env=environment, cwd=settings.BASE_DIR, stdout=out, stderr=out)
        for _attempt in range(100):
            try:
                VISITOR.send(port, VISITOR.get("/healthz"))
                break
            except OSError:
                time.sleep(0.1)
        yield port, folder
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


@pytest.mark.server
def test_r25_nothing_of_a_visitor_is_written_down(server: tuple[int, Path]) -> None:
    port, folder = server
    answers = [VISITOR.send(port, request) for request in VISITOR.asks()]
    asked_for = {"200", "303", "400", "403", "404", "405", "413", "422", "500"}
    assert asked_for <= {status_of(answer) for answer in answers}
    leads = [path for answer in answers if (path := location_of(answer))]
    found, lists = next(path for path in leads if path.startswith("/f/")), leads[:3]
    assert status_of(VISITOR.send(port, VISITOR.get(found))) == "422"
    assert {status_of(VISITOR.send(port, VISITOR.get(path))) for path in lists} == {"200"}
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            held = found_in(file.read_bytes(), [*VISITOR.words, found, *lists])
            assert not held, f"{file.name} holds {held}"


@pytest.mark.server
def test_r28_a_fault_is_counted_and_nothing_more(server: tuple[int, Path]) -> None:
    port, folder = server
    VISITOR.send(port, VISITOR.get("/fault/?near=Leeds"))
    lines = (folder / "out.log").read_text().splitlines()
    assert any(line.startswith("ZeroDivisionError at ") and line.endswith(" times") for line in lines)


@pytest.mark.server
def test_every_worker_opens_what_another_sealed(server: tuple[int, Path]) -> None:
    port, _folder = server
    address = location_of(VISITOR.send(port, VISITOR.post("/find/", "near=Nowhereatall")))
    answers = [status_of(VISITOR.send(port, VISITOR.get(address))) for _attempt in range(30)]
    assert set(answers) == {"422"}  # an unknown place, and not an ended search


@pytest.mark.server
def test_figures_are_on_loopback_alone_and_hold_nothing_of_a_visitor(
    server: tuple[int, Path], figures_port: int
) -> None:
    port, _folder = server
    for request in VISITOR.asks():
        VISITOR.send(port, request)
    shown = VISITOR.send(figures_port, VISITOR.get("/metrics"))
    assert b'brolly_answers_total{pages="search",status="2xx"}' in shown
    assert not found_in(shown, VISITOR.words)
    assert b"brolly_" not in VISITOR.send(port, VISITOR.get("/metrics"))
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines() if " 0A " in line]
    there = {line[1].split(":")[0] for line in listening if line[1].endswith(f":{figures_port:04X}")}
    assert there == {"0100007F"}  # 127.0.0.1


@pytest.mark.server
def test_figures_answer_one_address_alone(server: tuple[int, Path], figures_port: int) -> None:
    statuses = {
        path: status_of(VISITOR.send(figures_port, VISITOR.get(path))) for path in ("/metrics", "/", "/find/")
    }
    assert statuses == {"/metrics": "200", "/": "404", "/find/": "404"}
