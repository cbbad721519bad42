"""The nginx configuration we ship, on loopback without TLS, in front of a site of the tests."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def configuration(folder: Path, port: int, upstream: int, saved: Path) -> str:
    """Return the shipped file with the paths, ports and names of a test; TLS is left to nginx's own makers."""
    text = (ROOT / "deploy/nginx.conf").read_text()
    redirect = text[text.index("  server {\n    listen 80;") : text.index("  server {\n    listen 443")]
    text = text.replace(redirect, "")
    text = re.sub(r"    (listen \[::\]|ssl_)[^\n]*\n", "", text)
    for ours, theirs in {
        "listen 443 ssl http2": f"listen 127.0.0.1:{port}",
        "pid /run/nginx.pid": f"daemon off; pid {folder}/nginx.pid",
        "worker_processes auto;": "worker_processes 1;" + (" user root;" if os.getuid() == 0 else ""),
        "127.0.0.1:8000": f"127.0.0.1:{upstream}",
        "/srv/brolly/saved": str(saved),
        "/srv/brolly/staticfiles/": f"{ROOT}/static/",
        "/etc/nginx/brolly-headers.conf": str(ROOT / "deploy/nginx-headers.conf"),
        "  access_log off;": "  access_log off;\n"
        + "".join(
            f"  {kind}_temp_path {folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        ),
    }.items():
        assert ours in text, f"deploy/nginx.conf has no “{ours}” any more"
        text = text.replace(ours, theirs)
    return text


def with_onion(text: str, port: int) -> str:
    """Return the file as somebody has it who has an onion service, on another port."""
    assert "# listen 127.0.0.1:8081;" in text
    return text.replace("# listen 127.0.0.1:8081;", "listen 127.0.0.1:8081;").replace("8081", str(port))


def at_any_pace(text: str) -> str:
    """Return the file for one address that stands for many people's."""
    assert "rate=30r/s" in text
    return text.replace("rate=30r/s", "rate=10000r/s")


def impatient(text: str) -> str:
    """Return the file with nine seconds of waiting for an answer."""
    assert "proxy_read_timeout 35s;" in text
    return text.replace("proxy_read_timeout 35s;", "proxy_read_timeout 9s;")


@contextmanager
def in_front_of(
    folder: Path, port: int, upstream: int, saved: Path, changed: Callable[[str], str] = str
) -> Iterator[str]:
    """Run nginx; yield its address. `changed` makes the file what a test needs."""
    file = folder / "nginx.conf"
    file.write_text(changed(configuration(folder, port, upstream, saved)))
    running = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(file)], stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
        assert running.poll() is None, "nginx did not start, or did not stay"
    finally:
        running.terminate()
        running.wait()
