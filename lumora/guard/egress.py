"""The one way out: every outbound HTTP client is made here, and the offline lock holds down to the socket.

What it guarantees: a client from `client()` reports each host it contacts to the job it works for, and
with the lock on it refuses any host beyond this machine. The lock also refuses connects and look-ups that
any other Python code in this process tries through the socket module. What it does not cover: compiled
code that opens sockets by itself, and other processes.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from lumora.errors import OfflineError

if TYPE_CHECKING:
    import httpx

_contacted: ContextVar[set[str] | None] = ContextVar("contacted", default=None)
_lock_on = False
_hook_installed = False


def is_local(host: str) -> bool:
    """Whether `host` is this machine: a loopback address or a name reserved for it."""
    name = host.strip("[]").lower().rstrip(".")
    if name in ("localhost", "") or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        return False


def lock_offline(on: bool) -> None:
    """Turn the offline lock on or off for this process."""
    global _lock_on, _hook_installed
    _lock_on = on
    if on and not _hook_installed:
        sys.addaudithook(_refuse_socket)  # a hook cannot be taken away again, so it asks the flag each time
        _hook_installed = True


def _refuse_socket(event: str, args: tuple[Any, ...]) -> None:
    if not _lock_on or event not in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        return
    if event == "socket.getaddrinfo":
        host = args[0]
    elif args[0].family not in (socket.AF_INET, socket.AF_INET6):
        return
    else:
        host = args[1][0]
    check(host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or ""))


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

    Proxies and credentials from the environment are used only beyond this machine.
    """
    import httpx

    async def before(request: httpx.Request) -> None:
        check(request.url.host)
        record(request.url.host)

    hooks = {"request": [before]}
    return httpx.AsyncClient(
        event_hooks=hooks, follow_redirects=options.pop("follow_redirects", False), **options
    )
