"""A partner keeps a service true: what they see, what takes effect, what waits."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from locator import moderation
from locator.models import Change, Contact, Listing, Membership, Organization, Service
from locator.rules import Actor, Role
from tests.accounts import PASSWORD, a_person, signed_in, who_proved_it_lately
from tests.conftest import a_document, publish, utc
from tests.test_web import text

pytestmark = pytest.mark.django_db
OLD, NEW = "0161 496 0000", "0161 496 0001"


@pytest.fixture
def room() -> Service:
    return publish(a_document("Tuesday room", phone=OLD, description="Tea and a chair.", yes=["id_free"]))


@pytest.fixture
def paula(room: Service) -> Client:
    """A manager of Example group, signed in."""
    return signed_in(a_person("Paula", of=room.organization, role="manager"))


@pytest.fixture
def sid() -> Client:
    """An editor of another organization, signed in."""
    return signed_in(a_person("Sid", of=Organization.objects.create(name="Others")))


def at(service: Service, rest: str = "") -> str:
    return f"/team/s/{service.short_id}/{rest}"


def form_of(browser: Client, address: str) -> dict[str, Any]:
    """Return what a form holds when it is opened, as a browser would send it."""
    form = browser.get(address).context["form"]
    found = {name: form[name].value() for name in form.fields}
    found["seen"] = browser.get(address).context["seen"]
    return {name: value for name, value in found.items() if value not in (None, False, "")}


def save(browser: Client, address: str, **typed: Any) -> Any:
    return browser.post(address, {**form_of(browser, address), **typed}, follow=True)


def visitors_page(service: Service) -> str:
    return text(Client().get(f"/s/{service.short_id}/"))


# At a glance


@pytest.mark.parametrize(
    ("days_ago", "words"),
    [(1, "Fresh until"), (80, "Please check by"), (100, "Too old")],
)
def test_how_fresh_a_service_is_stands_beside_it(room: Service, paula: Client, days_ago: int, words: str) -> None:
    checked = timezone.localdate() - timedelta(days=days_ago)
    Service.objects.update(assured_date=checked, assurer="Example group")
    assert words in text(paula.get("/team/"))


@pytest.mark.parametrize("services", [1, 12])
def test_the_list_costs_the_same_queries_however_long(
    paula: Client, services: int, django_assert_num_queries: Any
) -> None:
    for n in range(services - 1):
        publish(a_document(f"Room {n}"))
    with django_assert_num_queries(13):
        paula.get("/team/")


def test_a_partner_without_services_is_told_how_to_begin(paula: Client) -> None:
    Service.objects.all().delete()
    assert "Add a service" in text(paula.get("/team/"))


def test_r21_another_organizations_service_is_not_there(room: Service, sid: Client) -> None:
    for rest in ("", "look/", "history/", "edit/words/", "close/"):
        assert sid.get(at(room, rest)).status_code == 404
    assert "Tuesday room" not in text(sid.get("/team/"))


@pytest.mark.parametrize("rest", ["right/", "list/", "take-back/", "close/", "open/", "edit/words/"])
def test_r21_nor_can_anything_be_done_with_it(room: Service, sid: Client, rest: str) -> None:
    before = moderation.current(room.id)
    assert sid.post(at(room, rest), {"today": "1", "name": "Mine"}).status_code == 404
    assert moderation.current(room.id) == before


# Steps


@pytest.mark.parametrize("step", ["words", "hours", "questions", "place", "languages"])
def test_saving_a_step_as_it_is_changes_nothing(room: Service, paula: Client, step: str) -> None:
    address = at(room, f"edit/{step}/")
    several = re.findall(rf'href="({address}[^"]+)"', paula.get(address).content.decode())
    address = next((found for found in several if not found.endswith("/new/")), address)
    before, changes = moderation.current(room.id), Change.objects.count()
    assert "Nothing was different." in text(save(paula, address))
    assert moderation.current(room.id) == before
    assert Change.objects.count() == changes


def test_words_wait_for_a_second_person(room: Service, paula: Client) -> None:
    found = text(save(paula, at(room, "edit/words/"), description="Soup and a chair."))
    assert "A second person looks at it first" in found
    assert "Soup and a chair." in found
    assert "Tea and a chair." in visitors_page(room)


def test_words_of_a_trusted_organization_are_shown_at_once(room: Service, paula: Client) -> None:
    Organization.objects.update(trusted=True)
    assert "Visitors see it now" in text(save(paula, at(room, "edit/words/"), description="Soup and a chair."))
    assert "Soup and a chair." in visitors_page(room)


def test_a_second_edit_keeps_what_waits_of_the_first(room: Service, paula: Client) -> None:
    save(paula, at(room, "edit/words/"), description="Soup and a chair.")
    save(paula, at(room, "edit/languages/"), often=["en", "ro"])
    (waiting,) = Change.objects.filter(state="waiting")
    assert waiting.document["description"] == "Soup and a chair."
    assert [row["code"] for row in waiting.document["languages"]] == ["en", "ro"]


def test_what_waits_can_be_taken_back(room: Service, paula: Client) -> None:
    save(paula, at(room, "edit/words/"), description="Soup and a chair.")
    found = text(paula.post(at(room, "take-back/"), follow=True))
    assert "Nothing waits any more" in found
    assert not Change.objects.filter(state="waiting").exists()


def test_a_colleagues_edit_meanwhile_is_not_written_over(room: Service, paula: Client) -> None:
    opened = form_of(paula, at(room, "edit/words/"))
    publish({**moderation.current(room.id), "wait_time": "Two days"})
    page = paula.post(at(room, "edit/words/"), {**opened, "description": "Soup."})
    assert page.status_code == 400
    assert "Somebody has changed this service since you opened this page" in text(page)
    assert not Change.objects.filter(state="waiting").exists()


def test_looking_first_saves_nothing(room: Service, paula: Client) -> None:
    address, changes = at(room, "edit/words/"), Change.objects.count()
    page = paula.post(address, {**form_of(paula, address), "description": "Soup.", "preview": "1"})
    assert "It is not saved" in text(page)
    assert "Soup." in text(page)
    assert Change.objects.count() == changes
    assert "Tea and a chair." in visitors_page(room)


def test_hours_of_the_week_in_the_grid(room: Service, paula: Client) -> None:
    Organization.objects.update(trusted=True)
    place = moderation.current(room.id)["service_at_locations"][0]["id"]
    typed = {"TU-opens-0": "13:00", "TU-closes-0": "17:00", "TH-opens-0": "13:00", "TH-closes-0": "17:00"}
    save(paula, at(room, f"edit/hours/{place}/"), **typed)
    assert "Tuesday, Thursday: 13:00–17:00" in visitors_page(room)


def test_first_and_third_tuesday_in_the_grid_and_back(room: Service, paula: Client) -> None:
    Organization.objects.update(trusted=True)
    place = moderation.current(room.id)["service_at_locations"][0]["id"]
    address = at(room, f"edit/hours/{place}/")
    save(paula, address, **{"TU-opens-0": "13:00", "TU-closes-0": "17:00", "TU-when": "1,3"})
    assert "First and third Tuesday: 13:00–17:00" in visitors_page(room)
    assert form_of(paula, address)["TU-when"] == "1,3"
    assert "Nothing was different." in text(save(paula, address))


def test_hours_can_be_written_as_words(room: Service, paula: Client) -> None:
    Organization.objects.update(trusted=True)
    place = moderation.current(room.id)["service_at_locations"][0]["id"]
    address = at(room, f"edit/hours/{place}/")
    save(paula, address, written="Every 2 weeks from 2026-11-03 Tue 13:00-17:00\nBank holidays: closed")
    assert "Tuesday, every 2 weeks" in visitors_page(room)
    assert "Nothing was different." in text(save(paula, address))


def test_words_that_are_no_hours_are_named_and_change_nothing(room: Service, paula: Client) -> None:
    place = moderation.current(room.id)["service_at_locations"][0]["id"]
    page = save(paula, at(room, f"edit/hours/{place}/"), written="Mon 9-5")
    assert page.status_code == 400
    assert "We could not read" in text(page)


def test_a_question_can_be_answered_declined_and_unknown(room: Service, paula: Client, mo: Actor) -> None:
    save(paula, at(room, "edit/questions/"), free="yes", walk_in="declined", id_free="unknown")
    (waiting,) = Change.objects.filter(state="waiting")
    answers = {fact["question"]: fact["answer"] for fact in waiting.document["brolly"]["facts"]}
    assert answers == {"free": "yes", "walk_in": "declined"}
    moderation.approve(waiting, by=mo)
    assert "it is free of charge" in visitors_page(room)


def test_a_choice_is_what_visitors_will_read(room: Service, paula: Client) -> None:
    """A bare “No” to “Do they talk to the police?” was stored as “they may tell the police”."""
    asked = text(paula.get(at(room, "edit/questions/"))).partition("Do they talk to the police?")[2]
    choices = "they do not tell the police about you they may tell the police about you We’d rather not say"
    assert asked.strip().startswith(choices)


@pytest.fixture
def mo() -> Actor:
    return Actor("Mo", Role.MODERATOR)


def test_r51_a_new_number_waits_and_visitors_see_the_old_one(room: Service, paula: Client) -> None:
    phone = moderation.current(room.id)["phones"][0]["id"]
    found = text(save(paula, at(room, f"edit/contact/{phone}/"), value=NEW))
    assert "A second person looks at it first" in found
    assert OLD in visitors_page(room)
    assert NEW not in visitors_page(room)


def test_r51_a_number_that_is_taken_away_is_gone_at_once(room: Service, paula: Client) -> None:
    phone = moderation.current(room.id)["phones"][0]["id"]
    save(paula, at(room, f"edit/contact/{phone}/"), remove="on")
    assert OLD not in visitors_page(room)


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("voice", "12", "number"),
        ("website", "javascript:alert(1)", "not an address"),
        ("email", "nobody", "names no mailbox"),
    ],
)
def test_a_contact_that_cannot_be_is_refused_in_words(
    room: Service, paula: Client, kind: str, value: str, words: str
) -> None:
    page = save(paula, at(room, "edit/contact/new/"), kind=kind, value=value, country="GB")
    assert page.status_code == 400
    assert words in text(page)
    assert not Change.objects.filter(state="waiting").exists()


def test_r51_hiding_the_address_takes_effect_at_once(room: Service, paula: Client) -> None:
    place = moderation.current(room.id)["service_at_locations"][0]["id"]
    found = text(save(paula, at(room, f"edit/place/{place}/"), address_visibility="area", area="Manchester"))
    assert "Visitors see it now" in found
    assert "Example Street" not in visitors_page(room)
    assert "Manchester" in visitors_page(room)


def test_an_area_that_we_do_not_know_is_said_in_words(room: Service, paula: Client) -> None:
    place = moderation.current(room.id)["service_at_locations"][0]["id"]
    page = save(paula, at(room, f"edit/place/{place}/"), address_visibility="area", area="Xyzzyville")
    assert "We do not know an area of this name" in text(page)
    assert "Example Street" in visitors_page(room)


def test_a_new_address_needs_a_point_and_waits(room: Service, paula: Client) -> None:
    typed = {"address_visibility": "public", "address_1": "9 Sample Row", "city": "Salford", "country": "GB"}
    page = save(paula, at(room, "edit/place/new/"), **typed)
    assert "copy the point from a map" in text(page)
    found = text(save(paula, at(room, "edit/place/new/"), **typed, point="53.49, -2.29"))
    assert "A second person looks at it first" in found
    assert "Sample Row" not in visitors_page(room)


def test_a_translation_that_nobody_read_is_not_shown(room: Service, paula: Client) -> None:
    Organization.objects.update(trusted=True)
    address = at(room, "edit/translation/ro/")
    save(paula, address, description="Ceai și un scaun.")
    assert "Ceai" not in text(Client().get(f"/ro/s/{room.short_id}/"))
    save(paula, address, description="Ceai și un scaun.", reviewed="on")
    assert "Ceai și un scaun." in text(Client().get(f"/ro/s/{room.short_id}/"))


# In two taps


@pytest.fixture
def a_tuesday() -> Iterator[None]:
    """Let it be noon on Tuesday 24 November 2026; to be asked for before somebody signs in."""
    with time_machine.travel(utc("2026-11-24T12:00"), tick=False):
        yield


def test_closed_today_takes_one_tap_and_so_does_opening_again(
    a_tuesday: None, room: Service, paula: Client
) -> None:
    found = text(paula.post(at(room, "close/"), {"today": "1"}, follow=True))
    assert "Visitors see that you are closed today" in found
    assert "24 November 2026: closed" in visitors_page(room)
    paula.post(at(room, "open/"), follow=True)
    assert "closed" not in visitors_page(room).lower()


def test_a_line_without_a_place_is_closed_and_opened_again(a_tuesday: None, paula: Client, room: Service) -> None:
    line = publish(a_document("Night line", phone="0161 496 0003", serves=["country:GB"]))
    paula.post(at(line, "close/"), {"today": "1"})
    assert "24 November 2026: closed" in visitors_page(line)
    paula.post(at(line, "open/"))
    assert "closed" not in visitors_page(line).lower()


def test_closed_for_some_days_and_why(a_tuesday: None, room: Service, paula: Client) -> None:
    paula.post(at(room, "close/"), {"first": "2026-12-24", "last": "2027-01-02", "why": "the holidays"})
    assert "From 24 December 2026 until 2 January 2027: closed (the holidays)" in visitors_page(room)


def test_days_that_end_before_they_begin_are_refused(room: Service, paula: Client) -> None:
    page = paula.post(at(room, "close/"), {"first": "2027-01-02", "last": "2026-12-24"})
    assert "The last day is before the first." in text(page)


def test_still_right_moves_the_day_it_was_checked(room: Service, paula: Client) -> None:
    paula.post(at(room, "right/"))
    service = Service.objects.get(id=room.id)
    assert (service.assured_date, service.assurer) == (timezone.localdate(), "Example group")


# History


def test_who_changed_what_is_there_with_old_and_new(room: Service, paula: Client) -> None:
    Organization.objects.update(trusted=True)
    save(paula, at(room, "edit/words/"), description="Soup and a chair.")
    found = text(paula.get(at(room, "history/")))
    assert "Paula" in found
    assert "Tea and a chair." in found
    assert "Soup and a chair." in found


def test_a_change_can_be_taken_back(room: Service, paula: Client) -> None:
    Organization.objects.update(trusted=True)
    save(paula, at(room, "edit/words/"), description="Soup and a chair.")
    change = Change.objects.order_by("-proposed_at").first()
    assert change
    paula.post(at(room, f"undo/{change.id}/"))
    assert "Tea and a chair." in visitors_page(room)


# Coming and going


def test_a_new_service_is_seen_by_nobody_until_two_others_said_yes(
    room: Service, paula: Client, mo: Actor
) -> None:
    paula.post("/team/new/", {"organization": str(room.organization_id), "name": "Thursday room"})
    service = Service.objects.get(name="Thursday room")
    save(paula, at(service, "edit/words/"), types=["drop-in"], description="Cake.")
    save(paula, at(service, "edit/contact/new/"), kind="voice", value=NEW, country="GB")
    assert Client().get(f"/s/{service.short_id}/").status_code == 404
    assert "A second person looks at it first" in text(paula.post(at(service, "list/"), follow=True))
    (waiting,) = Change.objects.filter(state="waiting")
    moderation.approve(waiting, by=mo)
    assert "Cake." in visitors_page(service)
    assert NEW not in visitors_page(service)  # nobody tried it


def begun(browser: Client, room: Service, name: str, **more: str) -> str:
    said = {"organization": str(room.organization_id), "name": name, **more}
    return text(browser.post("/team/new/", said, follow=True))


@pytest.mark.parametrize("name", ["The Tuesday Room", "Tuеsday rооm", "Tuesday rooms", "Room on Tuesday"])
def test_r56_what_is_listed_already_is_shown_before_a_draft_is_made(
    room: Service, paula: Client, name: str
) -> None:
    found = begun(paula, room, name)
    assert "Something like it is listed already: Tuesday room" in found
    assert "Manchester" in found
    assert not Service.objects.exclude(id=room.id).exists()


@pytest.mark.parametrize("act", [{}, {"another": ""}, {"another": "no"}])
def test_r56_going_on_is_never_a_default(room: Service, paula: Client, act: dict[str, str]) -> None:
    begun(paula, room, "Tuesday room", **act)
    assert not Service.objects.exclude(id=room.id).exists()


def test_r56_it_is_another_one_goes_on(room: Service, paula: Client) -> None:
    assert "It is another one: go on" in begun(paula, room, "The Tuesday room")
    begun(paula, room, "The Tuesday room", another="yes")
    assert Service.objects.get(name="The Tuesday room").status == "draft"


@pytest.mark.parametrize("status", ["draft", "unlisted", "withdrawn"])
def test_r56_what_is_hidden_of_others_is_not_told(room: Service, paula: Client, status: str) -> None:
    publish(a_document("Quiet flat", status=status, organization="Others", phone="0161 496 0009"))
    begun(paula, room, "Quiet flat")
    assert Service.objects.filter(name="Quiet flat", organization=room.organization).exists()


@pytest.mark.parametrize("listed", [1, 12])
def test_looking_for_the_like_costs_the_same_queries_however_many(
    room: Service, paula: Client, listed: int, django_assert_num_queries: Any
) -> None:
    for n in range(listed):
        publish(a_document(f"Room {n}"))
    with django_assert_num_queries(12):
        begun(paula, room, "The Tuesday room")


def test_a_draft_says_what_it_still_needs(room: Service, paula: Client) -> None:
    paula.post("/team/new/", {"organization": str(room.organization_id), "name": "Thursday room"})
    found = text(paula.get(at(Service.objects.get(name="Thursday room"))))
    assert "Say what you offer." in found
    assert "Say where it is, or how to get in touch." in found


def test_everything_we_hold_is_one_file(room: Service, paula: Client) -> None:
    Service.objects.update(staff_notes="only for moderators")
    held = json.loads(paula.get("/team/all/").content)["organizations"][0]
    assert held["services"][0]["name"] == "Tuesday room"
    assert held["people"] == [{"name": "Paula", "email": "paula@example.org", "role": "manager"}]
    assert "only for moderators" not in json.dumps(held)


def test_leaving_takes_everything_out_at_once(room: Service, paula: Client) -> None:
    who_proved_it_lately(paula)
    assert "Please tick the box first" in text(paula.post("/team/leave/"))
    assert Listing.objects.exists()
    paula.post("/team/leave/", {"organization": str(room.organization_id)})
    assert not Listing.objects.exists()


def test_leaving_takes_out_the_organizations_that_are_ticked_and_no_others(room: Service, paula: Client) -> None:
    other = publish(a_document("Night walk", organization="Others"))
    person = Membership.objects.get(organization=room.organization, role="manager").user
    Membership.objects.create(user=person, organization=other.organization, role="manager")
    stranger = publish(a_document("Soup", organization="Lantern group"))
    page = text(who_proved_it_lately(paula).get("/team/leave/"))
    assert "Yes, take all of Example group out" in page
    assert "Yes, take all of Others out" in page
    ticked = [str(row.organization_id) for row in (other, stranger)]
    paula.post("/team/leave/", {"organization": ticked})
    assert sorted(Service.objects.filter(status="listed").values_list("name", flat=True)) == [
        "Soup",
        "Tuesday room",
    ]


def test_leaving_asks_for_the_password_again(room: Service, paula: Client) -> None:
    answer = paula.post("/team/leave/", {"organization": str(room.organization_id)})
    again = answer.headers["Location"]
    assert again == "/team/account/again/?next=%2Fteam%2Fleave%2F"
    assert Listing.objects.exists()
    page = text(paula.post(again, {"password": PASSWORD, "next": "/team/leave/"}, follow=True))
    assert "Nothing of it is shown any more" in page
    assert not Listing.objects.exists()


def test_the_contacts_on_record_are_told_that_all_was_taken_out(
    room: Service, paula: Client, django_capture_on_commit_callbacks: Any, mailoutbox: Any
) -> None:
    Contact.objects.create(organization=room.organization, name="Sam", email="sam@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        who_proved_it_lately(paula).post(
            "/team/leave/", {"organization": str(room.organization_id), "never": "yes"}
        )
    mail = mailoutbox[0]
    assert mail.to == ["sam@example.org"]
    assert "taken out, all of them. It was done by Paula" in mail.body
    assert "Tuesday room" not in mail.body + mail.subject


@pytest.mark.parametrize(("days", "mails"), [(29, 0), (30, 1)])
def test_the_contacts_on_record_are_told_of_a_long_closure(
    room: Service, paula: Client, django_capture_on_commit_callbacks: Any, mailoutbox: Any, days: int, mails: int
) -> None:
    Contact.objects.create(organization=room.organization, name="Sam", email="sam@example.org")
    first = moderation.today()
    dates = {"first": first.isoformat(), "last": (first + timedelta(days=days)).isoformat()}
    with django_capture_on_commit_callbacks(execute=True):
        paula.post(at(room, "close/"), dates)
    assert ["closed for more than 30 days" in mail.body for mail in mailoutbox] == [True] * mails


@pytest.mark.parametrize(("days", "refused"), [(365, False), (366, True)])
def test_a_closure_ends_within_366_days(room: Service, paula: Client, days: int, refused: bool) -> None:
    first = moderation.today()
    dates = {"first": first.isoformat(), "last": (first + timedelta(days=days)).isoformat()}
    assert (
        "A closure lasts 366 days at most" in text(paula.post(at(room, "close/"), dates, follow=True))
    ) is refused


def test_an_editor_cannot_take_the_organization_out(room: Service) -> None:
    petra = signed_in(a_person("Petra", of=room.organization))
    who_proved_it_lately(petra).post("/team/leave/", {"organization": str(room.organization_id)})
    assert Listing.objects.exists()
