"""A foreign tree of messages put in order: parents first, the chosen branch last, nothing in a circle.

At each fork the page shows the message made last, so the order decides which branch a reader sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from lumora.portable.values import BrokenChat
from lumora.store.imports import ImportedMessage


@dataclass(frozen=True, slots=True)
class Node:
    """One node as a file has it. `said` is None where nothing is to be kept, such as at the root."""

    key: str
    parent: str | None
    said: ImportedMessage | None
    when: datetime | None = None


def in_order(nodes: Mapping[str, Node], chosen: str | None) -> list[Node]:
    """All nodes, each after its parent; of siblings the older first, and one that leads to `chosen` last.

    Raises:
        BrokenChat: some hang on each other in a circle.
    """
    lead = _lineage(nodes, chosen)
    below: dict[str | None, list[Node]] = {}
    for node in nodes.values():
        below.setdefault(node.parent if node.parent in nodes else None, []).append(node)
    for beside in below.values():
        beside.sort(key=lambda node: (node.key in lead, node.when.timestamp() if node.when else 0.0))
    out: list[Node] = []
    waiting = below.get(None, [])[::-1]
    while waiting:
        node = waiting.pop()
        out.append(node)
        waiting += below.get(node.key, [])[::-1]
    if len(out) < len(nodes):
        raise BrokenChat("its messages refer to each other in a circle")
    return out


def _lineage(nodes: Mapping[str, Node], key: str | None) -> set[str]:
    lead: set[str] = set()
    while key is not None and key in nodes and key not in lead:
        lead.add(key)
        key = nodes[key].parent
    return lead


def closed_up(ordered: Iterable[Node]) -> list[ImportedMessage]:
    """The messages alone; what hung below a node without one hangs on the next one above."""
    place: dict[str, str | None] = {}
    out: list[ImportedMessage] = []
    for node in ordered:
        above = place.get(node.parent) if node.parent is not None else None
        if node.said is None:
            place[node.key] = above
        else:
            place[node.key] = node.key
            out.append(replace(node.said, key=node.key, parent=above))
    return out


def joined(messages: Iterable[ImportedMessage]) -> tuple[ImportedMessage, ...]:
    """Steps of one answer as one message, and empty messages left out.

    ChatGPT keeps thinking, calls of tools, their results and the answer as a chain of nodes. Where the
    chain forks it stays apart, so that no branch is lost.
    """
    order = list(messages)
    children: dict[str | None, int] = {}
    for message in order:
        children[message.parent] = children.get(message.parent, 0) + 1
    kept: dict[str, ImportedMessage] = {}
    place: dict[str, str | None] = {}
    for message in order:
        above = place[message.parent] if message.parent is not None else None
        before = kept.get(above) if above is not None else None
        if _continues(before, message) and children[message.parent] == 1 and before is not None:
            kept[before.key] = _one(before, message)
            place[message.key] = before.key
        elif _is_empty(message) and children.get(message.key, 0) != 1:
            place[message.key] = above
        else:
            kept[message.key] = replace(message, parent=above)
            place[message.key] = message.key
    return _without_empty(kept)


def _continues(before: ImportedMessage | None, message: ImportedMessage) -> bool:
    return before is not None and before.role == message.role == "assistant"


def _is_empty(message: ImportedMessage) -> bool:
    return not (message.text.strip() or message.reasoning.strip() or message.attachments or message.error)


def _one(first: ImportedMessage, then: ImportedMessage) -> ImportedMessage:
    return replace(
        first,
        text="\n\n".join(t for t in (first.text, then.text) if t.strip()),
        reasoning="\n\n".join(t for t in (first.reasoning, then.reasoning) if t.strip()),
        state=then.state,
        error=then.error or first.error,
        model=then.model or first.model,
    )


def _without_empty(kept: Mapping[str, ImportedMessage]) -> tuple[ImportedMessage, ...]:
    nodes = [Node(m.key, m.parent, None if _is_empty(m) else m) for m in kept.values()]
    return tuple(closed_up(nodes))
