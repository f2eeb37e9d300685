"""The threads that embed: each works alone on a batch, queries before documents.

One thread for each core with a batch of its own beats one batch spread over all cores: nothing waits at a
barrier for a core that the engine, the reader of files or the server took.
"""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
URGENT, PATIENT, _LAST = 0, 1, 2


class Workers:
    """`count` threads with one queue."""

    def __init__(self, count: int, name: str) -> None:
        self._queue: queue.PriorityQueue[tuple[int, int, Future[Any] | None, Callable[[], Any]]]
        self._queue = queue.PriorityQueue()
        self._order = itertools.count()
        self.count = count
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{i}", daemon=True) for i in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, work: Callable[[], T], priority: int = PATIENT) -> Future[T]:
        """Have it done; a future that is cancelled before its turn is not worked on."""
        future: Future[T] = Future()
        self._queue.put((priority, next(self._order), future, work))
        return future

    def close(self) -> None:
        """End the threads once what was submitted is done; blocks until then."""
        for _ in self._threads:
            self._queue.put((_LAST, next(self._order), None, bool))
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while True:
            _, _, future, work = self._queue.get()
            if future is None:
                return
            if future.set_running_or_notify_cancel():
                _settle(future, work)
            del future, work  # or the last batch would stay in memory while the thread waits


def _settle(future: Future[Any], work: Callable[[], Any]) -> None:
    try:
        future.set_result(work())
    except BaseException as e:  # whatever it is belongs to whoever waits for it
        future.set_exception(e)
