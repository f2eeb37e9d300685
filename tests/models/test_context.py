from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from lumora.errors import PromptTooLong
from lumora.models.context import TokenCounter, estimate, fit, reserve
from lumora.types import ChatMessage, Role, Sampling


async def by_words(messages: Sequence[ChatMessage]) -> list[int]:
    return [len(m.content.split()) for m in messages]


def said(role: Role, words: int, name: object = "w") -> ChatMessage:
    return ChatMessage(role, " ".join([str(name)] * words))


def chat(rng: random.Random, turns: int) -> list[ChatMessage]:
    found = [said("system", 5)] if rng.random() < 0.7 else []
    for n in range(turns):
        found.append(said("user", rng.randint(1, 60), n))
        if rng.random() < 0.2:
            found += [said("assistant", rng.randint(1, 5), n), said("tool", rng.randint(1, 30), n)]
        found.append(said("assistant", rng.randint(1, 60), n))
    return found


@pytest.mark.parametrize("seed", range(30))
async def test_the_next_prompt_begins_with_the_last_unless_it_trims(seed: int) -> None:
    rng = random.Random(seed)
    limit = rng.choice([200, 400, 1000])
    messages, sampling = chat(rng, 60), Sampling(max_tokens=rng.choice([None, 10, 60]))
    asked = [n for n, m in enumerate(messages) if m.role in ("user", "tool")]
    before: tuple[ChatMessage, ...] = ()
    trims, dropped = 0, 0
    for n in asked:
        fitted = await fit(messages[: n + 1], limit, sampling, by_words)
        total = sum(await by_words(fitted.messages))
        assert total + reserve(sampling, limit) <= limit
        assert fitted.messages[-1] == messages[n]
        assert [m for m in fitted.messages if m.role == "system"] == [
            m for m in messages if m.role == "system"
        ]
        assert len(fitted.messages) + fitted.dropped == n + 1
        others = [m for m in fitted.messages if m.role != "system"]
        assert others[0].role == "user"  # whole turns go
        if fitted.dropped == dropped:
            assert fitted.messages[: len(before)] == before
        else:
            trims += 1
            own = sum(
                await by_words(messages[max(i for i in range(n + 1) if messages[i].role == "user") : n + 1])
            )
            assert total <= max(limit * 0.6, own + 5)
        before, dropped = fitted.messages, fitted.dropped
    if limit == 1000 and sampling.max_tokens == 10:
        assert 0 < trims < len(asked) / 3


async def test_short_conversations_are_never_counted() -> None:
    async def refuse(messages: Sequence[ChatMessage]) -> list[int]:
        raise AssertionError("counted")

    messages = (said("user", 3), said("assistant", 3), said("user", 3))
    fitted = await fit(messages, 1000, Sampling(), refuse)
    assert fitted.messages == messages and fitted.notices == ()


async def test_notice_says_how_many_are_no_longer_read() -> None:
    messages = [said("user", 90), said("assistant", 90), said("user", 90)]
    fitted = await fit(messages, 250, Sampling(max_tokens=10), by_words)
    assert fitted.dropped == 2
    assert fitted.notices[0].code == "trimmed" and "2 messages" in fitted.notices[0].text


async def test_one_message_alone_too_long_says_both_numbers() -> None:
    with pytest.raises(PromptTooLong, match=r"500 tokens.* 190 ") as e:
        await fit(
            [said("user", 4), said("assistant", 3), said("user", 500)], 200, Sampling(max_tokens=10), by_words
        )
    assert e.value.hint


async def test_a_megabyte_is_refused_without_counting() -> None:
    async def refuse(messages: Sequence[ChatMessage]) -> list[int]:
        raise AssertionError("counted")

    with pytest.raises(PromptTooLong, match="at least"):
        await fit([ChatMessage("user", "é" * 500_000)], 8192, Sampling(), refuse)


def test_reserve() -> None:
    assert reserve(Sampling(), 8192) == 1024
    assert reserve(Sampling(), 2048) == 512
    assert reserve(Sampling(max_tokens=100), 2048) == 100
    assert reserve(Sampling(max_tokens=9000), 2048) == 1024


async def test_estimate_counts_characters() -> None:
    assert await estimate([ChatMessage("user", "x" * 35)]) == [14]


class WordEngine:
    """Speaks /tokenize and /apply-template with one token a word."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        if path == "/apply-template":
            words = ["<start> {role} {content} <end>".format(**m) for m in body["messages"]]
            return {"prompt": " ".join(["<bos>", *words, "<start> assistant"])}
        self.calls.append(body["content"])
        return {
            "tokens": [
                t for part in body["content"] for t in ([1] * len(part.split()) if part != -1 else [-1])
            ]
        }


async def test_counter_asks_once_for_many_and_remembers() -> None:
    engine = WordEngine()
    counter = TokenCounter(engine.post, remembered=3)
    await counter.prepare()
    assert counter.overhead == 3  # <start> role <end>
    assert counter.fixed >= 3
    engine.calls.clear()
    messages = [said("user", 2), said("assistant", 5), said("user", 2)]
    assert await counter(messages) == [5, 8, 5]
    assert await counter(messages) == [5, 8, 5]
    assert len(engine.calls) == 1 and len(engine.calls[0]) == 4  # two different texts, each with its mark
    await counter([said("user", n) for n in (10, 11, 12)])
    assert await counter(messages[:1]) == [5]
    assert len(engine.calls) == 3
