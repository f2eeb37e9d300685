"""An import file as chats and what could not be read of it, whichever program wrote it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lumora.portable import chatgpt, openwebui, own_format
from lumora.portable.archive import Archive
from lumora.portable.json_pieces import NotJson, Piece, Pieces
from lumora.portable.values import BrokenChat, text, title
from lumora.store.imports import ImportedChat

CHAT_BYTES = 64_000_000  # of one chat


@dataclass(frozen=True, slots=True)
class Broken:
    """A chat that is left out: what to call it, and why, as the end of a sentence."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Extra:
    """A project, assistant or prompt of our own format, as columns with the id of the file."""

    kind: str
    values: dict[str, Any]


Item = ImportedChat | Broken | Extra


class CutShort(ValueError):
    """The file ends in the middle."""


class Reading:
    """One pass over a file. Runs in a thread: reading and parsing block."""

    def __init__(self, path: Path, limit: int) -> None:
        self._archive = Archive(path, limit)
        self._pieces = self._chats = 0

    @property
    def done(self) -> int:
        """Bytes read so far."""
        return self._archive.done

    @property
    def total(self) -> int:
        """Bytes there are, as far as known."""
        return max(self._archive.total, self.done)

    @property
    def recognised(self) -> bool:
        """Whether anything in it was what a known program exports."""
        return self._chats > 0

    def items(self) -> Iterator[Item]:
        """Everything in the order of the file.

        Raises:
            NotJson: it is no JSON and no zip with JSON in it.
            CutShort: what came before the cut has been given.
        """
        complete = True
        for source in self._archive.texts():
            pieces = Pieces(source, CHAT_BYTES)
            for piece in pieces:
                self._pieces += 1
                item = self._item(piece)
                if item is not None:
                    yield item
            complete = complete and pieces.complete
        if not complete:
            raise CutShort

    def batch(self, items: Iterator[Item], size: int) -> list[Item]:
        """The next `size` of `items`, fewer when much text is in them; empty at the end."""
        out: list[Item] = []
        weight = 0
        for item in items:
            out.append(item)
            weight += _weight(item)
            if len(out) >= size or weight > 4_000_000:
                break
        return out

    def _item(self, piece: Piece) -> Item | None:
        if piece.key is not None and piece.key not in own_format.LISTS:
            return None
        if piece.data is None:
            return Broken(f"Chat {self._pieces}", "it is larger than any real chat")
        name = f"Chat {self._pieces}"
        try:
            value = json.loads(piece.data)
            if not isinstance(value, dict):
                return Broken(name, "it is not a chat")
            name = title(value.get("title") or value.get("name"), name)
            found = self._read(piece, value)
            self._chats += found is not None
        except BrokenChat as e:
            self._chats += 1
            return Broken(name, str(e))
        except RecursionError:
            return Broken(name, "it is nested too deeply")
        except UnicodeDecodeError:
            return Broken(name, "it is not written in UTF-8")
        except ValueError:
            return Broken(name, "it is not valid JSON")
        return found if found is not None else Broken(name, "it is no chat of a program known here")

    @staticmethod
    def _read(piece: Piece, value: Mapping[str, Any]) -> Item | None:
        if piece.key is not None and piece.key != "conversations":
            return Extra(
                piece.key, {"id": text(value.get("id")), **own_format.read_collection(piece.key, value)}
            )
        if piece.key is not None:
            return own_format.read_chat(value)
        for known, read in ((chatgpt.is_chatgpt, chatgpt.read), (openwebui.is_openwebui, openwebui.read)):
            if known(value):
                return read(value, f"sha256-{hashlib.sha256(piece.data or b'').hexdigest()[:32]}")
        return None


def _weight(item: Item) -> int:
    return sum(len(m.text) for m in item.messages) if isinstance(item, ImportedChat) else 0


__all__ = ["Broken", "CutShort", "Extra", "Item", "NotJson", "Reading"]
