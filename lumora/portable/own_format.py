"""Lumora's own JSON, version 1, as docs/export.md describes it: what is written and how it is read back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal, get_args

from lumora.portable.values import BrokenChat, items, moment, record, text, title
from lumora.store.imports import OWN, ImportedChat, ImportedMessage
from lumora.store.rows import Conversation, Message, TitledBy
from lumora.types import Role, Sampling, Usage

_Ended = Literal["complete", "cancelled", "interrupted", "failed"]
FORMAT = "lumora"
VERSION = 1
LISTS = ("projects", "assistants", "prompts", "conversations")
_PATH = re.compile(r"(?:(?<![\w:/])/|\b[A-Za-z]:\\|~/)[^\s'\"`<>]*[\\/][^\s'\"`<>]*")
_SAMPLING = {f.name for f in fields(Sampling)}
_USAGE = {f.name for f in fields(Usage)}
_COLLECTIONS: dict[str, tuple[str, ...]] = {
    "projects": ("id", "name", "instructions", "model"),
    "assistants": (
        "id", "name", "picture", "description", "instructions", "model", "sampling", "starters",
    ),
    "prompts": ("id", "name", "text"),
}  # fmt: skip


def head_out(chat: Conversation) -> dict[str, Any]:
    """A conversation without its messages. A copy of an exported one keeps the id it was exported by."""
    own = chat.origin is not None and chat.origin.startswith(OWN)
    return {
        "id": chat.origin.removeprefix(OWN) if chat.origin and own else chat.id,
        "origin": None if own else chat.origin,
        "title": chat.title,
        "titled_by": chat.titled_by,
        "created_at": chat.created_at.isoformat(),
        "updated_at": chat.updated_at.isoformat(),
        **{k: getattr(chat, k) for k in ("pinned", "project", "assistant", "model", "instructions")},
        "sampling": _sampling(chat.sampling),
    }


def message_out(message: Message, attachments: list[dict[str, str]]) -> dict[str, Any]:
    """One message; `attachments` are `{"name", "text"}`. Without the job that wrote it."""
    state = "interrupted" if message.state == "streaming" else message.state
    return {
        **{k: getattr(message, k) for k in ("id", "parent", "role", "text", "reasoning", "model", "reason")},
        "state": state,
        "created_at": message.created_at.isoformat(),
        "usage": _numbers(message.usage),
        "hosts": list(message.hosts),
        "error": _error(message.error),
        "rating": message.rating,
        "rating_reason": message.rating_reason,
        "attachments": attachments,
    }


def collection_out(kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A project, assistant or prompt."""
    told = {name: row[name] for name in _COLLECTIONS[kind]}
    return told | {name: row[name].isoformat() for name in ("created_at", "updated_at")}


def read_chat(value: Mapping[str, Any]) -> ImportedChat:
    """One conversation, with project and assistant still by the ids of the file.

    Raises:
        BrokenChat: a field it cannot do without is missing, or its messages make no tree.
    """
    said = _messages(items(value.get("messages")))
    made = moment(value.get("created_at"))
    id = text(value.get("id"))
    if made is None or not id:
        raise BrokenChat("it has no id or no date")
    return ImportedChat(
        origin=(text(value.get("origin")) or OWN + id)[:220],
        title=title(value.get("title"), said[0].text if said else ""),
        created_at=made,
        updated_at=moment(value.get("updated_at")) or made,
        messages=said,
        pinned=value.get("pinned") is True,
        project=_name(value.get("project")),
        assistant=_name(value.get("assistant")),
        model=_name(value.get("model")),
        instructions=_name(value.get("instructions")),
        sampling=_sampling(value.get("sampling")),
        titled_by=_one_of(TitledBy, value.get("titled_by"), "person"),
    )


def read_collection(kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a project, assistant or prompt.

    Raises:
        BrokenChat: it has no name or no date.
    """
    made = moment(value.get("created_at"))
    name = text(value.get("name")).strip()
    if made is None or not name:
        raise BrokenChat("it has no name or no date")
    columns: dict[str, Any] = {c: text(value.get(c)) for c in _COLLECTIONS[kind]}
    columns |= {
        "name": name[:200],
        "created_at": made,
        "updated_at": moment(value.get("updated_at")) or made,
    }
    if kind == "prompts":
        columns["name"] = re.sub(r"[^a-z0-9-]+", "-", name.lower())[:40].strip("-") or "prompt"
    else:
        columns["model"] = _name(value.get("model"))
    if kind == "assistants":
        columns["sampling"] = _sampling(value.get("sampling"))
        columns["starters"] = [text(s) for s in items(value.get("starters")) if text(s)][:6]
        columns["picture"] = _picture(columns["picture"])
    return columns


def _messages(values: list[Any]) -> tuple[ImportedMessage, ...]:
    out: dict[str, ImportedMessage] = {}
    for value in map(record, values):
        message = _message(value)
        if message.parent is not None and message.parent not in out:
            raise BrokenChat("a message stands before the one it answers")
        if message.key in out or not message.key:
            raise BrokenChat("two of its messages have the same id, or one has none")
        out[message.key] = message
    return tuple(out.values())


def _message(value: Mapping[str, Any]) -> ImportedMessage:
    role, made = _one_of(Role, value.get("role"), None), moment(value.get("created_at"))
    if role is None or made is None:
        raise BrokenChat("a message has no role or no date")
    rating = value.get("rating")
    return ImportedMessage(
        key=text(value.get("id")),
        parent=_name(value.get("parent")),
        role=role,
        text=text(value.get("text")),
        created_at=made,
        model=_name(value.get("model")),
        reasoning=text(value.get("reasoning")),
        state=_one_of(_Ended, value.get("state"), "complete"),
        usage=_numbers(value.get("usage")),
        hosts=tuple(text(h)[:300] for h in items(value.get("hosts")) if text(h))[:100],
        error=_error(value.get("error")),
        reason=_name(value.get("reason")),
        rating=rating if rating in (-1, 1) and isinstance(rating, int) else 0,
        rating_reason=text(value.get("rating_reason")),
        attachments=tuple(
            {"name": title(a.get("name"), "attachment"), "text": text(a.get("text"))}
            for a in map(record, items(value.get("attachments")))
        ),
    )


def _one_of(choices: Any, value: Any, otherwise: Any) -> Any:
    """`value` when it is one of a Literal's choices."""
    return value if isinstance(value, str) and value in get_args(choices) else otherwise


def _name(value: Any) -> str | None:
    return text(value) or None


def _picture(value: str) -> str:
    known = value.startswith(("data:image/png;base64,", "data:image/webp;base64,", "data:image/jpeg;base64,"))
    return value if (known and len(value) <= 140_000) or len(value) <= 16 else ""


def _sampling(value: Any) -> dict[str, Any] | None:
    kept = {k: v for k, v in record(value).items() if k in _SAMPLING and _is_setting(v)}
    return kept or None


def _is_setting(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) <= 16 and all(isinstance(v, str) for v in value)
    return _is_number(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**63


def _numbers(value: Any) -> dict[str, Any] | None:
    kept = {k: v for k, v in record(value).items() if k in _USAGE and (v is None or _is_number(v))}
    return kept or None


def _error(value: Any) -> dict[str, Any] | None:
    """What went wrong, without paths of this machine that a message may name."""
    fields_ = record(value)
    kept = {k: _PATH.sub("…", text(fields_[k]))[:2000] for k in ("code", "message", "hint") if k in fields_}
    return kept or None
