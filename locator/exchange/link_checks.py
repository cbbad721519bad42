"""Whether the pages and numbers of listed services still work. Nothing here touches the network by itself.

Who asks is passed in (`reaching` for a real run). A page is asked once a day, by HEAD and, if that fails, by GET;
one host is asked at most once a second, redirects included; none leads to a private network.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from urllib.parse import SplitResult, urljoin, urlsplit

from locator.exchange.reaching import Answer, BadCertificate, NoAnswer, is_open, port_of
from locator.moderation import link_health
from locator.moderation.link_health import Contact, Fault

REDIRECTS = 5
PAUSE = 1.0  # seconds between two requests to one host
WEB = {"http", "https"}
GONE = {404, 410}


class Network(Protocol):
    """What a run needs of the world; a test brings its own."""

    def addresses_of(self, host: str, port: int) -> list[str]: ...
    def ask(self, method: str, url: SplitResult, address: str) -> Answer: ...
    def now(self) -> float: ...
    def wait(self, seconds: float) -> None: ...


@dataclass
class Report:
    """How many were looked at, how many of them failed, how many had been looked at today already."""

    checked: int = 0
    failed: int = 0
    kept: int = 0


@dataclass
class Pages:
    """A run over pages: each asked once, each host with pauses."""

    network: Network
    last: dict[str, float] = field(default_factory=dict)
    known: dict[str, Fault | None] = field(default_factory=dict)

    def fault_of(self, url: str) -> Fault | None:
        """Return what is wrong with a page; None if it answers."""
        if url not in self.known:
            self.known[url] = self._look(url)
        return self.known[url]

    def _look(self, url: str) -> Fault | None:
        try:
            return _fault(self._head(url) or self._status("GET", url))
        except Private:
            return Fault.PRIVATE
        except BadCertificate:
            return Fault.CERTIFICATE
        except NoAnswer:
            return Fault.NO_ANSWER

    def _head(self, url: str) -> int:
        """Return the status by HEAD; 0 where that says nothing: some answer it with an error, some not at all."""
        try:
            status = self._status("HEAD", url)
        except BadCertificate:
            raise
        except NoAnswer:
            return 0
        return status if status < 400 else 0

    def _status(self, method: str, url: str) -> int:
        """Return the status at the end of a page's redirects."""
        for _step in range(REDIRECTS + 1):
            answer = self._ask(method, url)
            if not (300 <= answer.status < 400 and answer.location):
                return answer.status
            url = _onward(url, answer.location)
        raise NoAnswer(url)

    def _ask(self, method: str, url: str) -> Answer:
        parts = _split(url)
        addresses = self.network.addresses_of(parts.hostname or "", port_of(parts))
        if not addresses or not all(map(is_open, addresses)):
            raise Private(url)
        self._pause(parts.hostname or "")
        return self.network.ask(method, parts, addresses[0])

    def _pause(self, host: str) -> None:
        since = self.network.now() - self.last.get(host, float("-inf"))
        if since < PAUSE:
            self.network.wait(PAUSE - since)
        self.last[host] = self.network.now()


class Private(Exception):
    """A page, or one it sends on to, is on a machine that is not of the open internet."""


def run(
    network: Network, *, today: date, dry: bool = False, progress: Callable[[str], None] = lambda line: None
) -> Report:
    """Look at every page and number that was not looked at today; may be stopped and begun again.

    `dry` asks nobody and notes nothing: it tells what would be looked at.
    """
    report, pages, done = Report(), Pages(network), link_health.checked_on(today)
    for contact in in_turns(link_health.shown_contacts()):
        if contact.id in done:
            report.kept += 1
            continue
        report.checked += 1
        if dry:
            progress(f"{contact.value}")
            continue
        fault = link_health.number_fault(contact) if contact.country else pages.fault_of(contact.value)
        link_health.note(contact, fault, on=today)
        report.failed += fault is not None
        if fault:
            progress(f"{contact.short_id}: {contact.value}: {fault.label}")
    if not dry:
        link_health.forget()
    return report


def in_turns(contacts: list[Contact]) -> Iterator[Contact]:
    """Yield contacts so that each host comes once before any comes twice: nobody waits for one of them."""
    seen: dict[str, int] = {}
    turns: list[tuple[int, int, Contact]] = []
    for contact in contacts:
        host = urlsplit(contact.value).hostname or ""
        seen[host] = seen.get(host, 0) + 1
        turns.append((seen[host], len(turns), contact))
    yield from (contact for _turn, _place, contact in sorted(turns, key=lambda row: row[:2]))


def _onward(url: str, location: str) -> str:
    """Return where a redirect leads; raise NoAnswer when it says nothing that can be read."""
    try:
        return urljoin(url, location)
    except ValueError as problem:
        raise NoAnswer(url) from problem


def _split(url: str) -> SplitResult:
    """Return the parts of a page's address; raise NoAnswer for what is none, wherever it came from."""
    try:
        parts = urlsplit(url)
        port_of(parts)
    except ValueError as problem:
        raise NoAnswer(url) from problem
    if parts.scheme not in WEB or not parts.hostname:
        raise NoAnswer(url)
    return parts


def _fault(status: int) -> Fault | None:
    """Return what a status means: a page that answers but lets no program in is there."""
    if status in GONE:
        return Fault.GONE
    return Fault.BROKEN if status >= 500 else None
