"""A transport that looks a name up once, checks every address it has, and connects to one that was checked.

Between check and connect there is no second look-up, so a name cannot change its mind. TLS still asks for the
name, and verifies it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from lumora.guard.public_address import Address, Allowed


class AddressRefused(Exception):
    """A name that leads to an address which is not allowed. Its text names both."""


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections for httpcore."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of `host` that answers.

        Raises:
            AddressRefused: one of its addresses is not allowed.
            httpcore.ConnectError, httpcore.ConnectTimeout: none of them answers.
        """
        failed: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in await self._addresses(host, port):
            try:
                return await self._network.connect_tcp(str(address), port, timeout, None, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as e:
                failed = e
        raise failed

    async def connect_unix_socket(self, *_args: Any, **_options: Any) -> httpcore.AsyncNetworkStream:
        """Never. Raises AddressRefused."""
        raise AddressRefused("sockets in the file system are not the web")

    async def sleep(self, seconds: float) -> None:
        """Between tries."""
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> list[Address]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as e:
            raise httpcore.ConnectError(f"{host} cannot be found") from e
        addresses = list(dict.fromkeys(ipaddress.ip_address(info[4][0]) for info in found))
        for address in addresses:
            if not self._allowed(address):
                raise AddressRefused(f"{host} is at {address}, which is not on the open internet")
        return addresses


class CheckedTransport(httpx.AsyncHTTPTransport):
    """HTTP/1.1 over `CheckedBackend`; proxies and sockets of the environment are not used."""

    def __init__(self, allowed: Allowed, tls: ssl.SSLContext | None = None) -> None:
        context = tls or httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        # httpx has no way to hand its pool a network; the pool it made holds no connection yet.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context, max_connections=4, network_backend=CheckedBackend(allowed)
        )
