"""Another site on loopback: a page somebody came from, the page they leave to, and a log of what each was asked.

It answers to `localhost` while ours is `127.0.0.1`, so that a browser takes them for two sites.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.browser.site import a_free_port

# Plain on purpose: a film of these pages has next to nothing in it, so that a frame of ours stands out.
PAGE = '<!doctype html><html lang="en"><title>{title}</title><link rel="icon" href="data:,">{body}'


class Elsewhere:
    """Two listeners: one for the pages somebody comes from (and for steering), one that is left to."""

    def __init__(self) -> None:
        self.log: list[dict[str, Any]] = []
        self.stall = 0.0
        self.position = (53.4837261, -2.2441938)  # where a phone is that asks here
        self._here, self._there = a_free_port(), a_free_port()
        self.address = f"http://localhost:{self._here}"
        self.exit = f"http://localhost:{self._there}/weather"
        self.outgoing = f"http://127.0.0.1:{self._there}/outgoing"  # a listing's link needs a dot in its host
        self._listening = {port: self._listen(port) for port in (self._here, self._there)}

    def _listen(self, port: int) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return server

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        elsewhere = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                elsewhere.answer(self)

            do_POST = do_GET  # noqa: N815 (the name that http.server calls)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        return Handler

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        address = urlsplit(handler.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        if address.path == "/steer":
            self.steer(float(asked.get("stall", 0)), refuse="refuse" in asked)
        elif address.path != "/log":
            headers = dict(handler.headers.items())
            self.log.append({"method": handler.command, "path": handler.path, "headers": headers})
        if address.path == "/weather":
            time.sleep(self.stall)
        data = {"/log": self.log, "/position": self._position()}.get(address.path)
        body = (_page(address.path, asked) if data is None else json.dumps(data)).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html" if data is None else "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _position(self) -> dict[str, Any]:
        return {"location": {"lat": self.position[0], "lng": self.position[1]}, "accuracy": 30}

    def steer(self, stall: float = 0, *, refuse: bool = False) -> None:
        """Answer at the exit at once, after so many seconds, or not at all: nobody listens there."""
        self.stall = stall
        if refuse:
            self._stop(self._there)
        elif self._there not in self._listening:
            self._listening[self._there] = self._listen(self._there)

    def _stop(self, port: int) -> None:
        server = self._listening.pop(port, None)
        if server:
            server.shutdown()
            server.server_close()

    def close(self) -> None:
        for port in list(self._listening):
            self._stop(port)


def _page(path: str, asked: dict[str, str]) -> str:
    to = asked.get("to", "")
    bodies = {
        "/start": f'<a id="to" href="{to}">there</a><form action="/found"><input name="q"><button>Go',
        "/frame": f'<iframe src="{to}" width="600" height="400"></iframe>',
        "/form": f'<form method="post" action="{to}"><input name="near" value="Leeds"><button>Go</button></form>',
    }
    return PAGE.format(title=path.strip("/").title() or "Elsewhere", body=bodies.get(path, ""))


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    other = Elsewhere()
    try:
        yield other
    finally:
        other.close()
