"""What Lumora costs between the engine and the client while an answer streams."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

from lumora.models.engine_process import SPIN
from tests.benchmarks.processes import MODEL, child, data_with_model, get, lumora, starter_file
from tests.benchmarks.rows import Found, Row, ratio, spread
from tests.benchmarks.wire import chat

REPETITIONS = 5
TOKENS = 256
PATH = "/v1/chat/completions"
PROMPT = "Write a very long and detailed story about a lighthouse keeper, with many chapters."


def body(prompt: str, tokens: int, **more: Any) -> dict[str, Any]:
    """A streamed request with the same answer each time."""
    return {
        "model": MODEL,
        "messages": [{"role": "user", "content": prompt}],
        "temperature": 0,
        "top_p": 1,
        "frequency_penalty": 0,
        "max_tokens": tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
        **more,
    }


async def run(folder: Path) -> Found:
    asked = body(PROMPT, TOKENS)
    ours, theirs, spinning = [], [], []
    async with lumora(data_with_model(folder)) as running:
        await chat(running.url, PATH, asked)
        plan = (await get(running.url, "/api/v1/status"))["engine"]["plan"]
        engine = {"file": str(starter_file()), "plan": plan}
        async with (
            child("bare_engine", {**engine, "spin": SPIN}) as bare,
            child("bare_engine", engine) as default,
        ):
            await chat(bare["url"], PATH, asked)
            await chat(default["url"], PATH, asked)
            for _ in range(REPETITIONS):
                one, other = await chat(running.url, PATH, asked), await chat(bare["url"], PATH, asked)
                spinning.append((await chat(default["url"], PATH, asked)).decode_rate)
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
            f"engine alone with OpenMP's default spin, tokens/s: {spread(spinning, '{:.1f}')}: what the "
            "short spin gives up on an idle machine so as not to collapse on a busy one (log.md)",
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
    "the engine's own server runs in another process with the same file, threads, spin, batch, context and "
    "slots. "
    "Temperature 0, equal token counts, alternating.",
    run,
)
