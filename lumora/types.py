"""The values that move through Lumora: who asks, what is asked, and every event a turn can say.

Everything here is frozen and free of input and output. The events form one union, `Event`; the
browser, server-sent events, the command line and the store read that stream and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

EXTRACTIVE = "extractive"
"""The name of what answers by quoting documents, without a model."""

Role = Literal["system", "user", "assistant", "tool"]
FinishReason = Literal["stop", "length", "tool_calls", "cancelled"]
MessageState = Literal["complete", "streaming", "cancelled", "interrupted", "failed"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who a call acts for. Rows of another tenant or user do not exist for it."""

    tenant: str
    user: str


LOCAL_OWNER = Actor("local", "owner")


@dataclass(frozen=True, slots=True)
class ToolCallRequest:
    """A tool call a model asked for in an earlier message. `arguments` is JSON text."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message as a model sees it."""

    role: Role
    content: str
    tool_calls: tuple[ToolCallRequest, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to pick tokens; `None` leaves the choice to the model's own default."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    seed: int | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    frequency_penalty: float | None = None
    presence_penalty: float | None = None


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What a `ChatModel` is asked. `client` is the key the fair queue takes turns by.

    A `background` request is nobody's question: a local model is neither loaded nor kept loaded for it.
    `sources` are passages found for it, for what quotes them by itself; models read them in their messages.
    """

    model: str
    messages: tuple[ChatMessage, ...]
    sampling: Sampling = Sampling()
    response_format: Mapping[str, Any] | None = None
    tools: tuple[Mapping[str, Any], ...] = ()
    tool_choice: str | Mapping[str, Any] | None = None
    client: str = "local"
    background: bool = False
    sources: tuple[Span, ...] = ()
    actor: Actor | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """A turn is stored and running: its question is on disk from here on."""

    turn: str
    conversation: str
    question: str
    answer: str
    model: str


@dataclass(frozen=True, slots=True)
class Queued:
    """Waiting for a free slot; `position` counts from 1, 0 means it has started."""

    position: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Something that takes over a second. `total` is None while unknown; `rate` is units a second."""

    step: str
    done: int
    total: int | None
    unit: Literal["tokens", "bytes", "steps"]
    rate: float | None = None
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """The next piece of a reasoning model's thinking, not part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A fragment of a tool call: `id` and `name` come first, `arguments` is the next piece of JSON."""

    index: int
    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person should know that is not a failure. `code` is stable, `text` is prose."""

    code: str
    text: str


Mark = Literal["supported", "weak", "unsupported", "plain"]


@dataclass(frozen=True, slots=True)
class Span:
    """A passage of a document that an answer may cite as `[number]`, numbers from 1.

    `start` and `end` are offsets into the document's text, in code points; `page` counts from 1.
    """

    number: int
    chunk: str
    document: str
    collection: str
    name: str
    start: int
    end: int
    text: str
    page: int | None = None
    context: str = ""
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Check:
    """What was found out about the sentence of an answer from offset `start` to `end`.

    `plain` is a sentence that claims nothing to be checked. `source` is the number of the `Span` it rests
    on, and `span_start` to `span_end` the part of that document's text which says it. `why` names what
    speaks against it, as `number`, `name`, `negation`, `date` or `topic`.
    """

    start: int
    end: int
    mark: Mark
    source: int | None = None
    span_start: int = 0
    span_end: int = 0
    score: float = 0.0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Recalled:
    """Something remembered that went into the question: a fact, or a message of an earlier conversation."""

    kind: Literal["fact", "message"]
    id: str
    text: str
    conversation: str | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """What was found for the question, said before the answer. `enough` is False when it will not do."""

    spans: tuple[Span, ...]
    enough: bool = True


@dataclass(frozen=True, slots=True)
class Checked:
    """Sentences of the answer that were checked since the last one. Offsets into the whole answer."""

    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Remembered:
    """What memory added to the question."""

    items: tuple[Recalled, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer took. Times in milliseconds; `tokens_per_second` counts decoding only."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    first_token_ms: float | None = None
    tokens_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The last event of work that ended well. `hosts` are all hosts contacted beyond this machine."""

    reason: FinishReason
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """The last event of work that did not. What was said before it is kept."""

    code: str
    message: str
    hint: str = ""
    retry_after: float | None = None
    hosts: tuple[str, ...] = ()


Event = (
    Started
    | Queued
    | Progress
    | Sources
    | Remembered
    | TextDelta
    | Reasoning
    | ToolCall
    | Checked
    | Notice
    | Usage
    | Done
    | Failed
)
TERMINAL = (Done, Failed)


def _wire_name(cls: type) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()


EVENT_TYPES: dict[str, type] = {_wire_name(cls): cls for cls in get_args(Event)}
_NAMES = {cls: name for name, cls in EVENT_TYPES.items()}
_FIELDS = {cls: tuple(f.name for f in fields(cls)) for cls in _NAMES}  # asdict costs 8 µs, this 1


_PARTS: dict[type, tuple[str, type]] = {
    Sources: ("spans", Span),
    Checked: ("checks", Check),
    Remembered: ("items", Recalled),
}
"""The field of an event that holds values of their own, and their class."""


def event_to_dict(event: Event) -> dict[str, Any]:
    """The wire form: the fields of the event and its `type`, such as `text_delta`."""
    cls = type(event)
    if cls in _PARTS:
        return {"type": _NAMES[cls], **asdict(event)}
    return {"type": _NAMES[cls], **{name: getattr(event, name) for name in _FIELDS[cls]}}


def event_from_dict(data: Mapping[str, Any]) -> Event:
    """The event a wire form stands for.

    Raises:
        KeyError: an unknown `type`.
    """
    cls = EVENT_TYPES[data["type"]]
    known = {f.name for f in fields(cls)}
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in known}
    if cls in _PARTS:
        field, part = _PARTS[cls]
        values[field] = tuple(part(**each) for each in values[field])
    event: Event = cls(**values)
    return event
