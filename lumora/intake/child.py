"""The reading process: `python -m lumora.intake.child`, started by `child_process` and by nothing else.

One line of JSON on stdin is one piece of work; the answer on stdout is lines with progress, as many as there
are, then a line that says how many bytes of JSON and of plain body follow. It leaves as soon as stdin closes,
which the end of the parent does on every platform.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import monotonic
from typing import IO, Any

from lumora.errors import LumoraError
from lumora.guard.child import private_stdout, tie_to
from lumora.intake import confined, document, reasons
from lumora.intake.limits import Limits, allow_processor, confine
from lumora.intake.parsed import to_wire

_OFTEN = 0.2


def main() -> None:
    """Work until stdin closes."""
    out = private_stdout()
    first = json.loads(sys.stdin.buffer.readline())
    tie_to(first["parent"], oom_score=900)
    confine(first["memory"], first["open_files"])
    confined.lock()
    for line in sys.stdin.buffer:
        if not _answer(json.loads(line), out):
            break


def _answer(work: dict[str, Any], out: IO[bytes]) -> bool:
    """Do one piece of work; False when this process should not be used again."""
    allow_processor(work["processor"])
    fit = True
    try:
        value, body = _WORK[work["do"]](work, out)
    except LumoraError as e:
        value, body = _said(e), b""
    except MemoryError:
        value, body = _said(reasons.too_much("Reading it takes more memory than is allowed.")), b""
        fit = False
    except RecursionError:
        value, body = _said(reasons.damaged("file", "it is nested too deeply")), b""
    except Exception as fault:
        # Whatever a parser raises means that it could not make sense of the file; stderr keeps what it was.
        print(f"{type(fault).__name__}: {fault}"[:300], file=sys.stderr, flush=True)
        value, body = _said(reasons.damaged("file", type(fault).__name__)), b""
    _send(out, value, body)
    return fit


def _said(error: LumoraError) -> dict[str, str]:
    return {"error": error.code, "message": error.message, "hint": error.hint}


def _read(work: dict[str, Any], out: IO[bytes]) -> tuple[Any, bytes]:
    parsed = document.read(Path(work["path"]), work["name"], Limits(**work["limits"]), _Told(out))
    return to_wire(parsed), parsed.text.encode("utf-8", "replace")


def _members(work: dict[str, Any], out: IO[bytes]) -> tuple[Any, bytes]:
    from lumora.intake import members

    into = Path(work["into"]).resolve()
    confined.allow_writing(into)
    try:
        return members.unpack(Path(work["path"]), into, Limits(**work["limits"]), _Told(out)), b""
    finally:
        confined.allow_writing(None)


def _image(work: dict[str, Any], _out: IO[bytes]) -> tuple[Any, bytes]:
    from lumora.intake import page_image

    return {}, page_image.png(Path(work["path"]), work["page"], work["width"])


_WORK = {"read": _read, "members": _members, "image": _image}


class _Told:
    """Sends progress, at most a few times a second; a total, the end, and what was read by sight always."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self._last = out, 0.0

    def __call__(self, done: int, total: int | None, scanned: bool = False) -> None:
        now = monotonic()
        if scanned or done in (0, total) or now - self._last >= _OFTEN:
            self._last = now
            self._out.write(json.dumps({"done": done, "total": total, "scanned": scanned}).encode() + b"\n")
            self._out.flush()


def _send(out: IO[bytes], value: Any, body: bytes) -> None:
    encoded = json.dumps(value, separators=(",", ":")).encode()
    out.write(json.dumps({"json": len(encoded), "body": len(body)}).encode() + b"\n")
    out.write(encoded)
    out.write(body)
    out.flush()


if __name__ == "__main__":
    main()
