"""A passcode is made well, kept as a hash alone, and asked for when it cannot be shown."""

from __future__ import annotations

import io
import logging
import re
import stat
from pathlib import Path

import pytest

from lumora.errors import StartupError
from lumora.identity import passcode
from tests.identity.conftest import PASSCODE, Terminal


def test_made_ones_are_readable_and_differ() -> None:
    made = {passcode.make() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", m) for m in made)


def test_a_hash_is_argon2_with_its_own_salt() -> None:
    one, other = passcode.hash_of(PASSCODE), passcode.hash_of(PASSCODE)
    assert one.startswith("$argon2id$")
    assert one != other
    assert passcode.verify(PASSCODE, one)
    assert passcode.verify(f" {PASSCODE}\n", other)
    assert not passcode.verify(PASSCODE.upper(), one)
    assert not passcode.verify("", one)


def test_unicode_may_be_typed_on_any_keyboard() -> None:
    stored = passcode.hash_of("Schl\u00fcsselwort")
    assert passcode.verify("Schlu\u0308sselwort", stored)


def test_a_huge_guess_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import pwdlib

    monkeypatch.setattr(pwdlib.PasswordHash, "verify", None)
    assert not passcode.verify("x" * 2000, "$argon2id$")


def test_the_file_wins_over_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "passcode"
    file.write_text("from the file\n")
    assert passcode.given(str(file), {"LUMORA_PASSCODE": PASSCODE}) == "from the file"
    assert passcode.given("", {"LUMORA_PASSCODE": PASSCODE}) == PASSCODE
    assert passcode.given("", {}) == ""


@pytest.mark.parametrize("content", [b"", b"short\n", b"x" * 2000, b"\xff\xfe secret bytes"])
def test_a_useless_file_is_refused_without_quoting_it(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "passcode"
    file.write_bytes(content)
    with pytest.raises(StartupError) as caught:
        passcode.given(str(file), {})
    assert "short" not in caught.value.message.replace("shorter", "")
    assert "secret" not in caught.value.message
    assert caught.value.__cause__ is None


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="No such file"):
        passcode.given(str(tmp_path / "none"), {})


def test_a_short_one_in_the_environment_is_refused() -> None:
    with pytest.raises(StartupError, match="8 to"):
        passcode.given("", {"LUMORA_PASSCODE": "1234567"})


def test_a_made_one_is_shown_once_and_nowhere_else(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    terminal = Terminal()
    path = data / "passcode.hash"
    stored = passcode.settle(path, "", required=True, terminal=terminal)
    shown = re.search(r"(\w{4}-){3}\w{4}", terminal.getvalue())
    assert shown
    assert passcode.verify(shown[0], stored)
    assert shown[0] not in caplog.text
    assert [p for p in data.rglob("*") if shown[0].encode() in p.read_bytes()] == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = Terminal()
    assert passcode.settle(path, "", required=True, terminal=again) == stored
    assert again.getvalue() == ""


def test_without_a_terminal_nothing_is_made(data: Path) -> None:
    nobody = io.StringIO()
    with pytest.raises(StartupError) as caught:
        passcode.settle(data / "passcode.hash", "", required=True, terminal=nobody)
    assert "LUMORA_PASSCODE" in caught.value.hint
    assert nobody.getvalue() == ""
    assert not data.exists()


def test_a_given_one_keeps_its_hash_until_it_changes(data: Path) -> None:
    path = data / "passcode.hash"
    first = passcode.settle(path, PASSCODE, required=True, terminal=io.StringIO())
    assert passcode.settle(path, PASSCODE, required=True, terminal=io.StringIO()) == first
    changed = passcode.settle(path, "another passcode", required=True, terminal=io.StringIO())
    assert changed != first
    assert path.read_text() == changed
    assert [p.name for p in data.iterdir()] == ["passcode.hash"]


@pytest.mark.parametrize("content", [b"plain text", b"\xff\xff", b"$2b$12$bcrypt"])
def test_a_damaged_hash_is_never_taken_for_no_passcode(data: Path, content: bytes) -> None:
    data.mkdir()
    (data / "passcode.hash").write_bytes(content)
    for required in (True, False):
        with pytest.raises(StartupError, match=r"passcode\.hash"):
            passcode.settle(data / "passcode.hash", "", required=required, terminal=Terminal())
