"""Go through Tor to the onion service of docs/operating.md, "By onion", and look for a way out (SAFETY R46).

`python -m tests.faults.onion`, or `make onion`; needs Debian's tor and nginx, and no network: Tor's is one of the
drill's own. The lines of torrc are the document's, the site runs in production behind the shipped nginx.
"""

import re
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import partial
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlencode

from tests.faults.servers import a_port
from tests.faults.site import Answer, ask, fill, serving
from tests.faults.tor import LAST, connect, network
from tests.shipped_nginx import at_any_pace, with_onion

ROOT = Path(__file__).resolve().parents[2]
CLEARNET = "support.example.org"
EXIT = "https://www.bbc.co.uk/weather"
LIMIT = 60  # of a minute; what is looked at before is less
SECONDS = 300  # until a new network carries anything, on a busy machine


def torrc(folder: Path, port: int) -> str:
    """Return the lines of docs/operating.md, with a folder and a port of the drill."""
    text = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    lines = text.partition("\n## By onion\n")[2].partition("```\n")[2].partition("```")[0]
    for said, here in {"/var/lib/tor/brolly": str(folder), "127.0.0.1:8081": f"127.0.0.1:{port}"}.items():
        assert said in lines, f"docs/operating.md has no “{said}” any more"
        lines = lines.replace(said, here)
    return lines


def named(text: str, name: str, port: int) -> str:
    """Return nginx's file with the second name and the second port, as the document says."""
    ours = f"server_name {CLEARNET};"
    assert ours in text, f"deploy/nginx.conf has no “{ours}” any more"
    return with_onion(at_any_pace(text.replace(ours, f"server_name {CLEARNET} {name};")), port)


class Visitor:
    """Somebody with Tor Browser, who notes what would lead out of Tor."""

    def __init__(self, socks: int, name: str, who: str = "first") -> None:
        self.socks, self.name, self.who = socks, name, who
        self.pages, self.leaks = 0, list[str]()

    def ask(self, path: str, form: dict[str, str] | None = None, host: str = "") -> Answer:
        """Ask on a connection of its own; raise OSError where Tor does not get there."""
        connection = connect(self.socks, self.name, self.who)
        try:
            kind = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
            body = urlencode(form) if form is not None else None
            connection.request("POST" if body else "GET", path, body, {"Host": host or self.name} | kind)
            response = connection.getresponse()
            text = response.read().decode("latin1")
            return Answer(response.status, text, {name.lower(): value for name, value in response.headers.items()})
        finally:
            connection.close()

    def look(self, path: str, form: dict[str, str] | None = None, *, status: int = 200) -> Answer:
        """Ask for a page, and note what is wrong with it."""
        answer = self.ask(path, form)
        self.pages += 1
        head, text = answer.headers, f"{answer.body} {answer.headers}"
        for wrong, is_so in {
            f"status {answer.status}": answer.status != status,
            "the clearnet's name": CLEARNET in text,
            "HTTPS to the onion": f"https://{self.name}" in text,
            "this machine": "127.0.0.1" in text,
            "HSTS": "strict-transport-security" in head,
            "a cookie": "set-cookie" in head,
            "Onion-Location": "onion-location" in head,
            "a redirect elsewhere": not re.match(rf"/(?!/)|http://{self.name}/", head.get("location", "/")),
        }.items():
            if is_so:
                self.leaks.append(f"{path}: {wrong}")
        return answer


def journey(visitor: Visitor) -> None:
    """Look for help: the start page and its files, a search, its results, services, the way out; other pages."""
    start = visitor.look("/")
    found = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', start.body))
    sent = visitor.look("/find/", {"near": "Manchester"}, status=303)
    results = visitor.look(sent.headers.get("location", "/nowhere/").replace(f"http://{visitor.name}", ""))
    services = re.findall(r'href="(/s/\w{8}/)', results.body)
    found |= set(re.findall(r'(?:href|src)="(/static/[^"]+)"', results.body))
    for path in [*services[:3], *sorted(found), "/safety/", "/ar/", "/in/manchester-gb/", "/about/", "/card/"]:
        visitor.look(path)
    for path in ("/api/v1/services/?page_size=1", "/api/v1/changes/?page_size=1", "/hsds/3.2/", "/healthz"):
        visitor.look(path)
    visitor.look("/ar", status=301)
    visitor.look("/nowhere/", status=404)
    if not services or not found:
        visitor.leaks.append(f"{len(services)} services and {len(found)} files were found")
    if start.body.count(f'href="{EXIT}"') < 1:
        visitor.leaks.append("the start page has no way out")


def names(visitor: Visitor, port: int) -> list[str]:
    """Ask by names that are not ours through Tor, and by the clearnet's outside of it; return what was wrong."""
    wrong = [
        f"the name {host} got {answer.status}"
        for host in ("evil.example", f"x.{visitor.name}", "c" * 56 + ".onion")
        if (answer := visitor.ask("/safety/", host=host)).status != 400
    ]
    outside = ask(port, "/safety/", Host=CLEARNET)
    if outside.headers.get("Onion-Location") != f"http://{visitor.name}/safety/":
        wrong.append(f"the clearnet does not tell of the onion: {outside.headers}")
    if "Strict-Transport-Security" not in outside.headers:
        wrong.append("the clearnet has no HSTS")
    return wrong


def limit(first: Visitor, other: Visitor, port: int) -> list[str]:
    """Have one visitor ask until it is too much: nothing is left for the other, and the clearnet goes on."""
    for _minute in range(3):  # a limit begins anew each minute, perhaps just now
        asked = 0
        while (status := first.ask("/safety/").status) == 200:
            asked += 1
            if asked > 3 * LIMIT:
                return [f"{asked} pages, and no limit"]
        if status == other.ask("/safety/").status == 429:
            outside = ask(port, "/safety/", Host=CLEARNET).status
            return [] if outside == 200 else [f"the clearnet got {outside}"]
    return [f"after {asked} pages one got {status}, and another not the same"]


def first_page(visitor: Visitor) -> float:
    """Return how many seconds it took until the network carried a page; raise TimeoutError if it never did."""
    began = time.monotonic()
    while time.monotonic() - began < SECONDS:
        with suppress(OSError, HTTPException):
            if visitor.ask("/safety/").status == 200:
                return time.monotonic() - began
        time.sleep(1)
    raise TimeoutError("Tor's network carried nothing.")


def main() -> int:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "tor").mkdir(mode=0o700)
        second = a_port(LAST - 9, LAST)
        with network(folder / "tor", torrc(folder / "tor/service/brolly", second)) as socks:
            return through(socks, folder, second)


def through(socks: int, folder: Path, second: int) -> int:
    """Run the site under the name that Tor made, and go there."""
    hostname = folder / "tor/service/brolly/hostname"
    while not hostname.exists():
        time.sleep(0.2)
    name, url = hostname.read_text().strip(), f"sqlite:///{folder / 'x.sqlite3'}"
    fill(url)
    with serving(
        folder,
        url,
        workers=1,
        changed=partial(named, name=name, port=second),
        PRODUCTION="True",
        ALLOWED_HOSTS=f"{CLEARNET},127.0.0.1",
        ONION_HOST=name,
        LIMIT_ONION=str(LIMIT),
        OPERATOR_NAME="Example group",
        OPERATOR_EMAIL="hello@example.com",
    ) as site:
        visitor, other = Visitor(socks, name), Visitor(socks, name, "other")
        waited = first_page(visitor)
        began = time.monotonic()
        visitor.ask("/")
        took = time.monotonic() - began
        journey(visitor)
        wrong = [*visitor.leaks, *names(visitor, site.port), *limit(visitor, other, site.port)]
    sys.stdout.write(
        f"Through {version()} to the onion service: {visitor.pages} pages and files, the first {waited:.0f} s "
        f"after the site was there, then one in {took:.1f} s; leaks: {len(visitor.leaks)}; wrong: {len(wrong)}.\n"
    )
    sys.stdout.write("".join(f"  {line}\n" for line in wrong))
    return int(bool(wrong))


def version() -> str:
    said = subprocess.run(["tor", "--version"], check=True, capture_output=True, text=True).stdout
    return said.partition(".\n")[0].replace(" version", "")


if __name__ == "__main__":
    sys.exit(main())
