"""Credentials → `Grant`: who a request acts for and what it may do. Nothing here knows HTTP.

Three ways in, by the setting `access`:

- owner: every request is the local owner's, so the server must listen on loopback alone;
- passcode: the owner by a session or by the passcode itself;
- visitors: anybody, each browser as its own actor; the owner as with `passcode`, if one is set.

Not covered: other users of the same machine under `owner`, and how many visitors there may be.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import os
import secrets
import sys
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TextIO

from lumora.errors import Forbidden, StartupError, TooLarge
from lumora.identity import passcode as passcodes
from lumora.identity import secret_files
from lumora.identity.sessions import Sessions
from lumora.identity.tries import Tries, network_of
from lumora.observe import log
from lumora.settings import Settings
from lumora.types import LOCAL_OWNER, Actor

VISITORS: Final = "visitors"
_REMEMBERED = 256
_logger = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a caller showed: tokens of two cookies, a bearer token, and the address it came from."""

    session: str = ""
    visitor: str = ""
    bearer: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom a request acts for. Scopes: `chat` with conversations, `upload`, `manage` models and settings."""

    actor: Actor
    scopes: frozenset[str]

    def can(self, scope: str) -> bool:
        """Whether `scope` is allowed."""
        return scope in self.scopes

    def require(self, scope: str) -> None:
        """Pass when `scope` is allowed.

        Raises:
            Forbidden
        """
        if scope not in self.scopes:
            raise Forbidden(
                "Visitors may chat here, and nothing else.", hint="The owner of this Lumora can do it."
            )


OWNER_GRANT: Final = Grant(LOCAL_OWNER, frozenset({"chat", "upload", "manage"}))


class Access:
    """Decides about every caller. One for each server; `open` makes it."""

    def __init__(self, settings: Settings, sessions: Sessions, passcode_hash: str) -> None:
        self.mode = settings.access
        self.has_passcode = bool(passcode_hash)
        self._sessions = sessions
        self._hash = passcode_hash
        self._tries = Tries()
        self._memory_key = secrets.token_bytes(32)
        self._remembered: OrderedDict[bytes, None] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    @classmethod
    def open(
        cls, settings: Settings, *, env: Mapping[str, str] | None = None, terminal: TextIO | None = None
    ) -> Access:
        """Access as `settings` say, with its key and passcode hash in the data folder.

        A passcode comes from `settings.passcode_file`, else from `LUMORA_PASSCODE` in `env`; else, where
        one is needed, it is made and shown on `terminal`, which is standard error unless given.

        Raises:
            StartupError: the mode does not go with the address, no passcode can be had, or the data folder
                cannot be used.
        """
        if settings.access == "owner":
            _require_loopback(settings.host)
            return cls(settings, Sessions(secrets.token_bytes(32), ""), "")
        text = passcodes.given(settings.passcode_file, os.environ if env is None else env)
        stored = passcodes.settle(
            settings.data / "passcode.hash",
            text,
            required=settings.access == "passcode",
            terminal=sys.stderr if terminal is None else terminal,
        )
        return cls(settings, Sessions(secret_files.key(settings.data / "session.key"), stored), stored)

    async def identify(self, credentials: Credentials) -> Grant | None:
        """The grant of a caller, None when it showed nothing that is good here.

        Raises:
            Busy: too many wrong passcodes from this address.
        """
        if self.mode == "owner":
            return OWNER_GRANT
        if self.has_passcode:
            if self._sessions.is_owner(credentials.session):
                return OWNER_GRANT
            if credentials.bearer and await self._is_passcode(credentials.bearer, credentials.address):
                return OWNER_GRANT
        return self.visitor(credentials.visitor) if self.mode == VISITORS else None

    async def login(self, passcode: str, address: str) -> str | None:
        """A session token for the right passcode, None for a wrong one.

        Raises:
            Busy: too many tries.
        """
        if self.has_passcode and await self._is_passcode(passcode, address):
            return self._sessions.owner()
        return None

    def visitor(self, token: str) -> Grant | None:
        """The grant of the visitor that `token` was made for."""
        name = self._sessions.visitor_of(token)
        return Grant(Actor(VISITORS, name), frozenset({"chat"})) if name else None

    def new_visitor(self) -> str | None:
        """A token for a browser seen for the first time; None when visitors are not let in."""
        return self._sessions.visitor() if self.mode == VISITORS else None

    async def _is_passcode(self, text: str, address: str) -> bool:
        """Argon2 is slow on purpose, so what an address proved once is remembered, as a keyed digest.

        The digest covers the address and its tries are checked first: otherwise the fast path would tell a
        guesser about passcodes that others use, as often as it likes.
        """
        self._tries.check(address)
        digest = hmac.digest(self._memory_key, f"{network_of(address)}\0{text}".encode(), hashlib.sha256)
        if self._recall(digest):
            return True
        async with self._one_at_a_time:  # each check takes 64 MB
            if self._recall(digest):
                return True
            self._tries.count(address)
            good = await asyncio.to_thread(passcodes.verify, text, self._hash)
        if good:
            self._remembered[digest] = None
            if len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        else:
            _logger.warning("a wrong passcode came from %s", network_of(address) or "this machine")
        return good

    def _recall(self, digest: bytes) -> bool:
        if digest not in self._remembered:
            return False
        self._remembered.move_to_end(digest)
        return True


def _require_loopback(host: str) -> None:
    if not is_loopback(host):
        raise StartupError(
            f"With access = owner everybody who reaches {host or 'every address'} would be the owner.",
            hint="Listen on 127.0.0.1, or set access to passcode or visitors.",
        )


def is_loopback(host: str) -> bool:
    """Whether listening on `host` reaches this machine alone. An empty host is every address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_quota(used_bytes: int, settings: Settings) -> None:
    """Refuse a visitor who keeps `used_bytes` of text already.

    Raises:
        TooLarge: that is as much as `settings.visitor_megabytes` allows, or more.
    """
    if used_bytes >= settings.visitor_megabytes * 1_000_000:
        raise TooLarge(
            f"What you keep takes up all of your {settings.visitor_megabytes} MB.",
            hint="Delete conversations or documents you no longer need.",
        )
