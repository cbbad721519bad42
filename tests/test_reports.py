"""R57, R58: what visitors say is wrong is counted by kind and day, waits for a person, and changes nothing."""

from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from locator import moderation
from locator.models import Listing, Report
from locator.moderation import ReportKind, reports
from tests.conftest import MakeService
from tests.test_commands import said
from tests.test_web import text

pytestmark = pytest.mark.django_db


def send(visitor: Client, short_id: str, kind: str, **headers: str) -> Any:
    return visitor.post(f"/s/{short_id}/wrong/", {"kind": kind}, headers=headers)


def test_a_visitor_says_what_is_wrong_in_one_choice(visitor: Client, make_service: MakeService) -> None:
    room = make_service("Lantern room")
    sent = send(visitor, room.short_id, "closed")
    assert sent.status_code == 303
    assert "Thank you" in text(visitor.get(sent.headers["Location"]))
    assert Report.objects.values_list("kind", "count").get() == ("closed", 1)


def test_every_listing_leads_to_it(visitor: Client, make_service: MakeService) -> None:
    room = make_service("Lantern room")
    assert f'href="/s/{room.short_id}/wrong/"' in visitor.get(f"/s/{room.short_id}/").content.decode()


def test_r57_a_thousand_reports_are_one_thing_to_look_at(visitor: Client, make_service: MakeService) -> None:
    room, before = make_service("Lantern room"), list(Listing.objects.values())
    for _report in range(1000):
        moderation.report(room.short_id, ReportKind.CLOSED)
    assert Report.objects.count() == 1
    assert [(row.kind, row.count) for row in reports.reported()] == [("closed", 1000)]
    assert list(Listing.objects.values()) == before


def test_r58_only_the_kind_and_the_day_are_kept() -> None:
    assert {field.name for field in Report._meta.concrete_fields} == {"id", "service", "kind", "day", "count"}


@time_machine.travel("2026-05-03T21:34:56Z", tick=False)
def test_r58_a_report_has_no_time_of_day(visitor: Client, make_service: MakeService) -> None:
    room = make_service("Lantern room")
    send(visitor, room.short_id, "not_safe")
    assert str(Report.objects.get().day) == "2026-05-03"


def test_r58_a_report_is_forgotten_after_90_days(make_service: MakeService) -> None:
    room = make_service("Lantern room")
    with time_machine.travel("2026-05-03"):
        moderation.report(room.short_id, ReportKind.CLOSED)
    with time_machine.travel("2026-08-01"):
        assert len(reports.reported()) == 1
    with time_machine.travel("2026-08-02"):
        moderation.report(make_service("Other room").short_id, ReportKind.OTHER)
    assert Report.objects.values_list("kind", flat=True).get() == "other"


def test_r58_the_form_has_no_place_for_words(visitor: Client, make_service: MakeService) -> None:
    room = make_service("Lantern room")
    page = visitor.get(f"/s/{room.short_id}/wrong/").content.decode()
    assert 'type="text"' not in page
    assert "<textarea" not in page


@pytest.mark.parametrize("kind", ["", "nonsense", "closed\x00"])
def test_no_choice_is_asked_again(visitor: Client, make_service: MakeService, kind: str) -> None:
    room = make_service("Lantern room")
    refused = send(visitor, room.short_id, kind)
    assert refused.status_code == 400
    assert "Choose one of these" in text(refused)
    assert not Report.objects.exists()


@pytest.mark.parametrize("status", ["draft", "unlisted", "withdrawn"])
def test_what_is_not_listed_cannot_be_reported(visitor: Client, make_service: MakeService, status: str) -> None:
    hidden = make_service("Hidden", status=status)
    assert send(visitor, hidden.short_id, "closed").status_code == 404
    assert not Report.objects.exists()


def test_another_site_cannot_send_reports(visitor: Client, make_service: MakeService) -> None:
    room = make_service("Lantern room")
    assert send(visitor, room.short_id, "closed", **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert not Report.objects.exists()


def test_the_command_lists_what_may_be_dangerous_first(make_service: MakeService) -> None:
    room = make_service("Lantern room")
    for kind in (ReportKind.CLOSED, ReportKind.NOT_SAFE, ReportKind.CLOSED):
        moderation.report(room.short_id, kind)
    first, second, total = said("reports").splitlines()
    assert "It is not safe there (1 times" in first
    assert "It was closed, or is gone (2 times" in second
    assert total == "2 things to look at."


def test_what_was_looked_at_goes_off_the_list(make_service: MakeService) -> None:
    room = make_service("Lantern room")
    moderation.report(room.short_id, ReportKind.CLOSED)
    call_command("reports", settle=room.short_id, verbosity=0)
    assert said("reports").strip() == "Nothing was reported."


def test_queries_of_a_report(visitor: Client, make_service: MakeService, django_assert_num_queries: Any) -> None:
    room = make_service("Lantern room")
    send(visitor, room.short_id, "closed")
    with django_assert_num_queries(7):  # the listing; forget, look up, count, in one transaction of two statements
        send(visitor, room.short_id, "closed")
