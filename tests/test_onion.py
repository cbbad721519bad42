"""R46: the site behind an onion service, and what clearnet pages say of it."""

import re
from typing import Any

import pytest
from django.conf import settings as shipped
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings

from config import env
from tests.routes import public_cases, whole
from tests.world import make_world

ONION, CLEARNET = "b" * 56 + ".onion", "support.example.org"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_names(settings: Any) -> None:
    settings.ONION_HOST, settings.ALLOWED_HOSTS = ONION, [CLEARNET, ONION]
    settings.SECURE_HSTS_SECONDS = 31_536_000


def onion(path: str, **headers: str) -> Any:
    return Client(headers={"host": ONION, **headers}).get(path)


def clearnet(path: str, *, secure: bool = True, **headers: str) -> Any:
    return Client(headers={"host": CLEARNET, **headers}).get(path, secure=secure)


def test_r46_a_page_tells_its_onion_address_by_the_path_alone() -> None:
    assert clearnet("/safety/?from=somewhere").headers["Onion-Location"] == f"http://{ONION}/safety/"
    assert clearnet("/ar/nope/").headers["Onion-Location"] == f"http://{ONION}/ar/nope/"


@pytest.mark.parametrize("path", ["/%0d%0aSet-Cookie:x=1/", "/%E2%80%AE/", "//evil.example/"])
def test_r46_what_a_path_holds_stays_in_the_path(path: str) -> None:
    told = clearnet(path).headers["Onion-Location"]
    assert told.startswith(f"http://{ONION}/")
    assert told.isascii()
    assert "\r" not in told


def test_r46_nothing_else_tells_it() -> None:
    assert "Onion-Location" not in clearnet("/api/v1/terms/").headers
    assert "Onion-Location" not in clearnet("/safety/", secure=False).headers
    assert "Onion-Location" not in onion("/safety/").headers


@override_settings(ONION_HOST="")
def test_without_an_onion_service_nothing_is_told() -> None:
    assert "Onion-Location" not in clearnet("/safety/").headers


def test_r46_hsts_is_for_the_clearnet_alone() -> None:
    assert "Strict-Transport-Security" in clearnet("/safety/").headers
    assert "Strict-Transport-Security" not in onion("/safety/").headers
    by_mistake = Client(headers={"host": ONION}).get("/safety/", secure=True)
    assert "Strict-Transport-Security" not in by_mistake.headers


@pytest.mark.parametrize("host", ["evil.example", f"{ONION}.evil.example", f"x.{ONION}", "c" * 56 + ".onion", ""])
def test_r46_a_name_that_is_not_ours_is_refused(host: str) -> None:
    refused = Client(headers={"host": host}).get("/safety/")
    assert refused.status_code == 400
    assert "Onion-Location" not in refused.headers
    assert host not in refused.content.decode() or not host


@pytest.mark.parametrize("name", ["forwarded", "x-forwarded-host", "x-host", "x-original-url"])
def test_r46_other_headers_name_no_host(name: str) -> None:
    answer = onion("/hsds/3.2/", **{name: "evil.example"})
    assert "evil.example" not in answer.content.decode()


def test_r46_no_page_at_the_onion_leads_to_the_clearnet_or_redirects_to_another_host() -> None:
    """Every public route: pages and answers, frames, cards, files and redirects."""
    client = Client(headers={"host": ONION}, raise_request_exception=False)
    for asked in public_cases(make_world()).values():
        for ask in asked[:3]:
            if "host" in ask.headers:
                continue
            answer = whole(ask.send(client))
            said = f"{answer.content.decode('latin1')} {dict(answer.headers)}"
            assert CLEARNET not in said, ask
            assert "testserver" not in said, ask
            assert f"https://{ONION}" not in said, ask
            assert re.match(r"(?!//)/|http://" + ONION, answer.headers.get("Location", "/")), ask


@pytest.mark.parametrize("path", ["/api/v1/services/?page_size=1", "/hsds/3.2/", "/api/v1/changes/?page_size=1"])
def test_r46_a_program_at_the_onion_stays_there(path: str) -> None:
    make_world()
    answer = onion(path).content.decode()
    assert f'"http://{ONION}/' in answer


@pytest.mark.parametrize("name", ["expyuzz4wqqyqhjn.onion", "https://" + ONION, "b" * 55 + "1.onion", CLEARNET])
def test_a_name_that_is_no_onion_service_stops_the_start(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("ONION_HOST", name)
    with pytest.raises(ImproperlyConfigured):
        env.onion("ONION_HOST")


def test_the_name_is_allowed_without_being_said_twice() -> None:
    assert not shipped.ONION_HOST or shipped.ONION_HOST in shipped.ALLOWED_HOSTS
