"""The site over TLS at the end of a slow line: 50 kbit/s and 1.5 s there and back, as on an old phone at night.

`make throttled` prints how long pages take. The line is a proxy on loopback: it holds the first bytes of a
connection for one round trip (TCP's own greeting), every byte for half of one, and lets 6,250 through a second.
In front of the program stands nginx with TLS 1.3, HTTP/2 and gzip, because a page's time is mostly theirs.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.site import ROOT, a_free_port, serving

ROUND_TRIP_S = 1.5
BYTES_A_SECOND = 50_000 / 8
PIECE = 512
BUDGET_S = {"cold": 9.0, "warm": 4.5, "results, warm": 7.5}
NGINX = """
pid {folder}/nginx.pid;
error_log /dev/null crit;
events {{}}
http {{
  include /etc/nginx/mime.types;
  access_log off;
  gzip on;
  gzip_types text/css text/javascript application/javascript image/svg+xml;
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {folder}/cert.pem;
    ssl_certificate_key {folder}/key.pem;
    location / {{ proxy_pass {site}; proxy_set_header Host $http_host; }}
  }}
}}
"""


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes on late and slowly: each piece leaves half a round trip after it came, one after another."""
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        free = 0.0
        while True:
            due, piece = await queue.get()
            free = max(due, free) + len(piece) / BYTES_A_SECOND
            await asyncio.sleep(max(0, free - time.monotonic()))
            if not piece:
                writer.close()
                return
            writer.write(piece)

    delivering = asyncio.create_task(deliver())
    while piece := await reader.read(PIECE):
        queue.put_nowait((time.monotonic() + ROUND_TRIP_S / 2, piece))
    queue.put_nowait((time.monotonic() + ROUND_TRIP_S / 2, b""))
    await delivering


async def _line(port: int, target: int) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(ROUND_TRIP_S)
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(_carry(reader, far_writer), _carry(far_reader, writer), return_exceptions=True)

    async with await asyncio.start_server(connected, "127.0.0.1", port) as server:
        await server.serve_forever()


@contextmanager
def _behind_nginx(site: str) -> Iterator[int]:
    folder, port = Path(tempfile.mkdtemp()), a_free_port()
    subject = ["-subj", "/CN=localhost", "-days", "2", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    files = ["-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"]
    made = ["openssl", "req", "-x509", "-nodes", *subject, *files]
    subprocess.run(made, check=True, capture_output=True)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, site=site))
    with subprocess.Popen(["nginx", "-c", f"{folder}/nginx.conf", "-g", "daemon off;"]) as nginx:
        try:
            time.sleep(1)
            yield port
        finally:
            nginx.terminate()
    shutil.rmtree(folder)


def measure() -> dict[str, float]:
    """Return the seconds until each page can be read, from the first touch."""
    with serving() as site, _behind_nginx(site) as fast:
        slow = a_free_port()
        threading.Thread(target=lambda: asyncio.run(_line(slow, fast)), daemon=True).start()
        command = ["node", "tests/browser/slow_line.mjs", f"https://localhost:{slow}"]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, timeout=300)
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    for name, seconds in measure().items():
        sys.stdout.write(f"{name:<14} {seconds:5.1f} s   budget {BUDGET_S[name]:.1f} s\n")
