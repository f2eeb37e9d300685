"""What a person sees in a terminal and in a log."""

from __future__ import annotations

import io
from collections.abc import AsyncGenerator

import pytest

from lumora.errors import DownloadError
from lumora.terminal import progress_line, show
from lumora.types import Done, Event, Notice, Progress, Queued
from lumora.units import human_bytes, human_time


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


async def said(*events: Event) -> AsyncGenerator[Event, None]:
    for event in events:
        yield event


def test_a_line_tells_speed_and_time_left() -> None:
    event = Progress("downloading", 49_000_000, 98_000_000, "bytes", 7_000_000.0, 7.0)
    assert progress_line(event) == "downloading  50% 49.0 MB of 98.0 MB, 7.0 MB/s, 7 s left"
    assert progress_line(Progress("reading", 128, None, "tokens")) == "reading 128 tokens"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (98_362_432, "98.4 MB"),
        (999_960, "1.0 MB"),
        (2.5e9, "2.5 GB"),
        (3e12, "3.0 TB"),
    ],
)
def test_bytes(count: float, text: str) -> None:
    assert human_bytes(count) == text


@pytest.mark.parametrize(("seconds", "text"), [(7.4, "7 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")])
def test_time(seconds: float, text: str) -> None:
    assert human_time(seconds) == text


async def test_a_screen_has_one_line_that_changes() -> None:
    out = Screen()
    steps = [Progress("downloading", n, 3, "bytes") for n in (1, 2, 3)]
    await show(said(*steps, Notice("x", "Trying again."), Done("stop", ("hub.example",))), out)
    assert out.getvalue().count("\r\x1b[2K") == 3
    assert out.getvalue().endswith("\nTrying again.\nDone. Contacted: hub.example.\n")


async def test_a_log_gets_few_lines() -> None:
    out = io.StringIO()
    steps = [Progress("downloading", n, 1000, "bytes") for n in range(1, 1001)]
    await show(said(Queued(2), *steps, Done("stop")), out)
    assert out.getvalue().splitlines() == [
        "waiting, place 2",
        "downloading   0% 1 bytes of 1.0 kB",
        "downloading 100% 1.0 kB of 1.0 kB",
        "Done.",
    ]


async def test_an_error_ends_the_line_and_goes_on() -> None:
    async def broken() -> AsyncGenerator[Event, None]:
        yield Progress("downloading", 1, 3, "bytes")
        raise DownloadError("no")

    out = Screen()
    with pytest.raises(DownloadError):
        await show(broken(), out)
    assert out.getvalue().endswith("\n")
