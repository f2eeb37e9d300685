"""What Lumora costs between the engine and the client while an answer streams."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.processes import MODEL, child, data_with_model, get, lumora, starter_file
from tests.benchmarks.rows import Found, Row, ratio, spread
from tests.benchmarks.wire import chat

REPETITIONS = 7
TOKENS = 256
PATH = "/v1/chat/completions"
PROMPT = "Write a very long and detailed story about a lighthouse keeper, with many chapters."


def body(prompt: str, tokens: int, **more: Any) -> dict[str, Any]:
    """A streamed request with the same answer each time."""
    return {
        "model": MODEL,
        "messages": [{"role": "user", "content": prompt}],
        "temperature": 0,
        "max_tokens": tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
        **more,
    }


async def run(folder: Path) -> Found:
    asked = body(PROMPT, TOKENS)
    ours, theirs = [], []
    async with lumora(data_with_model(folder)) as running:
        await chat(running.url, PATH, asked)
        plan = (await get(running.url, "/api/v1/status"))["engine"]["plan"]
        async with child("bare_engine", {"file": str(starter_file()), "plan": plan}) as bare:
            await chat(bare["url"], PATH, asked)
            for _ in range(REPETITIONS):
                one, other = await chat(running.url, PATH, asked), await chat(bare["url"], PATH, asked)
                assert one.tokens == other.tokens > 200, (one.tokens, other.tokens)
                ours.append(one.decode_rate)
                theirs.append(other.decode_rate)
    return Found(
        f"{median(ours):.1f} tokens/s",
        f"{median(theirs):.1f} tokens/s",
        ratio(ours, theirs),
        0.95,
        at_least=True,
        notes=(
            f"Lumora, tokens/s: {spread(ours, '{:.1f}')}",
            f"engine alone, tokens/s: {spread(theirs, '{:.1f}')}",
            f"{TOKENS} tokens an answer; {plan['threads']} threads, batch {plan['batch']}, "
            f"{plan['slots']} slots of {plan['context_per_slot']} tokens in both",
        ),
    )


ROW = Row(
    "decode",
    "decode speed through `/v1/chat/completions`",
    "the engine driven bare, same file and threads",
    "≥ 0.95×",
    "Tokens a second between the first and the last piece of a streamed answer, seen by the client; "
    "the engine's own server runs in another process with the same file, threads, batch, context and slots. "
    "Temperature 0, equal token counts, alternating.",
    run,
)
