"""R24: an address that was public once and is hidden is nowhere any more, but in backups (docs/privacy.md).

A service with words that nobody else uses in its address is listed, edited, reported and looked at by everybody.
Then its organization shows only the area. Every place that could still hold one of those words is read: the whole
database, the search index with it, caches, log lines, mails, sessions, pages, API and files.
"""

import base64
import logging
import pickle
import sqlite3
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import caches
from django.db import connection
from django.test import Client

from locator import moderation
from locator.models import Change, Contact, Service
from locator.rules import Actor, Refused, Role, actor_of
from tests.accounts import a_person, signed_in
from tests.conftest import Document, a_document, publish
from tests.routes import cases
from tests.world import World

STREET, POSTCODE, TRANSPORT = "7 Canaryfeather Row", "M99 9ZZ", "Bus Kanarienvogel"
LATITUDE, LONGITUDE = 53.481234, -2.245678
WORDS = [STREET, "Canaryfeather", POSTCODE, "M999ZZ", "Kanarienvogel", str(LATITUDE), str(LONGITUDE)]
PUBLIC_API = "/api/v1/services/"


def every_way(word: str) -> set[bytes]:
    """Return a word as it could be written down: plain, in an address, as JSON, and in base64 at any offset."""
    plain = {word, word.lower(), word.upper(), quote(word), quote_plus(word), word.replace(" ", "%20")}
    shifted = {base64.b64encode(b"x" * n + word.encode())[4:-4] for n in range(3)}
    return {way.encode() for way in plain} | {part for part in shifted if len(part) >= 6}


def told_in(held: bytes) -> list[str]:
    return [word for word in WORDS if any(way in held for way in every_way(word))]


def document() -> Document:
    """Return a service whose address holds the words, and whose history will."""
    found = a_document("Tuesday room", description="Tea.", phone="0161 496 0000", yes=["step_free"])
    location = found["service_at_locations"][0]["location"]
    address = {"address_1": STREET, "city": "Manchester", "postal_code": POSTCODE, "country": "GB"}
    location["addresses"] = [address | {"address_type": "physical"}]
    location |= {"latitude": LATITUDE, "longitude": LONGITUDE, "transportation": TRANSPORT}
    return found


def hidden(service: Service) -> Document:
    """Return the service as it is, with its place leaving only its area."""
    found = deepcopy(moderation.current(service.id))
    at = found["service_at_locations"][0]
    at["location"] = {"id": at["location"]["id"], "location_type": "physical"}
    shown = {"id": at["location"]["id"], "address_visibility": "area", "area": "manchester-gb"}
    found["brolly"]["locations"] = [shown]
    return found


@pytest.fixture
def paula(manchester: None) -> Any:
    """A manager of the organization whose service it is."""
    service = publish(document())
    Contact.objects.create(organization=service.organization, name="Sam", email="sam@example.org")
    return a_person("Paula", of=service.organization, role="manager")


@pytest.fixture
def room(paula: Any, caplog: pytest.LogCaptureFixture) -> Service:
    """A listed service with a history, reports, a waiting change, and pages that people have looked at."""
    caplog.set_level(logging.DEBUG)
    service = Service.objects.get()
    publish({**moderation.current(service.id), "description": "Tea and cake."})
    for kind in moderation.ReportKind:
        moderation.report(service.short_id, kind)
    moderation.submit({**moderation.current(service.id), "name": "Another name"}, by=actor_of(paula))
    look_around(service, signed_in(paula))
    return service


def look_around(service: Service, browser: Client) -> bytes:
    """Open every public page of it and every page of its organization; return all that was read."""
    asks = [ask for asked in cases(World({"it": service}, {})).values() for ask in asked]
    answers = [ask.send(Client(raise_request_exception=False)) for ask in asks]
    short_id = service.short_id
    paths = ["", "look/", "history/", "edit/words/", "edit/place/", "close/"]
    at = moderation.current(service.id)["service_at_locations"][0]["id"]
    paths += [f"edit/place/{at}/", f"edit/hours/{at}/"]
    answers += [browser.get(f"/team/s/{short_id}/{rest}") for rest in paths]
    answers += [browser.get(path) for path in ("/team/", "/team/all/")]
    answers += [Client().get(f"{PUBLIC_API}?format={kind}") for kind in ("json", "geojson", "csv")]
    return b"\n".join(answer.content + repr(answer.headers).encode() for answer in answers)


def whole_database(folder: Path) -> bytes:
    """Return all that the database holds: the file as it is on SQLite, on PostgreSQL every row of every table.

    PostgreSQL's own files cannot be read from here: what VACUUM has freed is not looked at.
    """
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        with sqlite3.connect(folder / "all.sqlite3") as target:
            connection.connection.backup(target)
        return (folder / "all.sqlite3").read_bytes()
    found = b""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # a visitor's two seconds are too few
        cursor.execute("VACUUM")
        cursor.execute("RESET statement_timeout")
        for table in connection.introspection.table_names(cursor):
            with cursor.connection.cursor() as own, own.copy(f'COPY "{table}" TO STDOUT') as rows:
                found += b"".join(bytes(part) for part in rows)
    return found


def in_memory() -> bytes:
    """Return what caches hold, and what was mailed."""
    held = [getattr(cache, "_cache", {}) for cache in caches.all(initialized_only=True)]
    kept = [
        value if isinstance(value, bytes) else pickle.dumps(value) for cache in held for value in cache.values()
    ]
    keys = [str(key).encode() for cache in held for key in cache]
    mails = [f"{message.subject}\n{message.body}\n{message.to}".encode() for message in mail.outbox]
    return b"\n".join([*kept, *keys, *mails])


def sessions() -> bytes:
    return b"\n".join(repr(session.get_decoded()).encode() for session in Session.objects.all())


@pytest.mark.django_db(transaction=True)
def test_r24_what_is_looked_for_is_found_while_it_is_public(room: Service, paula: Any, tmp_path: Path) -> None:
    assert set(told_in(whole_database(tmp_path))) == set(WORDS) - {"M999ZZ"}
    assert {STREET, POSTCODE, str(LATITUDE)} <= set(told_in(look_around(room, signed_in(paula))))


@pytest.mark.django_db(transaction=True)
def test_r24_an_address_that_is_hidden_is_nowhere_any_more(
    room: Service, paula: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    logging.getLogger("django.db.backends").setLevel(logging.INFO)  # statements are no log of ours (SAFETY R27)
    done = moderation.submit(hidden(room), by=actor_of(paula)).done
    assert done is not None
    held = whole_database(tmp_path)
    assert b"Tuesday room" in held
    assert told_in(held) == []
    assert told_in(look_around(room, signed_in(paula))) == []
    assert mail.outbox
    assert told_in(in_memory()) == []
    assert sessions()
    assert told_in(sessions()) == []
    assert told_in(caplog.text.encode()) == []
    assert told_in(whole_database(tmp_path)) == []  # and nobody who looked has put it back


@pytest.mark.django_db(transaction=True)
def test_r24_nothing_that_can_be_undone_brings_it_back(room: Service, paula: Any, tmp_path: Path) -> None:

    moderation.submit(hidden(room), by=actor_of(paula))
    mo = Actor("Mo", Role.MODERATOR)
    for change in Change.objects.exclude(state="rejected"):
        for act in (moderation.roll_back, moderation.approve):
            try:
                act(change, by=mo)
            except Refused:
                continue
    assert told_in(whole_database(tmp_path)) == []
    assert told_in(look_around(room, signed_in(paula))) == []
