"""Open now, tonight, at a time: what a search finds, what it does not know, and what every night carries on."""

from datetime import date, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from locator.geocoding import Found
from locator.hours.opening import Interval, Is
from locator.hours.packing import judged, minute, opens, pack, stand, written
from locator.models import Listing, ListingData, OpenInterval
from locator.publishing import times
from locator.search import search
from locator.search.judging import Candidate, Wanted, judge
from locator.search.moments import Window, at_time, tonight, zone_at
from tests.conftest import FRIDAY_NIGHT, an_id, publish, utc
from tests.test_hours import with_hours
from tests.test_web import text

LONDON = ZoneInfo("Europe/London")
NIGHT = {"byday": "FR", "opens_at": "21:00", "closes_at": "02:00"}
DAY = {"byday": "MO,TU,WE,TH,FR", "opens_at": "10:00", "closes_at": "17:00"}


def room(name: str, *rules: dict[str, Any], zone: str = "Europe/London", **parts: Any) -> Any:
    """List a room near Manchester, checked on 3 November; `times` is what it says of its hours as a whole."""
    said = parts.pop("times", None)
    document = with_hours(*rules, **{"assured_date": "2026-11-03", "yes": ["free"]} | parts)
    document |= {"id": an_id("service", name), "name": name}
    for row in document["service_at_locations"]:
        row["id"] = an_id("at", name)
        row["location"]["id"] = document["brolly"]["locations"][0]["id"] = an_id("place", name)
        for number, rule in enumerate(row.get("schedules", [])):
            rule["id"] = an_id("hours", name, number)
    document["brolly"]["assurer"] = "Example group"
    document["brolly"]["locations"][0]["timezone"] = zone
    if said:
        document["brolly"]["times"] = [{"id": document["service_at_locations"][0]["id"], **said}]
    return publish(document)


def found(**asked: str) -> list[str]:
    """Return the names that a search near Manchester finds, in order."""
    question = {"near": "Manchester"} | asked
    return [row.shown["name"] for row in search({name: [value] for name, value in question.items()}).rows]


def everywhere(**asked: str) -> list[str]:
    return [row.shown["name"] for row in search({name: [value] for name, value in asked.items()}).rows]


# Filters


@pytest.mark.usefixtures("friday_night")
def test_open_now_finds_who_is_open_and_nobody_else() -> None:
    room("Night room", NIGHT)
    room("Day room", DAY)
    room("Nobody knows")
    assert found(open="now") == ["Night room"]
    assert everywhere(open="now") == ["Night room"]


@pytest.mark.usefixtures("friday_night")
def test_those_whose_hours_we_do_not_know_are_counted_and_never_shown_as_open() -> None:
    room("Night room", NIGHT)
    room("Day room", DAY)
    room("Nobody knows")
    room("After dark", {"byday": "FR", "description": "after dark"})
    room("Checked long ago", NIGHT, assured_date="2026-08-28")
    answer = search({"near": ["Manchester"], "open": ["now"]})
    assert [row.shown["name"] for row in answer.rows] == ["Night room"]
    assert answer.hours_unknown == 3
    assert answer.without["open", ""] == 4


@pytest.mark.usefixtures("friday_night")
def test_a_page_says_how_many_may_be_open_for_all_we_know() -> None:
    room("Night room", NIGHT)
    room("Nobody knows")
    page = text(search_page(near="Manchester", open="now"))
    assert "1 more may be open then: its hours are not known or not up to date. Call first." in page


def search_page(**asked: str) -> Any:
    client = Client()
    address = client.post("/find/search/", asked).headers["Location"]
    return client.get(address)


@pytest.mark.usefixtures("friday_night")
def test_open_combines_with_other_filters_and_its_count_is_what_it_would_leave() -> None:
    room("Night room", NIGHT)
    room("Free night", NIGHT, yes=["free", "id_free"])
    room("Day room", DAY, yes=["id_free"])
    assert found(open="now", id_free="true") == ["Free night"]
    facets = search({"near": ["Manchester"], "id_free": ["true"]}).facets
    assert facets is not None
    assert facets["open"] == {"now": 1, "tonight": 1}


@pytest.mark.django_db
@time_machine.travel(utc("2026-11-27T12:00"), tick=False)
def test_tonight_begins_in_the_evening() -> None:
    room("Night room", NIGHT)
    room("Day room", DAY)  # open now, and shut at five
    assert found(open="tonight") == ["Night room"]
    assert found(open="now") == ["Day room"]


@pytest.mark.usefixtures("friday_night")
def test_tonight_ends_at_six() -> None:
    room("Early", {"byday": "SA", "opens_at": "05:30", "closes_at": "07:00"})
    room("Morning", {"byday": "SA", "opens_at": "06:00", "closes_at": "09:00"})
    assert found(open="tonight") == ["Early"]


@pytest.mark.usefixtures("friday_night")
@pytest.mark.parametrize("said", ["MO 11:00", "2026-11-30T11:00"])
def test_open_at_a_day_and_a_time(said: str) -> None:
    room("Night room", NIGHT)
    room("Day room", DAY)
    assert found(open_at=said) == ["Day room"]


@pytest.mark.usefixtures("friday_night")
def test_a_day_and_a_time_are_chosen_on_the_page_and_can_be_taken_away() -> None:
    room("Day room", DAY)
    client = Client()
    sealed = search_page(near="Manchester").context["sealed"]
    sent = {"from": sealed, "open_day": "MO", "open_time": "11:00", "open": "now"}
    page = client.get(client.post("/find/search/", sent).headers["Location"])
    assert [choice["label"] for choice in page.context["chosen"]] == ["Open: Monday 11:00"]
    assert page.context["answer"].count == 1


@pytest.mark.usefixtures("friday_night")
@pytest.mark.parametrize("chosen", [{"open_day": "MO"}, {"open_time": "11:00"}])
def test_half_a_time_keeps_the_rest_of_the_search(chosen: dict[str, str]) -> None:
    room("Day room", DAY)
    client = Client()
    sealed = search_page(near="Manchester").context["sealed"]
    page = client.get(client.post("/find/search/", {"from": sealed, "free": "true", **chosen}).headers["Location"])
    assert page.status_code == 400
    assert "Choose a day and a time that are still to come." in text(page)
    assert "Day room" in text(page)
    assert [choice["label"] for choice in page.context["chosen"]] == ["Free of charge"]


@pytest.mark.usefixtures("friday_night")
@pytest.mark.parametrize(
    "asked",
    [
        {"open": "always"},
        {"open_at": "25:00"},
        {"open_at": "FR"},
        {"open_at": "2026-11-27T22:00"},  # over
        {"open_at": "FR 23:45", "open": "now"},
    ],
)
def test_what_cannot_be_asked_is_said(asked: dict[str, str]) -> None:
    answer = Client().get("/api/v1/services/", {"near": "Manchester"} | asked)
    assert answer.status_code == 400
    assert {"open", "open_at"} & set(answer.json()["errors"])


@pytest.mark.usefixtures("friday_night")
@pytest.mark.parametrize("asked", [{"open": "tonight"}, {"open_at": "FR 23:45"}])
def test_a_time_needs_a_place_whose_clock_it_is(asked: dict[str, str]) -> None:
    assert Client().get("/api/v1/services/", asked).status_code == 400


@pytest.mark.usefixtures("friday_night")
def test_beyond_what_is_stored_hours_are_not_up_to_date_rather_than_closed() -> None:
    room("Night room", NIGHT)
    answer = search({"near": ["Manchester"], "open_at": ["2027-01-08T23:30"]})
    assert (answer.count, answer.hours_unknown) == (0, 1)


@pytest.mark.usefixtures("friday_night")
def test_what_opens_soonest_comes_first_and_what_we_do_not_know_last() -> None:
    room("Nobody knows")
    room("Monday", DAY)
    room("Morning", {"byday": "SA", "opens_at": "06:00", "closes_at": "09:00"})
    room("Night room", NIGHT)
    order = ["Night room", "Morning", "Monday", "Nobody knows"]
    assert found(ordering="soonest") == order
    assert everywhere(ordering="soonest") == order


@pytest.mark.usefixtures("friday_night")
def test_a_results_row_says_until_when() -> None:
    room("Night room", NIGHT)
    room("Day room", DAY)
    page = text(search_page(near="Manchester"))
    assert "Drop-in · Open until 02:00" in page
    assert "Drop-in · Opens Monday 10:00" in page


@pytest.mark.django_db
@pytest.mark.parametrize("moment", [FRIDAY_NIGHT, "2026-11-30T11:00", "2026-12-25T12:00", "2026-12-05T01:59"])
@pytest.mark.parametrize("asked", [{"open": "now"}, {"open": "now", "free": "true"}])
def test_near_a_place_and_everywhere_are_one_rule(moment: str, asked: dict[str, str]) -> None:
    with time_machine.travel(utc("2026-11-27T12:00"), tick=False):
        for number, rules in enumerate([(NIGHT,), (DAY,), (), (NIGHT, DAY), ({"byday": "FR"},)]):
            room(f"Room {number}", *rules)
    with time_machine.travel(utc(moment), tick=False):
        call_command("refresh_hours", stdout=StringIO())
        assert sorted(found(**asked)) == sorted(everywhere(**asked))


@pytest.mark.usefixtures("friday_night")
def test_no_question_about_time_costs_a_query_a_row(django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        room(f"Room {number}", NIGHT)
    for asked in ({"open": "now"}, {"open": "tonight"}, {"open_at": "FR 23:45"}, {"ordering": "soonest"}):
        with django_assert_max_num_queries(6):
            assert len(found(**asked)) == 12


# Moments


def place(zone: str) -> Found:
    return Found("A town", "GB", "", "", "city", 53.5, -2.2, 1, 5, 1, "", zone)


@pytest.mark.parametrize(
    ("now", "begins", "ends"),
    [
        ("2026-11-27T12:00", "2026-11-27T18:00", "2026-11-28T06:00"),
        ("2026-11-27T23:30", "2026-11-27T23:30", "2026-11-28T06:00"),
        ("2026-11-28T05:59", "2026-11-28T05:59", "2026-11-28T06:00"),
        ("2026-03-28T23:00", "2026-03-28T23:00", "2026-03-29T05:00"),  # the clocks go forward
    ],
)
def test_tonight_in_london(now: str, begins: str, ends: str) -> None:
    assert tonight(utc(now), LONDON) == Window(utc(begins), utc(ends))


@pytest.mark.parametrize(
    ("said", "begins"),
    [
        ("FR 23:30", "2026-11-27T23:30"),  # this very minute
        ("FR 23:29", "2026-12-04T23:29"),
        ("SA 01:00", "2026-11-28T01:00"),
        ("2026-11-29 08:00", "2026-11-29T08:00"),
    ],
)
def test_a_weekday_is_the_next_one(said: str, begins: str) -> None:
    assert at_time(said, utc(FRIDAY_NIGHT), LONDON).begins == utc(begins)


def test_the_clock_is_that_of_the_place() -> None:
    begins = at_time("SA 01:00", utc(FRIDAY_NIGHT), zone_at(place("America/New_York"))).begins
    assert begins == utc("2026-11-28T06:00")


# The next days in short

NOW = utc(FRIDAY_NIGHT)
spans = st.lists(st.tuples(st.integers(-500, 4000), st.integers(1, 900)), max_size=6)


def intervals(said: list[tuple[int, int]]) -> list[Interval]:
    return sorted(
        Interval(NOW + timedelta(minutes=begins), NOW + timedelta(minutes=begins + lasts))
        for begins, lasts in said
    )


@given(spans, spans, st.integers(0, 5000))
def test_what_is_packed_is_what_was_put_in(known: list[Any], unsure: list[Any], complete: int) -> None:
    end = NOW + timedelta(minutes=complete)
    text = pack(end, intervals(known), intervals(unsure))
    for ahead in range(0, 4000, 97):
        at = NOW + timedelta(minutes=ahead)
        if at >= end:
            expected = Is.UNKNOWN
        elif any(begins <= at < ends for begins, ends in intervals(known)):
            expected = Is.OPEN
        elif any(begins <= at < ends for begins, ends in intervals(unsure)):
            expected = Is.UNKNOWN
        else:
            expected = Is.CLOSED
        assert stand(text, minute(at)).what == expected
        assert (
            at + timedelta(minutes=1) > end
            or judged(text, written(at), written(at + timedelta(minutes=1))) == expected
        )


@given(spans, st.integers(0, 4000), st.integers(1, 900))
@example([(0, 60)], 60, 5)
def test_open_at_any_minute_of_a_night_is_open(known: list[Any], ahead: int, lasting: int) -> None:
    begins = NOW + timedelta(minutes=ahead)
    ends = begins + timedelta(minutes=lasting)
    text = pack(NOW + timedelta(minutes=6000), intervals(known), [])
    there = any(opens_at < ends and closes_at > begins for opens_at, closes_at in intervals(known))
    assert judged(text, written(begins), written(ends)) == (Is.OPEN if there else Is.CLOSED)


def test_nothing_packed_is_unknown() -> None:
    assert (stand("", 1).what, opens("", 1)) == (Is.UNKNOWN, None)


def test_the_next_opening_is_not_named_past_a_time_that_may_be_one() -> None:
    end = NOW + timedelta(days=3)
    text = pack(end, intervals([(600, 60)]), intervals([(300, 60)]))
    assert stand(text, minute(NOW)) == (Is.CLOSED, None)


# Every night


def stored() -> list[Any]:
    return list(OpenInterval.objects.order_by("start_utc").values_list("start_utc", "end_utc", "unsure"))


@pytest.mark.django_db
def test_a_missed_week_is_made_up_for_and_nothing_is_stored_twice() -> None:
    with time_machine.travel(utc("2026-11-27T12:00"), tick=False):
        room("Night room", NIGHT)
    with time_machine.travel(utc("2026-12-04T12:00"), tick=False):
        assert times.stored_and_due() == (1, 1)
        call_command("refresh_hours", stdout=StringIO())
        carried_on = stored()
        assert times.stored_and_due() == (1, 0)
        call_command("refresh_hours", "--anew", stdout=StringIO())
        assert stored() == carried_on
        row = Listing.objects.get()
        assert row.hours_to == date(2027, 1, 1)
        assert row.known_until == utc("2027-01-01T00:00")


@pytest.mark.django_db
def test_without_the_nightly_run_the_answer_becomes_unknown() -> None:
    with time_machine.travel(utc("2026-11-27T12:00"), tick=False):
        room("Night room", NIGHT, DAY)
    with time_machine.travel(utc("2026-12-04T23:30"), tick=False):
        answer = search({"near": ["Manchester"], "open": ["now"]})
        assert (answer.count, answer.hours_unknown) == (0, 1)
        page = text(search_page(near="Manchester"))
        assert "Open now? We do not know" in page
        assert "Closed" not in page


@pytest.mark.django_db
def test_it_may_be_stopped_and_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(times, "BATCH", 1)
    with time_machine.travel(utc("2026-11-27T12:00"), tick=False):
        for number in range(3):
            room(f"Room {number}", NIGHT)

    def stop(done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with time_machine.travel(utc("2026-11-29T12:00"), tick=False):
        with pytest.raises(KeyboardInterrupt):
            times.refresh(stop)
        assert times.stored_and_due() == (3, 1)
        assert times.refresh() == 1
        assert times.stored_and_due() == (3, 0)


@pytest.mark.django_db
@time_machine.travel(utc("2026-11-27T12:00"), tick=False)
def test_thread_10_a_change_of_hours_is_a_change_of_times_at_once() -> None:
    """ "Open now" did not reflect saved hours."""
    room("Room", DAY)
    assert found(open="now") == ["Room"]
    room("Room", NIGHT)
    assert found(open="now") == []


# Those of peers' threads that other tests do not name (PEERS section 4, threads 1-15)


@pytest.mark.usefixtures("friday_night")
def test_thread_1_around_the_clock_is_a_rule_and_closed_ones_do_not_pass() -> None:
    room("Always", {"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "00:00"})
    room("Day room", DAY)
    assert found(open="now") == ["Always"]
    assert "Open now" in text(search_page(near="Manchester"))


@pytest.mark.usefixtures("friday_night")
def test_thread_2_and_6_and_12_the_clock_is_that_of_the_place() -> None:
    """23:30 in London is 5:30 the next day in Bishkek and 18:30 in New York."""
    dawn = {"byday": "SA", "opens_at": "05:00", "closes_at": "06:00"}
    room("Bishkek room", dawn, at=["bishkek"], zone="Asia/Bishkek")
    assert everywhere(near="Bishkek", open="now") == ["Bishkek room"]
    assert "Open until 06:00" in text(search_page(near="Bishkek"))


@pytest.mark.usefixtures("friday_night")
def test_thread_4_open_is_not_called_closed() -> None:
    room("Night room", NIGHT)
    assert "Closed" not in text(search_page(near="Manchester"))


@pytest.mark.django_db
@time_machine.travel(utc("2026-11-27T15:30"), tick=False)
def test_thread_5_several_spans_a_day_and_a_day_without_times() -> None:
    morning = {"byday": "FR", "opens_at": "09:00", "closes_at": "12:00"}
    afternoon = {"byday": "FR", "opens_at": "14:00", "closes_at": "16:00"}
    room("Two spans", morning, afternoon)
    room("No times", {"byday": "FR"})
    answer = search({"near": ["Manchester"], "open": ["now"]})
    assert ([row.shown["name"] for row in answer.rows], answer.hours_unknown) == (["Two spans"], 1)


@pytest.mark.usefixtures("friday_night")
def test_thread_7_closed_for_a_while_is_closed_and_says_until_when() -> None:
    away = {"dated": [closed("2026-11-20", "2026-12-05", description="the pipes")]}
    service = room("Night room", NIGHT, times=away)
    assert found(open="now") == []
    page = text(Client().get(f"/s/{service.short_id}/"))
    assert "Closed today (the pipes). Opens: 11 December 21:00." in page
    assert "From 20 November 2026 until 5 December 2026: closed (the pipes)" in page


def closed(first: str, last: str, **more: str) -> dict[str, str]:
    return {"id": an_id("dated", first, last), "first": first, "last": last, **more}


@pytest.mark.usefixtures("friday_night")
def test_a_closure_that_is_over_is_not_shown() -> None:
    service = room("Night room", NIGHT, times={"dated": [closed("2026-11-01", "2026-11-25")]})
    assert "closed" not in text(Client().get(f"/s/{service.short_id}/"))
    assert found(open="now") == ["Night room"]


@pytest.mark.django_db
@time_machine.travel(utc("2026-11-03T14:00"), tick=False)
def test_thread_8_open_four_days_a_month() -> None:
    rule = {"freq": "MONTHLY", "byday": "1TU,3TU", "opens_at": "13:00", "closes_at": "17:00"}
    service = room("Clinic", rule)
    assert found(open="now") == ["Clinic"]
    assert found(open_at="2026-11-10T14:00") == []
    assert found(open_at="2026-11-17T14:00") == ["Clinic"]
    assert "First and third Tuesday: 13:00–17:00" in text(Client().get(f"/s/{service.short_id}/"))


@pytest.mark.django_db
@time_machine.travel(utc("2026-11-17T23:00"), tick=False)
def test_thread_9_the_next_monthly_opening_is_right_late_in_the_evening() -> None:
    rule = {"freq": "MONTHLY", "byday": "3WE", "opens_at": "13:00", "closes_at": "17:00"}
    room("Clinic", rule)
    assert "Opens Wednesday 13:00" in text(search_page(near="Manchester"))


@pytest.mark.usefixtures("friday_night")
def test_thread_11_by_appointment_is_neither_open_nor_unknown() -> None:
    service = room("By appointment", NIGHT, times={"access": "appointment"})
    answer = search({"near": ["Manchester"], "open": ["now"]})
    assert (answer.count, answer.hours_unknown) == (0, 0)
    assert "By appointment: get in touch first." in text(Client().get(f"/s/{service.short_id}/"))
    assert "Drop-in · By appointment" in text(search_page(near="Manchester"))


@pytest.mark.usefixtures("friday_night")
def test_call_first_is_said_beside_open() -> None:
    service = room("Ring first", NIGHT, times={"access": "call_first"})
    assert "Open now until 02:00. Call or write before you go." in text(Client().get(f"/s/{service.short_id}/"))
    assert "Open until 02:00. Call or write before you go." in text(search_page(near="Manchester"))


@pytest.mark.usefixtures("friday_night")
def test_thread_13_a_place_without_a_clock_spoils_no_other() -> None:
    room("Night room", NIGHT)
    room("No clock", NIGHT, zone="")
    answer = search({"near": ["Manchester"], "open": ["now"]})
    assert ([row.shown["name"] for row in answer.rows], answer.hours_unknown) == (["Night room"], 1)


@pytest.mark.django_db
@time_machine.travel(utc("2026-11-28T01:30"), tick=False)
def test_thread_14_after_midnight_last_nights_shift_is_open() -> None:
    room("Night room", NIGHT)
    assert found(open="now") == ["Night room"]


@pytest.mark.django_db
@time_machine.travel(utc("2026-12-25T22:00"), tick=False)
def test_thread_15_bank_holidays() -> None:
    room("Shut", NIGHT, times={"on_public_holidays": "closed"}, assured_date="2026-12-03")
    room("Open", NIGHT, times={"on_public_holidays": "open"}, assured_date="2026-12-03")
    room("Nobody said", NIGHT, assured_date="2026-12-03")
    answer = search({"near": ["Manchester"], "open": ["now"]})
    assert ([row.shown["name"] for row in answer.rows], answer.hours_unknown) == (["Open"], 1)


@pytest.mark.django_db
@time_machine.travel(utc("2026-12-25T22:00"), tick=False)
def test_closed_on_a_public_holiday_says_why() -> None:
    service = room("Shut", NIGHT, times={"on_public_holidays": "closed"}, assured_date="2026-12-03")
    page = text(Client().get(f"/s/{service.short_id}/"))
    assert "Closed today (public holiday). Opens: 1 January 21:00." not in page  # a holiday too
    assert "Closed today (public holiday). Opens: 8 January 21:00." in page
    assert "Closed on public holidays." in page


@pytest.mark.django_db
@time_machine.travel(utc("2026-12-25T12:00"), tick=False)
def test_who_is_there_around_the_clock_but_closed_on_holidays_is_closed_on_them() -> None:
    always = {"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "00:00"}
    room("Always", always, times={"on_public_holidays": "closed"}, assured_date="2026-12-03")
    assert found(open="now") == []


@pytest.mark.usefixtures("friday_night")
def test_a_closure_alone_says_nothing_of_other_days() -> None:
    service = room("Nobody knows", times={"dated": [closed("2026-12-24", "2027-01-02")]})
    answer = search({"near": ["Manchester"], "open": ["now"]})
    assert (answer.count, answer.hours_unknown) == (0, 1)
    assert "Closed now" not in text(Client().get(f"/s/{service.short_id}/"))


@pytest.mark.usefixtures("friday_night")
def test_a_closure_wins_over_other_times_of_its_date() -> None:
    special = {"id": an_id("special"), "first": "2026-11-20", "last": "2026-12-10"}
    special |= {"opens_at": "21:00:00", "closes_at": "02:00:00"}
    room("Night room", NIGHT, times={"dated": [special, closed("2026-11-27", "2026-11-27")]})
    assert found(open="now") == []


@pytest.mark.usefixtures("friday_night")
def test_everywhere_too_those_we_do_not_know_are_counted() -> None:
    room("Night room", NIGHT)
    room("Day room", DAY)
    room("Nobody knows")
    answer = search({"open": ["now"]})
    assert (answer.count, answer.hours_unknown) == (1, 1)


@pytest.mark.usefixtures("friday_night")
@pytest.mark.parametrize("asked", [{"open": "now"}, {"ordering": "soonest"}])
def test_where_many_are_listed_a_time_needs_a_place(
    asked: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    room("Night room", NIGHT)
    monkeypatch.setattr("locator.search.MOST_TIMED", 0)
    answer = Client().get("/api/v1/services/", asked)
    assert answer.status_code == 400
    assert answer.json()["errors"] == {name: ["To ask for a time, say where."] for name in asked}
    assert found(**asked) == ["Night room"]


@pytest.mark.django_db
@time_machine.travel(utc("2026-12-21T12:00"), tick=False)
def test_no_later_opening_is_named_when_an_earlier_one_may_be() -> None:
    """Friday the 25th is a public holiday of which nobody told us; Sunday is not the next opening for certain."""
    room("Weekend", {"byday": "FR,SU", "opens_at": "10:00", "closes_at": "12:00"}, assured_date="2026-12-03")
    room("Next week", {"byday": "TU", "opens_at": "10:00", "closes_at": "12:00"}, assured_date="2026-12-03")
    assert "Opens Sunday" not in text(search_page(near="Manchester"))
    assert found(ordering="soonest") == everywhere(ordering="soonest") == ["Next week", "Weekend"]


@pytest.mark.usefixtures("friday_night")
@pytest.mark.parametrize("said", ["9999-12-31T23:59", "0001-01-01T00:00", "2026-13-01T00:00", "FR 24:30"])
def test_no_time_is_an_accident(said: str) -> None:
    assert Client().get("/api/v1/services/", {"near": "Manchester", "open_at": said}).status_code == 400


@pytest.mark.usefixtures("friday_night")
def test_a_country_of_several_clocks_needs_a_town_for_a_time() -> None:
    answer = Client().get("/api/v1/services/", {"near": "United States", "open_at": "FR 21:00"})
    assert "name a town" in answer.json()["detail"]


@pytest.mark.usefixtures("friday_night")
def test_around_the_clock_reads_like_it() -> None:
    service = room("Always", {"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "00:00"})
    assert "Every day: day and night" in text(Client().get(f"/s/{service.short_id}/"))


@pytest.mark.usefixtures("friday_night")
def test_a_clock_that_is_gone_from_the_list_stops_nobody_elses_night() -> None:
    room("Night room", NIGHT)
    room("Lost", NIGHT)
    lost = ListingData.objects.get(data__contains='"Lost"')
    lost.data = lost.data.replace("Europe/London", "Europe/Atlantis")
    lost.save()
    times.refresh(anew=True)
    answer = search({"near": ["Manchester"], "open": ["now"]})
    assert (answer.count, answer.hours_unknown) == (1, 1)


# Judging


def test_a_row_that_fails_the_time_alone_is_what_leaving_it_out_gives() -> None:
    window = Window(NOW, NOW + timedelta(minutes=1))
    wanted = Wanted(0, 0, 0, 0, frozenset(), window)
    rows = [Candidate(n, str(n), 0, False, 0, 0, 0, 0, "||", "", stands) for n, stands in enumerate(Is)]
    judgement = judge(rows, wanted)
    assert [row.stands for row in judgement.confirmed] == [Is.OPEN]
    assert judgement.without == {("open", ""): 2}
    assert judgement.hours_unknown == 1
