"""Texts that go along with a question: what is accepted, and how a model sees them.

After the question, each attachment is a line that names it and its text in a fence, as in Markdown:

    Attachment "notes.txt":
    ```
    …
    ```

The fence is one backtick longer than the longest run of them in the text, so no text can end its own fence
and speak outside it; the name is on one line and holds neither quotes nor backticks. The same attachment
always gives the same block, so that the engine's cache of a conversation holds on later turns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lumora.errors import InvalidInput, TooLarge

LARGEST = 4_000_000
MOST = 20
NAME_LENGTH = 200
_RUNS = re.compile("`+")


def read(name: str, body: bytes) -> str:
    """The text of an uploaded file.

    Raises:
        TooLarge: over `LARGEST` bytes. InvalidInput: it is empty or not text in UTF-8.
    """
    if len(body) > LARGEST:
        raise TooLarge(
            f"{shown(name)} has {len(body):,} bytes; {LARGEST:,} are the most.",
            hint="Attach the part that matters, or split it.",
        )
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise _no_text(name) from e
    if "\0" in text:
        raise _no_text(name)
    if not text.strip():
        raise InvalidInput(f"{shown(name)} is empty.", hint="Attach a file with text in it.")
    return text


def check_count(count: int) -> None:
    """Refuse more attachments than one question may have. Raises InvalidInput."""
    if count > MOST:
        raise InvalidInput(
            f"The question has {count} attachments; {MOST} are the most.",
            hint="Send them with several questions.",
        )


def shown(name: str) -> str:
    """A name as one line without quotes, backticks or control characters; never empty."""
    plain = "".join(c if c.isprintable() else " " for c in name)
    line = " ".join(plain.replace('"', "'").replace("`", "'").split())
    return line[:NAME_LENGTH].strip() or "attachment"


def lines(text: str) -> int:
    """How many lines a text has; a last one without a line end counts."""
    return text.count("\n") + (not text.endswith("\n"))


def enclosed(question: str, attachments: Iterable[tuple[str, str]]) -> str:
    """What the model reads: the question, then each attachment, a pair of name and text, in its fence."""
    parts: Sequence[str] = [question.strip(), *(_block(name, text) for name, text in attachments)]
    return "\n\n".join(filter(None, parts)) if len(parts) > 1 else question


def _block(name: str, text: str) -> str:
    fence = "`" * max(3, 1 + max(map(len, _RUNS.findall(text)), default=0))
    end = "" if text.endswith("\n") else "\n"
    return f'Attachment "{shown(name)}":\n{fence}\n{text}{end}{fence}'


def _no_text(name: str) -> InvalidInput:
    return InvalidInput(
        f"{shown(name)} is not text in UTF-8.",
        hint="Only plain text can be attached: save or copy it as text first.",
    )
