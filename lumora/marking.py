"""Checks the sentences of an answer in the background while it streams; no token ever waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from lumora.errors import LumoraError
from lumora.guard.support import Checker, Similar
from lumora.observe import log
from lumora.types import Check, Span

LAST_SECONDS = 10.0  # that the end of an answer may wait for its last checks
_logger = log.get(__name__)


class Marking:
    """The checks of one answer, in the order of its sentences.

    `said` is text that the answer goes on with.
    """

    def __init__(self, spans: Sequence[Span], similar: Similar | None, said: str = "") -> None:
        self._checker = Checker(spans, similar)
        self._text = said
        self._new = asyncio.Event()
        self._done: list[Check] = []
        self._task: asyncio.Task[None] | None = None
        self._ending = self._cut = False

    async def __aenter__(self) -> Marking:
        self._task = asyncio.create_task(self._work(), name="checking an answer")
        if self._text:
            self._new.set()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task})

    def feed(self, text: str) -> None:
        """The next piece of the answer."""
        self._text += text
        self._new.set()

    def ready(self) -> tuple[Check, ...]:
        """What was found out since this was last asked."""
        done, self._done = tuple(self._done), []
        return done

    async def rest(self, cut: bool = False) -> tuple[Check, ...]:
        """All that is still to be found out. A last sentence that was `cut` short is left alone."""
        self._ending, self._cut = True, cut
        self._new.set()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=LAST_SECONDS)
        return self.ready()

    async def _work(self) -> None:
        ending = False
        while not ending:
            await self._new.wait()
            self._new.clear()
            ending = self._ending
            try:
                async for check in self._checker.check(self._text, whole=ending and not self._cut):
                    self._done.append(check)
            except LumoraError as e:
                _logger.warning("a sentence of an answer was not checked: %s", e.message)
            except Exception:  # an answer is worth more than its marks
                _logger.exception("a sentence of an answer could not be checked")
