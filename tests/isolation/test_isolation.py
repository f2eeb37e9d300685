"""Used for real, nothing of Lumora attempts a connection beyond this machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.isolation.tracing import Attempt, attempts, python, watched
from tests.serving import clean_environment

_LEAK = """
import socket, subprocess, sys
if len(sys.argv) == 1:
    subprocess.run([sys.executable, __file__, "child"])
else:
    s = socket.socket(); s.settimeout(0.2); s.connect_ex(("192.0.2.77", 443))
    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.sendto(b"x", ("192.0.2.78", 53))
    u.sendmsg([b"x"], [], 0, ("192.0.2.79", 53))
    c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); c.connect(("192.0.2.80", 53)); c.send(b"x")
    w = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); w.sendto(b"x", ("2001:db8::99", 53))
    t = socket.socket(); t.settimeout(0.2); t.connect_ex(("127.0.0.1", 9))
"""


def test_a_leak_would_be_seen(tmp_path: Path) -> None:
    """The watch itself: every way out, from a child process, is reported with the name of the process."""
    script = tmp_path / "leak.py"
    script.write_text(_LEAK)
    trace = tmp_path / "trace"
    watched(python(str(script)), trace, env=dict(os.environ), patience=60)
    seen = list(attempts(trace))
    out = {(a.call, a.host, a.port) for a in seen if a.leaves}
    assert {
        ("connect", "192.0.2.77", "443"),
        ("sendto", "192.0.2.78", "53"),
        ("sendmsg", "192.0.2.79", "53"),
        ("sendto", "2001:db8::99", "53"),
        ("sendto", "192.0.2.80", "53"),
    } <= out
    assert all("python" in a.process for a in seen if a.leaves)
    assert ("connect", "127.0.0.1", "9") in {(a.call, a.host, a.port) for a in seen if not a.leaves}


@pytest.mark.timeout(600)
def test_nothing_leaves_the_machine(tmp_path: Path, starter_model: Path) -> None:
    trace = tmp_path / "trace"
    env = clean_environment(tmp_path / "data") | {"HOME": str(tmp_path)}
    said = watched(
        python("-m", "tests.isolation.use", str(tmp_path), str(starter_model)), trace, env=env, patience=500
    )
    assert "command ask" in said and "command ingest 0" in said, said
    seen = list(attempts(trace))
    names = {a.process for a in seen}
    assert any("hrom" in n for n in names), f"no browser among {names}"
    assert any("python" in n for n in names), f"no Lumora among {names}"
    assert [a for a in seen if a.leaves and not _is_route_question(a)] == []
    assert _reached(seen) >= {"127.0.0.1"}


def _is_route_question(attempt: Attempt) -> bool:
    """Chromium asks the kernel for a way to IPv6 by connecting a datagram socket; nothing is sent over it."""
    return attempt.asks_only and attempt.host == "2001:4860:4860::8888" and "hrom" in attempt.process


def _reached(seen: list[Attempt]) -> set[str]:
    return {a.host for a in seen if not a.leaves and a.host}
