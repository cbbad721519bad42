"""A partner who has forgotten a password: what they type, and a mail server that takes or refuses their mail."""

import re
import secrets
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from urllib.parse import urlencode

from tests.visiting import Visitor, location_of

ACCOUNT = "/team/account/"
NOTES = "forgotten_password"  # what they are called in a session, sealed
SESSIONS = """
import json, django; django.setup()
from django.contrib.sessions.models import Session
print(json.dumps([row.get_decoded() for row in Session.objects.all()]))
"""
Ask = Callable[[str], list[bytes]]


@dataclass(frozen=True)
class Partner:
    """Somebody with an account, by words that nobody else uses."""

    name: str = field(default_factory=lambda: f"pat{secrets.token_hex(5)}")
    unknown: str = field(default_factory=lambda: f"nobody{secrets.token_hex(5)}@example.org")
    password: str = field(default_factory=lambda: f"orbit-{secrets.token_hex(8)}")
    new: str = field(default_factory=lambda: f"kettle-{secrets.token_hex(8)}")
    wrong: str = field(default_factory=lambda: f"moss-{secrets.token_hex(8)}")
    code: str = field(default_factory=lambda: secrets.token_hex(6))

    @property
    def known(self) -> str:
        return f"{self.name}@example.org"

    @property
    def typed(self) -> dict[str, str]:
        """Return all that they type, by what it is."""
        return {
            "their address": self.known,
            "an address nobody knows": self.unknown,
            "the password they forgot": self.password,
            "the new one": self.new,
            "a wrong one": self.wrong,
            "a wrong code": self.code,
        }


class Browser:
    """What keeps one cookie, and sends each form with the mark of its page."""

    def __init__(self, ask: Ask, visitor: Visitor) -> None:
        self.ask, self.visitor, self.cookie = ask, visitor, ""

    def _asked(self, request: str) -> bytes:
        answer = self.ask(request)[0]
        given = re.search(rb"Set-Cookie: (__Host-session=\w+)", answer)
        self.cookie = given[1].decode() if given else self.cookie
        return answer

    def send(self, page: str, **typed: str) -> bytes:
        """Open a page of the account, fill its form in and send it; return what came back."""
        kept = f"Cookie: {self.cookie}\r\nOrigin: https://127.0.0.1\r\n"
        opened = self._asked(self.visitor.get(page, kept)).decode()
        mark = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', opened)
        assert mark, f"{page} has no form: {opened[:400]}"
        kept = f"Cookie: {self.cookie}\r\nOrigin: https://127.0.0.1\r\n"
        body = urlencode({"csrfmiddlewaretoken": mark[1], **typed})
        return self._asked(self.visitor.post(page, body, more=kept))


class _Taking(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        self._say("220 here")
        for line in self.rfile:
            if self.server.refuses and line.upper().startswith(b"RCPT"):
                self._say(f"550 5.1.1 {line.decode().strip()}: there is no such mailbox")
            elif line.upper().startswith(b"DATA"):
                self._say("354 go on")
                self.server.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self._say("250 taken")
            else:
                self._say("250 yes")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True

    def __init__(self, port: int, *, refuses: bool) -> None:
        super().__init__(("127.0.0.1", port), _Taking)
        self.refuses, self.mails = refuses, list[bytes]()

    def code(self) -> str:
        """Return the code of the first mail that has one; raise TimeoutError after twenty seconds."""
        for _attempt in range(200):
            for mail in self.mails:
                if found := re.search(
                    r"^[A-Z]{4}-[A-Z]{4}\s*$", str(message_from_bytes(mail).get_payload()), re.M
                ):
                    return found[0].strip()
            time.sleep(0.1)
        raise TimeoutError("no code came")


@contextmanager
def mail_server(port: int, *, refuses: bool = False) -> Iterator[_Server]:
    """Run a server that keeps mails in memory, or says of each address that it does not know it."""
    with _Server(port, refuses=refuses) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        time.sleep(0.5)  # a mail is sent after the answer
        server.shutdown()


def forget(partner: Partner, ask: Ask, visitor: Visitor, mail_port: int) -> str:
    """Ask for a new password in each way there is, and sign in, rightly and wrongly; return the code that came."""
    forgotten, signing_in = f"{ACCOUNT}forgotten/", f"{ACCOUNT}login/"

    def asks_for(address: str) -> Browser:
        browser = Browser(ask, visitor)
        sent = browser.send(forgotten, email=address)
        assert location_of(sent) == f"{forgotten}code/", sent
        browser.send(f"{forgotten}code/", code=partner.code)
        return browser

    asks_for(partner.unknown)
    asks_for(partner.known)  # and nobody takes the mail
    with mail_server(mail_port, refuses=True):
        asks_for(partner.known)
    with mail_server(mail_port) as mails:
        browser = asks_for(partner.known)
        browser.send(f"{forgotten}code/", code=(code := mails.code()))
        browser.send(f"{forgotten}new/", password1=partner.wrong, password2=partner.new)
        done = browser.send(f"{forgotten}new/", password1=partner.new, password2=partner.new)
        assert location_of(done) == f"{forgotten}done/", done
    for address in (partner.unknown, partner.known):
        Browser(ask, visitor).send(signing_in, login=address, password=partner.wrong)
    signed_in = browser.send(signing_in, login=partner.known, password=partner.new)
    assert location_of(signed_in) == f"{ACCOUNT}authenticate/", signed_in
    browser.send(f"{ACCOUNT}authenticate/", code=partner.code)
    return code
