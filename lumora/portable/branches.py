"""One way through a tree of messages: what a reader of the conversation sees."""

from __future__ import annotations

from collections.abc import Sequence

from lumora.errors import NotFound
from lumora.store import Message


def branch(messages: Sequence[Message], leaf: str | None = None) -> list[Message]:
    """The messages from the root down to `leaf`; without it, at each fork the newest.

    Raises:
        NotFound: `leaf` is not among them.
    """
    by_id = {message.id: message for message in messages}
    if leaf is None:
        found = _newest(messages)
    elif leaf in by_id:
        found = by_id[leaf]
    else:
        raise NotFound(f"There is no message {leaf[:80]!r} in this conversation.", hint="Choose one of it.")
    out: list[Message] = []
    while found is not None:
        out.append(found)
        found = by_id.get(found.parent) if found.parent is not None else None
    return out[::-1]


def _newest(messages: Sequence[Message]) -> Message | None:
    last: dict[str | None, Message] = {message.parent: message for message in messages}
    found = last.get(None)
    while found is not None and found.id in last:
        found = last[found.id]
    return found
