"""Calls at the same time, answered together: what is asked while a batch is worked on makes up the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class Gathering(Generic[T]):
    """Questions by key, given to `answer` in batches, one batch at a time."""

    def __init__(self, answer: Callable[[Mapping[str, str]], Awaitable[Mapping[str, T]]]) -> None:
        self._answer = answer
        self._asked: dict[str, tuple[str, asyncio.Future[T]]] = {}
        self._working: asyncio.Task[None] | None = None

    async def ask(self, key: str, text: str) -> T:
        """The answer to `text`. Who stops waiting takes nothing from the others of the batch.

        Raises what `answer` raised for the batch.
        """
        if key not in self._asked:
            self._asked[key] = text, asyncio.get_running_loop().create_future()
        future = self._asked[key][1]
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await asyncio.shield(future)

    async def _work(self) -> None:
        while self._asked:
            await asyncio.sleep(0)  # whoever asks in the same moment still comes along
            asked, self._asked = self._asked, {}
            try:
                answers = await self._answer({key: text for key, (text, _) in asked.items()})
            except BaseException as e:
                for _, future in asked.values():
                    _fail(future, e)
                if not isinstance(e, Exception):
                    raise
            else:
                for key, (_, future) in asked.items():
                    future.set_result(answers[key])


def _fail(future: asyncio.Future[T], error: BaseException) -> None:
    if isinstance(error, asyncio.CancelledError):
        future.cancel()
    else:
        future.set_exception(error)
        future.exception()  # nobody may wait any more, which is no fault
