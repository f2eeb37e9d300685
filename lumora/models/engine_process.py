"""The parent's side of the engine's process: start it, read its one answer, keep its last words, end it."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import subprocess
import sys
from collections import deque
from pathlib import Path
from typing import Any

from lumora.errors import LumoraError, ModelUnavailable
from lumora.models.openai_compatible import OpenAICompatible
from lumora.models.plan import EnginePlan
from lumora.observe import log

LOAD_SECONDS = 900.0
STOP_SECONDS = 3.0
SPIN = "1000"
_SECRET_NAMES = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSCODE", "CREDENTIALS")
_log = log.get(__name__)


class EngineDied(Exception):
    """The process ended by itself; the text says how."""


class EngineProcess:
    """A running engine: `model` is the client that speaks to it, `plan` what it was started with."""

    def __init__(self, process: asyncio.subprocess.Process, secret: str) -> None:
        self._process = process
        self._secret = secret
        self._words: deque[str] = deque(maxlen=40)
        self._drain = asyncio.create_task(self._keep_words())
        self.model: OpenAICompatible
        self.plan: EnginePlan

    @classmethod
    async def start(cls, config: dict[str, Any]) -> EngineProcess:
        """Start one and wait until it has loaded the model. `config` is what `child` reads.

        Raises:
            ModelUnavailable: it says that it cannot load the file.
            EngineDied: it ended without a word.
        """
        secret = secrets.token_urlsafe(32)
        self = cls(await _spawn(), secret)
        try:
            async with asyncio.timeout(LOAD_SECONDS):
                said = await self._handshake({**config, "secret": secret, "parent": os.getpid()})
        except TimeoutError as e:
            await self.stop()
            raise ModelUnavailable(
                f"{Path(config['file']).name} was not loaded within {LOAD_SECONDS:g} s.",
                hint="Choose a smaller model.",
            ) from e
        except BaseException:
            await self.stop()
            raise
        if "error" in said:
            await self.stop()
            raise ModelUnavailable(
                said["error"], hint=said["hint"] or "Download it again or choose another model."
            )
        self.plan = EnginePlan(**said["plan"])
        self.model = OpenAICompatible(
            said["url"],
            name="The local engine",
            key=lambda: secret,
            extra={"return_progress": True},
            keep_alive=False,
            silence=900.0,
        )
        return self

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs, as far as is known."""
        return self._process.returncode is None

    async def died(self, patience: float) -> str:
        """How it ended, or "" when it still runs after `patience` seconds."""
        try:
            async with asyncio.timeout(patience):
                await self._process.wait()
        except TimeoutError:
            return ""
        return self._ending()

    async def stop(self) -> None:
        """End it: ask, wait up to 3 s, then kill. Safe to call twice."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self.alive:
            _signal(self._process, kill=False)
        if not await self.died(STOP_SECONDS):
            _signal(self._process, kill=True)
            await self._process.wait()
        await self._drain
        if hasattr(self, "model"):
            await self.model.close()

    async def _handshake(self, config: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(config).encode() + b"\n")
            await self._process.stdin.drain()
            said: dict[str, Any] = json.loads(await self._process.stdout.readline())
        except (ConnectionError, ValueError) as e:
            raise EngineDied(await self.died(STOP_SECONDS) or "it did not say how to reach it") from e
        return said

    async def _keep_words(self) -> None:
        assert self._process.stderr is not None
        while piece := await self._process.stderr.read(65536):
            for line in piece.decode("utf-8", "replace").splitlines():
                self._words.append(line[:300])

    def _ending(self) -> str:
        code = self._process.returncode or 0
        if code == -signal.SIGTERM:
            return "it was stopped"
        if code < 0:
            oom = ", most likely because memory ran out" if code == -9 else ""
            return f"it was killed by signal {-code}{oom}"
        errors = [w for w in self._words if " E " in w or "rror" in w]
        return f"it ended with exit code {code}" + (f" ({errors[-1].strip()})" if errors else "")


async def _spawn() -> asyncio.subprocess.Process:
    options: dict[str, Any] = {"start_new_session": True}  # so that Ctrl-C reaches the parent alone
    if sys.platform == "win32":
        options = {"creationflags": subprocess.CREATE_NO_WINDOW}
    try:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "lumora.models.child"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            **options,
        )
    except OSError as e:
        raise LumoraError(f"The engine cannot be started: {e}.", hint="Run `lumora doctor`.") from e


def _environment() -> dict[str, str]:
    """Ours without anything that looks like a secret: the child reads files other people made.

    Threads of the engine meet at barriers after each layer. OpenMP's default lets them spin there for
    milliseconds; where anything else wants the cores, decoding falls to a tenth. A short spin keeps the
    speed of a free machine and a quarter of it on a busy one (docs/log.md).
    """
    kept = {k: v for k, v in os.environ.items() if not any(word in k.upper() for word in _SECRET_NAMES)}
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"GOMP_SPINCOUNT": SPIN, **kept, "PYTHONPATH": os.pathsep.join(paths)}


def _signal(process: asyncio.subprocess.Process, *, kill: bool) -> None:
    try:
        process.kill() if kill else process.terminate()
    except ProcessLookupError:
        _log.debug("engine %d had ended already", process.pid)
