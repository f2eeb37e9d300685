"""What Lumora keeps: conversations, messages, jobs, settings, in one SQLite file. `Store.open` is the way in.

Importing this package is free; SQLAlchemy is loaded when `Store` is first named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lumora.store.ids import new_id
from lumora.store.knowledge_rows import (
    LEFT_OUT,
    UNREAD,
    Chunk,
    Collection,
    CollectionSize,
    Content,
    Document,
    DocumentPage,
    DocumentState,
    Folder,
    NewChunk,
    NewDocument,
)
from lumora.store.lock import DataLock, ServerInfo, running_server
from lumora.store.rows import (
    UNFINISHED,
    AnswerResult,
    AssistantProfile,
    Attachment,
    Conversation,
    JobRow,
    JobState,
    Message,
    Project,
    Prompt,
    SearchHit,
    Setup,
)

if TYPE_CHECKING:
    from lumora.store.store import Store

__all__ = [
    "LEFT_OUT",
    "UNFINISHED",
    "UNREAD",
    "AnswerResult",
    "AssistantProfile",
    "Attachment",
    "Chunk",
    "Collection",
    "CollectionSize",
    "Content",
    "Conversation",
    "DataLock",
    "Document",
    "DocumentPage",
    "DocumentState",
    "Folder",
    "JobRow",
    "JobState",
    "Message",
    "NewChunk",
    "NewDocument",
    "Project",
    "Prompt",
    "SearchHit",
    "ServerInfo",
    "Setup",
    "Store",
    "new_id",
    "running_server",
]


def __getattr__(name: str) -> Any:
    if name != "Store":
        raise AttributeError(name)
    from lumora.store.store import Store

    return Store
