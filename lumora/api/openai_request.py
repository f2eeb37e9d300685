"""The body of `POST /v1/chat/completions`, checked, and turned into a `ChatRequest`."""

from __future__ import annotations

import json
from typing import Any, Literal, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from lumora.errors import InvalidInput
from lumora.types import ChatMessage, ChatRequest, Role, Sampling, ToolCallRequest


class _Part(BaseModel):
    type: str
    text: str = ""


class _Function(BaseModel):
    name: str
    arguments: str = ""


class _Call(BaseModel):
    id: str
    function: _Function


class _Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[_Part] | None = None
    tool_calls: list[_Call] | None = None
    tool_call_id: str | None = None

    def value(self) -> ChatMessage:
        role: Role = "system" if self.role == "developer" else self.role
        calls = [ToolCallRequest(c.id, c.function.name, c.function.arguments) for c in self.tool_calls or ()]
        return ChatMessage(role, _text(self.content), tuple(calls), self.tool_call_id)


def _text(content: str | list[_Part] | None) -> str:
    if not isinstance(content, list):
        return content or ""
    other = next((p.type for p in content if p.type not in ("text", "refusal")), None)
    if other:
        raise InvalidInput(f"Content of type {other} is not supported.", hint="Send text.")
    return "\n".join(p.text for p in content)


class _StreamOptions(BaseModel):
    include_usage: bool = False


class CompletionIn(BaseModel):
    """What OpenAI documents, as far as a local model can follow it; fields it does not know are ignored."""

    model: str = ""
    messages: list[_Message] = Field(min_length=1)
    stream: bool = False
    stream_options: _StreamOptions | None = None
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, ge=0, le=1)
    top_k: int | None = Field(None, ge=0)
    min_p: float | None = Field(None, ge=0, le=1)
    frequency_penalty: float | None = Field(None, ge=-2, le=2)
    presence_penalty: float | None = Field(None, ge=-2, le=2)
    seed: int | None = Field(None, ge=-(2**63), lt=2**63)
    stop: str | list[str] | None = None
    response_format: dict[str, Any] | None = None
    tools: list[dict[str, Any]] = Field(default_factory=list)
    tool_choice: str | dict[str, Any] | None = None
    n: int | None = None
    logprobs: bool | None = None

    @model_validator(mode="after")
    def _is_text(self) -> Self:
        """JSON may hold half of a character as an escape; no model's server could be sent that."""
        try:
            json.dumps(self.model_dump(), ensure_ascii=False).encode()
        except UnicodeEncodeError as e:
            raise InvalidInput("The text holds half of a character.", hint="Send whole Unicode.") from e
        return self

    @field_validator("tools", mode="before")
    @classmethod
    def _no_tools(cls, value: Any) -> Any:
        return value or []

    def request(self, client: str) -> ChatRequest:
        """The same for the core; `client` is the key the queue takes turns by.

        Raises:
            InvalidInput: it asks for something Lumora does not do.
        """
        if self.n not in (None, 1) or self.logprobs:
            raise InvalidInput("Several choices and log probabilities are not supported.", hint="Use n=1.")
        stop = (self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ())
        sampling = Sampling(
            temperature=self.temperature,
            top_p=self.top_p,
            top_k=self.top_k,
            min_p=self.min_p,
            seed=self.seed,
            max_tokens=self.max_completion_tokens or self.max_tokens,
            stop=stop,
            frequency_penalty=self.frequency_penalty,
            presence_penalty=self.presence_penalty,
        )
        return ChatRequest(
            self.model,
            tuple(m.value() for m in self.messages),
            sampling,
            self.response_format,
            tuple(self.tools),
            self.tool_choice,
            client,
        )
