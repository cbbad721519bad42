"""Organizations are asked whether it is still right: once each time, and only a pressed button confirms (R61)."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from locator import freshness, mailing, membership, moderation
from locator.models import (
    Bounce,
    Change,
    Contact,
    Invitation,
    Listing,
    Membership,
    Organization,
    Reminder,
    Service,
)
from locator.rules import Refused
from tests.accounts import a_person, signed_in
from tests.conftest import MakeService, utc
from tests.test_freshness import CHANGES

pytestmark = pytest.mark.django_db
CHECKED = date(2026, 5, 3)
UNTIL = CHECKED + timedelta(days=90)  # of a drop-in
SITE = "https://support.example.org"


@pytest.fixture
def room(make_service: MakeService) -> Service:
    answers = {"yes": ["id_free", "free"], "no": ["interpreter"]}
    checked = {"assured_date": CHECKED.isoformat(), "brolly": {"assurer": "Example group"}}
    return make_service("Tuesday room", phone="0161 496 0000", **answers, **checked)


@pytest.fixture
def paula(room: Service) -> Any:
    return a_person("Paula", of=room.organization)


def run(on: date, zone: str = "UTC", hour: int = 3, **options: Any) -> int:
    """Run the nightly command on a day, by the site's clock; return how many mails went out."""
    mail.outbox.clear()
    with time_machine.travel(datetime.combine(on, time(hour), ZoneInfo(zone)), tick=False):
        call_command("send_reminders", site=SITE, verbosity=0, stdout=_Nothing(), **options)
    return len(mail.outbox)


class _Nothing:
    def write(self, _text: str) -> None:
        pass


def link() -> str:
    found = re.search(rf"{SITE}(\S+)", str(mail.outbox[0].body))
    assert found
    return found[1]


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


# When


@pytest.mark.parametrize(
    ("days", "mails"), [(-22, 0), (-21, 1), (-20, 1), (-1, 1), (0, 1), (1, 1), (20, 1), (21, 1), (200, 1)]
)
def test_r61_a_reminder_goes_out_on_its_day_or_the_next_run_after_it(paula: Any, days: int, mails: int) -> None:
    assert run(UNTIL + timedelta(days=days)) == mails


def nights(first: date, count: int) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range(count))


@pytest.mark.parametrize(("zone", "change"), CHANGES)
@pytest.mark.parametrize("missed", [range(0), range(24, 33), range(2, 11), range(43, 52)])
@pytest.mark.parametrize("step", [-21, 0, 21])
def test_r61_each_of_three_is_sent_once_whatever_the_nights_were_like(
    room: Service, paula: Any, settings: Any, zone: str, change: date, missed: range, step: int
) -> None:
    """Boundaries fall on the day a clock changes; nights are missed, and every night that runs, runs twice."""
    settings.TIME_ZONE = zone
    until = change - timedelta(days=step)
    Service.objects.update(assured_date=until - timedelta(days=90))
    sent = {}
    for n, night in enumerate(nights(until - timedelta(days=24), 55)):
        if n not in missed:
            sent[night] = run(night, zone, hour=n % 24) + run(night, zone, hour=n % 24)
    assert [count for count in sent.values() if count] == [1, 1, 1]
    for due, night in zip((-21, 0, 21), [night for night, count in sent.items() if count], strict=True):
        assert timedelta(0) <= night - (until + timedelta(days=due)) <= timedelta(days=9)


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_r61_so_it_is_with_what_lasts_180_days(
    make_service: MakeService, settings: Any, zone: str, change: date
) -> None:
    settings.TIME_ZONE = zone
    assured = (change - timedelta(days=180)).isoformat()
    law = make_service("Law", types=["legal"], assured_date=assured, brolly={"assurer": "x"})
    a_person("Paula", of=law.organization)
    sent = {n: run(change + timedelta(days=n), zone) for n in range(-23, 24) if n not in range(-2, 7)}
    assert [n for n, count in sent.items() if count] == [-21, 7, 21]


def test_r61_a_confirmation_begins_anew(room: Service, paula: Any) -> None:
    assert run(UNTIL) == 1
    Service.objects.update(assured_date=UNTIL)
    assert run(UNTIL + timedelta(days=1)) == 0
    assert run(UNTIL + timedelta(days=69)) == 1


@pytest.mark.parametrize("state", [{"status": "unlisted"}, {"offer": "inactive"}, {"assured_date": None}])
def test_r61_nobody_is_reminded_of_what_visitors_do_not_see_or_nobody_confirmed(
    room: Service, paula: Any, state: dict[str, Any]
) -> None:
    Service.objects.update(**state)
    assert run(UNTIL) == 0


def test_r61_a_dry_run_sends_nothing_and_notes_nothing(room: Service, paula: Any) -> None:
    assert run(UNTIL, dry_run=True) == 0
    assert run(UNTIL) == 1


def test_r61_when_no_server_takes_it_the_next_run_tries_again(
    room: Service, paula: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "send", lambda *_mail: False)
    assert run(UNTIL) == 0
    monkeypatch.undo()
    assert run(UNTIL) == 1


def test_r61_whoever_no_server_took_it_for_is_tried_again_and_nobody_else_twice(
    room: Service, paula: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_person("Petra", of=room.organization)
    send = mailing.send
    monkeypatch.setattr(mailing, "send", lambda *said: said[2] != "petra@example.org" and send(*said))
    assert run(UNTIL) == 1
    assert run(UNTIL + timedelta(days=1)) == 0
    monkeypatch.undo()
    assert run(UNTIL + timedelta(days=2)) == 1
    assert mail.outbox[0].to == ["petra@example.org"]
    assert run(UNTIL + timedelta(days=3)) == 0


def test_r61_a_reminder_that_a_later_one_has_overtaken_is_not_tried_again(
    room: Service, paula: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "send", lambda *_mail: False)
    run(UNTIL)
    monkeypatch.undo()
    assert run(UNTIL + timedelta(days=21)) == 1
    assert run(UNTIL + timedelta(days=22)) == 0


def test_r61_who_was_reminded_before_we_noted_whom_is_not_reminded_again(room: Service, paula: Any) -> None:
    Reminder.objects.create(service=room, assured_date=CHECKED, step=0, sent_on=UNTIL)
    assert run(UNTIL) == 0


def test_r61_where_it_is_served_has_to_be_said() -> None:
    with pytest.raises(CommandError, match="--site"):
        call_command("send_reminders")


def test_a_night_asks_as_much_of_the_database_for_many_listings_as_for_two(make_service: MakeService) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            freshness.due(UNTIL)
        return len(asked)

    checked = {"assured_date": CHECKED.isoformat(), "brolly": {"assurer": "x"}}
    for name in "ab":
        make_service(name, **checked)
    two = queries()
    for name in "cdefg":
        make_service(name, **checked)
    assert queries() == two == 3


# To whom, and in which words


def test_r61_the_mail_names_no_service_and_no_organization(room: Service, paula: Any) -> None:
    run(UNTIL)
    words = f"{mail.outbox[0].subject} {mail.outbox[0].body}"
    assert mail.outbox[0].to == ["paula@example.org"]
    assert "Tuesday" not in words
    assert "Example group" not in words


def test_r61_it_is_in_the_language_of_who_reads_it(room: Service, paula: Any) -> None:
    signed_in(paula).post("/team/you/", {"language": "de"})
    run(UNTIL)
    assert "/de/" in link()


def test_languages_can_be_chosen_by_their_own_names(room: Service, paula: Any) -> None:
    assert "Deutsch" in text(signed_in(paula).get("/team/you/"))


def test_a_language_that_no_page_is_in_is_refused(room: Service, paula: Any) -> None:
    page = signed_in(paula).post("/team/you/", {"language": "xx"}, follow=True)
    assert "Choose one of the languages." in text(page)
    assert Membership.objects.get().language == "en"


def test_who_joins_is_written_to_in_the_language_of_the_page(room: Service) -> None:
    invited = membership.invite("ria@example.org", role="editor", by="Paula", organization=room.organization)
    joining = {"name": "Ria", "password": "kettle-orbit-lantern-moss"}
    Client().post(f"/ro/team/join/{invited.token}/", joining)
    assert Membership.objects.get().language == "ro"


def test_r61_one_mail_a_person_with_a_link_for_each_listing(make_service: MakeService) -> None:
    checked = {"assured_date": CHECKED.isoformat(), "brolly": {"assurer": "x"}}
    one, _other = make_service("One", **checked), make_service("Two", **checked)
    a_person("Paula", of=one.organization)
    assert run(UNTIL) == 1
    assert str(mail.outbox[0].body).count(SITE) == 2


def test_r61_where_nobody_has_an_account_a_contact_is_asked(room: Service) -> None:
    Contact.objects.create(organization=room.organization, name="Cleo", email="cleo@example.org")
    assert run(UNTIL) == 1
    with time_machine.travel(utc("2026-08-02T12:00"), tick=False):
        Client().post(link())
    assert Change.objects.get(reason="Still right").decider == "Cleo"


def test_r61_listings_with_nobody_to_ask_are_named(room: Service, capsys: pytest.CaptureFixture[str]) -> None:
    with time_machine.travel(utc("2026-08-01T03:00"), tick=False):
        call_command("send_reminders", site=SITE)
    assert f"Nobody to ask about 1: {room.short_id}" in capsys.readouterr().out


# The link


@pytest.fixture
def opened(room: Service, paula: Any) -> Iterator[str]:
    """The address in the mail, a day later."""
    run(UNTIL)
    with time_machine.travel(utc("2026-08-02T12:00"), tick=False):
        yield link()


def everything() -> list[Any]:
    rows = [list(model.objects.order_by("pk").values()) for model in (Service, Change, Listing, Reminder)]
    return [*rows, *Service.objects.values_list("revision")]


def test_r61_a_scanner_that_opens_every_link_confirms_nothing(opened: str) -> None:
    a_person("Ria", of=Service.objects.get().organization)
    Reminder.objects.all().delete()
    run(UNTIL + timedelta(days=1))
    invited = membership.invite(
        "zoe@example.org", role="editor", by="Paula", organization=Organization.objects.get()
    )
    membership.send(invited, f"{SITE}/team/join/{invited.token}/")
    before = [*everything(), *Invitation.objects.values(), *Membership.objects.values()]
    links = [each for sent in mail.outbox for each in re.findall(rf"{SITE}(\S+)", str(sent.body))]
    for each in links:
        assert Client().get(each).status_code == 200
        assert Client().head(each).status_code == 200
        assert Client().options(each).status_code == 405
    assert len(links) == 3
    assert [*everything(), *Invitation.objects.values(), *Membership.objects.values()] == before


def test_r61_pressing_the_button_confirms_it(opened: str, room: Service) -> None:
    Client().post(opened)
    room.refresh_from_db()
    assert (room.assured_date, room.assurer) == (date(2026, 8, 2), "Example group")


def test_r61_it_confirms_this_listing_and_no_other(opened: str, make_service: MakeService) -> None:
    other = make_service("Other", assured_date="2026-05-03", brolly={"assurer": "x"})
    Client().post(opened)
    other.refresh_from_db()
    assert other.assured_date == CHECKED


def test_r61_it_works_once(opened: str, room: Service) -> None:
    Client().post(opened)
    revision = Service.objects.get().revision
    page = Client().post(opened)
    assert Service.objects.get().revision == revision
    assert "Confirmed on 2 August 2026." in text(page)


def test_r61_what_was_ticked_as_changed_is_not_known_any_more(opened: str, room: Service) -> None:
    Client().post(opened, {"changed": ["id_free"]})
    answers = Client().get(f"/api/v1/services/{room.short_id}/").json()["answers"]
    assert answers["id_free"]["answer"] == "unknown"
    assert (answers["free"]["answer"], answers["free"]["stated_on"]) == ("yes", "2026-08-02")


def test_r61_the_page_asks_about_each_answer_in_words(opened: str) -> None:
    page = text(Client().get(opened))
    assert "Will they ask for ID? they do not ask for ID" in page
    assert "Can they get an interpreter? they cannot get an interpreter" in page


def test_r61_an_answer_that_there_is_none_of_changes_nothing(opened: str) -> None:
    Client().post(opened, {"changed": ["nonsense"]})
    assert Service.objects.get().assured_date == CHECKED


@pytest.mark.parametrize("slip", ["x", "é", ""])
def test_r61_a_link_with_a_slip_in_it_opens_nothing(opened: str, slip: str) -> None:
    broken = f"{opened[:-1]}{slip}/" if slip else f"{opened[:-4]}/"
    assert Client().get(broken).status_code == 410


def test_r61_a_link_ends_after_sixty_days(room: Service, paula: Any) -> None:
    run(UNTIL)
    with time_machine.travel(utc("2026-10-01T03:00"), tick=False):
        assert Client().get(link()).status_code == 410


def test_r61_a_link_ends_with_the_part_of_who_got_it(opened: str) -> None:
    Membership.objects.all().delete()
    assert Client().post(opened).status_code == 410
    assert Service.objects.get().assured_date == CHECKED


def test_r61_a_link_to_what_was_taken_down_does_nothing(opened: str, room: Service, moderator: Any) -> None:
    moderation.hold(room.id, by=moderator, reason="A look")
    assert Client().post(opened).status_code == 410


def test_nobody_confirms_what_visitors_do_not_see(room: Service, paula: Any, moderator: Any) -> None:
    from locator.rules import actor_of

    moderation.hold(room.id, by=moderator, reason="A look")
    with pytest.raises(Refused):
        moderation.still_right(room.id, by=actor_of(paula))


def test_signed_in_some_answers_can_be_ticked_too(room: Service, paula: Any) -> None:
    client = signed_in(paula)
    assert "All the rest is still right" in text(client.get(f"/team/s/{room.short_id}/right/"))
    client.post(f"/team/s/{room.short_id}/right/", {"changed": ["free"]})
    facts = moderation.current(room.id)["brolly"]["facts"]
    assert sorted(fact["question"] for fact in facts) == ["id_free", "interpreter"]


# Mail that comes back

REPORT = b"""\
From: MAILER-DAEMON@example.net
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/plain

It could not be delivered to zoe@example.org.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; Paula@Example.org
Action: failed
Status: 5.1.1

Final-Recipient: rfc822; later@example.org
Action: delayed
Status: 4.4.1
--b--
"""


def test_a_report_says_which_addresses_take_no_mail() -> None:
    assert mailing.returned(REPORT) == ["Paula@Example.org"]


@pytest.mark.parametrize("report", [b"", b"\xff\x00", b"Subject: on holiday\n\nBack on Monday.", REPORT[:300]])
def test_any_other_mail_says_nothing(report: bytes) -> None:
    assert mailing.returned(report) == []


def test_no_reminder_goes_where_mail_came_back_from(room: Service, paula: Any) -> None:
    a_person("Ria", of=room.organization)
    mailing.came_back("paula@example.org")
    run(UNTIL)
    assert [sent.to for sent in mail.outbox] == [["ria@example.org"]]


def test_an_address_that_a_server_refuses_for_good_is_noted(
    room: Service, paula: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smtplib import SMTPRecipientsRefused

    def refuse(*_message: Any) -> None:
        said = {"paula@example.org": (550, b"5.1.1 no such user"), "ria@example.org": (550, b"5.7.1 blocked")}
        raise SMTPRecipientsRefused(said)

    a_person("Ria", of=room.organization)
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    run(UNTIL)
    assert list(Bounce.objects.values_list("email", flat=True)) == ["paula@example.org"]


def test_a_forged_report_about_strangers_is_not_noted(room: Service, paula: Any) -> None:
    assert not mailing.came_back("zoe@example.org")
    assert not Bounce.objects.exists()


def test_capitals_in_an_address_hide_nothing(room: Service) -> None:
    Contact.objects.create(organization=room.organization, name="Cleo", email="Info@Example.org")
    assert mailing.came_back("info@example.ORG")
    assert run(UNTIL) == 0
    mo = signed_in(a_person("Mo", moderator=True))
    assert "info@example.org Example group" in text(mo.get("/team/queue/"))


def test_where_mail_came_back_from_every_member_a_contact_is_asked(room: Service, paula: Any) -> None:
    Contact.objects.create(organization=room.organization, name="Cleo", email="cleo@example.org")
    mailing.came_back("paula@example.org")
    run(UNTIL)
    assert [sent.to for sent in mail.outbox] == [["cleo@example.org"]]


def test_moderators_see_it_in_the_queue_and_take_it_off(room: Service, paula: Any) -> None:
    mailing.came_back("paula@example.org")
    mo = signed_in(a_person("Mo", moderator=True))
    page = mo.get("/team/queue/")
    assert "paula@example.org Example group" in text(page)
    mo.post(f"/team/queue/mail/{Bounce.objects.get().pk}/")
    assert not Bounce.objects.exists()


def test_a_partner_takes_nothing_off(room: Service, paula: Any) -> None:
    mailing.came_back("paula@example.org")
    assert signed_in(paula).post(f"/team/queue/mail/{Bounce.objects.get().pk}/").status_code == 404
