"""Downloads: one conversation or many, as pieces that are made while they are sent.

Of many conversations one at a time is in memory. A reader that leaves closes the generator, which stops the
work. Nothing of jobs, settings, keys or paths of this machine goes into any format.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast, get_args

from lumora.errors import InvalidInput, NotFound
from lumora.portable.branches import branch
from lumora.portable.file_names import Names, safe
from lumora.portable.inbox import Inbox, discard
from lumora.portable.markdown_text import markdown
from lumora.portable.own_format import FORMAT, VERSION, collection_out, head_out, message_out
from lumora.portable.sqlite_file import SqliteFile
from lumora.portable.zip_stream import ZipStream
from lumora.store import Conversation, Message, Store
from lumora.store.db import settled
from lumora.store.exports import PAGE
from lumora.types import Actor

OneFormat = Literal["markdown", "json", "pdf"]
ManyFormat = Literal["json", "markdown", "pdf", "sqlite"]
Pieces = AsyncGenerator[bytes, None]
_MEDIA = {
    "markdown": "text/markdown; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "sqlite": "application/vnd.sqlite3",
    "zip": "application/zip",
}
_ENDINGS = {"markdown": ".md", "json": ".json", "pdf": ".pdf", "sqlite": ".db", "zip": ".zip"}
_READ = 1 << 18


@dataclass(frozen=True, slots=True)
class Download:
    """A file to be sent: what to call it, its media type, its bytes as they are made."""

    name: str
    media: str
    pieces: Pieces


class Exporter:
    """Exports of one actor at a time. `inbox` lends it a private place for SQLite files."""

    def __init__(self, store: Store, inbox: Inbox) -> None:
        self._store, self._inbox = store, inbox

    async def one(self, actor: Actor, id: str, format: OneFormat, message: str | None = None) -> Download:
        """One conversation. Markdown and PDF show one branch: the newest, or the one down to `message`.

        Raises:
            NotFound: there is no such conversation, or `message` is not in it.
        """
        chat = await self._store.conversations.get(actor, id)
        messages = await self._store.exports.messages(actor, id)
        shown = branch(messages, message)
        name = f"{safe(chat.title)}{_ENDINGS[format]}"
        if format == "json":
            return Download(name, _MEDIA[format], self._json(actor, [id]))
        return Download(name, _MEDIA[format], self._page(actor, chat, shown, format))

    async def many(self, actor: Actor, format: ManyFormat, ids: Sequence[str] | None = None) -> Download:
        """All conversations, or those of `ids`; Markdown and PDF as a zip with a file for each.

        Raises:
            NotFound: one of `ids` does not exist.
        """
        missing = await self._store.exports.missing(actor, ids) if ids is not None else []
        if missing:
            raise NotFound(f"There is no conversation {missing[0][:80]!r}.", hint="It may have been deleted.")
        name = f"Lumora {datetime.now(UTC):%Y-%m-%d}"
        if format == "json":
            return Download(f"{name}.json", _MEDIA["json"], self._json(actor, ids))
        if format == "sqlite":
            return Download(f"{name}.db", _MEDIA["sqlite"], self._sqlite(actor, ids))
        return Download(f"{name}.zip", _MEDIA["zip"], self._zip(actor, ids, format))

    async def named(self, actor: Actor, format: str, ids: Sequence[str]) -> Download:
        """`one` for a single id and a format for one, else `many`; all conversations without ids.

        Raises:
            NotFound: one of `ids` does not exist. InvalidInput: there is no such format.
        """
        if format not in get_args(ManyFormat):
            known = ", ".join(get_args(ManyFormat))
            raise InvalidInput(f"There is no format {format[:40]!r}.", hint=f"Choose one of {known}.")
        if len(ids) == 1 and format in get_args(OneFormat):
            return await self.one(actor, ids[0], cast("OneFormat", format))
        return await self.many(actor, cast("ManyFormat", format), ids or None)

    async def _chats(self, actor: Actor, ids: Sequence[str] | None) -> AsyncIterator[Conversation]:
        after = ""
        while page := await self._store.exports.conversations(actor, ids, after):
            for chat in page:
                yield chat
            after = page[-1].id
            if len(page) < PAGE:
                return

    async def _json(self, actor: Actor, ids: Sequence[str] | None) -> Pieces:
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        yield f'{{"format":"{FORMAT}","version":{VERSION},"exported_at":"{moment}"'.encode()
        collections = await self._collections(actor, ids)
        for kind, rows in collections.items():
            yield b',\n"%s":%s' % (kind.encode(), _dumped(rows))
        yield b',\n"conversations":['
        between = b"\n"
        async for chat in self._chats(actor, ids):
            value = await self._whole(actor, chat, collections)
            yield between + await asyncio.to_thread(_dumped, value)
            between = b",\n"
        yield b"\n]}\n"

    async def _collections(self, actor: Actor, ids: Sequence[str] | None) -> dict[str, list[dict[str, Any]]]:
        """Projects, assistants and prompts; with `ids`, only those that these conversations name."""
        used = None if ids is None else {id async for id in self._named(actor, ids)}
        out: dict[str, list[dict[str, Any]]] = {}
        for kind in ("projects", "assistants", "prompts"):
            rows = await self._store.exports.collection(actor, kind)
            out[kind] = [collection_out(kind, row) for row in rows if used is None or row["id"] in used]
        return out

    async def _named(self, actor: Actor, ids: Sequence[str]) -> AsyncIterator[str]:
        async for chat in self._chats(actor, ids):
            for id in (chat.project, chat.assistant):
                if id is not None:
                    yield id

    async def _whole(
        self, actor: Actor, chat: Conversation, collections: dict[str, list[dict[str, Any]]]
    ) -> dict[str, Any]:
        """A conversation as our own format has it; what it names and is in the bin is left out."""
        messages = await self._store.exports.messages(actor, chat.id)
        out = [message_out(m, await self._attachments(actor, m)) for m in messages]
        head = head_out(chat)
        for name in ("project", "assistant"):
            if head[name] not in {row["id"] for row in collections[f"{name}s"]}:
                head[name] = None
        return {**head, "messages": out}

    async def _attachments(self, actor: Actor, message: Message) -> list[dict[str, str]]:
        ids = [str(a["id"]) for a in message.attachments]
        texts = await self._store.attachments.texts(actor, ids)
        named = {str(a["id"]): str(a["name"]) for a in message.attachments}
        return [{"name": named[id], "text": texts.get(id, "")} for id in ids]

    async def _page(
        self, actor: Actor, chat: Conversation, shown: Sequence[Message], format: Literal["markdown", "pdf"]
    ) -> Pieces:
        assistant = await self._assistant_name(actor, chat)
        if format == "markdown":
            for piece in markdown(chat, shown, assistant):
                yield piece.encode("utf-8", "replace")
            return
        from lumora.portable.pdf import rendered

        async with aclosing(rendered(chat, shown, assistant)) as made:
            async for data in made:
                yield data

    async def _assistant_name(self, actor: Actor, chat: Conversation) -> str:
        if chat.assistant is None:
            return ""
        rows = await self._store.exports.collection(actor, "assistants")
        return next((str(row["name"]) for row in rows if row["id"] == chat.assistant), "")

    async def _zip(
        self, actor: Actor, ids: Sequence[str] | None, format: Literal["markdown", "pdf"]
    ) -> Pieces:
        archive, names = ZipStream(), Names()
        async for chat in self._chats(actor, ids):
            shown = branch(await self._store.exports.messages(actor, chat.id))
            name = names.new(f"{chat.created_at:%Y-%m-%d} {safe(chat.title)}", _ENDINGS[format])
            page = self._page(actor, chat, shown, format)
            async with aclosing(archive.add(name, chat.updated_at, page)) as packed:
                async for data in packed:
                    yield data
        yield archive.end()

    async def _sqlite(self, actor: Actor, ids: Sequence[str] | None) -> Pieces:
        path = self._inbox.new()
        try:
            await self._fill(path, actor, ids)
            async for data in _content(path):
                yield data
        finally:
            discard(path)

    async def _fill(self, path: Path, actor: Actor, ids: Sequence[str] | None) -> None:
        collections = await self._collections(actor, ids)
        with await settled(asyncio.to_thread(SqliteFile, path)) as file:
            for kind, rows in collections.items():
                await settled(asyncio.to_thread(file.add, kind, rows))
            async for chat in self._chats(actor, ids):
                await settled(asyncio.to_thread(file.chat, await self._whole(actor, chat, collections)))


async def _content(path: Path) -> Pieces:
    with await asyncio.to_thread(path.open, "rb") as file:
        while data := await asyncio.to_thread(file.read, _READ):
            yield data


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
