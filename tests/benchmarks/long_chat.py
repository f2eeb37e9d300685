"""Whether a long conversation stays quick: the engine must not read again what it has read."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.decode import PATH, body
from tests.benchmarks.processes import data_with_model, lumora
from tests.benchmarks.rows import Found, Row, ratio, spread
from tests.benchmarks.wire import Answer, chat

REPETITIONS = 3
TURNS = 10
ANSWER_TOKENS = 60
ASK = "/api/v1/chat/ask"
_PLACES = (
    "harbour",
    "orchard",
    "railway",
    "market",
    "library",
    "quarry",
    "theatre",
    "workshop",
    "bridge",
    "farm",
)
_WORDS = (
    "the people who work there early in the morning and what they carry",
    "how the light falls on the roofs when the rain has stopped at last",
    "which tools are kept in the shed and who is allowed to borrow them",
    "why the road was moved twice and what the old maps say about that",
    "what is sold on Saturdays and how the prices are agreed upon there",
    "the names of the dogs and cats and the rules they seem to live by",
    "who mends the fences after each storm and how they are paid for it",
    "the songs that are sung in winter and the ones nobody sings in May",
)


def question(chat_number: int, turn: int) -> str:
    """About 130 tokens; no two are alike, so that chats share nothing the engine could have read before."""
    place = _PLACES[(chat_number * 3 + turn) % len(_PLACES)]
    said = "; ".join(_WORDS[(turn + chat_number + k) % len(_WORDS)] for k in range(7))
    return f"Chat {chat_number}, question {turn}. Think about the {place} and tell me more of {said}."


async def ask(url: str, number: int, turn: int, **where: Any) -> Answer:
    """One turn; `where` names its conversation and the message it answers to."""
    sampling = {"temperature": 0, "max_tokens": ANSWER_TOKENS}
    return await chat(url, ASK, {"text": question(number, turn), "sampling": sampling, **where})


async def grow(url: str, number: int) -> tuple[dict[str, Any], Answer]:
    """Ask turn by turn: where the last was asked, and its answer."""
    where: dict[str, Any] = {}
    for turn in range(1, TURNS):
        answer = await ask(url, number, turn, **where)
        started = next(message for _, message in answer.messages() if message["type"] == "started")
        where = {"conversation": started["conversation"], "parent": started["answer"]}
    return where, await ask(url, number, TURNS, **where)


async def run(folder: Path) -> Found:
    data = data_with_model(folder)
    warm, cold = [], []
    for number in range(REPETITIONS):
        async with lumora(data) as running:
            where, answer = await grow(running.url, number)
            warm.append(answer)
        async with lumora(data) as running:
            await chat(running.url, PATH, body("Hello.", 8))  # loads the model
            cold.append(await ask(running.url, number, TURNS, **where))
    for one, other in zip(warm, cold, strict=True):
        assert one.usage["prompt_tokens"] == other.usage["prompt_tokens"]
        assert other.usage["cached_tokens"] < 50, other.usage
    ours, theirs = [a.first for a in warm], [a.first for a in cold]
    lengths = [a.usage["prompt_tokens"] for a in cold]
    cached = [a.usage["cached_tokens"] for a in warm]
    return Found(
        f"{median(ours):.2f} s",
        f"{median(theirs):.2f} s",
        ratio(ours, theirs),
        0.15,
        form="{:.3f}×",
        notes=(
            f"turn {TURNS} of the chat, seconds: {spread(ours)}",
            f"cold, seconds: {spread(theirs)}",
            f"prompt tokens: {min(lengths)} to {max(lengths)}, of which the engine had read "
            f"{min(cached)} to {max(cached)} in the chat and at most 50 when cold",
        ),
    )


ROW = Row(
    "long_chat",
    f"first token, turn {TURNS} of a chat of 2,000 tokens",
    "the same prompt, cold",
    "≤ 0.15×",
    f"`POST {ASK}` turn by turn, each a question of about 130 tokens and an answer of "
    f"{ANSWER_TOKENS}; from "
    f"the request of turn {TURNS} to its first text. Cold: Lumora started anew, the model loaded by a "
    f"word, "
    "then the same question asked at the same place once more.",
    run,
)
