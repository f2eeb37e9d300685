"""The tables as SQLAlchemy sees them. The migrations make them; a test holds the two together.

Tenant and user lead every key and index, so that no query can reach across without naming them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    and_,
    text,
)

from lumora.store.columns import Json, Prose, UtcTime
from lumora.types import Actor

metadata = MetaData()


def _owner() -> tuple[Column[str], Column[str]]:
    return Column("tenant", Text, primary_key=True), Column("user", Text, primary_key=True)


def _times() -> tuple[Column[Any], Column[Any], Column[Any]]:
    return (
        Column("created_at", UtcTime, nullable=False),
        Column("updated_at", UtcTime, nullable=False),
        Column("deleted_at", UtcTime),
    )


def _within(noun: str) -> ForeignKeyConstraint:
    """The row goes with the one of `noun` it names."""
    return ForeignKeyConstraint(
        ["tenant", "user", noun],
        [f"{noun}s.tenant", f"{noun}s.user", f"{noun}s.id"],
        ondelete="CASCADE",
    )


conversations = Table(
    "conversations",
    metadata,
    *_owner(),
    Column("id", Prose, primary_key=True),
    Column("title", Prose, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("deleted_at", UtcTime),
    Column("pinned", Integer, nullable=False, server_default="0"),
    Column("project", Prose),
    Column("assistant", Prose),
    Column("model", Prose),
    Column("instructions", Prose),
    Column("sampling", Json),
    Column("titled_by", Text, nullable=False, server_default="question"),
    Column("origin", Prose),
    Column("imported_by", Prose),
    Column("collections", Json),
    Column("memory", Integer),
    Index("conversations_by_update", "tenant", "user", "updated_at", "id"),
    Index(
        "conversations_shown",
        *("tenant", "user", "updated_at", "id", "pinned", "project"),
        sqlite_where=text("deleted_at IS NULL"),
    ),
    Index("conversations_by_project", "tenant", "user", "project", "updated_at", "id"),
    Index("conversations_by_origin", "tenant", "user", "origin"),
    Index("conversations_by_import", "tenant", "user", "imported_by"),
)

projects = Table(
    "projects",
    metadata,
    *_owner(),
    Column("id", Prose, primary_key=True),
    Column("name", Prose, nullable=False),
    Column("instructions", Prose, nullable=False),
    Column("model", Prose),
    *_times(),
    Column("collections", Json),
)

assistants = Table(
    "assistants",
    metadata,
    *_owner(),
    Column("id", Prose, primary_key=True),
    Column("name", Prose, nullable=False),
    Column("picture", Prose, nullable=False),
    Column("description", Prose, nullable=False),
    Column("instructions", Prose, nullable=False),
    Column("model", Prose),
    Column("sampling", Json),
    Column("starters", Json, nullable=False),
    *_times(),
)

prompts = Table(
    "prompts",
    metadata,
    *_owner(),
    Column("id", Prose, primary_key=True),
    Column("name", Prose, nullable=False),
    Column("text", Prose, nullable=False),
    *_times(),
)

attachments = Table(
    "attachments",
    metadata,
    *_owner(),
    Column("id", Prose, primary_key=True),
    Column("name", Prose, nullable=False),
    Column("text", Prose, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

# `seq` is the creation order, and the row number that the search index refers to.
messages = Table(
    "messages",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("id", Prose, nullable=False),
    Column("conversation", Prose, nullable=False),
    Column("parent", Prose),
    Column("role", Text, nullable=False),
    Column("text", Prose, nullable=False),
    Column("state", Text, nullable=False),
    Column("model", Prose),
    Column("turn", Prose),
    Column("created_at", UtcTime, nullable=False),
    Column("usage", Json),
    Column("hosts", Json, nullable=False),
    Column("error", Json),
    Column("reasoning", Prose, nullable=False),
    Column("reason", Text),
    Column("rating", Integer, nullable=False, server_default="0"),
    Column("rating_reason", Prose, nullable=False, server_default=""),
    Column("attachments", Json, nullable=False, server_default="[]"),
    Column("deleted_at", UtcTime),
    Column("sources", Json),
    Column("checks", Json),
    Column("remembered", Json),
    UniqueConstraint("tenant", "user", "id"),
    ForeignKeyConstraint(
        ["tenant", "user", "conversation"],
        ["conversations.tenant", "conversations.user", "conversations.id"],
        ondelete="CASCADE",
    ),
    ForeignKeyConstraint(["tenant", "user", "parent"], ["messages.tenant", "messages.user", "messages.id"]),
    Index("messages_by_conversation", "tenant", "user", "conversation", "seq"),
    Index("messages_by_parent", "tenant", "user", "parent"),
    Index("messages_in_bin", "tenant", "user", "deleted_at", sqlite_where=text("deleted_at IS NOT NULL")),
    Index("messages_with_attachments", "tenant", "user", "id", sqlite_where=text("attachments <> '[]'")),
)

jobs = Table(
    "jobs",
    metadata,
    *_owner(),
    Column("id", Prose, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("subject", Prose),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Index("jobs_by_subject", "tenant", "user", "subject"),
    Index("jobs_by_state", "tenant", "user", "state", "updated_at"),
)

job_events = Table(
    "job_events",
    metadata,
    *_owner(),
    Column("job", Prose, primary_key=True),
    Column("first_index", Integer, primary_key=True),
    Column("events", Json, nullable=False),
    ForeignKeyConstraint(
        ["tenant", "user", "job"], ["jobs.tenant", "jobs.user", "jobs.id"], ondelete="CASCADE"
    ),
)

settings = Table(
    "settings",
    metadata,
    *_owner(),
    Column("key", Prose, primary_key=True),
    Column("value", Json),
)

collections = Table(
    "collections",
    metadata,
    *_owner(),
    Column("id", Prose, primary_key=True),
    Column("name", Prose, nullable=False),
    Column("description", Prose, nullable=False),
    Column("embedder", Prose),
    Column("settings", Json, nullable=False),
    *_times(),
)

folders = Table(
    "folders",
    metadata,
    *_owner(),
    Column("id", Prose, primary_key=True),
    Column("collection", Prose, nullable=False),
    Column("path", Prose, nullable=False),
    Column("ignored", Json, nullable=False),
    Column("error", Json),
    Column("scanned_at", UtcTime),
    *_times(),
    _within("collection"),
)

documents = Table(
    "documents",
    metadata,
    *_owner(),
    Column("id", Prose, primary_key=True),
    Column("collection", Prose, nullable=False),
    Column("folder", Prose),
    Column("name", Prose, nullable=False),
    Column("title", Prose, nullable=False),
    Column("type", Text, nullable=False),
    Column("source", Prose, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("error", Json),
    Column("attempts", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("outline", Json, nullable=False),
    Column("summary", Prose, nullable=False),
    Column("tags", Json, nullable=False),
    Column("dated_at", UtcTime),
    Column("modified_at", UtcTime),
    *_times(),
    _within("collection"),
    Index("documents_by_collection", "tenant", "user", "collection", "name", "id"),
    Index("documents_by_hash", "tenant", "user", "collection", "hash"),
    Index("documents_by_state", "tenant", "user", "state"),
)

document_texts = Table(
    "document_texts",
    metadata,
    *_owner(),
    Column("document", Prose, primary_key=True),
    Column("text", Prose, nullable=False),
    _within("document"),
)

document_pages = Table(
    "document_pages",
    metadata,
    *_owner(),
    Column("document", Prose, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("width", Float, nullable=False),
    Column("height", Float, nullable=False),
    Column("ocr", Integer, nullable=False),
    Column("boxes", Json, nullable=False),
    _within("document"),
)

# `seq` is the row number that the search index refers to; `vector` the key of its embedding.
chunks = Table(
    "chunks",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("id", Prose, nullable=False),
    Column("collection", Prose, nullable=False),
    Column("document", Prose, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("page", Integer),
    Column("last_page", Integer),
    Column("context", Prose, nullable=False),
    Column("text", Prose, nullable=False),
    Column("vector", Text),
    UniqueConstraint("tenant", "user", "id"),
    UniqueConstraint("tenant", "user", "document", "ordinal"),
    _within("document"),
    Index("chunks_by_collection", "tenant", "user", "collection", "seq"),
    Index("chunks_by_vector", "tenant", "user", "vector"),
)

vectors = Table(
    "vectors",
    metadata,
    *_owner(),
    Column("key", Text, primary_key=True),
    Column("model", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),
)

searches = Table(
    "searches",
    metadata,
    *_owner(),
    Column("id", Prose, primary_key=True),
    Column("query", Prose, nullable=False),
    Column("kind", Text, nullable=False),
    Column("filters", Json, nullable=False),
    Column("results", Json, nullable=False),
    Column("milliseconds", Float, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index("searches_by_time", "tenant", "user", "created_at"),
)

facts = Table(
    "facts",
    metadata,
    *_owner(),
    Column("id", Prose, primary_key=True),
    Column("text", Prose, nullable=False),
    Column("state", Text, nullable=False),
    Column("message", Prose),
    Column("conversation", Prose),
    Column("confidence", Float, nullable=False),
    Column("expires_at", UtcTime),
    Column("vector", Text),
    *_times(),
)

message_vectors = Table(
    "message_vectors",
    metadata,
    *_owner(),
    Column("message", Prose, primary_key=True),
    Column("conversation", Prose, nullable=False),
    Column("vector", Text, nullable=False),
    _within("message"),
)

traces = Table(
    "traces",
    metadata,
    *_owner(),
    Column("message", Prose, primary_key=True),
    Column("trace", Json, nullable=False),
    _within("message"),
)

golden_questions = Table(
    "golden_questions",
    metadata,
    *_owner(),
    Column("id", Prose, primary_key=True),
    Column("collection", Prose, nullable=False),
    Column("question", Prose, nullable=False),
    Column("expected", Json, nullable=False),
    *_times(),
    _within("collection"),
)

evaluations = Table(
    "evaluations",
    metadata,
    *_owner(),
    Column("id", Prose, primary_key=True),
    Column("collection", Prose, nullable=False),
    Column("settings", Json, nullable=False),
    Column("results", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    _within("collection"),
)


@lru_cache(1024)  # making it anew for each statement was an eighth of the time a turn takes to begin
def owned(table: Table, actor: Actor) -> ColumnElement[bool]:
    """The condition that a row belongs to `actor`. Every query starts with it."""
    return and_(table.c.tenant == actor.tenant, table.c.user == actor.user)


def ownership(actor: Actor) -> dict[str, str]:
    """The columns that make a new row belong to `actor`."""
    return {"tenant": actor.tenant, "user": actor.user}
