"""The document: a title, then who said what and when, page numbers at the foot."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from reportlab.platypus import Flowable, HRFlowable, Paragraph, SimpleDocTemplate, Spacer

from lumora.portable.markdown_text import ended, speaker
from lumora.portable.pdf import styles
from lumora.portable.pdf.bidi import MixedText, is_mixed, is_special
from lumora.portable.pdf.code_block import CodeBlock
from lumora.portable.pdf.flow import flow
from lumora.portable.pdf.fonts import SANS, register, runs, writable
from lumora.portable.pdf.inline import plain
from lumora.store import Conversation, Message
from lumora.units import human_bytes

_FOOT = 7.6
_FOOT_TITLE = 90  # characters


class GivenUp(Exception):
    """Nobody waits for the document any more."""


def typeset(
    chat: Conversation,
    messages: Sequence[Message],
    assistant: str,
    given_up: threading.Event,
    *,
    plain: bool = False,
) -> bytes:
    """The PDF; with `plain` every message just as its characters.

    Raises:
        GivenUp: `given_up` was set meanwhile.
    """
    register()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=styles.PAGE,
        leftMargin=styles.SIDE - styles.FRAME,
        rightMargin=styles.SIDE - styles.FRAME,
        topMargin=styles.TOP,
        bottomMargin=styles.BOTTOM,
        title=writable(chat.title),
        author="",
        creator="Lumora",
        producer="Lumora",
        lang="en" if chat.title.isascii() else None,
    )
    name = writable(" ".join(chat.title.split()))[:_FOOT_TITLE]

    def foot(canvas: Any, _: Any) -> None:
        if given_up.is_set():
            raise GivenUp
        _foot(canvas, name)

    story = list(_head(chat, messages))
    for message in messages:
        if given_up.is_set():
            raise GivenUp
        story += _message(message, assistant, plain)
    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _foot(canvas: Any, name: str) -> None:
    canvas.saveState()
    canvas.setFillColor(styles.SOFT)
    y, right = styles.BOTTOM - 26, styles.PAGE[0] - styles.SIDE
    text = canvas.beginText(styles.SIDE, y)
    for font, part in runs(name if not is_mixed(name) else "", SANS):
        text.setFont(font, _FOOT)
        text.textOut(part)
    canvas.drawText(text)
    canvas.setFont(SANS, _FOOT)
    canvas.drawRightString(right, y, str(canvas.getPageNumber()))
    canvas.setStrokeColor(styles.LINE)
    canvas.setLineWidth(0.5)
    canvas.line(styles.SIDE, y + 13, right, y + 13)
    canvas.restoreState()


def _head(chat: Conversation, messages: Sequence[Message]) -> Iterator[Flowable]:
    name = writable(" ".join(chat.title.split()))
    style = styles.title()
    if is_special(name):
        yield MixedText(name, style.fontName, style.fontSize, style.leading, style.textColor, 0)
    else:
        yield Paragraph(plain(name, style.fontName), style)
    count = f"{len(messages):,} messages" if len(messages) != 1 else "1 message"
    yield Paragraph(f"{chat.created_at:%d %B %Y, %H:%M} UTC · {count}", styles.small())
    yield Spacer(1, 4)


def _message(message: Message, assistant: str, as_it_is: bool) -> list[Flowable]:
    who = plain(speaker(message, assistant), styles.small(accent=True).fontName)
    when = f'<font name="{SANS}" size="7.6" color="#6f665b">  {message.created_at:%d %b %Y, %H:%M}</font>'
    rule = HRFlowable(width="100%", thickness=0.6, color=styles.LINE, spaceBefore=7, spaceAfter=7)
    rule.keepWithNext = True
    out: list[Flowable] = [
        rule,
        Paragraph(who + when, _kept(styles.small(accent=True))),
    ]
    for attachment in message.attachments:
        size = human_bytes(int(attachment.get("bytes", 0)))
        out.append(Paragraph(plain(f"Attachment: {attachment.get('name', '')} ({size})"), styles.small()))
    if message.text.strip():
        out += [CodeBlock(message.text)] if as_it_is else flow(message.text)
    if state := ended(message):
        out.append(Paragraph(plain(state), styles.small()))
    return out


def _kept(style: Any) -> Any:
    return style.clone(f"{style.name}-kept", keepWithNext=1)
