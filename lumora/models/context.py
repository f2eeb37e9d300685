"""Fits a conversation into a context: in one step to 60%, so that the turns after it keep their prefix.

Deterministic and stateless: what is kept follows from the messages alone, by replaying the conversation
from its start. So the prompt of a turn begins with the prompt of the turn before, and the engine's cache
holds, except on the rare turn that trims.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from lumora.errors import PromptTooLong
from lumora.types import ChatMessage, Notice, Sampling

KEEP = 0.6
CHARS_PER_TOKEN = 3.5
LONGEST_TOKEN = 64  # bytes; longer ones exist only for runs of blanks
Count = Callable[[Sequence[ChatMessage]], Awaitable[Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Fitted:
    """What is left to read: `messages`, how many were `dropped`, and a notice when any were."""

    messages: tuple[ChatMessage, ...]
    dropped: int

    @property
    def notices(self) -> tuple[Notice, ...]:
        """One notice when something is no longer read."""
        if not self.dropped:
            return ()
        said = "1 message is" if self.dropped == 1 else f"{self.dropped} messages are"
        text = f"The conversation is longer than the model can read: its first {said} no longer read."
        return (Notice("trimmed", text),)


def reserve(sampling: Sampling, limit: int) -> int:
    """Tokens kept free for the answer: `max_tokens` up to half of `limit`, else a quarter up to 1024."""
    if sampling.max_tokens:
        return min(sampling.max_tokens, limit // 2)
    return min(limit // 4, 1024)


def text_of(message: ChatMessage) -> str:
    """All text of a message that costs tokens, tool calls included."""
    return "".join((message.content, *(c.name + c.arguments for c in message.tool_calls)))


async def fit(
    messages: Sequence[ChatMessage],
    limit: int,
    sampling: Sampling,
    count: Count,
    *,
    fixed: int = 0,
    overhead: int = 8,
) -> Fitted:
    """The messages that fit into `limit` tokens together with the answer.

    `count` gives the tokens of each message; `fixed` is what every prompt costs beside messages (template,
    tools) and `overhead` the most that a template adds to one message.

    Raises:
        PromptTooLong: the last question alone does not fit.
    """
    room = limit - reserve(sampling, limit) - fixed
    sizes = [len(text_of(m).encode("utf-8", "replace")) for m in messages]
    if sum(sizes) + overhead * len(sizes) <= room:  # a token has at least one byte
        return Fitted(tuple(messages), 0)
    last = _turns(messages)[-1] if messages else 0
    least = max(sizes[last:], default=0) // LONGEST_TOKEN
    if least > room:
        raise _too_long(least, room, "at least ")
    tokens = list(await count(messages))
    kept = replay(messages, tokens, room, int(limit * KEEP) - fixed)
    total = sum(tokens[i] for i in kept)
    if total > room:
        raise _too_long(total, room)
    return Fitted(tuple(messages[i] for i in kept), len(messages) - len(kept))


def replay(messages: Sequence[ChatMessage], tokens: Sequence[int], room: int, target: int) -> list[int]:
    """Indices kept. Before each answer, when what is kept exceeds `room`, the oldest turns go until at most
    `target` is left; system messages and the turn under way stay.
    """
    total = [0, *accumulate(tokens)]
    system = [0, *accumulate(n * (m.role == "system") for n, m in zip(tokens, messages, strict=True))]
    starts = _turns(messages)
    first = 0  # index into starts: the oldest turn kept

    def size(end: int) -> int:
        return total[end] - total[starts[first]] + system[starts[first]]

    for end in range(1, len(messages) + 1):
        if end < len(messages) and messages[end].role != "assistant":
            continue
        if size(end) > room:
            while first + 1 < len(starts) and starts[first + 1] < end and size(end) > target:
                first += 1
    begin = starts[first] if starts else 0
    return [i for i, m in enumerate(messages) if i >= begin or m.role == "system"]


def _turns(messages: Sequence[ChatMessage]) -> list[int]:
    """Where each turn starts: at a question, and at 0 for what comes before the first one."""
    asked = [i for i, m in enumerate(messages) if m.role == "user" and i > 0]
    return [0, *asked]


def _too_long(tokens: int, room: int, about: str = "") -> PromptTooLong:
    return PromptTooLong(
        f"The message has {about}{tokens:,} tokens; this model can read {max(room, 0):,} at once.",
        hint="Shorten it, send it in parts, or choose a model with a longer context.",
    )


async def estimate(messages: Sequence[ChatMessage]) -> list[int]:
    """Tokens by rule of thumb, for servers that do not count: 3.5 characters a token and 4 a message."""
    return [math.ceil(len(text_of(m)) / CHARS_PER_TOKEN) + 4 for m in messages]


Post = Callable[[str, Mapping[str, Any]], Awaitable[Any]]


class TokenCounter:
    """Counts tokens by the engine's own tokenizer over `post(path, json) -> json`; remembers what it counted.

    `fixed` is what the chat template adds to every prompt and `overhead` what it adds to each message,
    both measured by `prepare`. One call counts any number of messages: the server passes integers between
    texts through, so -1, which is no token, marks where each ends.
    """

    def __init__(self, post: Post, remembered: int = 20_000) -> None:
        self._post = post
        self._remembered = remembered
        self._known: OrderedDict[bytes, int] = OrderedDict()
        self.fixed = 16
        self.overhead = 8

    async def prepare(self) -> None:
        """Measure the chat template with a short and a longer conversation."""
        short = [{"role": "user", "content": "a"}]
        longer = [*short, {"role": "assistant", "content": "a"}, *short]
        one, three, letter = await self._tokens(
            [await self._template(short), await self._template(longer), "a"]
        )
        self.overhead = max(1, math.ceil((three - one - 2 * letter) / 2))
        self.fixed = max(0, one - letter - self.overhead) + 4

    async def __call__(self, messages: Sequence[ChatMessage]) -> list[int]:
        """Tokens of each message with what the template adds to it."""
        texts = [text_of(m) for m in messages]
        keys = [hashlib.blake2b(t.encode("utf-8", "replace"), digest_size=16).digest() for t in texts]
        missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in self._known}
        if missing:
            counted = await self._tokens(list(missing.values()))
            self._known.update(zip(missing, counted, strict=True))
        found = [self._known[k] + self.overhead for k in keys]
        for key in keys:
            self._known.move_to_end(key)
        while len(self._known) > self._remembered:
            self._known.popitem(last=False)
        return found

    async def text(self, value: Any) -> int:
        """Tokens of a value's JSON, such as the tools of a request."""
        return (await self._tokens([json.dumps(value)]))[0]

    async def _template(self, messages: Sequence[Mapping[str, str]]) -> str:
        return str((await self._post("/apply-template", {"messages": list(messages)}))["prompt"])

    async def _tokens(self, texts: Sequence[str]) -> list[int]:
        content = [part for text in texts for part in (text, -1)]
        answer = await self._post(
            "/tokenize", {"content": content, "add_special": False, "parse_special": True}
        )
        counts, since = [], 0
        for place, token in enumerate(answer["tokens"]):
            if token == -1:
                counts.append(place - since)
                since = place + 1
        return counts
