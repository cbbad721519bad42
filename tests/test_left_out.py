"""Whoever asked to be left out never comes back: by no entrance, however it is written (SAFETY R24, R55)."""

import json
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from locator import moderation
from locator.exchange.importing import load
from locator.models import Change, LeftOut, Listing, Organization, Service, Suggestion
from locator.moderation import IsLeftOut, SuggestionHow, a_name, a_number, a_page, an_address
from locator.moderation import marks as forms
from locator.rules import Actor, Refused, Role, actor_of
from tests.accounts import a_person
from tests.conftest import Document, a_document, an_id, let_in, publish

pytestmark = pytest.mark.django_db
WHY = "They wrote to us"
MARK = "aab2fcd4578ab55fcf78c50ea673def3c8ceedb89ae829ca5046dc1a368fbbb3"
PAGE, NUMBER, STREET, POSTCODE = "https://www.kanarie.org/room", "0161 496 0000", "7 Canaryfeather Row", "M99 9ZZ"


def a_room(name: str = "Tuesday room", **parts: Any) -> Document:
    """Return a listed service with everything that can be left out."""
    found = a_document(name, phone=NUMBER, chat=PAGE, **parts)
    address = {"address_1": STREET, "city": "Manchester", "postal_code": POSTCODE, "country": "GB"}
    found["service_at_locations"][0]["location"]["addresses"] = [address | {"address_type": "physical"}]
    return found


@pytest.fixture
def room() -> Service:
    return publish(a_room())


def left_out(*values: Any) -> list[LeftOut]:
    return moderation.leave_out(values, reason=WHY, by=Actor("Mo", Role.MODERATOR))


# What is one thing

SAME: dict[str, list[tuple[set[Any], set[Any]]]] = {
    "name": [
        (forms.of_name("Lantern Room"), forms.names_in(name))
        for name in ("lantern room", "LANTERNROOM", "Lântern  Röom", "Lаntern Rооm", "Lantern room: helpline",
                     "Lantern-Room")
    ],
    "number": [
        (forms.of_number("0161 496 0000", "GB"), forms.of_number(*number))
        for number in (("+44 161 496 0000", "GB"), ("+441614960000", "DE"), ("(0161) 4960000", "GB"),
                       ("0044 161 496 0000", "GB"))
    ],
    "link that dials": [
        (forms.of_number("0161 496 0000", "GB"), forms.pages_above(url))
        for url in ("tel:+441614960000", "sms:+44-161-496-0000", "https://wa.me/441614960000",
                    "https://api.whatsapp.com/send?phone=441614960000")
    ],
    "page": [
        (forms.of_page("https://www.kanarie.org/room"), forms.pages_above(url))
        for url in ("http://kanarie.org/room/", "https://KANARIE.org/Room", "https://en.kanarie.org/room/team?utm=1",
                    "https://kanarie.org./room#x", "https://www.kanarie.org:443/%72oom")
    ],
    "mailbox": [
        (forms.of_page("mailto:hello@kanarie.org"), forms.pages_above(url))
        for url in ("mailto:Hello@Kanarie.org", "mailto:hello+x@kanarie.org?subject=x",
                    "mailto:a@b.org,hello@kanarie.org")
    ],
    "site": [
        (forms.of_page("https://kanarie.org"), forms.pages_above(url))
        for url in ("https://www.kanarie.org/room/x", "mailto:anybody@kanarie.org", "https://xn--kanarie.kanarie.org/")
    ],
    "address": [
        (forms.of_address({"address_1": "7 Canaryfeather Street", "postal_code": "M99 9ZZ", "city": "Manchester"}),
         forms.of_address(address))
        for address in (
            {"address_1": "7, Canaryfeather St.", "postal_code": "m999zz"},
            {"address_1": "Canaryfeather Street 7", "city": "MANCHESTER"},
            {"address_1": "Canaryfeather Street, 7", "city": "Manchester"},
            {"address_1": "Flat 2, 7 Canaryfeather Street", "postal_code": "M99 9ZZ"},
            {"address_1": "Canary House", "address_2": "7 Canaryfeather Street", "postal_code": "M99 9ZZ"},
            {"address_1": "7 Cаnаryfeаther Street, M99 9ZZ Manchester"},
        )
    ],
    "address abroad": [
        (forms.of_address({"address_1": "Beispielstraße 7a", "postal_code": "10115", "city": "Berlin"}),
         forms.of_address(address))
        for address in (
            {"address_1": "Beispielstr. 7 A", "postal_code": "10115"},
            {"address_1": "BEISPIELSTRASSE 7A", "city": "Berlin"},
        )
    ],
}  # fmt: skip


@pytest.mark.parametrize(("one", "other"), [pair for pairs in SAME.values() for pair in pairs])
def test_another_way_of_writing_is_the_same(one: set[Any], other: set[Any]) -> None:
    assert one
    assert one & other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (forms.of_name("Lantern room"), forms.names_in("Lantern rooms")),
        (forms.of_number("116 123", "GB"), forms.of_number("116 123", "DE")),
        (forms.of_number("0161 496 0000", "GB"), forms.of_number("0161 496 0001", "GB")),
        (forms.of_page("https://kanarie.org/room"), forms.pages_above("https://kanarie.org/roomy")),
        (forms.of_page("https://kanarie.org/room"), forms.pages_above("https://kanarie.org/")),
        (forms.of_page("mailto:a@kanarie.org"), forms.pages_above("mailto:b@kanarie.org")),
        (
            forms.of_address({"address_1": "7 Canaryfeather Row", "postal_code": "M99 9ZZ"}),
            forms.of_address({"address_1": "9 Canaryfeather Row", "postal_code": "M99 9ZZ"}),
        ),
        (
            forms.of_address({"address_1": "Flat 2, 7 Canaryfeather Row", "postal_code": "M99 9ZZ"}),
            forms.of_address({"address_1": "Flat 2, 9 Canaryfeather Row", "postal_code": "M99 9ZZ"}),
        ),
        (
            forms.of_address({"address_1": "7 High Street", "city": "Manchester"}),
            forms.of_address({"address_1": "7 High Street", "city": "Leeds"}),
        ),
    ],
)
def test_what_is_another_thing_is_not(one: set[Any], other: set[Any]) -> None:
    assert one
    assert not one & other


def test_marks_stay_what_they_are(settings: Any) -> None:
    """Red here: every register there is forgets what was entered. Keep the old forms beside the new ones."""
    settings.SECRET_KEY = "k" * 50
    made = [a_name("Lantern Röom"), a_number(NUMBER, "GB"), a_page(PAGE), an_address(STREET, postcode=POSTCODE)]
    assert [form for value in made for form in sorted(value.forms)] == [
        ("organization", "ianternroom"),
        ("phone", "+441614960000"),
        ("page", "kanarie.org/room"),
        ("address", "7 canaryfeather row|m999zz"),
    ]
    assert forms.mark(("phone", "+441614960000")) == MARK


# No entrance


def changed(document: Document, **how: Any) -> Document:
    return deepcopy(document) | how


def another(**parts: Any) -> Document:
    """Return a new service of another organization with nothing in it that is out, but for these parts."""
    return a_document("Thursday room", organization="Another group", **parts)


def at_their_address(**written: str) -> Document:
    document = another()
    document["service_at_locations"][0]["location"]["addresses"] = [{**written, "address_type": "physical"}]
    return document


def with_page(url: str, kind: str = "website") -> Document:
    document = another()
    row_id = an_id("page", url)
    document["additional_urls"] = [{"id": row_id, "url": url}]
    document["brolly"]["links"] = [{"id": row_id, "kind": kind}]
    return document


def of(name: str) -> Document:
    return a_document("Thursday room", organization=name)


BACK: dict[str, Callable[[], Document]] = {
    "its organization": lambda: a_document("Sunday room"),
    "its organization under another name": lambda: changed(
        a_document("Sunday room"), organization={"id": an_id("organization", "Example group"), "name": "Renamed"}
    ),
    "its name in other letters": lambda: of("ЕXAMPLE  Grοup"),
    "its name as a service": lambda: a_document("Example group: Sunday room", organization="Another group"),
    "its number, abroad": lambda: another(phone="+44 (161) 496-0000"),
    "its number in words": lambda: another(description="Call 0161 496 0000 after six."),
    "its number as a chat": lambda: with_page("https://wa.me/441614960000"),
    "its page": lambda: with_page("http://kanarie.org/room/team"),
    "its page in words": lambda: another(description="More at www.kanarie.org/room."),
    "its address": lambda: at_their_address(address_1="7, canaryfeather row", postal_code="m99 9zz", country="GB"),
    "its address in words": lambda: another(description="Come to 7 Canaryfeather Row, M99 9ZZ."),
}


@pytest.fixture
def gone(room: Service) -> Service:
    moderation.leave_out_organization(room.organization_id, reason=WHY, by=Actor("Mo", Role.MODERATOR))
    return room


@pytest.mark.parametrize("how", BACK)
def test_r55_nobody_proposes_it(gone: Service, how: str) -> None:
    for role in Role:
        with pytest.raises(IsLeftOut):
            moderation.propose(BACK[how](), by=Actor("Nia", role))


@pytest.mark.parametrize("how", BACK)
def test_r55_a_file_is_loaded_without_it(gone: Service, how: str, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    fine = a_document("Fine room", organization="Fine group")
    path.write_text(json.dumps({"services": [BACK[how](), fine]}))
    report = load([path], by=Actor("Olu", Role.OPERATOR), status="listed")
    assert str(report) == "1 loaded, 0 kept as they were. 1 left out, on request."
    assert [row.name for row in Service.objects.filter(status="listed")] == ["Fine room"]


@pytest.mark.parametrize("how", ["its organization", "its number, abroad", "its address"])
def test_r55_what_waited_when_they_asked_is_turned_down(room: Service, how: str) -> None:
    change = moderation.propose(BACK[how](), by=Actor("Nia", Role.PARTNER))
    moderation.leave_out_organization(room.organization_id, reason=WHY, by=Actor("Mo", Role.MODERATOR))
    change.refresh_from_db()
    assert (change.state, change.reason) == ("rejected", "This cannot be listed here. Ask a moderator.")


def test_r55_what_was_proposed_before_is_not_approved_after(gone: Service) -> None:
    change = moderation.propose(another(), by=Actor("Nia", Role.PARTNER))
    Change.objects.filter(id=change.id).update(document=BACK["its address"]())  # as if it had waited all along
    let_in(another())
    with pytest.raises(IsLeftOut):
        moderation.approve(change, by=Actor("Mo", Role.MODERATOR))


def test_r55_the_reason_is_for_moderators(gone: Service) -> None:
    with pytest.raises(IsLeftOut, match="They wrote to us"):
        moderation.propose(BACK["its page"](), by=Actor("Mo", Role.MODERATOR))
    with pytest.raises(IsLeftOut) as told:
        moderation.propose(BACK["its page"](), by=Actor("Nia", Role.PARTNER))
    assert str(told.value) == "This cannot be listed here. Ask a moderator."


def test_r55_no_roll_back_brings_it_back(gone: Service) -> None:
    for change in Change.objects.filter(state="approved", subject="service"):
        with suppress(IsLeftOut):  # what was new before it goes out of sight, and may
            moderation.roll_back(change, by=Actor("Mo", Role.MODERATOR))
        assert not Listing.objects.exists()


def test_r55_nor_does_undoing_what_an_account_did(room: Service) -> None:
    paula = a_person("Paula", of=room.organization, role="manager")
    moderation.still_right(room.id, by=actor_of(paula))
    moderation.leave_out_organization(room.organization_id, reason=WHY, by=actor_of(paula))
    moderation.undo_since(paula.pk, timezone.now() - timedelta(days=1), by=Actor("Mo", Role.MODERATOR))
    assert Service.objects.get().status == "withdrawn"


def test_r55_undoing_goes_on_with_what_nobody_left_out(room: Service) -> None:
    paula = a_person("Paula", of=room.organization, role="manager")
    other = publish(a_document("Fine room"))
    moderation.withdraw(room.id, by=actor_of(paula), reason="?")
    moderation.still_right(other.id, by=actor_of(paula))
    left_out(a_page(PAGE))
    undone = moderation.undo_since(paula.pk, timezone.now() - timedelta(days=1), by=Actor("Mo", Role.MODERATOR))
    assert other.id in [change.subject_id for change in undone]


@pytest.mark.parametrize(
    "act",
    [
        ["list_service", "--because", "We know them"],
        ["correct", "--set", "description=Tea."],
        ["confirm"],
    ],
)
def test_r55_no_command_lists_it(gone: Service, act: list[str]) -> None:
    with suppress(CommandError):  # what lists nothing may be done
        call_command(act[0], gone.short_id, "--by", "Olu", *act[1:], stdout=StringIO())
    assert not Listing.objects.exists()


def test_an_operator_is_told_why(gone: Service) -> None:
    with pytest.raises(CommandError, match="left out, on request: They wrote to us"):
        call_command("list_service", gone.short_id, "--by", "Olu", "--because", "We know them", stdout=StringIO())


def test_r55_starter_listings_are_loaded_without_them() -> None:
    left_out(a_name("UK Network of Sex Work Projects"))
    out = StringIO()
    call_command("load_seeds", stdout=out)
    assert "left out, on request." in out.getvalue().splitlines()[-1]
    assert not Organization.objects.filter(name__startswith="UK Network").exists()
    assert Listing.objects.exists()


@pytest.mark.parametrize(
    ("name", "where", "contact"),
    [
        ("Example Group", "Leeds", ""),
        ("A room", "Leeds", "+44 161 496 0000"),
        ("A room", "Leeds", "kanarie.org/room"),
        ("A room", "7 Canaryfeather Row, M99 9ZZ", ""),
    ],
)
def test_r55_a_suggestion_is_not_kept_and_nobody_is_told(
    gone: Service, name: str, where: str, contact: str
) -> None:
    assert moderation.suggest(name, where, contact, SuggestionHow.WENT)
    assert not Suggestion.objects.exists()


def test_a_suggestion_that_waits_goes(room: Service) -> None:
    moderation.suggest("A room", "Leeds", "0161 496 0000", SuggestionHow.WENT)
    moderation.suggest("Another room", "Leeds", "0161 496 0001", SuggestionHow.WENT)
    left_out(a_number(NUMBER, "GB"))
    assert [row.name for row in Suggestion.objects.all()] == ["Another room"]


# What is left out, and by whom


def test_it_is_out_of_sight_in_the_same_moment(room: Service, visitor: Client) -> None:
    left_out(an_address("7 CANARYFEATHER ROW", postcode="M999ZZ"))
    assert visitor.get(f"/s/{room.short_id}/").status_code == 404
    assert Service.objects.get().status == "withdrawn"


def test_whoever_else_is_there_stays(room: Service) -> None:
    publish(a_document("Fine room"))
    left_out(a_number(NUMBER, "GB"))
    assert [row.name for row in Service.objects.filter(status="listed")] == ["Fine room"]


def test_what_another_organization_has_as_well_is_not_theirs_to_leave_out(room: Service) -> None:
    shared = publish(another(phone=NUMBER))
    made = moderation.leave_out_organization(room.organization_id, reason=WHY, by=Actor("Mo", Role.MODERATOR))
    assert made.shared == 1
    shared.refresh_from_db()
    assert shared.status == "listed"


def test_a_manager_cannot_leave_out_what_nobody_stood_for(room: Service) -> None:
    paula = a_person("Paula", of=room.organization, role="manager")
    moderation.propose(a_document("Draft", phone="0161 496 0007", status="draft"), by=actor_of(paula))
    publish(a_document("Draft", phone="0161 496 0007", status="draft"))
    moderation.leave_out_organization(room.organization_id, reason=WHY, by=actor_of(paula))
    assert moderation.is_left_out(another(phone=NUMBER))
    assert not moderation.is_left_out(another(phone="0161 496 0007"))


@pytest.mark.parametrize("role", ["editor", "stranger"])
def test_nobody_but_a_manager_leaves_an_organization_out(room: Service, role: str) -> None:
    by = actor_of(a_person("Petra", of=room.organization if role == "editor" else None))
    with pytest.raises(Refused):
        moderation.leave_out_organization(room.organization_id, reason=WHY, by=by)
    with pytest.raises(Refused):
        moderation.leave_out([a_number(NUMBER, "GB")], reason=WHY, by=by)
    assert not LeftOut.objects.exists()


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "  ",
        "They left 7 Canaryfeather Row",
        "Call 0161 496 0000",
        "It is kanarie.org",
        "M99 9ZZ",
        "Exаmple Group asked",
    ],
)
def test_a_reason_does_not_say_what_is_left_out(room: Service, reason: str) -> None:
    with pytest.raises(Refused):
        moderation.leave_out_organization(room.organization_id, reason=reason, by=Actor("Mo", Role.MODERATOR))
    assert Listing.objects.exists()


def test_the_same_again_is_one_entry() -> None:
    assert left_out(a_number(NUMBER, "GB")) == left_out(a_number("+44 161 496 0000", "GB"))


def test_an_earlier_key_still_matches(settings: Any) -> None:
    left_out(a_number(NUMBER, "GB"))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    assert moderation.is_left_out(another(phone=NUMBER)) == [WHY]
    settings.SECRET_KEY_FALLBACKS = []
    assert not moderation.is_left_out(another(phone=NUMBER))


# Back again


def let_back(by: str = "Mo") -> int:
    rows = LeftOut.objects.values_list("id", flat=True)
    return moderation.let_back(rows, reason="They want to be found again", by=Actor(by, Role.MODERATOR))


def test_what_is_let_back_is_listed_by_somebody_else(gone: Service) -> None:
    let_back()
    document = moderation.current(gone.id)
    document["brolly"]["status"] = "listed"
    change = moderation.propose(document, by=Actor("Paula", Role.PARTNER))
    with pytest.raises(Refused, match="You took this off the list"):
        moderation.approve(change, by=Actor("Mo", Role.MODERATOR))
    moderation.approve(change, by=Actor("Ada", Role.MODERATOR))
    assert Listing.objects.exists()


def test_nor_is_it_rolled_back_into_sight_by_who_let_it_back(gone: Service) -> None:
    let_back()
    change = Change.objects.filter(subject_id=gone.id, state="approved").latest("decided_at")
    with pytest.raises(Refused, match="You took this off the list"):
        moderation.roll_back(change, by=Actor("Mo", Role.MODERATOR))


def test_once_listed_again_everybody_may_decide(gone: Service) -> None:
    test_what_is_let_back_is_listed_by_somebody_else(gone)
    edit = changed(moderation.current(gone.id), description="Soup.")
    change = moderation.propose(edit, by=Actor("Paula", Role.PARTNER))
    assert moderation.approve(change, by=Actor("Mo", Role.MODERATOR)).state == "approved"


@pytest.mark.parametrize("role", [Role.PARTNER, Role.OPERATOR])
def test_only_a_moderator_lets_back(gone: Service, role: Role) -> None:
    with pytest.raises(Refused):
        moderation.let_back(LeftOut.objects.values_list("id", flat=True), reason="Because", by=Actor("Nia", role))
    assert not LeftOut.objects.exclude(let_back_on=None).exists()


def test_who_let_back_and_why_is_kept_and_it_can_be_left_out_again(gone: Service) -> None:
    let_back()
    entry = LeftOut.objects.filter(kind="phone").get()
    assert (entry.let_back_by, entry.let_back_reason) == ("Mo", "They want to be found again")
    assert left_out(a_number(NUMBER, "GB")) != [entry]
    assert moderation.is_left_out(another(phone=NUMBER)) == [WHY]
