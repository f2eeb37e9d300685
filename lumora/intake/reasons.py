"""Why a file could not be read, in words: what happened and what to do."""

from __future__ import annotations

from lumora.errors import Unreadable

_WORDS = {
    "png": "a picture",
    "jpeg": "a picture",
    "gif": "a picture",
    "riff": "a picture, sound or video",
    "mp3": "a sound file",
    "ogg": "a sound file",
    "elf": "a program",
    "exe": "a program",
    "gzip": "a compressed archive",
    "bzip2": "a compressed archive",
    "xz": "a compressed archive",
    "7z": "a compressed archive",
    "rar": "a compressed archive",
    "sqlite": "a database",
}
_HINTS = {
    "ole": "Save it in its own program as docx, xlsx or pptx, without a password, and add that.",
    "rtf": "Save it as docx or txt and add that.",
    "zip": "Its files are added one by one when it is added to a collection.",
}
_READABLE = (
    "PDF, Word, PowerPoint, Excel, CSV, HTML, Markdown, EPUB, e-mail, text and source code can be read."
)


def empty(message: str) -> Unreadable:
    """Nothing to read."""
    return Unreadable("empty", message, hint="Check that it is the right file; pictures alone are not read.")


def too_large(size: int, most: int) -> Unreadable:
    """More bytes than one file may have."""
    return Unreadable(
        "too_large",
        f"The file has {size:,} bytes; {most:,} are the most.",
        hint="Split it into parts and add those.",
    )


def unknown(kind: str) -> Unreadable:
    """Not a document that Lumora reads."""
    what = _WORDS.get(kind, "")
    if kind == "ole":
        what = "an old or password-protected Office file"
    message = f"It is {what}, not a document." if what else "It is of a kind that cannot be read."
    if kind in ("ole", "rtf"):
        message = f"It is {what or 'in Rich Text Format'}, which cannot be read."
    return Unreadable("unknown_type", message, hint=_HINTS.get(kind, _READABLE))


def encrypted(what: str) -> Unreadable:
    """A password is needed."""
    return Unreadable(
        "encrypted",
        f"The {what} is protected with a password.",
        hint="Save it without the password and add that.",
    )


def damaged(what: str, how: str = "") -> Unreadable:
    """It is not what it says it is, or cut short."""
    detail = f" ({how})" if how else ""
    return Unreadable(
        "damaged",
        f"The {what} is damaged or incomplete{detail}.",
        hint="Open it in its own program, save it anew and add that; or get it again from where it came.",
    )


def too_much(how: str) -> Unreadable:
    """More memory or output than one file may take."""
    return Unreadable(
        "too_much", how, hint="Split the file into smaller ones, or remove what makes it so large."
    )


def too_long(seconds: float) -> Unreadable:
    """The time allowed is over."""
    return Unreadable(
        "too_long",
        f"Reading it took longer than the {seconds:,.0f} seconds allowed.",
        hint="Try again when the machine is less busy, or split the file.",
    )


def crashed(how: str) -> Unreadable:
    """The reading process died."""
    return Unreadable(
        "crashed",
        f"The file made the reader stop ({how}); it is damaged, or takes more memory than is allowed.",
        hint="Open it in its own program, save it anew and add that.",
    )
