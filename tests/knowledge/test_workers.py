"""Threads with one queue: what is urgent goes first, what is cancelled is not done, all ends."""

from __future__ import annotations

import threading

import pytest

from lumora.knowledge.workers import PATIENT, URGENT, Workers


def test_urgent_work_overtakes_what_waits_and_cancelled_work_is_left_out() -> None:
    workers, go, done = Workers(1, "test"), threading.Event(), list[str]()
    first = workers.submit(go.wait)
    while not first.running():
        pass
    patient = workers.submit(lambda: done.append("patient"), PATIENT)
    cancelled = workers.submit(lambda: done.append("cancelled"), PATIENT)
    urgent = workers.submit(lambda: done.append("urgent"), URGENT)
    assert cancelled.cancel()
    go.set()
    patient.result(5)
    urgent.result(5)
    assert done == ["urgent", "patient"]
    workers.close()


def test_an_error_belongs_to_who_asked_and_the_thread_goes_on() -> None:
    workers = Workers(1, "test")
    failing = workers.submit(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        failing.result(5)
    assert workers.submit(lambda: 7).result(5) == 7
    workers.close()


def test_closing_finishes_what_was_asked_and_ends_the_threads() -> None:
    workers = Workers(3, "test-closing")
    asked = [workers.submit(lambda i=i: i) for i in range(20)]  # type: ignore[misc]
    workers.close()
    assert [each.result(0) for each in asked] == list(range(20))
    assert not [t for t in threading.enumerate() if t.name.startswith("test-closing")]
