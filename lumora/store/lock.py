"""One process holds a data folder. Others learn who, and how to talk to it, from `server.json`.

The operating system drops the lock when its holder dies, however it dies, so a free lock means that
`server.json` is stale. Not covered: network file systems that do not pass locks on.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from lumora.errors import StartupError

_FILE = "server.json"
# Long enough to outlast `running_server` of another process, which holds the lock for a moment to test it.
_PATIENCE = 0.5


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """How to reach the process that holds the folder. `token` is a secret."""

    url: str
    pid: int
    token: str

    def write(self, data: Path) -> None:
        """Put it into the folder, at once or not at all, readable by the owner alone."""
        partial = data / f"{_FILE}.{os.getpid()}.part"
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            json.dump(asdict(self), file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(data / _FILE)

    @classmethod
    def read(cls, data: Path) -> ServerInfo | None:
        """What the file says, stale or not; None without a readable one."""
        try:
            said = json.loads((data / _FILE).read_text(encoding="utf-8"))
            return cls(str(said["url"]), int(said["pid"]), str(said["token"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @staticmethod
    def remove(data: Path) -> None:
        """Take the file away, if it is there."""
        (data / _FILE).unlink(missing_ok=True)


class DataLock:
    """The right to use a data folder, held from `acquire` to `release` or the end of the process."""

    def __init__(self, data: Path) -> None:
        from filelock import FileLock

        self.data = data
        # Kept after release: removing it would let two processes lock two files of one name.
        self._lock = FileLock(data / "lumora.lock", thread_local=False, preserve_lock_file=True)

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._lock.is_locked

    def acquire(self) -> None:
        """Take the folder, made if missing, and clear away the note of a holder that died.

        Waits for half a second at most.

        Raises:
            StartupError: another process holds it, or the folder cannot be written.
        """
        from filelock import Timeout

        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire(timeout=_PATIENCE)
            ServerInfo.remove(self.data)
        except Timeout as e:
            raise StartupError(
                f"The data folder {self.data} is in use by {_holder(self.data)}.",
                hint="Use the Lumora that runs, stop it, or choose another folder with LUMORA_DATA.",
            ) from e
        except (OSError, NotImplementedError) as e:
            self._lock.release()
            raise StartupError(
                f"The data folder {self.data} cannot be written: {getattr(e, 'strerror', None) or e}",
                hint="Choose another with LUMORA_DATA, or correct its permissions.",
            ) from e

    def publish(self, info: ServerInfo) -> None:
        """Tell others how to reach the holder."""
        info.write(self.data)

    def release(self) -> None:
        """Give the folder back and take the note away. May be called twice."""
        if self.held:
            ServerInfo.remove(self.data)
            self._lock.release()


def running_server(data: Path) -> ServerInfo | None:
    """The server that holds the folder now, or None: the lock is free, or its holder serves no one (yet)."""
    from filelock import FileLock, Timeout

    if not (data / _FILE).exists():
        return None
    try:
        with FileLock(data / "lumora.lock", timeout=0, preserve_lock_file=True):
            return None
    except Timeout:
        return ServerInfo.read(data)
    except OSError:
        return None


def _holder(data: Path) -> str:
    info = ServerInfo.read(data)
    return f"another Lumora (process {info.pid}, {info.url})" if info else "another process"
