"""Large exports made for tests."""

from __future__ import annotations

import json
from typing import Any

_WORDS = "The keeper counts the ships that pass in the fog of the morning and writes them down. "


def many(count: int, messages: int = 10) -> bytes:
    """A ChatGPT export of `count` chats of so many messages of about a kilobyte."""
    return b"[" + b",".join(json.dumps(_chat(n, messages)).encode() for n in range(count)) + b"]"


def _chat(number: int, messages: int) -> dict[str, Any]:
    mapping: dict[str, Any] = {"root": {"id": "root", "message": None, "parent": None, "children": ["0"]}}
    for n in range(messages):
        words = f"Chat {number}, message {n}. " + _WORDS * (10 + (number + n) % 5)
        message = {
            "id": str(n),
            "author": {"role": "assistant" if n % 2 else "user", "name": None, "metadata": {}},
            "create_time": 1.7e9 + number * 100 + n,
            "content": {"content_type": "text", "parts": [words]},
            "metadata": {"model_slug": "gpt-4o", "finish_details": {"type": "stop", "stop_tokens": [200002]}},
            "recipient": "all",
        }
        mapping[str(n)] = {
            "id": str(n),
            "message": message,
            "parent": str(n - 1) if n else "root",
            "children": [],
        }
    base = {
        "conversation_id": f"large-{number}",
        "title": f"Chat {number}",
        "create_time": 1.7e9 + number * 100,
    }
    return {
        **base,
        "update_time": 1.7e9 + number * 100,
        "current_node": str(messages - 1),
        "mapping": mapping,
    }
