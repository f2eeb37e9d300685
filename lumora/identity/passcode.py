"""The passcode: given or made, kept as an Argon2 hash alone, and checked in constant time.

The plain text lives in the person's file, environment or head, and for the length of a call in this
process. It is never logged and never written by Lumora.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from lumora.errors import StartupError
from lumora.identity.secret_files import write_private

ENVIRONMENT = "LUMORA_PASSCODE"
SHORTEST = 8
LONGEST = 1024
# No i, l, o, 0, 1: they are misread. 16 characters of 31 are 79 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def canonical(text: str) -> str:
    """The same passcode however it was typed: no surrounding space, one Unicode form."""
    return unicodedata.normalize("NFC", text.strip())


def make() -> str:
    """A new passcode a person can read out: four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def hash_of(passcode: str) -> str:
    """Its Argon2id hash with a new salt. Takes tens of milliseconds and 64 MB on purpose."""
    from pwdlib import PasswordHash

    return PasswordHash.recommended().hash(canonical(passcode))


def verify(passcode: str, stored: str) -> bool:
    """Whether `passcode` is the one `stored` was made from; as slow as `hash_of`."""
    from pwdlib import PasswordHash

    if len(passcode) > LONGEST:
        return False
    return PasswordHash.recommended().verify(canonical(passcode), stored)


def given(file: str, env: Mapping[str, str]) -> str:
    """The passcode of the person's file, else of the environment, else an empty text.

    Raises:
        StartupError: the file cannot be read, or the passcode is shorter than 8 or longer than 1,024
            characters.
    """
    text = canonical(_read(Path(file).expanduser()) if file else env.get(ENVIRONMENT, ""))
    if not text and not file:
        return ""
    if not SHORTEST <= len(text) <= LONGEST:
        raise StartupError(
            f"The passcode must have {SHORTEST} to {LONGEST:,} characters.",
            hint=f"Write a longer one into {file or ENVIRONMENT}.",
        )
    return text


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        # `from None` and no repr of a decoding error: that one carries the bytes of the file.
        reason = e.strerror if isinstance(e, OSError) else "it is not UTF-8 text"
        raise StartupError(
            f"The passcode file {path} cannot be read: {reason}.", hint="Correct passcode_file."
        ) from None


def settle(path: Path, text: str, *, required: bool, terminal: TextIO) -> str:
    """The hash to check against, kept in `path`; empty when there is no passcode and none is required.

    `text` is the given passcode. Without one the hash kept from an earlier start holds, and without that
    either a new passcode is made and shown on `terminal`, once.

    Raises:
        StartupError: one is required, none is given or kept, and `terminal` is not interactive; or `path`
            cannot be read or written.
    """
    kept = _kept(path)
    if text:
        if kept and verify(text, kept):
            return kept  # the same hash again, so that a restart logs nobody out
        return _keep(path, text)
    if kept or not required:
        return kept
    if not terminal.isatty():
        raise StartupError(
            "A passcode is needed, none is set, and there is no terminal to show a new one on.",
            hint=f"Set {ENVIRONMENT}, or name a file that holds one in the setting passcode_file.",
        )
    made = make()
    stored = _keep(path, made)
    terminal.write(
        f"\n  Passcode for Lumora: {made}\n"
        f"  It is shown this once. For another, delete {path} and start again.\n\n"
    )
    terminal.flush()
    return stored


def _keep(path: Path, text: str) -> str:
    stored = hash_of(text)
    write_private(path, stored.encode())
    return stored


def _kept(path: Path) -> str:
    try:
        stored = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as e:
        raise _unreadable(path) from e
    if not stored.startswith("$argon2"):
        raise _unreadable(path)
    return stored


def _unreadable(path: Path) -> StartupError:
    return StartupError(
        f"The passcode hash {path} cannot be read.", hint="Delete it and set the passcode again."
    )
