"""Signed tokens for the cookies of a browser: the owner's session and a visitor's identity.

Each kind is signed with a key of its own, derived from the key file. The owner's also depends on the
passcode hash, so that a new passcode ends every session. Tokens are not stored: one that leaked holds
until it expires, the passcode changes or the key file is deleted.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time

DAY = 86_400
OWNER_DAYS = 30
VISITOR_DAYS = 365
_VISITOR = re.compile(r"[0-9a-f]{32}")


class Sessions:
    """Makes and reads the two kinds of token. `key` is 32 random bytes."""

    def __init__(self, key: bytes, passcode_hash: str) -> None:
        self._owner_key = _derive(key, f"owner {passcode_hash}")
        self._visitor_key = _derive(key, "visitor")

    def owner(self) -> str:
        """A token of the owner, good for 30 days."""
        return _sign(self._owner_key, "owner", "owner", OWNER_DAYS)

    def is_owner(self, token: str) -> bool:
        """Whether `token` is the owner's and still good."""
        return _read(self._owner_key, "owner", token) == "owner"

    def visitor(self) -> str:
        """A token of a new visitor, good for a year."""
        return _sign(self._visitor_key, "visitor", secrets.token_hex(16), VISITOR_DAYS)

    def visitor_of(self, token: str) -> str | None:
        """The visitor `token` was made for, None when it is not good."""
        name = _read(self._visitor_key, "visitor", token)
        return name if name and _VISITOR.fullmatch(name) else None


def _derive(key: bytes, purpose: str) -> bytes:
    return hmac.digest(key, f"lumora {purpose}".encode(), hashlib.sha256)


def _sign(key: bytes, kind: str, subject: str, days: int) -> str:
    import jwt

    now = int(time.time())
    claims = {"sub": subject, "aud": kind, "iat": now, "exp": now + days * DAY}
    return jwt.encode(claims, key, algorithm="HS256")


def _read(key: bytes, kind: str, token: str) -> str | None:
    import jwt

    if not token:
        return None
    required = {"require": ["sub", "aud", "iat", "exp"]}
    try:
        claims = jwt.decode(token, key, algorithms=["HS256"], audience=kind, options=required)  # type: ignore[arg-type]
    except jwt.InvalidTokenError:
        return None
    return str(claims["sub"])
