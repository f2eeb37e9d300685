"""The one way out: every outbound HTTP client is made here, and the offline lock holds down to the socket.

What it guarantees: a client from `client()` reports each host it contacts to the job it works for, and
with the lock on it refuses any host beyond this machine. The lock also refuses connects and look-ups that
any other Python code in this process tries through the socket module. What it does not cover: compiled
code that opens sockets by itself, the look-up (not the sending) of a name given to `sendmsg`, and other
processes.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any

from lumora.errors import OfflineError

if TYPE_CHECKING:
    import httpx

_contacted: ContextVar[set[str] | None] = ContextVar("contacted", default=None)
_lock_on = False
_hook_installed = False
_DIRECT = ("all://localhost", "all://127.0.0.1", "all://[::1]")


def is_local(host: str) -> bool:
    """Whether `host` is surely this machine: `localhost`, an empty name, or a loopback address.

    Other spellings of such an address (`2130706433`, `0x7f.1`), names below `.localhost`, which some
    resolvers ask the network for, and addresses with a zone count as foreign.
    """
    name = host.strip("[]").lower().rstrip(".")
    if name in ("localhost", ""):
        return True
    try:
        ip = ipaddress.ip_address(name)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id is not None:
            return False
        ip = ip.ipv4_mapped or ip
    return ip.is_loopback


def lock_offline(on: bool) -> None:
    """Turn the offline lock on or off for this process."""
    global _lock_on, _hook_installed
    _lock_on = on
    if on and not _hook_installed:
        sys.addaudithook(_refuse_socket)  # a hook cannot be taken away again, so it asks the flag each time
        for method in ("connect", "connect_ex", "sendto"):
            _check_names_first(method)
        _hook_installed = True


def _refuse_socket(event: str, args: tuple[Any, ...]) -> None:
    if not _lock_on or not event.startswith("socket."):
        return
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = args[0]
    elif event == "socket.getnameinfo":
        host = args[0][0]
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        host = _peer(args[0], args[1])
    else:
        return
    check(_text(host))


def _peer(sock: socket.socket, address: Any) -> Any:
    internet = sock.family in (socket.AF_INET, socket.AF_INET6)
    return address[0] if internet and address else ""  # without an address it is connected already


def _text(host: Any) -> str:
    return host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")


def _check_names_first(method: str) -> None:
    """Python looks a name up before it raises the audit event, so a name is checked before both."""
    original = getattr(socket.socket, method)

    @wraps(original)
    def checked(self: socket.socket, *args: Any) -> Any:
        if _lock_on and args and isinstance(args[-1], tuple):
            check(_text(_peer(self, args[-1])))
        return original(self, *args)

    setattr(socket.socket, method, checked)


def check(host: str) -> None:
    """Refuse `host` when the lock is on and it is not this machine.

    Raises:
        OfflineError
    """
    if _lock_on and not is_local(host):
        raise OfflineError(
            f"The offline lock is on, so {host} was not contacted.",
            hint="Turn off the offline setting to allow it.",
        )


def record(host: str) -> None:
    """Note that the running job contacted `host`; this machine is not worth noting."""
    seen = _contacted.get()
    if seen is not None and not is_local(host):
        seen.add(host)


@contextmanager
def contacts() -> Iterator[set[str]]:
    """Collect the hosts contacted by everything that runs inside."""
    seen: set[str] = set()
    token = _contacted.set(seen)
    try:
        yield seen
    finally:
        _contacted.reset(token)


def client(**options: Any) -> httpx.AsyncClient:
    """An `httpx.AsyncClient` (`options` are its own) that obeys the lock and reports what it contacts.

    Proxies from the environment are used only beyond this machine.
    """
    import httpx

    async def before(request: httpx.Request) -> None:
        check(request.url.host)
        record(request.url.host)

    mounts = dict.fromkeys(_DIRECT) | options.pop("mounts", {})
    hooks = {"request": [before]}
    return httpx.AsyncClient(
        event_hooks=hooks, mounts=mounts, follow_redirects=options.pop("follow_redirects", False), **options
    )
