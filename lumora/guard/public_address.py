"""Which addresses belong to the open internet. Everything that is not surely so is refused."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Allowed = Callable[[Address], bool]

_UNICAST = ipaddress.ip_network("2000::/3")
_NOT_V6 = tuple(
    ipaddress.ip_network(n)
    for n in (
        "2001::/23",  # protocol assignments; Teredo and ORCHID live here
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "3ffe::/16",  # the old 6bone
        "3fff::/20",  # documentation
    )
)
_NOT_V4 = tuple(
    ipaddress.ip_network(n)
    for n in (
        "0.0.0.0/8",  # this network
        "100.64.0.0/10",  # behind a carrier's translation
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",  # measurements
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
)


def is_public(address: Address) -> bool:
    """Whether anyone on the internet can be meant by it.

    Private, loopback, link-local, shared, multicast, reserved and documentation ranges are not public, nor is
    any IPv6 address that stands for an IPv4 one (mapped, compatible, 6to4, NAT64, Teredo) or has a zone.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not any(address in network for network in _NOT_V4)
    if address.scope_id is not None or address not in _UNICAST:
        return False
    return address.is_global and not any(address in network for network in _NOT_V6)
