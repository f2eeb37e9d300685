"""The parent's side of the reading process: start it, hand it one piece of work at a time, end it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lumora.errors import LumoraError, Unreadable
from lumora.intake import reasons
from lumora.intake.limits import Limits
from lumora.observe import log

_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TEMP", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_LINE = 1 << 16
_log = log.get(__name__)


class ChildProcess:
    """A running child. One `ask` at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._asking = False
        self._words: deque[str] = deque(maxlen=20)
        self._drain = asyncio.create_task(self._keep_words())

    @classmethod
    async def start(cls, limits: Limits) -> ChildProcess:
        """Start one; it is ready for work at once. Raises LumoraError."""
        options: dict[str, Any] = {"start_new_session": True}  # so that Ctrl-C reaches the parent alone
        if sys.platform == "win32":
            options = {"creationflags": subprocess.CREATE_NO_WINDOW}
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "lumora.intake.child"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment(),
                limit=_LINE,
                **options,
            )
        except OSError as e:
            raise LumoraError(f"Documents cannot be read: {e}.", hint="Run `lumora doctor`.") from e
        self = cls(process)
        await self._write({"parent": os.getpid(), "memory": limits.memory, "open_files": limits.open_files})
        return self

    @property
    def alive(self) -> bool:
        """Whether it still runs, as far as is known."""
        return self._process.returncode is None

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    async def ask(
        self, work: dict[str, Any], size: int, limits: Limits, progress: Callable[[int, int | None], None]
    ) -> tuple[Any, bytes]:
        """Hand it `work` about a file of `size` bytes; its JSON value and its body.

        Raises:
            Unreadable: it says so, died, took too long or sent too much. After these three it is of no use.
        """
        self._asking = True
        try:
            return await self._ask(work, Clock(size, limits), limits, progress)
        except (asyncio.IncompleteReadError, ValueError, KeyError) as e:
            raise await self._ending() from e
        finally:
            self._asking = False

    async def _ask(
        self, work: dict[str, Any], clock: Clock, limits: Limits, progress: Callable[[int, int | None], None]
    ) -> tuple[Any, bytes]:
        await self._write({**work, "limits": limits.as_dict(), "processor": clock.processor})
        try:
            said = await self._listen(clock, progress)
            if said["json"] + said["body"] > limits.output:
                raise reasons.too_much("It gives more output than is allowed.")
            async with asyncio.timeout(limits.silence):
                value = await _loaded(await self._exactly(said["json"]))
                body = await self._exactly(said["body"])
        except TimeoutError as e:
            raise reasons.too_long(clock.elapsed()) from e
        if isinstance(value, dict) and "error" in value:
            raise Unreadable(value["error"], value["message"], hint=value["hint"])
        return value, body

    async def kill(self) -> None:
        """End it at once. Safe to call twice."""
        try:
            self._process.kill()
        except ProcessLookupError:
            _log.debug("the reader %d had ended already", self._process.pid)
        if self._process.stdin is not None:
            self._process.stdin.close()
        if not self._asking:  # who asks reads to the end
            await self._rest()
        await self._process.wait()
        await self._drain

    async def _rest(self) -> None:
        """Read what is left: a pipe that was full is never closed otherwise, and waiting would not end."""
        assert self._process.stdout is not None
        while await self._process.stdout.read(_LINE):
            continue

    async def _listen(self, clock: Clock, progress: Callable[[int, int | None], None]) -> dict[str, Any]:
        """Progress until the line that announces the answer."""
        assert self._process.stdout is not None
        while True:
            async with asyncio.timeout(clock.patience()):
                said: dict[str, Any] = json.loads(await self._process.stdout.readline())
            if "json" in said:
                return said
            clock.heard(said["total"], said["scanned"])
            progress(said["done"], said["total"])

    async def _exactly(self, count: int) -> bytes:
        assert self._process.stdout is not None
        return await self._process.stdout.readexactly(count)

    async def _write(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            await self._process.stdin.drain()
        except ConnectionError:
            _log.info("the reader %d ended before it got work", self._process.pid)  # listening tells how

    async def _ending(self) -> Unreadable:
        """Why it stopped answering, as an error about the file."""
        self._asking = False
        await self.kill()
        code = self._process.returncode or 0
        _log.warning("the reader ended with %d while it read: %s", code, " / ".join(self._words)[-300:])
        if sys.platform != "win32" and code == -signal.SIGXCPU:
            return Unreadable(
                "too_long",
                "Reading it took more of the processor than is allowed.",
                hint="Split the file, or save it anew in a simpler form.",
            )
        return reasons.crashed(f"signal {-code}" if code < 0 else f"exit {code}")

    async def _keep_words(self) -> None:
        assert self._process.stderr is not None
        while piece := await self._process.stderr.read(65536):
            for line in piece.decode("utf-8", "replace").splitlines():
                self._words.append(line[:300])


async def _loaded(data: bytes) -> Any:
    return json.loads(data) if len(data) < _LINE else await asyncio.to_thread(json.loads, data)


class Clock:
    """How long a file may take: grows with its size, its pages and what must be read by sight."""

    def __init__(self, size: int, limits: Limits) -> None:
        self._limits = limits
        self._began = asyncio.get_running_loop().time()
        self._allowed = limits.seconds + limits.seconds_per_megabyte * size / 1e6
        self._pages = 0
        most = self._allowed + limits.seconds_per_page * limits.pages
        self.processor = most * (os.cpu_count() or 1)

    def heard(self, total: int | None, scanned: bool) -> None:
        """Progress was told."""
        if total and total > self._pages:
            total = min(total, self._limits.pages)
            self._allowed += (total - self._pages) * self._limits.seconds_per_page
            self._pages = total
        if scanned:
            self._allowed += self._limits.seconds_per_scan

    def elapsed(self) -> float:
        """Seconds since the start."""
        return asyncio.get_running_loop().time() - self._began

    def patience(self) -> float:
        """Seconds to wait for the next word."""
        return max(0.0, min(self._limits.silence, self._allowed - self.elapsed()))


def _environment() -> dict[str, str]:
    """Next to nothing: what reads other people's files should find no secret here."""
    kept = {k: v for k, v in os.environ.items() if k.upper() in _KEPT}
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"OMP_NUM_THREADS": "2", **kept, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"}
