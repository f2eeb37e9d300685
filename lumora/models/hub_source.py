"""Fetching one file from the hub: resumed, checked against its own listing, tried again while bytes come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from lumora.errors import DownloadError, LumoraError
from lumora.models.catalog import File
from lumora.models.hub import Entry, Hub, Reference, Transient, parse
from lumora.models.partial import Expected, Fetched, Moved, Partial, Work, WrongContent, ensure_room
from lumora.types import Notice

_RETRY_AFTER_LIMIT = 60.0


async def _expected(hub: Hub, reference: Reference, file: File) -> tuple[str, Entry, Expected]:
    """Commit, listing and checksum of the file, against what the catalogue pins."""
    commit = await hub.commit(reference.repo, reference.revision)
    found = {e.path: e for e in await hub.entries(reference.repo, commit)}
    if reference.path not in found:
        raise DownloadError(
            f"The hub has no {reference.path} in {reference.repo}.",
            hint=f"Look at {hub.endpoint}/{reference.repo}.",
        )
    entry = found[reference.path]
    if file.sha256 and entry.sha256 and entry.sha256 != file.sha256:
        raise WrongContent(f"The hub's {reference.path} is another file than the one the catalogue names.")
    sha256 = file.sha256 or entry.sha256
    return commit, entry, Expected(file.name, entry.bytes, sha256, "" if sha256 else entry.git_oid)


async def _attempt(
    hub: Hub, reference: Reference, file: File, work: Work
) -> AsyncGenerator[Moved | Notice | Fetched, None]:
    commit, entry, expected = await _expected(hub, reference, file)
    async with Partial(work.folder / expected.key, expected) as partial:
        async for done in partial.resume():
            yield Moved("verifying", done, entry.bytes)
        ensure_room(work.folder, entry.bytes - partial.done)
        for last in (False, True):
            if partial.done < entry.bytes or not entry.bytes:
                async with aclosing(hub.bytes_of(reference.repo, commit, entry, partial)) as steps:
                    async for done in steps:
                        yield Moved("downloading", done, entry.bytes)
            resumed = partial.resumed
            try:
                sha256 = await partial.finish()
                break
            except WrongContent as e:
                if last or not resumed:
                    raise
                yield Notice("restarted", f"{e.message} Starting it anew.")
                await partial.restart()
    source = f"hf:{reference.repo}/{reference.path}"
    yield Fetched(partial.path, entry.bytes, sha256, source, commit)


async def fetch(source: str, file: File, work: Work) -> AsyncGenerator[Moved | Notice | Fetched, None]:
    """The file `source` names, resumed where an earlier try stopped and tried again while bytes keep coming.

    Raises:
        OfflineError: the offline lock is on and the hub is beyond this machine.
        DownloadError: not found, gated, or out of patience.
        WrongContent: it is not the file the hub or the catalogue lists; the partial is deleted.
        StorageFull
    """
    reference, tries, reached = parse(source), 0, 0
    async with Hub(work.patience, work.hosts) as hub:
        while True:
            try:
                async with aclosing(_attempt(hub, reference, file, work)) as steps:
                    async for step in steps:
                        if isinstance(step, Moved) and step.step == "downloading" and step.done > reached:
                            tries, reached = 0, step.done
                        yield step
                return
            except Transient as e:
                if tries == work.patience.retries:
                    raise _given_up(e, tries) from e
                wait = min(e.retry_after or work.patience.backoff * 2**tries, _RETRY_AFTER_LIMIT)
                tries += 1
                yield Notice("retrying", f"{e.message}. Trying again in {wait:.1f} s.")
            await asyncio.sleep(wait)


def _given_up(error: Transient, tries: int) -> LumoraError:
    return DownloadError(
        f"The hub could not be reached or stopped answering: {error.message}.",
        hint=f"Tried {tries + 1} times. Check the connection and try again; what is here is kept.",
    )
