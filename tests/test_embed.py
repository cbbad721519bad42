"""An organization's list on its own site: what the frame shows and cannot do, and that nothing else is framed."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from locator import moderation
from locator.models import Organization, Service
from locator.rules import Actor, Role
from tests.accounts import a_person, signed_in
from tests.conftest import MakeService, a_document, an_id, publish
from tests.routes import ABSENT, cases
from tests.test_web import Tags, text
from tests.test_weight import KB, compressed, weight
from tests.world import make_world

pytestmark = pytest.mark.django_db
OURS = an_id("organization", "Example group")
FRAME = f"/embed/{OURS}/"
STATIC = Path(settings.BASE_DIR) / "static"


@pytest.fixture
def room() -> Service:
    return publish(a_document("Tuesday room", phone="0161 496 0000", yes=["id_free"]))


def page(address: str = FRAME) -> str:
    return Client().get(address).content.decode()


def links(address: str = FRAME) -> list[dict[str, Any]]:
    return [attrs for tag, attrs in Tags(page(address)).found if tag == "a"]


# What it shows


def test_it_shows_what_the_organization_offers_and_nobody_else(room: Service) -> None:
    publish(a_document("Others' room", organization="Others"))
    found = text(Client().get(FRAME))
    assert "Example group" in found
    assert "Tuesday room" in found
    assert "Others" not in found


def test_a_service_of_two_places_stands_in_it_once(make_service: MakeService) -> None:
    make_service("Two doors", at=["manchester", "salford"])
    assert page().count("Two doors") == 1


def test_what_is_taken_out_is_gone_from_it_at_once(room: Service) -> None:
    moderation.withdraw(room.id, by=Actor("Mo", Role.MODERATOR), reason="It closed")
    found = Client().get(FRAME)
    assert found.status_code == 404
    assert "Nothing is shown here just now" in text(found)


def test_what_is_no_longer_offered_is_not_in_it(make_service: MakeService) -> None:
    make_service("Tuesday room")
    publish(a_document("Old room") | {"status": "inactive"})
    assert "Old room" not in page()


def test_an_organization_that_only_we_know_looks_like_none() -> None:
    Organization.objects.create(id=OURS, name="Example group", staff_notes="Ask for Sam")
    known, unknown = Client().get(FRAME), Client().get(f"/embed/{ABSENT}/")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)


def test_it_is_in_the_language_of_its_address(room: Service) -> None:
    assert '<html lang="ar" dir="rtl"' in page(f"/ar{FRAME}")
    assert f"/ar/s/{room.short_id}/" in {link["href"] for link in links(f"/ar{FRAME}")}


@pytest.mark.parametrize(
    ("query", "theme"), [("", "auto"), *((f"?theme={name}", name) for name in ("light", "dark"))]
)
def test_its_address_says_light_or_dark(room: Service, query: str, theme: str) -> None:
    assert f'data-theme="{theme}"' in page(FRAME + query)


@pytest.mark.parametrize("query", ["?theme=red", "?theme=", "?dark", "?theme=dark&q=Leeds"])
def test_a_mistake_in_its_address_is_said_in_the_frame(room: Service, query: str) -> None:
    found = Client().get(FRAME + query)
    assert found.status_code == 400
    assert "may end in ?theme=light, ?theme=dark or ?theme=auto" in text(found)
    assert "frame-ancestors *" in found.headers["Content-Security-Policy"]


def tokens(css: str) -> list[dict[str, str]]:
    """Return the colours of each block that sets some for a screen."""
    blocks = re.findall(r":root[^{]*\{([^}]*--paper[^}]*--exit-ink[^}]*)\}", css)
    return [dict(re.findall(r"(--[\w-]+): ([^;]+);", block)) for block in blocks]


def test_its_colours_are_those_of_the_site() -> None:
    (day, night), theirs = (tokens((STATIC / f"{name}.css").read_text()) for name in ("brolly", "embed"))
    assert theirs == [{name: day[name] for name in night}, night]


def test_it_takes_one_query_however_long(make_service: MakeService, django_assert_num_queries: Any) -> None:
    for n in range(5):
        make_service(f"Room {n}")
    with django_assert_num_queries(1):
        Client().get(FRAME)


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_ten_services_fit_one_flight(make_service: MakeService, prefix: str) -> None:
    for n in range(10):
        make_service(f"Room number {n}", phone=f"0161 496 {n:04d}", yes=["id_free"], languages=["en", "ro", "ar"])
    ours = compressed((STATIC / "embed.css").read_bytes())
    assert weight(Client().get(prefix + FRAME).content) + ours <= 14 * KB


# What it cannot do


def test_it_sets_nothing_runs_nothing_sends_nothing(room: Service) -> None:
    found = Client().get(FRAME)
    assert not found.cookies
    policy = found.headers["Content-Security-Policy"]
    for part in ("default-src", "script-src", "connect-src", "form-action", "base-uri"):
        assert f"{part} 'none'" in policy
    assert not {tag for tag, _attrs in Tags(found.content.decode()).found} & {"script", "form", "input", "iframe"}
    assert found.headers["Referrer-Policy"] == "no-referrer"
    assert found.headers["Cache-Control"] == "no-store"
    assert "X-Frame-Options" not in found.headers


def test_its_links_open_in_place_of_the_page_around_it(room: Service) -> None:
    """A tab of its own would leave the partner's page behind when somebody leaves."""
    assert [attrs for tag, attrs in Tags(page()).found if tag == "base"] == [{"target": "_top"}]
    assert not [link for link in links() if "target" in link]


def test_a_form_sent_to_it_is_refused_and_not_framed(room: Service) -> None:
    refused = Client().post(FRAME)
    assert refused.status_code == 405
    assert "frame-ancestors 'none'" in refused.headers["Content-Security-Policy"]


def test_nothing_else_may_be_framed() -> None:
    world = make_world()
    paula = signed_in(a_person("Paula", of=next(iter(world.listed.values())).organization, role="manager"))
    framed = set()
    for route, requests in cases(world).items():
        for ask in requests[:2]:
            policy = ask.send(paula if route.startswith("team/") else Client()).headers["Content-Security-Policy"]
            assert policy.count("frame-ancestors") == 1, ask
            if "frame-ancestors 'none'" not in policy:
                framed.add(route)
    assert framed == {"embed/<uuid:organization_id>/"}


# The line to copy


@pytest.fixture
def paula(room: Service) -> Client:
    return signed_in(a_person("Paula", of=room.organization))


def test_a_partner_is_led_to_the_line(paula: Client) -> None:
    assert f'href="/team{FRAME}"' in paula.get("/team/").content.decode()
    shown = unescape(text(paula.get(f"/team{FRAME}")))
    line = f'<iframe src="http://testserver{FRAME}" title="Example group" width="100%" height="600"'
    assert f'{line} loading="lazy" referrerpolicy="no-referrer"></iframe>' in shown


def test_the_line_is_in_the_language_of_the_page(paula: Client) -> None:
    assert f'<iframe src="http://testserver/ar{FRAME}"' in unescape(text(paula.get(f"/ar/team{FRAME}")))


def test_a_name_cannot_break_out_of_the_line(paula: Client, room: Service) -> None:
    Organization.objects.update(name='"><script>alert(1)</script>')
    shown = unescape(text(paula.get(f"/team{FRAME}")))
    assert 'title="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in shown


def test_the_portal_may_frame_that_list_and_nothing_else(paula: Client) -> None:
    assert "frame-src 'self'" in paula.get(f"/team{FRAME}").headers["Content-Security-Policy"]
    assert "frame-src" not in paula.get("/team/").headers["Content-Security-Policy"]


def test_the_line_of_another_organization_is_not_there(paula: Client) -> None:
    other = publish(a_document("Others' room", organization="Others")).organization_id
    assert paula.get(f"/team/embed/{other}/").status_code == 404
