"""R63: what a page weighs on a slow line, compressed: HTML and style sheet, and a script nobody needs."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.conftest import MakeService
from tests.test_web import Tags, searched

pytestmark = pytest.mark.django_db
STATIC = Path(settings.BASE_DIR) / "static"
KB = 1000
LONG = "A kitchen, a bathroom and a cupboard you can take from. Somebody is there who has done the work. " * 6


def compressed(content: bytes) -> int:
    """Return the bytes that go over the line; gzip as the shipped proxy does it, brotli would be less."""
    return len(gzip.compress(content, 6))


def weight(page: bytes) -> int:
    return compressed(page) + compressed((STATIC / "brolly.css").read_bytes())


@pytest.fixture
def town(make_service: MakeService) -> list[str]:
    """Fill a town with twenty-five services that say much; return their short ids."""
    parts = {"yes": ["id_free", "free"], "languages": ["en", "ro", "ar", "th"], "description": LONG}
    return [
        make_service(f"Room number {n} of the long names", phone=f"0161 496 {n:04d}", **parts).short_id
        for n in range(25)
    ]


@pytest.mark.parametrize("prefix", ["", "/ar", "/ru"])
def test_r63_home_and_service_fit_one_flight(town: list[str], prefix: str) -> None:
    for path in (f"{prefix}/", f"{prefix}/s/{town[0]}/"):
        assert weight(Client().get(path).content) <= 14 * KB, path


@pytest.mark.parametrize("prefix", ["", "/ar", "/ru"])
def test_r63_twenty_results_weigh_24_kb_at_most(town: list[str], prefix: str) -> None:
    sent = Client().post(f"{prefix}/find/", {"near": "Manchester"})
    page = Client().get(sent.headers["Location"]).content
    assert page.count(b'class="row"') == 20
    assert weight(page) <= 24 * KB


def test_r63_a_page_is_two_requests_and_a_script_nobody_needs(town: list[str]) -> None:
    page = searched(Client(), near="Manchester").content.decode()
    loads = [attrs for tag, attrs in Tags(page).found if tag in {"link", "script", "img"}]
    kinds = [attrs.get("rel") or "script" for attrs in loads]
    assert kinds == ["script", "stylesheet", "icon"]


def test_r63_the_script_is_small() -> None:
    assert compressed((STATIC / "page.js").read_bytes()) <= 6 * KB
