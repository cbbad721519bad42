"""Something between the site and its database takes what is sent and says nothing more (SAFETY R44).

`python -m tests.faults.black_hole`, or `make faults`; on servers of its own. Two ways: a proxy that stops
forwarding (the kernel still says that it got everything), and packets that are lost (a network namespace whose
line goes down; skipped where none may be made).
"""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.faults.servers import Postgres, a_port, primary
from tests.faults.site import SAVED, Site, ask, fill, pages, save_pages, serving, wait_for

MOST = 5 + 3 + 1  # seconds: config.deadline or tcp_user_timeout, then connect_timeout, and one for a busy machine


class Proxy(threading.Thread):
    """Forwards to a server until it is told to say nothing more; it goes on taking what is sent."""

    def __init__(self, to: int) -> None:
        super().__init__(daemon=True)
        self.to, self.silent, self.taken = to, threading.Event(), 0
        self.listening = socket.create_server(("127.0.0.1", a_port()))
        self.port = int(self.listening.getsockname()[1])

    def run(self) -> None:
        while True:
            here, _address = self.listening.accept()
            self.taken += 1
            there = socket.create_connection(("127.0.0.1", self.to))
            for one, other in ((here, there), (there, here)):
                threading.Thread(target=self._forward, args=(one, other), daemon=True).start()

    def _forward(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                if not self.silent.is_set():
                    other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def watched(words: str, site: Site, path: str, cut: Callable[[], None], mend: Callable[[], None]) -> int:
    """Cut the line under a site and mend it; print how long people waited for what; return 1 if too long."""
    cut()
    waited, statuses = [], []
    for _number in range(12):  # each of the two workers has a connection that was good
        began = time.monotonic()
        page = ask(site.port, path)
        waited.append(time.monotonic() - began)
        statuses.append("the copy" if SAVED in page.body else str(page.status))
    form = {"name": "A room", "where": "Leeds", "how": "went"}
    began = time.monotonic()
    sent = ask(site.port, "/add/", form)
    wrote = time.monotonic() - began
    workers = site.workers()
    mend()
    back = wait_for(lambda: SAVED not in ask(site.port, path).body, 30, "It did not come back.")
    kept = workers == site.workers()
    sys.stdout.write(
        f"{words}: pages after {', '.join(f'{seconds:.1f}' for seconds in waited)} s "
        f"({', '.join(sorted(set(statuses)))}), a suggestion after {wrote:.1f} s ({sent.status}, Retry-After "
        f"{sent.headers.get('Retry-After')}). Mended: back after {back:.1f} s, without a restart: {kept}.\n"
    )
    good = set(statuses) == {"the copy"} and sent.status == 503 and kept
    return int(not good or max(*waited, wrote) > MOST)


def silent_proxy(folder: Path, server: Postgres, path: str) -> int:
    proxy = Proxy(server.port)
    proxy.start()
    url = server.url.replace(str(server.port), str(proxy.port))
    with serving(folder, url) as site:
        ask(site.port, path)
        return watched("A proxy that says nothing more", site, path, proxy.silent.set, proxy.silent.clear)


@contextmanager
def a_line_of_its_own(server: Postgres) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    """Yield an address that leads to the server over a line that can go down, and how that is done and undone."""
    names, ours, theirs = "brolly-faults", "10.123.45.1", "10.123.45.2"

    def ip(*words: str) -> None:
        _run("ip", *words)

    ip("netns", "add", names)
    try:
        ip("link", "add", "faults0", "type", "veth", "peer", "name", "faults1", "netns", names)
        ip("addr", "add", f"{ours}/30", "dev", "faults0")
        ip("link", "set", "faults0", "up")
        inside = ["ip", "netns", "exec", names]
        for words in (f"addr add {theirs}/30 dev faults1", "link set faults1 up", "link set lo up"):
            _run(*inside, "ip", *words.split())
        relay = subprocess.Popen([*inside, sys.executable, "-c", RELAY, ours, str(server.port)])
        gate = subprocess.Popen([sys.executable, "-c", GATE, ours, str(server.port)])
        try:
            time.sleep(1)
            url = server.url.replace(f"127.0.0.1:{server.port}", f"{theirs}:{server.port}")
            drop = [*inside, "ip", "link", "set", "faults1"]
            yield url, lambda: _run(*drop, "down"), lambda: _run(*drop, "up")
        finally:
            for process in (relay, gate):
                process.kill()
                process.wait()
    finally:
        ip("netns", "del", names)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


COPYING = """
import socket, sys, threading
def copy(one, other):
    try:
        while data := one.recv(65536):
            other.sendall(data)
    except OSError:
        pass
    for end in (one, other):
        try:
            end.shutdown(2)
        except OSError:
            pass
def relay(listening, to):
    while True:
        here, _ = listening.accept()
        there = socket.create_connection(to)
        threading.Thread(target=copy, args=(here, there), daemon=True).start()
        threading.Thread(target=copy, args=(there, here), daemon=True).start()
host, port = sys.argv[1], int(sys.argv[2])
"""
RELAY = COPYING + "relay(socket.create_server(('0.0.0.0', port)), (host, port))"
GATE = COPYING + "relay(socket.create_server((host, port)), ('127.0.0.1', port))"


def lost_packets(folder: Path, server: Postgres, path: str) -> int:
    if os.getuid() != 0:
        sys.stdout.write("Lost packets: not tried, only root may make a line of its own.\n")
        return 0
    try:
        with a_line_of_its_own(server) as (url, cut, mend), serving(folder, url) as site:
            ask(site.port, path)
            return watched("Lost packets", site, path, cut, mend)
    except (subprocess.CalledProcessError, FileNotFoundError) as problem:
        sys.stdout.write(f"Lost packets: not tried, {problem}.\n")
        return 0


def main() -> int:
    with tempfile.TemporaryDirectory() as name, primary(Path(name)) as server:
        folder = Path(name)
        fill(server.url)
        save_pages(server.url, folder / "saved")
        path, _words = pages(server.url)[0]
        return max([silent_proxy(folder, server, path), lost_packets(folder, server, path)])


if __name__ == "__main__":
    sys.exit(main())
