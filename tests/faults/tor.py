"""A Tor network of a drill's own, on loopback: authorities, relays, an onion service, somebody with Tor.

Nothing of it leaves the machine. What its options are for: https://2019.www.torproject.org/docs/tor-manual.html.en,
"Testing network options"; how few make a network: chutney's `hs-v3-min`
(https://gitlab.torproject.org/tpo/core/chutney).
"""

import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tests.faults.servers import a_port

AUTHORITIES, RELAYS = 3, 5
FIRST, LAST = 9200, 9299
EVERYBODY = """
TestingTorNetwork 1
AddressDisableIPv6 1
PathsNeededToBuildCircuits 0.67
ShutdownWaitLength 0
SafeLogging 0
DataDirectory {folder}
Log notice file {folder}/log
"""
RELAY = """
Nickname {name}
Address 127.0.0.1
SocksPort 0
OrPort 127.0.0.1:{port}
ExitPolicy reject *:*
AssumeReachable 1
"""
AUTHORITY = """
DirPort 127.0.0.1:{second}
ContactInfo nobody@example.org
AuthoritativeDirectory 1
V3AuthoritativeDirectory 1
TestingDirAuthVoteExit *
TestingDirAuthVoteGuard *
TestingDirAuthVoteHSDir *
TestingV3AuthInitialVotingInterval 20
TestingV3AuthInitialVoteDelay 4
TestingV3AuthInitialDistDelay 4
V3AuthVotingInterval 20
V3AuthVoteDelay 4
V3AuthDistDelay 4
"""


class Ports:
    """Ports that nobody listens on, each given once."""

    def __init__(self) -> None:
        self.next = FIRST

    def one(self) -> int:
        port = a_port(self.next, LAST)
        self.next = port + 1
        return port


def _authority(folder: Path, name: str, port: int, second: int) -> str:
    """Make an authority's keys; return the line by which all others know it."""
    keys = folder / "keys"
    keys.mkdir(mode=0o700)
    words: list[str | Path] = ["-i", keys / "authority_identity_key", "-s", keys / "authority_signing_key"]
    words += ["-c", keys / "authority_certificate", "-m", "12", "-a", f"127.0.0.1:{second}"]
    subprocess.run(
        ["tor-gencert", "--create-identity-key", "--passphrase-fd", "0", *words],
        input=b"none\n", check=True, capture_output=True,
    )  # fmt: skip
    known = re.search(r"^fingerprint (\w+)$", (keys / "authority_certificate").read_text(), re.MULTILINE)
    nobody = f"x 127.0.0.1:1 {'F' * 40}"
    words = ["--DataDirectory", folder, "--ORPort", str(port), "--DirAuthority", nobody, "--Nickname", name]
    said = subprocess.run(
        ["tor", "-f", "/dev/null", "--ignore-missing-torrc", "--list-fingerprint", "--hush", *words],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    fingerprint = said.split("\n")[-2].partition(" ")[2].replace(" ", "")
    assert known, "tor-gencert wrote no fingerprint"
    return f"DirAuthority {name} orport={port} no-v2 v3ident={known[1]} 127.0.0.1:{second} {fingerprint}\n"


@contextmanager
def network(folder: Path, service: str) -> Iterator[int]:
    """Run a network with the onion service that `service` (lines of torrc) names; yield a visitor's SOCKS port."""
    ports, known = Ports(), ""
    said: dict[str, str] = {}
    for number in range(AUTHORITIES + RELAYS):
        name, port = f"node{number}", ports.one()
        (folder / name).mkdir(mode=0o700)
        said[name] = RELAY.format(name=name, port=port)
        if number < AUTHORITIES:
            second = ports.one()
            said[name] += AUTHORITY.format(second=second)
            known += _authority(folder / name, name, port, second)
    visitor = ports.one()
    said |= {"service": service, "visitor": f"SocksPort 127.0.0.1:{visitor}\n"}
    with ExitStack() as stack:
        for name, lines in said.items():
            home = folder / name
            home.mkdir(mode=0o700, exist_ok=True)
            (home / "torrc").write_text(EVERYBODY.format(folder=home) + known + lines)
            running = subprocess.Popen(["tor", "-f", home / "torrc", "--quiet"])
            stack.callback(_end, running)
        yield visitor


def _end(running: "subprocess.Popen[bytes]") -> None:
    running.kill()
    running.wait()


def connect(socks: int, name: str, who: str) -> HTTPConnection:
    """Return a connection to a name's port 80 through SOCKS; another `who` goes another way through the network.

    Raises OSError where Tor did not reach it. RFC 1928 and, for who, RFC 1929: Tor parts circuits by it.
    """
    line = socket.create_connection(("127.0.0.1", socks), timeout=60)
    steps = [
        (b"\5\1\2", 2),
        (b"\1" + bytes([len(who)]) + who.encode() + b"\1x", 2),
        (b"\5\1\0\3" + bytes([len(name)]) + name.encode() + (80).to_bytes(2), 10),
    ]
    for sent, size in steps:
        line.sendall(sent)
        answer = line.recv(size, socket.MSG_WAITALL)
        if len(answer) < size or (answer[1] and sent[0] == 5 and size == 10):
            line.close()
            raise OSError(f"Tor answered {answer!r}")
    connection = HTTPConnection(name, timeout=60)
    connection.sock = line
    return connection
