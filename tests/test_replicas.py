"""Which database is asked: a replica for what is looked at, and none that is behind (decision 39)."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from config import deadline, replicas
from config.env import replicas as described
from config.replicas import FROM_THE_PRIMARY, LOOKED_AT, SENT_TO, Primary, Replica, Router, asked, only_looks
from locator.models import Listing


def routes(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str | None]]:
    """Yield the pattern and the name of each address."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route, entry.name
        else:
            yield from routes(entry, route)


def test_each_address_says_which_database_it_is_answered_from() -> None:
    """Those of the portal and the lists of the two standards have no choice: they are the primary's."""
    found = {name for route, name in routes(get_resolver()) if name and not route.startswith("team/")}
    assert found == LOOKED_AT | SENT_TO | FROM_THE_PRIMARY
    assert not LOOKED_AT & (SENT_TO | FROM_THE_PRIMARY)


@pytest.mark.parametrize(
    ("method", "path", "looks"),
    [
        ("GET", "/s/bcdfghjk/", True),
        ("GET", "/in/manchester-gb/", True),
        ("POST", "/api/v1/services/search/", True),
        ("GET", "/s/bcdfghjk/wrong/", True),
        ("POST", "/s/bcdfghjk/wrong/", False),
        ("POST", "/list/search/", False),
        ("GET", "/api/v1/changes/", False),
        ("GET", "/api/v1/export/hsds.zip", False),
        ("GET", "/hsds/3.2/services", False),
        ("GET", "/team/", False),
    ],
)
def test_what_writes_or_is_taken_away_is_asked_of_the_primary(method: str, path: str, looks: bool) -> None:
    request = RequestFactory().generic(method, path)
    request.resolver_match = resolve(path)
    assert only_looks(request) is looks


def test_whoever_writes_goes_on_reading_where_they_wrote() -> None:
    before = asked.set("replica1")
    try:
        router = Router()
        assert router.db_for_read(Listing) == "replica1"
        assert router.db_for_write(Listing) == "default"
        assert router.db_for_read(Listing) == "default"
    finally:
        asked.reset(before)


class Told:
    """A cursor that has the answer already."""

    def __init__(self, *row: Any) -> None:
        self.row = row

    def execute(self, _statement: str) -> None:
        pass

    def fetchone(self) -> tuple[Any, ...]:
        return self.row


@pytest.fixture
def replica(settings: Any) -> Replica:
    """A replica whose primary was at 100 ten seconds ago, at 200 four seconds ago and is at 300 now."""
    settings.REPLICA_LAG_SECONDS = 5
    primary, now = Primary(), time.monotonic()
    primary.answers = True
    primary.noted.extend([(now - 10, 100), (now - 4, 200), (now, 300)])
    found = Replica("replica1", primary)
    found.answers = True
    return found


@pytest.mark.parametrize(("replayed", "fresh"), [(300, True), (250, True), (200, True), (199, False), (99, False)])
def test_a_replica_that_is_further_behind_than_five_seconds_is_not_asked(
    replica: Replica,
    replayed: int,
    fresh: bool,
) -> None:
    replica.ask(Told(True, replayed, replayed), time.monotonic())
    assert replica.is_fresh() is fresh


def test_a_replica_that_was_promoted_is_no_copy_any_more(replica: Replica) -> None:
    replica.ask(Told(False, 300, 300), time.monotonic())
    assert not replica.is_fresh()


@pytest.mark.parametrize(
    ("replayed", "received", "fresh"), [(300, 300, True), (299, 300, False), (250, 250, False)]
)
def test_r44_without_its_primary_a_replica_is_asked_while_it_has_all_that_was_known(
    replica: Replica,
    replayed: int,
    received: int,
    fresh: bool,
) -> None:
    replica.primary.answers = False
    replica.ask(Told(True, replayed, received), time.monotonic())
    assert replica.is_fresh() is fresh


def test_replicas_of_sqlite_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_REPLICA_URLS", "postgres://127.0.0.1/x")
    with pytest.raises(ImproperlyConfigured, match="DATABASE_REPLICA_URLS"):
        described({"ENGINE": "django.db.backends.sqlite3"})


def test_r44_each_connection_of_a_worker_has_a_deadline(settings: Any) -> None:
    waited: dict[str, Any] = {}

    class Raw:
        def wait(self, _gen: Any, **how: Any) -> None:
            waited.update(how)

    class Connection:
        vendor, connection = "postgresql", Raw()

    settings.STATEMENT_TIMEOUT_MS = 2000
    deadline.limit(Connection())
    Connection.connection.wait(iter(()))
    assert waited == {"timeout": 2 + deadline.LONGER_S}


def test_r44_who_asks_after_a_server_did_not_answer_is_not_kept_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    psycopg, base = pytest.importorskip("psycopg"), pytest.importorskip("config.postgresql.base")
    tried: list[int] = []

    def no_answer(_wrapper: Any, _params: Any) -> None:
        tried.append(1)
        raise psycopg.OperationalError("timeout expired")

    monkeypatch.setattr(base.base.DatabaseWrapper, "get_new_connection", no_answer)
    monkeypatch.setattr(base, "LONG_S", 0)
    wrapper = base.DatabaseWrapper({"NAME": "x"}, "default")
    for _visitor in range(3):
        with pytest.raises(psycopg.OperationalError):
            wrapper.get_new_connection({})
    assert len(tried) == 1


def test_without_replicas_nothing_watches() -> None:
    with pytest.raises(MiddlewareNotUsed):
        replicas.Replicas(lambda _request: None)  # type: ignore[arg-type, return-value]
