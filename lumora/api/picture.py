"""The picture of an assistant as text: nothing, one emoji, or a small image in a data address."""

from __future__ import annotations

import base64
import binascii
import re

from pydantic_core import PydanticCustomError

LARGEST = 100_000
"""Bytes of an image."""

_DATA = re.compile(r"data:image/(png|webp|jpeg);base64,([A-Za-z0-9+/]+={0,2})")
_BEGINS = {"png": rb"\x89PNG\r\n\x1a\n", "webp": rb"RIFF....WEBP", "jpeg": rb"\xff\xd8\xff"}
_SIGN = (
    "[©®‼⁉™ℹ↔-↪⌚-⏿Ⓜ▪-◾☀-➿⤴⤵⬅-⭕〰〽㊗㊙\U0001f000-\U0001faff]"
    "\ufe0f?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
)
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_KEYCAP = "[0-9#*]\ufe0f?\u20e3"
_EMOJI = re.compile(f"{_FLAG}|{_KEYCAP}|{_SIGN}(\u200d{_SIGN}){{0,7}}")


def check_picture(picture: str) -> str:
    """`picture`, when it is one.

    Raises:
        PydanticCustomError: it is neither empty, one emoji, nor a data address of a PNG, WebP or JPEG of
            at most `LARGEST` bytes.
    """
    if not picture or (len(picture) <= 60 and _EMOJI.fullmatch(picture)):
        return picture
    found = _DATA.fullmatch(picture)
    if not found:
        raise _refused("it is neither one emoji nor a data address of a PNG, WebP or JPEG")
    try:
        image = base64.b64decode(found[2], validate=True)
    except binascii.Error as e:
        raise _refused("its base64 is broken") from e
    if len(image) > LARGEST:
        raise _refused(f"it has more than {LARGEST:,} bytes")
    if not re.match(_BEGINS[found[1]], image, re.DOTALL):
        raise _refused(f"it is no {found[1]}")
    return picture


def _refused(why: str) -> PydanticCustomError:
    """An error whose text reaches the caller as it is."""
    return PydanticCustomError("picture", "{why}", {"why": why})
