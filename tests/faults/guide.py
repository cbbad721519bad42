"""Follow docs/operating.md in an empty Debian, line by line, and see whether a site stands there (`make guide`).

First "A small server, step by step", on SQLite; then "PostgreSQL", with what was in SQLite. `python -m
tests.faults.guide [FOLDER]`: as root, with debootstrap and access to the registries; some fifteen minutes. A
folder that is named is kept, and the next run is quicker. systemd cannot run in it: the units are looked through,
and the command of each is run by hand, as the user that it names. What listens there does so in a network of its
own, so that the ports of the guide are free and nothing of this machine is reached.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from configparser import ConfigParser
from contextlib import ExitStack, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SMALL, POSTGRESQL = "## A small server, step by step", "## PostgreSQL"
NAME = "support.example.org"
ELSEWHERE = {
    "https://example.org/your/brolly.git": "/srv/source.git",
    "echo 'BACKUP_RECIPIENT=age1…'": ".venv/bin/python manage.py backup --new-key /root/brolly-key.txt",
}
NETWORK = "brolly-guide"
SYSTEMCTL = """#!/bin/sh
# There is no systemd to talk to. PostgreSQL has a script of its own.
[ "$*" = "restart postgresql" ] && exec /etc/init.d/postgresql restart
exit 0
"""
STARTS = """#!/bin/sh
# What Debian starts when it has installed it: nginx would come up in this machine's own network.
[ "$1" = postgresql ] || exit 101
"""
LIST = '.venv/bin/python manage.py list_service vwhc32mh --by "Olu Example" --because "We spoke to them"'
LISTED = "/s/vwhc32mh/"
PAGES = {"/": 200, "/safety/": 200, "/ar/": 200, "/find/": 200, "/healthz": 200, "/api/v1/services/": 200}


def blocks(section: str) -> list[str]:
    """Return the commands of a section, with what is an example there put into words of this machine."""
    text = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    section = text.partition(f"\n{section}\n")[2].partition("\n## ")[0]
    found = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    for said, here in ELSEWHERE.items():
        found = [block.replace(said, here) for block in found]
    return found


class Machine:
    """An empty Debian in a folder, in a network of its own but for what is fetched."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def words(self, *, fetching: bool = False) -> list[str | Path]:
        """Return what a command in it begins with."""
        return [*([] if fetching else ["ip", "netns", "exec", NETWORK]), "chroot", self.folder]

    def follow(self, block: str) -> None:
        """Run commands of the guide. Packages of Debian are fetched before, and pip fetches while it installs."""
        for install in re.findall("apt-get install[^#\n]*", block):
            self.run(f"apt-get update -qq; {install} --download-only", fetching=True)
        self.run(f"cd /srv/brolly 2>/dev/null || cd /\n{block}", fetching="pip install" in block)

    def run(self, commands: str, *, check: bool = True, fetching: bool = False) -> str:
        bundle = "/root/ca.crt" if (self.folder / "root/ca.crt").exists() else ""
        env = {
            "PATH": "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "DEBIAN_FRONTEND": "noninteractive",
        }
        env |= {"PIP_CERT": bundle} if bundle else {}
        done = subprocess.run(
            [*self.words(fetching=fetching), "bash", "-ec", commands],
            env=env, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if check and done.returncode:
            raise SystemExit(f"This failed:\n{commands}\n{done.stdout[-3000:]}")
        return done.stdout

    def write(self, path: str, text: str, mode: int = 0o755) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)


def made(folder: Path, stack: ExitStack) -> Machine:
    """Make the empty system, and what every running one has: /proc, /dev, memory for files, a resolver."""
    if not (folder / "usr/bin/apt-get").exists():
        subprocess.run(
            ["debootstrap", "--variant=minbase", "bookworm", folder], check=True, stdout=subprocess.DEVNULL
        )
    mounts: list[list[str | Path]] = [
        ["-t", "proc", "proc", folder / "proc"],
        ["--bind", "--make-private", "/dev", folder / "dev"],
        ["-t", "tmpfs", "-o", "mode=1777", "tmpfs", folder / "dev/shm"],
    ]
    for words in mounts:
        subprocess.run(["mount", *words], check=True)
        stack.callback(_forget, words[-1])
    shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")
    bundle = os.environ.get("SSL_CERT_FILE") or "/etc/ssl/certs/ca-certificates.crt"
    shutil.copy(bundle, folder / "root/ca.crt")
    shutil.rmtree(folder / "srv", ignore_errors=True)
    shutil.rmtree(folder / "backup", ignore_errors=True)
    (folder / "root/brolly-key.txt").unlink(missing_ok=True)
    subprocess.run(["git", "clone", "-q", "--bare", ROOT, folder / "srv/source.git"], check=True)
    _leave()  # where a run was cut off
    subprocess.run(["ip", "netns", "add", NETWORK], check=True)
    stack.callback(_leave)
    subprocess.run(["ip", "-n", NETWORK, "link", "set", "lo", "up"], check=True)
    machine = Machine(folder)
    machine.write("usr/local/sbin/systemctl", SYSTEMCTL)
    machine.write("usr/sbin/policy-rc.d", STARTS)
    machine.run(
        "! command -v pg_dropcluster || { pg_dropcluster --stop 15 main; apt-get purge -y -qq postgresql-15; }"
    )
    return machine


def _leave() -> None:
    """End what runs in the network, and nothing else; then the network is gone, too."""
    found = subprocess.run(["ip", "netns", "pids", NETWORK], check=False, capture_output=True, text=True).stdout
    for pid in found.split():
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    subprocess.run(["ip", "netns", "del", NETWORK], check=False, stderr=subprocess.DEVNULL)


def _forget(folder: str | Path) -> None:
    subprocess.run(["umount", "-l", folder], check=False)


def certificate(machine: Machine) -> None:
    machine.run(
        f"""apt-get install -y -qq systemd openssl curl
        mkdir -p /etc/ssl/brolly && cd /etc/ssl/brolly
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME} \\
            -keyout privkey.pem -out fullchain.pem""",
        fetching=True,
    )


def units(machine: Machine) -> list[str]:
    """Look through the units, and run by hand what those of the timers run; return what was run."""
    machine.run("systemd-analyze verify /etc/systemd/system/brolly*.service /etc/systemd/system/brolly*.timer")
    told = []
    for path in sorted((machine.folder / "etc/systemd/system").glob("brolly-*.service")):
        unit = ConfigParser(interpolation=None, strict=False)
        unit.optionxform = str  # type: ignore[assignment,method-assign]  # names as they are written
        unit.read(path)
        service = unit["Service"]
        command = f"cd {service['WorkingDirectory']} && {service['ExecStart']}"
        machine.run(f"su -s /bin/sh {service['User']} -c {command!r}")
        told.append(path.stem)
    return told


def pages(machine: Machine, wanted: dict[str, int]) -> dict[str, int]:
    """Run the site and nginx, and ask for pages over TLS; return what was answered that should not be."""
    start = "cd /srv/brolly && exec .venv/bin/gunicorn --config config/gunicorn.py config.wsgi"
    words = [*machine.words(), "su", "-s", "/bin/sh", "brolly", "-c", start]
    site = subprocess.Popen(words, start_new_session=True)
    try:
        machine.run(
            "nginx; for i in $(seq 60); do curl -s -o /dev/null http://127.0.0.1:8000/ && break; sleep 1; done"
        )
        asking = f"curl -sk -o /dev/null -w '%{{http_code}}' --resolve {NAME}:443:127.0.0.1 https://{NAME}"
        found = {path: int(machine.run(asking + path)[-3:]) for path in wanted}
    finally:
        machine.run("nginx -s quit", check=False)
        os.killpg(site.pid, signal.SIGTERM)
        site.wait()
    return {path: status for path, status in found.items() if status != wanted[path]}


def main(folder: str = "") -> int:
    began = time.monotonic()

    def tell(words: str) -> None:
        sys.stdout.write(f"{time.monotonic() - began:.0f} s: {words}\n")
        sys.stdout.flush()

    wrong: dict[str, int] = {}
    with ExitStack() as stack:
        machine = made(Path(folder or stack.enter_context(tempfile.TemporaryDirectory())), stack)
        tell("an empty Debian")
        for section, wanted in ((SMALL, PAGES), (POSTGRESQL, PAGES | {LISTED: 200})):
            for number, block in enumerate(blocks(section), 1):
                if "nginx.conf" in block:
                    certificate(machine)
                machine.follow(block)
                tell(f"{section[3:]}, block {number} done")
            run, found = units(machine), pages(machine, wanted)
            tell(f"Units run by hand: {', '.join(run)}. {len(wanted) - len(found)} of {len(wanted)} pages right.")
            wrong |= found
            if section == SMALL:  # something to take along
                machine.run(f"cd /srv/brolly; su -s /bin/sh brolly -c {LIST!r}")
    tell(f"An empty Debian became a site on SQLite, and then on PostgreSQL. {wrong or ''}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
