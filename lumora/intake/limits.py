"""What a file may cost. One value object, handed to the child with each piece of work."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, seconds and counts that one file may take.

    Attributes:
        file: bytes of the file itself.
        memory: bytes of address space of the child.
        characters: of the text that comes out.
        output: bytes that the child may send for one file.
        seconds, seconds_per_megabyte, seconds_per_page, seconds_per_scan: wall time allowed, summed.
        silence: seconds without a sign of progress.
        unpacked: bytes of a zip's (or office file's) members together; `ratio` over packed bytes.
        members: files in a zip.
        pages: of one document.
    """

    file: int = 100_000_000
    memory: int = 3_000_000_000
    characters: int = 110_000_000
    output: int = 600_000_000
    seconds: float = 120.0
    seconds_per_megabyte: float = 3.0
    seconds_per_page: float = 0.5
    seconds_per_scan: float = 60.0
    silence: float = 300.0
    unpacked: int = 1_000_000_000
    ratio: int = 200
    members: int = 10_000
    pages: int = 50_000
    open_files: int = 64

    def as_dict(self) -> dict[str, Any]:
        """For the child."""
        return asdict(self)


def confine(memory: int, open_files: int) -> None:
    """Bound this process: address space, open files, no core dump, low priority. Where the platform can."""
    if sys.platform == "win32":
        import psutil

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        return
    import os
    import resource

    os.nice(10)
    for which, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_NOFILE, open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        soft, hard = resource.getrlimit(which)
        bound = min(n for n in (most, soft, hard) if n != resource.RLIM_INFINITY)
        resource.setrlimit(which, (bound, bound))


def allow_processor(seconds: float) -> None:
    """Let this process use at most `seconds` more of processor time (of all threads together)."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
