"""A conversation as a PDF: typeset in a thread, in any script the fonts know, never failing on a text."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Sequence

from lumora.observe import log
from lumora.store import Conversation, Message

_SENT = 1 << 18
_logger = log.get(__name__)


async def rendered(
    chat: Conversation, messages: Sequence[Message], assistant: str = ""
) -> AsyncGenerator[bytes, None]:
    """The PDF of one branch, in pieces. Closing it stops the typesetting."""
    given_up = threading.Event()
    work = asyncio.ensure_future(asyncio.to_thread(_typeset, chat, messages, assistant, given_up))
    try:
        data = await asyncio.shield(work)
    finally:
        given_up.set()
    for at in range(0, len(data), _SENT):
        yield data[at : at + _SENT]


def _typeset(
    chat: Conversation, messages: Sequence[Message], assistant: str, given_up: threading.Event
) -> bytes:
    from lumora.portable.pdf.document import GivenUp, typeset

    try:
        return typeset(chat, messages, assistant, given_up)
    except GivenUp:
        return b""
    except Exception as e:  # a page that looks plain is better than none
        _logger.warning("a conversation is typeset plainly, because %s was raised", type(e).__name__)
    try:
        return typeset(chat, messages, assistant, given_up, plain=True)
    except GivenUp:
        return b""
