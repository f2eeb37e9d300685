"""What processes attempt to reach: their system calls, watched by strace, in a network without a way out."""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_CALLS = "trace=connect,sendto,sendmsg,sendmmsg"
_LINE = re.compile(r"^(?P<pid>\d+)(?:<(?P<name>[^>]*)>)?\s+(?P<call>\w+)\(")
_PEER = re.compile(
    r"sa_family=(?P<family>AF_\w+)"
    r"(?:[^}]*?htons\((?P<port>\d+)\))?"
    r'(?:[^}]*?(?:inet_addr\("(?P<v4>[^"]+)"\)|inet_pton\(AF_INET6, "(?P<v6>[^"]+)"))?'
)
# A socket that is connected shows its peer with its descriptor: what is sent over it names none itself.
_SENT = re.compile(
    r"^\S+\s+send\w+\(\d+<(?P<kind>TCP|UDP)(?:v6)?:\[[^>]*->\[?(?P<host>[0-9a-f.:]+?)\]?:(?P<port>\d+)\]>"
)
_DATAGRAM = re.compile(r"connect\(\d+<UDP")
_LOCAL_FAMILIES = ("AF_UNIX", "AF_NETLINK", "AF_UNSPEC")

# An interface with a default route lets programs believe that they are online; what they send goes
# nowhere. Without it many would not even try.
_ONLINE = """
ip link set lo up
ip link add way0 type veth peer name way1 || ip link add way0 type dummy
! ip link show way1 >/dev/null 2>&1 || ip link set way1 up
ip addr add 192.0.2.2/24 dev way0
ip addr add 2001:db8::2/64 dev way0 nodad
ip link set way0 up
ip route add default via 192.0.2.1
ip -6 route add default via 2001:db8::1
exec "$@"
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call that names a peer."""

    process: str
    call: str
    family: str
    host: str
    port: str
    asks_only: bool = False  # connecting a datagram socket asks the kernel for a route and sends nothing

    @property
    def leaves(self) -> bool:
        """Whether the peer is not surely this machine."""
        if self.family in _LOCAL_FAMILIES:
            return False
        try:
            return not ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return True  # a family or an address this module does not know


def watched(command: Sequence[str], trace: Path, *, env: dict[str, str], patience: float) -> str:
    """Run `command` and all its children under strace in a network of its own; what it printed.

    Raises:
        AssertionError: it failed, or this machine allows no network namespace.
    """
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))  # where Debian keeps `ip`
    for tool in ("unshare", "ip", "strace"):
        assert shutil.which(tool, path=path), f"{tool} is not installed: run `make system`"
    alone = ["unshare", "-n" if os.geteuid() == 0 else "-Urn", "-pf", "--kill-child", "--mount-proc"]
    strace = ["strace", "-f", "-yy", "-qq", "--seccomp-bpf", "-Y", "-e", _CALLS, "-o", str(trace)]
    done = subprocess.run(
        [*alone, "sh", "-ec", _ONLINE, "sh", *strace, *command],
        env={**env, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=patience,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def attempts(trace: Path) -> Iterator[Attempt]:
    """Every call of the trace that names a peer."""
    for line in trace.read_text("utf-8", "replace").splitlines():
        said = _LINE.match(line)
        if said is None:
            continue
        name, asks = said["name"] or said["pid"], _DATAGRAM.search(line) is not None
        for peer in _PEER.finditer(line):
            host = peer["v4"] or peer["v6"] or ""
            yield Attempt(name, said["call"], peer["family"], host, peer["port"] or "", asks)
        if sent := _SENT.match(line):
            yield Attempt(name, said["call"], sent["kind"], sent["host"], sent["port"])


def python(*arguments: str) -> list[str]:
    """The command line of this Python."""
    return [sys.executable, *arguments]
