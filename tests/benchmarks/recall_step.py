"""The recall step of a question alone: rewritten, embedded, searched, fused, trimmed."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

from lumora.types import LOCAL_OWNER, ChatMessage
from tests.benchmarks.library import library, pages, taken_in
from tests.benchmarks.rows import Found, Row

FILES = 1_000
QUESTIONS = 200
BUDGET = 1_000  # tokens
GOAL = 150.0  # milliseconds
_WORD = re.compile(r"[A-Za-z]{4,}")


def questions(texts: list[str], count: int) -> list[str]:
    """Questions made of the texts' own words, no two the same, so that no cache has their vectors."""
    chance = random.Random(4)
    made: dict[str, None] = {}
    while len(made) < count:
        words = _WORD.findall(chance.choice(texts))
        if len(words) > 20:
            at = chance.randrange(len(words) - 8)
            made["How does " + " ".join(words[at : at + 7]) + " work?"] = None
    return list(made)


async def run(folder: Path) -> Found:
    texts = list(pages(FILES))
    before = [ChatMessage("user", "What is this about?"), ChatMessage("assistant", "About programs.")]
    async with library(folder) as workspace:
        place = (await workspace.library.create(LOCAL_OWNER, "Texts")).id
        await taken_in(workspace, place, {f"{n:04}.txt": text.encode() for n, text in enumerate(texts)})
        asked = questions(texts, QUESTIONS + 20)
        took: list[float] = []
        for n, question in enumerate(asked):
            began = time.perf_counter()
            found = await workspace.recall.recall(LOCAL_OWNER, question, before, [place], BUDGET)
            if n >= 20:  # the first ones open the index
                took.append((time.perf_counter() - began) * 1000)
            assert found.spans and found.trace["kind"] == "hybrid", found.trace
    took.sort()
    p50, p95 = took[len(took) // 2], took[int(0.95 * len(took))]
    return Found(
        f"p95 {p95:.0f} ms",
        "—",
        p95,
        GOAL,
        form="{:.0f} ms",
        notes=(
            f"{QUESTIONS} questions one after another over {FILES:,} one-page texts",
            f"median {p50:.0f} ms",
        ),
    )


ROW = Row(
    "recall",
    "the recall step alone (embed, search, fuse, trim)",
    "—",
    "p95 ≤ 150 ms",
    "One process with the embedder in memory and a collection of a thousand one-page texts. Each question is "
    "new, so its vector is computed; the step ends when the passages for the prompt are chosen.",
    run,
)
