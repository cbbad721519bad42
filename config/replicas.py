"""Which database is asked: a replica for what somebody only looks at, the primary for everything else.

What was hidden or withdrawn must not come back. So a replica is asked only while it is known to have all that the
primary had a few seconds ago (decision 39): each worker notes where the primary's log is, and how far each replica
got in it. No clock of another machine is read, and a quiet primary makes no replica look old.
"""

import os
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import Error, InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from locator.portal.middleware import is_team

PRIMARY = "default"
EVERY = 1.0  # seconds between two looks at a server
# By the names of their addresses. A new one has to be put into one of these (tests/test_replicas.py).
LOOKED_AT = {
    "home", "find", "search", "here", "results", "results_map", "area", "area_map", "now", "now_in",
    "now_in_language", "service", "calendar", "service_map", "wrong_sent", "yours", "card", "card_pdf", "carded",
    "words_again", "add_again", "add_sent", "first_contact", "safety", "who_is_listed", "about", "embed",
    "message", "healthz", "api_services", "api_services_search", "api_service", "api_organizations",
    "api_organization", "api_terms", "api_places", "api_schema", "api_docs", "api_nowhere",
}  # fmt: skip
# Looked at, too; but what is sent there goes to the primary.
SENT_TO = {"wrong", "add", "add_form", "by_words", "by_words_form", "give_words"}
# What stays elsewhere, in copies and files, is never older than the primary.
FROM_THE_PRIMARY = {
    "api_changes", "api_export", "api_own_services", "api_own_service", "api_proposals", "api_proposal", "pack",
    "pack_text", "hsds", "hsds_openapi", "hsds_profile", "oruk", "oruk_openapi",
}  # fmt: skip

asked: ContextVar[str] = ContextVar("asked", default=PRIMARY)  # the alias that reads go to


class Router:
    """Django's question which database to use. Whoever writes goes on reading where they wrote."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str:
        return asked.get()

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        asked.set(PRIMARY)
        return PRIMARY

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        return True  # all of them hold the same

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        return db == PRIMARY


class Server(threading.Thread, ABC):
    """One server, looked at once a second beside the requests, so that none waits for it."""

    def __init__(self, alias: str) -> None:
        super().__init__(name=f"looks at {alias}", daemon=True)
        self.alias, self.answers = alias, False

    def run(self) -> None:
        while True:
            self.look()
            time.sleep(EVERY)

    def look(self) -> None:
        began = time.monotonic()
        try:
            with connections[self.alias].cursor() as cursor:
                self.ask(cursor, began)
        except Error:
            connections[self.alias].close()
            self.answers = False
        else:
            self.answers = True

    @abstractmethod
    def ask(self, cursor: Any, began: float) -> None:
        """Note how far the server's log is; `began` is when it was asked, in seconds of time.monotonic()."""


class Primary(Server):
    """Where its log was, at the last moments it was looked at."""

    def __init__(self, alias: str = PRIMARY) -> None:
        super().__init__(alias)
        self.noted: deque[tuple[float, int]] = deque(maxlen=60)

    def ask(self, cursor: Any, began: float) -> None:
        cursor.execute("SELECT pg_current_wal_lsn() - '0/0'")  # refused by a server that only follows another
        self.noted.append((began, int(cursor.fetchone()[0])))


class Replica(Server):
    """How far a replica got, and so since when what it shows may have changed."""

    def __init__(self, alias: str, primary: Primary) -> None:
        super().__init__(alias)
        self.primary, self.as_of, self.has_all = primary, float("-inf"), False

    def ask(self, cursor: Any, _began: float) -> None:
        noted = list(self.primary.noted)
        cursor.execute(
            "SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn() - '0/0', pg_last_wal_receive_lsn() - '0/0'"
        )
        follows, replayed, received = cursor.fetchone()
        if not follows:  # it was promoted: a primary of its own, and no copy of ours
            self.as_of, self.has_all = float("-inf"), False
            return
        self.as_of = max((when for when, log in noted if log <= replayed), default=float("-inf"))
        self.has_all = replayed >= max(received or 0, noted[-1][1] if noted else 0)

    def is_fresh(self) -> bool:
        """Say whether it may be asked: it has what the primary had just now, or all when that ended."""
        if not self.answers:
            return False
        if not self.primary.answers:
            return self.has_all
        return time.monotonic() - self.as_of <= settings.REPLICA_LAG_SECONDS


class Replicas:
    """Let each request that only looks ask the next replica; where none may be asked, the primary."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        names = [alias for alias in connections if alias != PRIMARY]
        if not names:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.primary = Primary()
        self.replicas = [Replica(alias, self.primary) for alias in names]
        self.next, self.process = os.getpid(), 0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self._watch()
        before = asked.set(PRIMARY)
        try:
            return self.get_response(request)
        finally:
            asked.reset(before)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        if only_looks(request):
            asked.set(next(filter(_connects, self._in_turn()), PRIMARY))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Look once more elsewhere, when a replica went away in the middle."""
        gone, match = asked.get(), request.resolver_match
        if gone == PRIMARY or not match or not isinstance(exception, OperationalError | InterfaceError):
            return None
        if request.method not in {"GET", "HEAD"}:
            return None  # what was sent is read already
        asked.set(next((alias for alias in self._in_turn() if alias != gone and _connects(alias)), PRIMARY))
        try:
            return _again(request, match)
        except (OperationalError, InterfaceError):
            return None

    def _in_turn(self) -> Iterator[str]:
        """Yield the aliases to try: fresh replicas, the primary, and without it whatever has all it had."""
        self.next += 1
        turn = self.next % len(self.replicas)
        replicas = [*self.replicas[turn:], *self.replicas[:turn]]
        fresh = [replica.alias for replica in replicas if replica.is_fresh()]
        yield from fresh
        yield PRIMARY
        yield from (each.alias for each in replicas if each.answers and each.has_all and each.alias not in fresh)

    def _watch(self) -> None:
        """Begin to look at the servers: once in each worker, because threads do not survive the fork."""
        if self.process == os.getpid():
            return
        self.process, self.primary = os.getpid(), Primary()
        self.replicas = [Replica(replica.alias, self.primary) for replica in self.replicas]
        for server in (self.primary, *self.replicas):
            server.look()  # or the first answers would all come from the primary
            connections[server.alias].close()
            server.start()


def only_looks(request: HttpRequest) -> bool:
    """Say whether a request writes nothing, and its answer is looked at and not taken away."""
    name = request.resolver_match.url_name if request.resolver_match else None
    if is_team(request):
        return False
    return name in LOOKED_AT or (name in SENT_TO and request.method in {"GET", "HEAD"})


def _connects(alias: str) -> bool:
    try:
        with connections[alias].cursor():  # checks a connection that was kept, and makes another where it is gone
            return True
    except (OperationalError, InterfaceError):
        return False


def _again(request: HttpRequest, match: ResolverMatch) -> HttpResponse:
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    if hasattr(response, "render") and callable(response.render):
        response = response.render()
    return response
