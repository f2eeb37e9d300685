"""Whether chats at the same time share the engine or only wait for each other."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from statistics import median

from tests.benchmarks.decode import PATH, body
from tests.benchmarks.processes import data_with_model, lumora
from tests.benchmarks.rows import Found, Row, ratio, spread
from tests.benchmarks.wire import Answer, chat

REPETITIONS = 5
TOKENS = 160
PROMPTS = (
    "Write a very long story about a lighthouse keeper.",
    "Write a very long letter from a sailor to his sister.",
    "Explain in great detail how bread is made, step by step.",
    "Describe in great detail a walk through an old town.",
)


async def _rate(url: str, at_once: bool) -> float:
    """Tokens of all chats a second, from the first request to the last answer."""
    began = time.perf_counter()
    asked = [body(p, TOKENS) for p in PROMPTS]
    answers: list[Answer] = []
    if at_once:
        answers += await asyncio.gather(*(chat(url, PATH, b) for b in asked))
    else:
        for one in asked:
            answers.append(await chat(url, PATH, one))
    seconds = time.perf_counter() - began
    assert all(a.tokens > TOKENS // 2 for a in answers), [a.tokens for a in answers]
    return sum(a.tokens for a in answers) / seconds


async def run(folder: Path) -> Found:
    together, in_turn = [], []
    async with lumora(data_with_model(folder)) as running:
        await _rate(running.url, at_once=True)
        for _ in range(REPETITIONS):
            in_turn.append(await _rate(running.url, at_once=False))
            together.append(await _rate(running.url, at_once=True))
    return Found(
        f"{median(together):.0f} tokens/s",
        f"{median(in_turn):.0f} tokens/s",
        ratio(together, in_turn),
        1.35,
        at_least=True,
        notes=(
            f"at once, tokens/s: {spread(together, '{:.1f}')}",
            f"one after the other, tokens/s: {spread(in_turn, '{:.1f}')}",
        ),
    )


ROW = Row(
    "together",
    "4 chats at once, total tokens/s",
    "the same 4 one after the other",
    "≥ 1.35×",
    f"Four prompts through `/v1/chat/completions`, up to {TOKENS} tokens each at temperature 0; all tokens "
    "by the time from the first request to the end of the last answer. Alternating.",
    run,
)
