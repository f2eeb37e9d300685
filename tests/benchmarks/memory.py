"""What it takes to sit and wait."""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median

from tests.benchmarks.processes import empty_gradio, lumora
from tests.benchmarks.rows import Found, Row, ratio, spread
from tests.benchmarks.start import LIST, stored_conversations

REPETITIONS = 3
SETTLE = 5.0
MB = 1e6


async def run(folder: Path) -> Found:
    data = await stored_conversations(folder)
    ours, theirs = [], []
    for _ in range(REPETITIONS):
        async with lumora(data, "/", LIST) as running:
            await asyncio.sleep(SETTLE)
            ours.append(running.resident() / MB)
        async with empty_gradio() as running:
            await asyncio.sleep(SETTLE)
            theirs.append(running.resident() / MB)
    return Found(
        f"{median(ours):.0f} MB",
        f"{median(theirs):.0f} MB",
        ratio(ours, theirs),
        1.5,
        notes=(
            f"Lumora, MB: {spread(ours, '{:.0f}')}",
            f"empty Blocks, MB: {spread(theirs, '{:.0f}')}",
        ),
    )


ROW = Row(
    "memory",
    "resident memory, idle, models not loaded",
    "the same empty app",
    "≤ 1.5×",
    f"Resident bytes of the process and its children, {SETTLE:g} s after the page and the list of "
    "conversations were fetched once. Alternating.",
    run,
)
