"""The local model: one supervised engine process, started on first use, shared fairly, given up when idle.

One model is loaded at a time. A request for another waits until the running answers are done, then the
engine swaps; requests that came later wait behind it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from lumora.errors import EngineCrashed, LumoraError, ModelUnavailable, ProviderError
from lumora.models import context, gguf
from lumora.models.engine_process import EngineDied, EngineProcess
from lumora.models.fair_queue import FairQueue
from lumora.observe import log
from lumora.settings import Settings
from lumora.types import ChatMessage, ChatRequest, Event, Notice, Progress, Queued

CRASHES = 3
CRASH_WINDOW = 60.0
_AGAIN = "Ask again: the engine starts anew. If it happens again, choose a smaller model."
_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class _File:
    """A model file as it was when asked for: a replaced file is another one."""

    model: str
    path: Path
    stamp: tuple[int, int]

    @property
    def key(self) -> str:
        return f"{self.path}\0{self.stamp}"


@dataclass(slots=True)
class _Loaded:
    file: _File
    process: EngineProcess
    counter: context.TokenCounter
    unsaid: str


class LocalEngine:
    """A `ChatModel` for installed GGUF files.

    `resolve` gives the file of a model name and raises `UnknownModel` for others. Use it from one event loop.
    """

    def __init__(self, settings: Settings, resolve: Callable[[str], Path]) -> None:
        self._settings = settings
        self._resolve = resolve
        self._queue = FairQueue(1, settings.queue_limit, self._on_idle)
        self._loaded: _Loaded | None = None
        self._loading: asyncio.Task[None] | None = None
        self._loaders = 0
        self._lock = asyncio.Lock()
        self._crashes: dict[str, deque[float]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._used = 0.0  # when the last answer a person waited for ended
        self._unloading: asyncio.Task[None] | None = None

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        """Answer, after `Queued` while others are served and `Progress("loading model")` while it loads.

        Raises:
            UnknownModel, ModelUnavailable, PromptTooLong, InvalidInput, Busy
            EngineCrashed: the engine died meanwhile; the next request starts it again.
        """
        file = self._file(request.model)
        async with self._queue.slot(request.client, file.key) as ticket:
            async for place in ticket.positions():
                yield Queued(place)
            try:
                async with aclosing(self._serve(request, file)) as events:
                    async for event in events:
                        yield event
            finally:
                if not request.background:
                    self._used = time.monotonic()

    async def _serve(self, request: ChatRequest, file: _File) -> AsyncGenerator[Event, None]:
        if request.background and not self._is_ready(file):
            raise ModelUnavailable(f"The model {file.model} is not loaded.", hint="It is when it is asked.")
        async with aclosing(self._load(file)) as events:
            async for event in events:
                yield event
        async with aclosing(self._answer(request)) as events:
            async for event in events:
                yield event

    async def start(self, model: str) -> None:
        """Load a model before it is needed. Raises as `stream` does."""
        file = self._file(model)
        async with self._queue.slot("", file.key) as ticket:
            async for _ in ticket.positions():
                continue
            async with aclosing(self._load(file)) as events:
                async for _ in events:
                    continue

    async def unload(self) -> None:
        """Give the memory back, once the answers before it are done."""
        async with self._queue.slot("") as ticket:
            async for _ in ticket.positions():
                continue
            async with self._lock:
                await self._stop()

    async def count(self, model: str, text: str) -> int | None:
        """Tokens of a text by the model's own tokenizer; None unless it is loaded now."""
        loaded = self._loaded
        if loaded is None or not self._is_ready(self._file(model)):
            return None
        counted = await loaded.counter([ChatMessage("user", text)])
        return counted[0] - loaded.counter.overhead

    async def close(self) -> None:
        """End the engine now, whatever it does."""
        self._cancel_timer()
        for task in (self._loading, self._unloading):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})
        await self._stop()

    @property
    def busy(self) -> bool:
        """Whether anybody is served or waits."""
        return bool(self._queue.active or self._queue.queued)

    def status(self) -> dict[str, Any]:
        """What is loaded and how busy it is; `memory` is resident bytes of the engine's process."""
        loaded = self._loaded
        running = loaded is not None and loaded.process.alive
        return {
            "engine": self._settings.engine,
            "state": "loading" if self._loading else "ready" if running else "off",
            "model": loaded.file.model if loaded and running else None,
            "pid": loaded.process.pid if loaded and running else None,
            "slots": self._queue.slots,
            "busy": self._queue.active,
            "queued": self._queue.queued,
            "plan": asdict(loaded.process.plan) if loaded and running else None,
            "memory": _resident(loaded.process.pid) if loaded and running else 0,
        }

    def _file(self, model: str) -> _File:
        path = self._resolve(model)
        try:
            facts = path.stat()
        except OSError as e:
            raise ModelUnavailable(
                f"The file of the model {model} is gone.", hint=f"Run `lumora models pull {model}`."
            ) from e
        return _File(model, path, (facts.st_mtime_ns, facts.st_size))

    def _is_ready(self, file: _File) -> bool:
        loaded = self._loaded
        return loaded is not None and loaded.process.alive and loaded.file.key == file.key

    async def _load(self, file: _File) -> AsyncGenerator[Event, None]:
        """Progress until the file is loaded. One load serves all who wait; the last to leave cancels it."""
        self._cancel_timer()
        if self._is_ready(file):
            return
        if self._loading is None:
            self._loading = asyncio.create_task(self._start(file))
            self._loading.add_done_callback(lambda t: t.cancelled() or t.exception())  # seen, also unasked
        task = self._loading
        self._loaders += 1
        try:
            while not task.done():
                yield Progress("loading model", 0, None, "steps")
                await asyncio.wait({task}, timeout=1.0)
            task.result()
        finally:
            self._loaders -= 1
            if self._loaders == 0:
                self._loading = None
                task.cancel()

    async def _start(self, file: _File) -> None:
        async with self._lock:  # a load that was cancelled may still be ending its process
            if self._is_ready(file):
                return
            await self._stop()
            self._refuse_crash_loop(file)
            await asyncio.to_thread(gguf.read, file.path)
            began = time.monotonic()
            try:
                process = await EngineProcess.start(self._config(file))
            except EngineDied as e:
                self._crashes.setdefault(file.key, deque(maxlen=CRASHES)).append(time.monotonic())
                raise EngineCrashed(
                    f"The engine died while loading {file.path.name}: {e}.", hint=_AGAIN
                ) from e
            self._crashes.pop(file.key, None)
            counter = context.TokenCounter(process.model.post)
            self._loaded = _Loaded(file, process, counter, process.plan.notice)
            try:
                await counter.prepare()
            except LumoraError as e:  # a template may refuse our samples; then the counter's defaults hold
                _log.warning("the chat template of %s was not measured: %s", file.model, e)
            self._queue.slots = process.plan.slots
            self._used = time.monotonic()
            _log.info("loaded %s in %.1f s: %s", file.model, time.monotonic() - began, process.plan)

    def _config(self, file: _File) -> dict[str, Any]:
        s = self._settings
        sizes = {"context": s.context, "slots": s.slots, "threads": s.threads}
        return {"engine": s.engine, "file": str(file.path), "model": file.model, **sizes}

    def _refuse_crash_loop(self, file: _File) -> None:
        crashes = self._crashes.get(file.key, ())
        recent = [t for t in crashes if time.monotonic() - t < CRASH_WINDOW]
        if len(recent) >= CRASHES:
            raise ModelUnavailable(
                f"The engine died {CRASHES} times while loading {file.path.name}.",
                hint="Download that model again or choose another.",
                retry_after=round(CRASH_WINDOW - (time.monotonic() - recent[0]), 1),
            )

    async def _answer(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        loaded = self._loaded
        assert loaded is not None
        if loaded.unsaid:
            yield Notice("engine", loaded.unsaid)
            loaded.unsaid = ""
        try:
            fitted = await self._fit(loaded, request)
            for notice in fitted.notices:
                yield notice
            shorter = replace(request, messages=fitted.messages)
            async with aclosing(loaded.process.model.stream(shorter)) as events:
                async for event in events:
                    yield event
        except ProviderError as e:
            how = await loaded.process.died(1.0)
            if not how:
                raise
            _log.warning("the engine for %s died: %s", loaded.file.model, how)
            raise EngineCrashed(f"The local engine died while it answered: {how}.", hint=_AGAIN) from e

    async def _fit(self, loaded: _Loaded, request: ChatRequest) -> context.Fitted:
        fixed = loaded.counter.fixed
        if request.tools:
            fixed += 128 + await loaded.counter.text([dict(t) for t in request.tools])
        return await context.fit(
            request.messages,
            loaded.process.plan.context_per_slot,
            request.sampling,
            loaded.counter,
            fixed=fixed,
            overhead=loaded.counter.overhead,
        )

    async def _stop(self) -> None:
        loaded, self._loaded = self._loaded, None
        self._queue.slots = 1
        if loaded is not None:
            await loaded.process.stop()

    def _on_idle(self) -> None:
        self._cancel_timer()
        if self._settings.idle_minutes > 0 and self._loaded is not None:
            left = self._used + self._settings.idle_minutes * 60 - time.monotonic()
            self._timer = asyncio.get_running_loop().call_later(max(0.0, left), self._give_up)

    def _give_up(self) -> None:
        if not self._queue.active and not self._queue.queued:
            _log.info("unloading the idle model")
            self._unloading = asyncio.create_task(self.unload())

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _resident(pid: int) -> int:
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
