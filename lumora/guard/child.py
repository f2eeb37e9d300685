"""What a process of its own does first: keep its answers apart, and end with the process that started it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO


def private_stdout() -> IO[bytes]:
    """Keep stdout for the answers alone: whatever a library prints goes to stderr from here on."""
    private = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(private, "wb")


def tie_to(parent: int, oom_score: int) -> None:
    """Ask the kernel to end this process with its parent, and to take it first when memory runs out.

    `oom_score` is from 0 to 1000, the higher the sooner. Linux alone can do either.
    """
    if sys.platform != "linux":
        return
    import ctypes
    import signal

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(0)
    try:
        Path("/proc/self/oom_score_adj").write_text(str(oom_score), encoding="ascii")
    except OSError as e:
        print(f"oom_score_adj stays as it is: {e}", file=sys.stderr)
