"""An open workspace without a model, and files to bring into it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lumora.settings import load
from lumora.store import Conversation, Message
from lumora.types import LOCAL_OWNER, Done, Event, Failed, Notice, Progress
from lumora.workspace import Workspace

EXPORTS = Path(__file__).parent.parent / "data" / "exports"


@dataclass
class Brought:
    """What one import said."""

    job: str
    events: list[Event] = field(default_factory=list)

    @property
    def last(self) -> Done | Failed:
        """How it ended."""
        last = self.events[-1]
        assert isinstance(last, Done | Failed)
        return last

    @property
    def count(self) -> tuple[int, int | None]:
        """Chats imported, of how many."""
        [told] = [e for e in self.events if isinstance(e, Progress) and e.step == "chats imported"]
        return told.done, told.total

    def notices(self, code: str) -> list[str]:
        """The texts of the notices of one code."""
        return [e.text for e in self.events if isinstance(e, Notice) and e.code == code]


class Desk:
    """A workspace and how tests use it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.store = workspace.store
        self.portable = workspace.portable

    async def begin(self, content: bytes) -> str:
        """Start importing `content`; the job."""

        async def pieces() -> AsyncIterator[bytes]:
            for at in range(0, len(content), 65_536):
                yield content[at : at + 65_536]

        return await self.portable.receive(LOCAL_OWNER, pieces())

    async def follow(self, job: str) -> Brought:
        """All a job says."""
        brought = Brought(job)
        async for batch in self.workspace.follow(LOCAL_OWNER, job):
            brought.events += [event for _, event in batch]
        assert not list((self.workspace.settings.data / "incoming").iterdir())
        return brought

    async def bring(self, content: bytes | str | list[Any] | dict[str, Any]) -> Brought:
        """Import bytes, text, or a value as JSON, to the end."""
        if isinstance(content, list | dict):
            content = json.dumps(content)
        return await self.follow(await self.begin(content.encode() if isinstance(content, str) else content))

    async def chats(self) -> list[Conversation]:
        """All conversations in the order they came."""
        return await self.store.exports.conversations(LOCAL_OWNER)

    async def messages(self, chat: Conversation) -> list[Message]:
        """The tree of one."""
        return await self.store.exports.messages(LOCAL_OWNER, chat.id)

    async def titles(self) -> list[str]:
        """The titles of all."""
        return [chat.title for chat in await self.chats()]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A workspace in an empty folder, checked for soundness after each test."""
    async with await Workspace.open(load({}, data=tmp_path / "data")) as workspace:
        yield Desk(workspace)
        assert await workspace.store.check() == []


def chatgpt(id: str = "c1", title: str = "Tea", text: str = "How hot?", **more: Any) -> dict[str, Any]:
    """A conversation of one question and one answer as ChatGPT exports it."""

    def node(key: str, parent: str | None, role: str, words: str) -> dict[str, Any]:
        content = {"content_type": "text", "parts": [words]}
        message = {"id": key, "author": {"role": role}, "create_time": 1.7e9, "content": content}
        return {"id": key, "parent": parent, "children": [], "message": message}

    mapping = {
        "root": {"id": "root", "message": None, "parent": None, "children": ["q"]},
        "q": node("q", "root", "user", text),
        "a": node("a", "q", "assistant", "70 °C."),
    }
    base = {"conversation_id": id, "title": title, "create_time": 1.7e9, "update_time": 1.7e9}
    return {**base, "current_node": "a", "mapping": mapping, **more}
