"""E-mail: subject, who and when, the text, and the attachments that are documents themselves."""

from __future__ import annotations

from datetime import UTC
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from lumora.errors import Unreadable
from lumora.intake import html
from lumora.intake.draft import Draft, one_line
from lumora.intake.kind import HEAD, TYPES, type_of
from lumora.intake.limits import Limits

_ATTACHMENTS = 100
_UNNAMED = {"text/plain": "text.txt", "text/html": "page.html", "message/rfc822": "message.eml"}
_DEEPEST = 3


def read(draft: Draft, source: Path | bytes, limits: Limits, tell: Any, depth: int = 0) -> None:
    """Fill the draft. Raises Unreadable."""
    data = source if isinstance(source, bytes) else source.read_bytes()
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    _header(draft, message)
    body = message.get_body(preferencelist=("plain", "html"))
    if isinstance(body, EmailMessage):
        _body(draft, body)
    for part in list(message.iter_attachments())[:_ATTACHMENTS]:
        if isinstance(part, EmailMessage):
            _attachment(draft, part, limits, tell, depth)


def _header(draft: Draft, message: EmailMessage) -> None:
    draft.title = one_line(_said(message, "subject"))
    draft.heading(1, draft.title)
    shown = [
        f"{name}: {said}" for name in ("From", "To", "Cc", "Date") if (said := one_line(_said(message, name)))
    ]
    draft.paragraph("\n".join(shown))
    try:
        when = parsedate_to_datetime(_said(message, "date"))
        draft.dated_at = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        draft.dated_at = None


def _said(message: EmailMessage, name: str) -> str:
    """A header's text; what cannot be parsed counts as missing."""
    try:
        return str(message.get(name, ""))
    except (ValueError, IndexError, AttributeError, KeyError):
        return ""


def _body(draft: Draft, part: EmailMessage) -> None:
    data = _payload(part)
    if part.get_content_type() == "text/html":
        if data.strip():
            html.Walk(draft, deeper=1).over(html.parse(data))
        return
    from lumora.intake.encoding import decode

    for paragraph in _decoded(data, part, decode).split("\n\n"):
        draft.paragraph(paragraph)


def _decoded(data: bytes, part: EmailMessage, decode: Any) -> str:
    charset = part.get_content_charset() or ""
    try:
        return data.decode(charset) if charset else str(decode(data))
    except (LookupError, UnicodeDecodeError):
        return str(decode(data))


def _payload(part: EmailMessage) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _attachment(draft: Draft, part: EmailMessage, limits: Limits, tell: Any, depth: int) -> None:
    from lumora.intake.document import draft_of

    name = one_line(part.get_filename() or _UNNAMED.get(part.get_content_type(), "attachment"))
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        data = first.as_bytes() if isinstance(first, EmailMessage) else b""
        kind = "eml"
    else:
        data = _payload(part)
        kind = type_of(name, data[:HEAD])
    if kind not in TYPES or kind == "zip" or not data or depth >= _DEEPEST:
        draft.paragraph(f"(Attachment not read: {name})")
        return
    try:
        inside = draft_of(kind, data, name, limits, tell, depth + 1)
    except Unreadable as e:
        if e.code == "too_much":
            raise
        draft.paragraph(f"(Attachment not read: {name}. {e.message})")
        return
    draft.heading(2, name)
    draft.absorb(inside, 2)
