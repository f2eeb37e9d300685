"""Who gets in, as whom, in each mode."""

from __future__ import annotations

import asyncio
import io
import logging
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from lumora.errors import Busy, Forbidden, StartupError, TooLarge
from lumora.identity import passcode
from lumora.identity.access import OWNER_GRANT, Access, Credentials, check_quota
from lumora.settings import load
from lumora.types import LOCAL_OWNER
from tests.identity.conftest import PASSCODE, Terminal

ENV = {"LUMORA_PASSCODE": PASSCODE}


def opened(data: Path, env: dict[str, str] | None = None, **given: Any) -> Access:
    settings = load({}, data=data, **given)
    return Access.open(settings, env=env or {}, terminal=io.StringIO())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.1.2.3"])
async def test_the_owner_needs_nothing_on_loopback(data: Path, host: str) -> None:
    assert await opened(data, host=host).identify(Credentials()) == OWNER_GRANT


def test_the_owner_alone_needs_no_secrets_on_disk(data: Path) -> None:
    opened(data)
    assert not data.exists()


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "", "192.0.2.1", "example.com", "localhost.example", "127.1"]
)
def test_the_owner_stays_on_loopback(data: Path, host: str) -> None:
    with pytest.raises(StartupError) as caught:
        opened(data, host=host)
    assert "passcode" in caught.value.hint


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
async def test_a_passcode_is_asked_on_every_address(data: Path, host: str) -> None:
    access = opened(data, ENV, access="passcode", host=host)
    assert await access.identify(Credentials()) is None
    assert await access.identify(Credentials(session="x", visitor="y", bearer="z")) is None
    assert await access.identify(Credentials(bearer=PASSCODE)) == OWNER_GRANT


def test_nobody_there_to_read_a_passcode_stops_the_start(data: Path) -> None:
    with pytest.raises(StartupError, match="terminal"):
        opened(data, access="passcode")


async def test_a_made_passcode_lets_in(data: Path) -> None:
    terminal = Terminal()
    access = Access.open(load({}, data=data, access="passcode"), env={}, terminal=terminal)
    made = terminal.getvalue().split("Lumora: ")[1].split("\n")[0]
    assert await access.login(made, "192.0.2.1")


async def test_a_login_is_a_session_until_the_passcode_changes(data: Path) -> None:
    access = opened(data, ENV, access="passcode")
    session = await access.login(PASSCODE, "192.0.2.1")
    assert session
    assert await access.login("open sesame now", "192.0.2.1") is None
    assert await access.identify(Credentials(session=session)) == OWNER_GRANT
    restarted = opened(data, ENV, access="passcode")
    assert await restarted.identify(Credentials(session=session)) == OWNER_GRANT
    changed = opened(data, {"LUMORA_PASSCODE": "another passcode"}, access="passcode")
    assert await changed.identify(Credentials(session=session)) is None


async def test_a_visitor_cookie_is_nothing_under_passcode(data: Path) -> None:
    visitor = opened(data, ENV, access="visitors").new_visitor()
    assert visitor
    access = opened(data, ENV, access="passcode")
    assert await access.identify(Credentials(visitor=visitor)) is None
    assert access.new_visitor() is None


async def test_each_browser_is_a_visitor_of_its_own(data: Path) -> None:
    access = opened(data, access="visitors", host="0.0.0.0")
    one, other = access.new_visitor(), access.new_visitor()
    assert one and other
    grant = await access.identify(Credentials(visitor=one))
    again = await access.identify(Credentials(visitor=one))
    third = await access.identify(Credentials(visitor=other))
    assert grant and third
    assert grant == again
    assert grant.actor.tenant == "visitors"
    assert grant.actor != third.actor
    assert grant.actor != LOCAL_OWNER
    assert await access.identify(Credentials()) is None


async def test_visitors_chat_and_nothing_else(data: Path) -> None:
    access = opened(data, access="visitors")
    grant = access.visitor(access.new_visitor() or "")
    assert grant
    assert grant.can("chat")
    grant.require("chat")
    for scope in ("manage", "upload", "anything"):
        assert not grant.can(scope)
        with pytest.raises(Forbidden):
            grant.require(scope)
    OWNER_GRANT.require("manage")


async def test_among_visitors_the_owner_needs_the_passcode(data: Path) -> None:
    without = opened(data, access="visitors")
    assert not without.has_passcode
    assert await without.login("", "") is None
    assert await without.identify(Credentials(bearer=PASSCODE, session="x")) is None
    access = opened(data, ENV, access="visitors")
    session = await access.login(PASSCODE, "")
    assert await access.identify(Credentials(session=session or "")) == OWNER_GRANT


async def test_guessing_is_stopped_even_with_the_right_passcode(data: Path) -> None:
    access = opened(data, ENV, access="passcode")
    for _ in range(5):
        assert await access.identify(Credentials(bearer="open sesame now", address="192.0.2.1")) is None
    for guess in ("open sesame now", PASSCODE):
        with pytest.raises(Busy) as caught:
            await access.identify(Credentials(bearer=guess, address="192.0.2.1"))
        assert caught.value.retry_after
        with pytest.raises(Busy):
            await access.login(guess, "192.0.2.1")
    assert await access.login(PASSCODE, "192.0.2.2")


async def test_what_others_proved_is_no_way_around_the_limit(data: Path) -> None:
    """The fast path for a known passcode must not confirm a guess of an address that has no try left."""
    access = opened(data, ENV, access="passcode")
    assert await access.identify(Credentials(bearer=PASSCODE, address="192.0.2.1"))
    for _ in range(5):
        await access.identify(Credentials(bearer="open sesame now", address="192.0.2.2"))
    with pytest.raises(Busy):
        await access.identify(Credentials(bearer=PASSCODE, address="192.0.2.2"))


async def test_a_known_bearer_costs_no_try_and_no_argon2(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    access = opened(data, ENV, access="passcode")
    calls = []
    real = passcode.verify

    def counted(text: str, stored: str) -> bool:
        calls.append(threading.current_thread() is threading.main_thread())
        return real(text, stored)

    monkeypatch.setattr(passcode, "verify", counted)
    known = Credentials(bearer=PASSCODE, address="192.0.2.1")
    found = await asyncio.gather(*(access.identify(known) for _ in range(50)))
    assert found == [OWNER_GRANT] * 50
    assert calls == [False]  # once, and not in the thread of the event loop
    start = time.perf_counter()
    for _ in range(100):
        await access.identify(known)
    assert (time.perf_counter() - start) / 100 < 0.005
    assert PASSCODE not in repr(vars(access))


async def test_the_loop_runs_on_while_a_passcode_is_checked(data: Path) -> None:
    access = opened(data, ENV, access="passcode")
    turns = 0

    async def other_work() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other_work())
    await access.login("open sesame now", "")
    task.cancel()
    assert turns > 5


def _everything_in(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())


async def test_the_passcode_is_never_logged_or_stored(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    access = opened(data, ENV, access="passcode")
    session = await access.login(PASSCODE, "192.0.2.1")
    await access.identify(Credentials(bearer=PASSCODE, session=session or ""))
    await access.login("open sesame now", "192.0.2.1")
    stored = _everything_in(data)
    for secret in (PASSCODE, "open sesame now", session or ""):
        assert secret not in caplog.text
        assert secret.encode() not in stored


def test_a_quota_is_in_megabytes(data: Path) -> None:
    settings = load({}, data=data, visitor_megabytes=2)
    check_quota(1_999_999, settings)
    with pytest.raises(TooLarge, match="2 MB"):
        check_quota(2_000_000, settings)
