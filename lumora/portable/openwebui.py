"""Conversations of an Open WebUI export: a tree in `chat.history`, or a list in old ones."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lumora.portable.tree import Node, closed_up, in_order, joined
from lumora.portable.values import BrokenChat, items, moment, record, text, title
from lumora.store.imports import ImportedChat, ImportedMessage

_DETAILS = re.compile(r'<details type="([a-z_]+)"[^>]*>(.*?)</details>\s*', re.DOTALL)
_SUMMARY = re.compile(r"<summary>.*?</summary>", re.DOTALL)


def is_openwebui(value: Mapping[str, Any]) -> bool:
    """Whether an object looks like one of these conversations, or like its inner `chat` alone."""
    inner = record(value.get("chat")) or value
    return isinstance(record(inner.get("history")).get("messages"), dict) or isinstance(
        inner.get("messages"), list
    )


def read(value: Mapping[str, Any], digest: str) -> ImportedChat:
    """One conversation; `digest` names it when it has no id.

    Raises:
        BrokenChat: there is nothing in it, or its messages make no tree.
    """
    inner = record(value.get("chat")) or value
    made = moment(value.get("created_at")) or moment(inner.get("timestamp"))
    reader = _Reader(made or datetime.now(UTC))
    said = joined(closed_up(in_order(*reader.nodes(inner))))
    if not said:
        raise BrokenChat("it holds no messages")
    params = record(inner.get("params"))
    system = [text(params.get("system")) or text(inner.get("system")), *reader.instructions]
    id = text(value.get("id")) or text(inner.get("id")) or digest
    first = next((m.text for m in said if m.role == "user"), "")
    return ImportedChat(
        origin=f"openwebui:{id[:200]}",
        title=title(value.get("title") or inner.get("title"), first),
        created_at=made or min(m.created_at for m in said),
        updated_at=moment(value.get("updated_at")) or max(m.created_at for m in said),
        messages=said,
        pinned=value.get("pinned") is True,
        instructions="\n\n".join(part for part in system if part.strip()) or None,
        left_out=reader.left_out,
    )


class _Reader:
    """Reads the messages of one conversation."""

    def __init__(self, made: datetime) -> None:
        self._made = made
        self.left_out = 0
        self.instructions: list[str] = []

    def nodes(self, inner: Mapping[str, Any]) -> tuple[dict[str, Node], str | None]:
        """The nodes by id, and the one the person saw last."""
        history = record(inner.get("history"))
        tree = record(history.get("messages"))
        if tree:
            nodes = {str(key): self._node(str(key), record(node)) for key, node in tree.items()}
            return nodes, text(history.get("currentId")) or None
        nodes = {}
        for number, node in enumerate(items(inner.get("messages"))):
            above = str(number - 1) if number else None
            nodes[str(number)] = replace(self._node(str(number), record(node)), parent=above)
        return nodes, None

    def _node(self, key: str, node: Mapping[str, Any]) -> Node:
        when = moment(node.get("timestamp"))
        parent = node.get("parentId")
        said = self._message(key, node, when or self._made)
        return Node(key, parent if isinstance(parent, str) else None, said, when)

    def _message(self, key: str, node: Mapping[str, Any], when: datetime) -> ImportedMessage | None:
        role, words = text(node.get("role")), self._content(node)
        if role == "system":
            self.instructions += [words] if words.strip() else []
            return None
        words = "\n\n".join(part for part in (words, *self._files(node)) if part.strip())
        if role == "user":
            return ImportedMessage(key, None, "user", words, when)
        words, aside = _folded(words)
        rating, why = _rating(record(node.get("annotation")))
        failed = _error(node.get("error"))
        return ImportedMessage(
            key, None, "assistant", words, when, text(node.get("model")) or None, aside,
            "failed" if failed else "complete", error=failed, rating=rating, rating_reason=why,
        )  # fmt: skip

    def _content(self, node: Mapping[str, Any]) -> str:
        """The text; newer versions may keep it as parts, as the OpenAI API has them."""
        content = node.get("content")
        if isinstance(content, str):
            return text(content)
        return "\n\n".join(self._part(record(part)) for part in items(content))

    def _part(self, part: Mapping[str, Any]) -> str:
        return text(part.get("text")) if part.get("type") == "text" else self._left("Image")

    def _files(self, node: Mapping[str, Any]) -> list[str]:
        files = [record(f) for f in items(node.get("files"))]
        return [
            self._left("Image" if f.get("type") == "image" else f"File {_name(f)}".strip()) for f in files
        ]

    def _left(self, what: str) -> str:
        self.left_out += 1
        return f"*[{what} left out]*"


def _name(file: Mapping[str, Any]) -> str:
    return title(file.get("name") or record(file.get("file")).get("filename"), "without a name")


def _folded(words: str) -> tuple[str, str]:
    """The answer without what Open WebUI folds into it (reasoning, calls of tools), and that."""
    aside = [html.unescape(_SUMMARY.sub("", found.group(2))).strip() for found in _DETAILS.finditer(words)]
    unquoted = [re.sub(r"(?m)^> ?", "", part) for part in aside if part]
    return _DETAILS.sub("", words).strip() if aside else words, "\n\n".join(unquoted)


def _rating(annotation: Mapping[str, Any]) -> tuple[int, str]:
    value = annotation.get("rating")
    rating = value if value in (-1, 1) and not isinstance(value, bool) else 0
    return int(rating), text(annotation.get("comment")) or text(annotation.get("reason")) if rating else ""


def _error(value: Any) -> dict[str, Any] | None:
    said = text(record(value).get("content")) or text(value)
    return {"code": "imported", "message": said[:2000], "hint": ""} if said else None
