"""How often a passcode may be tried: moving windows for each address and for all of them together.

An IPv6 network of 64 bits counts as one address, because one machine can take any number in it. Windows
live in memory, so a restart forgets them.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lumora.errors import Busy

if TYPE_CHECKING:
    from limits import RateLimitItem

PER_ADDRESS = "5/minute;40/hour"
TOGETHER = "60/minute;600/hour"


class Tries:
    """Counts tries. Not thread-safe: call it from the event loop."""

    def __init__(self, per_address: str = PER_ADDRESS, together: str = TOGETHER) -> None:
        from limits import parse_many
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        self._windows = MovingWindowRateLimiter(MemoryStorage())
        self._per_address = parse_many(per_address)
        self._together = parse_many(together)

    def check(self, address: str) -> None:
        """Refuse when `address` has no try left, without counting one.

        Raises:
            Busy: with the seconds to wait.
        """
        self._refuse(self._per_address, network_of(address))

    def count(self, address: str) -> None:
        """Count one try of `address`.

        Raises:
            Busy: it, or all together, have no try left; nothing is counted.
        """
        self.check(address)
        self._refuse(self._together, "everyone")
        for limit in self._per_address:
            self._windows.hit(limit, network_of(address))
        for limit in self._together:
            self._windows.hit(limit, "everyone")

    def _refuse(self, limits: Sequence[RateLimitItem], who: str) -> None:
        for limit in limits:
            if not self._windows.test(limit, who):
                free = self._windows.get_window_stats(limit, who).reset_time
                wait = max(1.0, math.ceil(free - time.time()))
                raise Busy(
                    "Too many tries of the passcode.",
                    hint=f"Wait {wait:.0f} seconds and try again.",
                    retry_after=wait,
                )


def network_of(address: str) -> str:
    """What counts as one caller: an IPv4 address, an IPv6 /64 network, or the text itself."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    mapped = ip.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((ip, 64), strict=False))
