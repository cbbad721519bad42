"""Follow docs/operating.md in an empty Debian, line by line, and see whether a site stands there (`make guide`).

`python -m tests.faults.guide [FOLDER]`: as root, with debootstrap and access to the registries; some ten minutes.
A folder that is named is kept, and the next run is quicker. systemd cannot run in it: the units are looked
through, and the command of each is run by hand, as the user that it names.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from configparser import ConfigParser
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECTION = "## A small server, step by step"
NAME = "support.example.org"
ELSEWHERE = {
    "https://example.org/your/brolly.git": "/srv/source.git",
    "echo 'BACKUP_RECIPIENT=age1…'": ".venv/bin/python manage.py backup --new-key /root/brolly-key.txt",
}
PAGES = {"/": 200, "/safety/": 200, "/ar/": 200, "/find/": 200, "/healthz": 200, "/api/v1/services/": 200}


def blocks(text: str) -> list[str]:
    """Return the commands of the section, with what is an example there put into words of this machine."""
    section = text.partition(SECTION)[2].partition("\n## ")[0]
    found = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    for said, here in ELSEWHERE.items():
        found = [block.replace(said, here) for block in found]
    return found


class Machine:
    """An empty Debian in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, commands: str, *, check: bool = True) -> str:
        bundle = "/root/ca.crt" if (self.folder / "root/ca.crt").exists() else ""
        env = {
            "PATH": "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "DEBIAN_FRONTEND": "noninteractive",
        }
        env |= {"PIP_CERT": bundle} if bundle else {}
        done = subprocess.run(
            ["chroot", self.folder, "bash", "-ec", commands],
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
        ["--bind", "/dev", folder / "dev"],
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
    machine = Machine(folder)
    machine.write("usr/local/sbin/systemctl", "#!/bin/sh\nexit 0\n")  # there is no systemd to talk to
    return machine


def _forget(folder: str | Path) -> None:
    subprocess.run(["umount", "-l", folder], check=False)


def certificate(machine: Machine) -> None:
    machine.run(
        f"""apt-get install -y -qq systemd openssl curl
        mkdir -p /etc/ssl/brolly && cd /etc/ssl/brolly
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME} \\
            -keyout privkey.pem -out fullchain.pem"""
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


def pages(machine: Machine) -> dict[str, int]:
    """Ask nginx for pages over TLS; return what each answered."""
    asking = f"curl -sk -o /dev/null -w '%{{http_code}}' --resolve {NAME}:443:127.0.0.1 https://{NAME}"
    return {path: int(machine.run(asking + path)[-3:]) for path in PAGES}


def main(folder: str = "") -> int:
    began = time.monotonic()
    with ExitStack() as stack:
        machine = made(Path(folder or stack.enter_context(tempfile.TemporaryDirectory())), stack)
        for number, block in enumerate(blocks((ROOT / "docs/operating.md").read_text(encoding="utf-8"))):
            if "nginx.conf" in block:
                certificate(machine)
            machine.run(f"cd /srv/brolly 2>/dev/null || cd /\n{block}")
            sys.stdout.write(f"{time.monotonic() - began:.0f} s: block {number + 1} done\n")
            sys.stdout.flush()
        run = units(machine)
        start = "cd /srv/brolly && exec .venv/bin/gunicorn --config config/gunicorn.py config.wsgi"
        site = subprocess.Popen(["chroot", machine.folder, "su", "-s", "/bin/sh", "brolly", "-c", start])
        stack.callback(machine.run, "nginx -s quit; pkill -u brolly gunicorn", check=False)
        machine.run(
            "nginx; for i in $(seq 60); do curl -s -o /dev/null http://127.0.0.1:8000/ && break; sleep 1; done"
        )
        found = pages(machine)
        site.terminate()
    wrong = {path: status for path, status in found.items() if status != PAGES[path]}
    sys.stdout.write(
        f"An empty Debian became a site in {time.monotonic() - began:.0f} s. Units run by hand: {', '.join(run)}. "
        f"{len(found) - len(wrong)} of {len(found)} pages as they should be. {wrong or ''}\n"
    )
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
