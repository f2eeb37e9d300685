"""Real mounts for one server alone: a small disk, a read-only folder. They end with its process."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

from tests.serving import MODEL

_SMALL = f"""
mount -t tmpfs -o size=$0k lumora "$LUMORA_DATA"
mkdir -p "$LUMORA_DATA/models/{MODEL}"
ln -s "$1" "$LUMORA_DATA/models/{MODEL}/"
shift
exec "$@"
"""
_READ_ONLY = """
mount --bind "$LUMORA_DATA" "$LUMORA_DATA"
mount -o remount,bind,ro "$LUMORA_DATA"
exec "$@"
"""


@cache
def _alone() -> tuple[str, ...]:
    """The command that gives a process mounts of its own: as root, or by a user namespace."""
    ways = (("unshare", "-m"), ("unshare", "-Urm")) if os.geteuid() == 0 else (("unshare", "-Urm"),)
    probe = ("sh", "-ec", "mount -t tmpfs none /mnt")
    for way in ways:
        if subprocess.run([*way, *probe], capture_output=True).returncode == 0:
            return way
    raise AssertionError("no private mounts here: run as root, or allow unprivileged user namespaces")


def small_disk(model: Path, kilobytes: int) -> list[str]:
    """What to run a server under, so that its (empty) data folder is a disk of that size with the model."""
    return [*_alone(), "sh", "-ec", _SMALL, str(kilobytes), str(model)]


def read_only() -> list[str]:
    """What to run a server under, so that its data folder cannot be written, by root neither."""
    return [*_alone(), "sh", "-ec", _READ_ONLY, "sh"]
