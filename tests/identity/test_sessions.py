"""Tokens: good ones are read, every other is not."""

from __future__ import annotations

import base64
import json
import time

import jwt
import pytest

from lumora.identity.sessions import DAY, OWNER_DAYS, Sessions

KEY = bytes(range(32))


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(KEY, "$argon2id$one")


def test_a_session_holds_over_a_restart(sessions: Sessions) -> None:
    assert Sessions(KEY, "$argon2id$one").is_owner(sessions.owner())


def test_a_new_passcode_or_key_ends_it(sessions: Sessions) -> None:
    assert not Sessions(KEY, "$argon2id$two").is_owner(sessions.owner())
    assert not Sessions(bytes(32), "$argon2id$one").is_owner(sessions.owner())


def test_a_visitor_stays_the_same_with_a_new_passcode(sessions: Sessions) -> None:
    token = sessions.visitor()
    name = sessions.visitor_of(token)
    assert name
    assert Sessions(KEY, "$argon2id$two").visitor_of(token) == name
    assert sessions.visitor_of(sessions.visitor()) != name


def test_one_kind_is_never_the_other(sessions: Sessions) -> None:
    assert not sessions.is_owner(sessions.visitor())
    assert sessions.visitor_of(sessions.owner()) is None


def test_it_ends_after_thirty_days(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    with monkeypatch.context() as then:
        then.setattr(time, "time", lambda: now - OWNER_DAYS * DAY - 5)
        old = sessions.owner()
    with monkeypatch.context() as then:
        then.setattr(time, "time", lambda: now - OWNER_DAYS * DAY + 60)
        fresh = sessions.owner()
    assert not sessions.is_owner(old)
    assert sessions.is_owner(fresh)


def _unsigned(claims: dict[str, object]) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    head, body = (base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts)
    return f"{head}.{body}."


def test_forged_tokens_are_refused(sessions: Sessions) -> None:
    claims: dict[str, object] = {"sub": "owner", "aud": "owner", "iat": 1, "exp": int(time.time()) + 999}
    good = sessions.owner()
    head, body, signature = good.split(".")
    forged = [
        "",
        "x",
        "..",
        _unsigned(claims),
        jwt.encode(claims, KEY, algorithm="HS256"),  # the key file itself signs nothing
        f"{head}.{body}.",
        f"{head}.{body}.{signature[::-1]}",
        f"{_unsigned({**claims, 'sub': 'x'}).split('.')[0]}.{body}.{signature}",
        good + "x",
        "é" * 100,
    ]
    assert [t for t in forged if sessions.is_owner(t)] == []
    assert [t for t in forged if sessions.visitor_of(t)] == []


def test_a_token_without_an_end_is_refused(sessions: Sessions) -> None:
    claims = {"sub": "owner", "aud": "owner", "iat": 1}
    endless = jwt.encode(claims, sessions._owner_key, algorithm="HS256")
    assert not sessions.is_owner(endless)
