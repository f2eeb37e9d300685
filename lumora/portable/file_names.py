"""Names of files that every system takes, from titles that may hold anything."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 80  # characters; with a date, a number and an ending well below 255 bytes
_BYTES = 180
_NEVER = re.compile(r'[<>:"/\\|?*\s]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)


def safe(title: str, fallback: str = "chat") -> str:
    """`title` as a name without ending; `fallback` when nothing of it can stay."""
    plain = unicodedata.normalize("NFC", title)
    # Controls, marks that turn the direction of writing, lone surrogates, unassigned and private characters.
    plain = "".join(c if unicodedata.category(c)[0] != "C" else " " if c.isspace() else "" for c in plain)
    plain = _NEVER.sub(" ", plain)[:_LONGEST].strip(" .")
    plain = plain.encode()[:_BYTES].decode(errors="ignore").strip(" .")
    if not plain:
        return fallback
    return f"{plain}_" if _RESERVED.fullmatch(plain) else plain


class Names:
    """Hands out names so that no two are the same, also where upper and lower case are."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def new(self, name: str, ending: str) -> str:
        """`name` with `ending`, and a number where it was given before."""
        key = unicodedata.normalize("NFKC", name).casefold()
        number = self._taken.get(key, 0) + 1
        self._taken[key] = number
        if number == 1:
            return f"{name}{ending}"
        return self.new(f"{name} ({number})", ending)
