"""A passcode, and a terminal a person sits at."""

from __future__ import annotations

import io

PASSCODE = "correct horse battery"


class Terminal(io.StringIO):
    """Standard error as a screen."""

    def isatty(self) -> bool:
        return True
