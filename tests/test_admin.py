"""The back room: staff look everything up and change nothing; for others it is not there (SAFETY R21, R34)."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import clear_url_caches

from config.env import path_part
from locator.admin import site
from locator.models import Contact, Service
from tests import back_room_urls
from tests.accounts import a_person, signed_in
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
TABLES = list(apps.get_app_config("locator").get_models())
EXCUSED: dict[str, str] = {}  # a table that staff need not see, and why


@pytest.fixture
def back(settings: Any) -> Iterator[None]:
    """Open the back room at /back/."""
    settings.ADMIN_PATH, settings.ROOT_URLCONF = "back", back_room_urls.__name__
    clear_url_caches()
    yield
    clear_url_caches()


@pytest.fixture
def world(db: None, back: None) -> World:
    return make_world()


@pytest.fixture
def staff(back: None) -> Client:
    user = a_person("Stella")
    user.is_staff = True
    user.save()
    return signed_in(user)


def everything() -> str:
    """Return every row of every table of ours."""
    return "\n".join(serializers.serialize("json", table._default_manager.order_by("pk")) for table in TABLES)


def addresses() -> list[str]:
    """Return every address of every table: its list, and the pages of one row."""
    found = []
    for table in TABLES:
        stem = f"/back/locator/{table._meta.model_name}/"
        row = table._default_manager.order_by("pk").first()
        found += [stem, f"{stem}add/"]
        found += [f"{stem}{row.pk}/{rest}" for rest in ("change/", "delete/", "history/")] if row else []
    return found


# Who gets in


def test_r34_there_is_no_back_room_unless_an_operator_says_where(world: World, settings: Any) -> None:
    settings.ROOT_URLCONF = "config.urls"
    clear_url_caches()
    stella = a_person("Stella")
    stella.is_staff = True
    stella.save()
    for path in ("/back/", "/admin/", "/back/locator/service/"):
        assert signed_in(stella).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/back/", "/back/login/", "/back/locator/service/", "/back/jsi18n/"])
def test_r47_who_is_not_signed_in_gets_our_own_page_to_sign_in(back: None, path: str) -> None:
    page = Client().get(path)
    assert page.status_code == 302
    assert page.headers["Location"].startswith("/team/account/login/")


def test_r47_staff_need_a_second_step_too(back: None) -> None:
    stella = a_person("Stella")
    stella.is_staff = True
    stella.save()
    stella.authenticator_set.all().delete()
    page = signed_in(stella).get("/back/")
    assert page.headers["Location"] == "/team/second-step/"


@pytest.mark.parametrize("moderator", [True, False])
def test_r21_for_a_partner_and_a_moderator_it_is_not_there(world: World, moderator: bool) -> None:
    organization = world.listed["Lantern room"].organization
    person = signed_in(a_person("Paula", of=organization, role="manager", moderator=moderator))
    for path in ["/back/", *addresses()]:
        assert person.get(path).status_code == 404
        assert person.post(path, {"name": "Mine"}).status_code == 404


def test_an_operator_lets_staff_in_and_out_again(back: None) -> None:
    stella = signed_in(a_person("Stella"))
    call_command("staff", "stella@example.org", stdout=StringIO())
    assert stella.get("/back/").status_code == 200
    call_command("staff", "stella@example.org", "--no-more", stdout=StringIO())
    assert stella.get("/back/").status_code == 404
    with pytest.raises(CommandError, match="Invite them first"):
        call_command("staff", "sid@example.org")


def test_staff_who_left_are_out(staff: Client) -> None:
    from django.contrib.auth import get_user_model

    get_user_model().objects.update(is_staff=False)
    assert staff.get("/back/").status_code == 404


# What is there


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_table_can_be_looked_up(table: Any) -> None:
    assert site.is_registered(table) or EXCUSED.get(table.__name__), f"Register {table.__name__} or say why not."


def test_accounts_and_their_secrets_are_not_there(staff: Client) -> None:
    page = staff.get("/back/").content.decode()
    assert "Services" in page
    for path in ("/back/auth/user/", "/back/mfa/authenticator/", "/back/sessions/session/"):
        assert staff.get(path).status_code == 404


def test_every_list_and_row_opens(world: World, staff: Client) -> None:
    for path in addresses():
        wanted = 403 if path.endswith(("/add/", "/delete/")) else 200
        assert staff.get(path).status_code == wanted, path


def test_a_search_finds_a_row_and_no_word_of_it_stands_in_an_address(world: World, staff: Client) -> None:
    page = staff.post("/back/locator/service/", {"q": "Lantern"}, follow=True)
    assert page.redirect_chain == [("/back/locator/service/", 302)]
    found = page.content.decode()
    assert "Lantern room" in found
    assert "Berlin room" not in found
    assert "=Lantern" not in found


def test_a_word_in_the_address_is_not_looked_for(world: World, staff: Client) -> None:
    assert "Berlin room" in staff.get("/back/locator/service/?q=Lantern").content.decode()


# What cannot be done


def test_r51_no_address_of_the_back_room_changes_anything(world: World, staff: Client) -> None:
    Contact.objects.update(phone="0161 496 0000")
    before = everything()
    service = Service.objects.order_by("pk").first()
    assert service
    typed = {"name": "Hacked", "number": "0161 496 0666", "post": "yes", "action": "delete_selected"}
    typed |= {"_selected_action": str(service.pk), "status": "listed", "_save": "Save"}
    for path in addresses():
        for method in ("post", "put", "patch", "delete"):
            assert getattr(staff, method)(path, typed if method == "post" else "").status_code in {
                200,
                302,
                403,
                405,
            }
    assert everything() == before


def test_r33_its_pages_carry_the_portals_headers(staff: Client) -> None:
    page = staff.get("/back/")
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in page.headers["Cache-Control"]
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert b"<style" not in page.content
    assert b'style="' not in page.content


def test_its_style_sheet_is_among_ours() -> None:
    from django.contrib.staticfiles import finders

    assert finders.find("admin/css/base.css")


@pytest.mark.parametrize("value", ["team", "Back Room", "../x", "api"])
def test_a_path_that_cannot_be_stops_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ADMIN_PATH", value)
    with pytest.raises(ImproperlyConfigured, match="ADMIN_PATH must be"):
        path_part("ADMIN_PATH")
