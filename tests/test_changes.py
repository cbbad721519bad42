"""The change feed: a copy that follows it has what is published, and drops at once what became dangerous."""

import json
import re
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import Client

from locator import moderation, publishing
from locator.models import Change, FeedPosition, Listing, ListingChange, Service
from locator.rules import Actor, Role
from tests.accounts import a_person, signed_in, who_proved_it_lately
from tests.conftest import MakeService, a_document, publish
from tests.test_left_out import WHY
from tests.test_left_out_pages import add
from tests.test_team import at, save
from tests.world import make_world

pytestmark = pytest.mark.django_db
FEED = "/api/v1/changes/"
STREET, NUMBER = "1 Example Street", "0161 496 0000"
MO = Actor("Mo", Role.MODERATOR)
Committed = Callable[..., AbstractContextManager[list[Any]]]


class Copy:
    """Somebody else's copy of the directory, kept as docs/api.md says."""

    def __init__(self, page_size: int = 100, *, numbered: bool = True) -> None:
        """Start with nothing; `numbered` does first what follows a commit: a test's transaction has none."""
        self.services: dict[str, Any] = {}
        self.numbered = numbered
        self.cursor, self.size = "", page_size

    def follow(self) -> list[tuple[str, str]]:
        """Ask until there is no more; return what was told, by id and kind."""
        if self.numbered:
            publishing.feed.number()
        told = []
        while True:
            asked = {"page_size": str(self.size)} | ({"after": self.cursor} if self.cursor else {})
            answer = Client().get(FEED, asked).json()
            for entry in answer["results"]:
                told.append((entry["id"], entry["kind"]))
                self.services.pop(entry["id"], None)
                if "service" in entry and (now := Client().get(entry["service"])).status_code == 200:
                    self.services[entry["id"]] = now.json()
            self.cursor = answer["cursor"]
            if answer["next"] is None:
                return told

    def says(self, words: str) -> bool:
        return words in json.dumps(self.services, ensure_ascii=False)


def feed(**asked: str) -> Any:
    return Client().get(FEED, asked).json()


def entries() -> list[dict[str, str]]:
    found: list[dict[str, str]] = feed()["results"]
    return found


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Committed) -> Committed:
    """Return a block at whose end is done what follows a commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def room() -> Service:
    return publish(a_document("Tuesday room", phone=NUMBER, description="Tea.", yes=["id_free"]))


@pytest.fixture
def copy(room: Service) -> Copy:
    """A copy that has the room, with its street."""
    found = Copy()
    found.follow()
    assert found.says(STREET)
    return found


@pytest.fixture
def paula(room: Service) -> Client:
    return signed_in(a_person("Paula", of=room.organization, role="manager"))


@pytest.fixture
def mo() -> Client:
    return signed_in(a_person("Mo", moderator=True))


# What stands in it


def test_a_listing_says_where_it_is(room: Service) -> None:
    [entry] = entries()
    where = f"http://testserver/api/v1/services/{room.id}/"
    today = ListingChange.objects.get().on.isoformat()
    assert entry == {"id": str(room.id), "kind": "listed", "at": today, "service": where}


def test_a_tombstone_holds_the_id_and_nothing_else(room: Service) -> None:
    moderation.withdraw(room.id, by=MO, reason="They wrote that a client found them")
    [entry] = entries()
    assert entry.keys() == {"id", "kind", "at"}
    assert (entry["id"], entry["kind"]) == (str(room.id), "withdrawn")


def test_a_service_stands_in_it_once_with_what_came_last(room: Service) -> None:
    """So that nobody reads there how often, and when, two volunteers changed what."""
    for words in ("Soup.", "Tea and soup."):
        publish(a_document("Tuesday room", description=words))
    assert [entry["kind"] for entry in entries()] == ["changed"]


def test_when_is_told_to_the_day(make_service: MakeService) -> None:
    with time_machine.travel("2026-05-03T23:58:07Z", tick=False):
        make_service()
    assert entries()[0]["at"] == "2026-05-03"


def test_what_was_never_shown_is_never_told(make_service: MakeService) -> None:
    for status in ("draft", "unlisted", "withdrawn"):
        make_service(f"A {status} one", status=status)
    assert entries() == []


def test_what_visitors_do_not_see_is_no_change(room: Service) -> None:
    publishing.feed.number()
    before = feed()
    Service.objects.update(staff_notes="Moved to 9 Secret Row", revision=9)
    publish(a_document("Tuesday room", phone=NUMBER, description="Tea.", yes=["id_free"], declined=["free"]))
    publishing.rebuild()
    assert feed() == before


def test_rebuilding_and_the_nightly_run_tell_nothing() -> None:
    make_world()
    before = list(ListingChange.objects.order_by("id").values())
    for command in ("rebuild_listings", "refresh_hours"):
        call_command(command, stdout=StringIO())
    assert list(ListingChange.objects.order_by("id").values()) == before


def test_rebuilding_tells_what_was_missed(room: Service, copy: Copy) -> None:
    """A row that somebody deleted by hand, and one that the feed never named."""
    other = publish(a_document("Other room"))
    Listing.objects.filter(service_id=room.id).delete()
    Service.objects.filter(id=room.id).update(status="withdrawn")
    ListingChange.objects.filter(service_id=other.id).delete()
    assert publishing.rebuild() > 0
    assert sorted(copy.follow()) == sorted([(str(room.id), "withdrawn"), (str(other.id), "listed")])
    assert publishing.rebuild() == 0


def test_words_that_only_a_search_reads_are_no_change(room: Service) -> None:
    before = list(ListingChange.objects.values())
    Listing.objects.update(yes_bits=6)  # as after an upgrade that finds listings in another way
    assert publishing.rebuild() == 1
    assert list(ListingChange.objects.values()) == before


# What copies drop within one request: by the pages that people really use


def test_r24_a_hidden_address_leaves_copies(room: Service, copy: Copy, paula: Client) -> None:
    place = moderation.current(room.id)["service_at_locations"][0]["id"]
    save(paula, at(room, f"edit/place/{place}/"), address_visibility="area", area="Manchester")
    assert copy.follow() == [(str(room.id), "changed")]
    assert not copy.says(STREET)
    assert copy.says("Manchester")


def test_r24_nothing_tells_that_an_area_only_service_had_an_address(room: Service, paula: Client) -> None:
    """Whoever reads it later would know whose address to look for in old copies."""
    place = moderation.current(room.id)["service_at_locations"][0]["id"]
    save(paula, at(room, f"edit/place/{place}/"), address_visibility="area", area="Manchester")
    publish(a_document("Always hidden", areas=["salford"]))
    publish(a_document("Always hidden", areas=["salford"], description="Soup."))
    assert len({(*entry, entry["kind"]) for entry in entries()}) == 1


WAYS = ("", "?format=geojson", "?format=csv")


@pytest.mark.parametrize("act", ["hidden", "withdrawn"])
def test_no_format_has_an_address_point_or_distance_afterwards(room: Service, paula: Client, act: str) -> None:
    if act == "withdrawn":
        who_proved_it_lately(paula).post("/team/leave/", {"organization": str(room.organization_id)})
    else:
        place = moderation.current(room.id)["service_at_locations"][0]["id"]
        save(paula, at(room, f"edit/place/{place}/"), address_visibility="area", area="Salford")
    asked = [f"/api/v1/services/{way}" for way in WAYS] + [FEED, f"/api/v1/services/{room.id}/"]
    asked += [f"/api/v1/services/?near=Manchester{way.replace('?', '&')}" for way in WAYS]
    asked += [f"/{root}/services?full=true&format=ndjson" for root in ("hsds/3.2", "oruk/3.0") if root[0] == "h"]
    asked += ["/oruk/3.0/services", "/hsds/3.2/service_at_locations?full=true", f"/s/{room.short_id}/"]
    for address in asked:
        answer = Client().get(address)
        told = (answer.getvalue() if answer.streaming else answer.content).decode()
        own = re.sub(r'"place":\{.*?\},', "", told)  # the place that was asked for
        assert not re.search(r"Example Street|53\.48\b|-2\.24\b|\"distance_km\": ?[0-9]", own), address


def test_a_place_that_is_gone_leaves_copies(copy: Copy, make_service: MakeService) -> None:
    two = make_service("Two doors", at=["manchester", "salford"])
    copy.follow()
    assert len(copy.services[str(two.id)]["locations"]) == 2
    make_service("Two doors", at=["salford"])
    assert copy.follow() == [(str(two.id), "changed")]
    assert [place["city"] for place in copy.services[str(two.id)]["locations"]] == ["Salford"]


def test_an_organization_that_leaves_takes_its_copies_along(room: Service, copy: Copy, paula: Client) -> None:
    said = {"organization": str(room.organization_id), "never": "yes"}
    who_proved_it_lately(paula).post("/team/leave/", said)
    assert copy.follow() == [(str(room.id), "withdrawn")]
    assert copy.services == {}


def test_what_a_moderator_hides_leaves_copies_and_may_come_back(room: Service, copy: Copy, mo: Client) -> None:
    mo.post(f"/team/queue/service/{room.short_id}/hold/", {"reason": "Somebody is at risk"})
    assert copy.follow() == [(str(room.id), "withdrawn")]
    publish(a_document("Tuesday room", description="Tea."))
    assert copy.follow() == [(str(room.id), "listed")]
    assert copy.says(STREET)


def test_who_asks_to_be_left_out_leaves_copies(room: Service, copy: Copy, mo: Client) -> None:
    add(mo, number=NUMBER, reason=WHY, sure="true")
    assert copy.follow() == [(str(room.id), "withdrawn")]
    assert entries()[0].keys() == {"id", "kind", "at"}


def test_one_that_is_another_says_which_until_they_are_told_apart(room: Service, copy: Copy) -> None:
    twin = publish(a_document("Tuesday rooms", description="Soup."))
    copy.follow()
    moderation.unite(twin.id, room.id, by=MO, reason="One room")
    assert copy.follow() == [(str(twin.id), "withdrawn")]
    [gone] = [entry for entry in entries() if entry["id"] == str(twin.id)]
    assert gone["moved_to"] == f"http://testserver/api/v1/services/{room.id}/"
    moderation.separate(twin.id, by=MO)
    assert copy.follow() == [(str(twin.id), "listed")]


def test_copies_learn_of_a_union_that_a_second_person_agrees_to(room: Service, copy: Copy) -> None:
    twin = publish(a_document("Tuesday rooms", organization="Others"))
    moderation.unite(twin.id, room.id, by=MO, reason="One room")
    publishing.feed.number()
    copy.follow()
    assert "moved_to" not in next(entry for entry in entries() if entry["id"] == str(twin.id))
    moderation.agree(twin.id, by=Actor("Ada", Role.MODERATOR))
    assert copy.follow() == [(str(twin.id), "withdrawn")]
    assert next(entry for entry in entries() if entry["id"] == str(twin.id))["moved_to"]


def test_no_address_leads_to_what_is_not_listed_itself(room: Service) -> None:
    twin = publish(a_document("Tuesday rooms", description="Soup."))
    moderation.unite(twin.id, room.id, by=MO, reason="One room")
    moderation.withdraw(room.id, by=MO, reason="It closed")
    assert [entry.keys() for entry in entries()] == [{"id", "kind", "at"}] * 2


def test_an_edit_that_is_taken_back_is_a_change_too(room: Service, copy: Copy, paula: Client) -> None:
    paula.post(at(room, "close/"), {"today": "1"})
    assert copy.follow() == [(str(room.id), "changed")]
    assert "dated" in copy.services[str(room.id)]["times"]
    change = Change.objects.filter(state="approved").latest("decided_at")
    paula.post(at(room, f"undo/{change.id}/"))
    assert copy.follow() == [(str(room.id), "changed")]
    assert "dated" not in copy.services[str(room.id)]["times"]


def test_what_is_undone_with_its_transaction_is_not_told(room: Service) -> None:
    before = entries()
    with transaction.atomic():
        moderation.withdraw(room.id, by=MO, reason="It closed")
        transaction.set_rollback(True)
    assert entries() == before


def test_looking_at_a_draft_is_not_told(room: Service) -> None:
    before = entries()
    with moderation.tried_on(a_document("Tuesday room", description="Soup.")):
        assert entries() != before
    assert entries() == before


# Cursors


@pytest.mark.parametrize("size", [1, 2, 100])
def test_whoever_begins_gets_every_listed_service_once(committed: Committed, size: int) -> None:
    with committed():
        make_world()
    copy = Copy(size)
    told = copy.follow()
    assert set(copy.services) == {str(key) for key in Listing.objects.values_list("service_id", flat=True)}
    assert len(told) == len(set(told)) == ListingChange.objects.count()


def test_after_a_cursor_comes_only_what_is_new(room: Service, committed: Committed) -> None:
    copy = Copy(numbered=False)
    publishing.feed.number()
    copy.follow()
    assert copy.follow() == []
    with committed():
        publish(a_document("Wednesday room"))
    assert [kind for _id, kind in copy.follow()] == ["listed"]
    assert copy.follow() == []


def test_what_has_no_number_yet_is_told_again_and_again(room: Service) -> None:
    """A process may die after the commit and before the number: nobody waits for the next one."""
    copy = Copy(numbered=False)
    assert copy.follow() == copy.follow() == [(str(room.id), "listed")]
    publishing.feed.number()
    assert copy.follow() == [(str(room.id), "listed")]
    assert copy.follow() == []


def test_what_changes_while_somebody_reads_on_comes_at_the_end(committed: Committed) -> None:
    with committed():
        services = [publish(a_document(f"Room {n}")) for n in range(3)]
    first = feed(page_size="1")
    with committed():
        moderation.withdraw(services[1].id, by=MO, reason="It closed")
    rest = Client().get(first["next"]).json(), feed(after=first["cursor"])
    assert [entry["id"] for entry in rest[1]["results"]] == [str(services[n].id) for n in (2, 1)]
    assert rest[0]["next"]


def year_later() -> None:
    with time_machine.travel("2027-05-05T03:00:00Z", tick=False):
        call_command("refresh_hours", stdout=StringIO())


@pytest.fixture
def withdrawn(clock_of_2026: None) -> tuple[Copy, Service]:
    """A copy that has a room, which was withdrawn since, and one that stays."""
    stays, goes = publish(a_document("Tuesday room")), publish(a_document("Wednesday room"))
    publishing.feed.number()
    copy = Copy()
    copy.follow()
    moderation.withdraw(goes.id, by=MO, reason="It closed")
    publishing.feed.number()
    return copy, stays


@pytest.fixture
def clock_of_2026() -> Any:
    with time_machine.travel("2026-05-03T12:00:00Z", tick=False):
        yield


def test_a_tombstone_is_kept_for_a_year(withdrawn: tuple[Copy, Service]) -> None:
    with time_machine.travel("2027-05-03T03:00:00Z", tick=False):
        call_command("refresh_hours", stdout=StringIO())
    assert "withdrawn" in {entry["kind"] for entry in entries()}
    year_later()
    assert "withdrawn" not in {entry["kind"] for entry in entries()}


def test_a_cursor_from_before_what_was_forgotten_is_410(withdrawn: tuple[Copy, Service]) -> None:
    copy, stays = withdrawn
    year_later()
    answer = Client().get(FEED, {"after": copy.cursor})
    assert (answer.status_code, answer.headers["Content-Type"]) == (410, "application/problem+json")
    assert answer.json()["type"] == "urn:brolly:start-anew"
    assert "without `after`" in answer.json()["detail"]
    anew = Copy(1)
    assert anew.follow() == [(str(stays.id), "listed")]
    assert anew.follow() == []  # and goes on from there, though its number is a small one


def test_a_cursor_past_what_was_forgotten_goes_on(withdrawn: tuple[Copy, Service]) -> None:
    copy, _stays = withdrawn
    copy.follow()
    year_later()
    assert copy.follow() == []


def test_a_cursor_that_we_never_gave_is_410() -> None:
    """As after a backup was restored: the numbers that the reader has seen will be given once more."""
    assert Client().get(FEED, {"after": "7-0"}).status_code == 410


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=", "after=1", "after=-1-0", "page_size=0", "page_size=501", "page_size=x", "since=1"],
)
def test_what_cannot_be_asked_is_400_and_named(query: str) -> None:
    answer = Client().get(f"{FEED}?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [query.partition("=")[0]]


def test_nothing_new_is_304(room: Service) -> None:
    first = Client().get(FEED)
    again = Client().get(FEED, headers={"if-none-match": first.headers["ETag"]})
    assert (first.headers["Cache-Control"], again.status_code) == ("no-cache", 304)


def test_it_takes_four_queries(django_assert_num_queries: Any) -> None:
    make_world()
    with django_assert_num_queries(4):
        Client().get(FEED)


def test_services_that_were_listed_before_there_was_a_feed_are_in_it(room: Service) -> None:
    import importlib

    from django.apps import apps

    ListingChange.objects.all().delete()
    FeedPosition.objects.all().delete()
    importlib.import_module("locator.migrations.0015_change_feed").note_what_is_listed(apps, None)
    assert Copy().follow() == [(str(room.id), "listed")]
    assert FeedPosition.objects.get().last == 1


# Many at once: PostgreSQL, where what was begun first may be there last


only_where_many_write = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite has one writer at a time, and the tests' is in memory"
)


def in_a_thread(act: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


# Real publications wait for each other already, where they share words (`count_tokens`); nothing promises that.
Kind = ListingChange.Kind


@pytest.mark.django_db(transaction=True)
@only_where_many_write
def test_what_is_committed_late_is_not_passed_over() -> None:
    slow, quick = uuid4(), uuid4()
    written, read = threading.Event(), threading.Event()

    def withdraw_slowly() -> None:
        with transaction.atomic():
            publishing.feed.note({slow: Kind.WITHDRAWN})
            written.set()
            read.wait(10)

    thread, copy = in_a_thread(withdraw_slowly), Copy(numbered=False)
    assert written.wait(10)
    with transaction.atomic():
        publishing.feed.note({quick: Kind.WITHDRAWN})  # begun later, there earlier
    assert copy.follow() == [(str(quick), "withdrawn")]
    read.set()
    thread.join()
    assert copy.follow() == [(str(slow), "withdrawn")]
    assert copy.follow() == []


@pytest.mark.django_db(transaction=True)
@only_where_many_write
def test_whoever_reads_while_many_publish_is_told_the_last_of_each() -> None:
    copy, told, done = Copy(2, numbered=False), dict[str, str](), threading.Event()

    def publish_often(which: int) -> None:
        keys = [UUID(int=which * 10 + n) for n in range(3)]
        for turn in range(12):
            with transaction.atomic():
                publishing.feed.note({keys[turn % 3]: list(Kind)[turn % 2 + which % 2]})
                time.sleep(0.002 * ((turn * 7 + which) % 5))

    def read() -> None:
        while not done.is_set():
            told.update(copy.follow())

    threads = [in_a_thread(partial(publish_often, which)) for which in range(1, 5)]
    reader = in_a_thread(read)
    for thread in threads:
        thread.join()
    done.set()
    reader.join()
    told.update(copy.follow())
    rows = list(ListingChange.objects.all())
    assert told == {str(row.service_id): row.kind for row in rows}
    assert len(rows) == 12
    assert all(row.number for row in rows)
    assert copy.follow() == []
