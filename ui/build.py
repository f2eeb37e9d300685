"""Bundles the page's modules into one file: `python -m ui.build`, with esbuild of the version below.

A hundred small modules are pleasant to read and slow to load: over HTTP/1.1 each costs a round trip. The
result is committed, so that nobody needs esbuild to run Lumora, and it names the sources it was made of:
where they have changed since, `ui.bundle` serves the modules themselves. A test builds it anew and compares.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

from lumora.assets_path import assets

VERSION = "0.17.0"  # Debian 12's
ENTRY = "js/page.js"
TARGET = "bundle/page.js"
_BANNER = re.compile(rb"// Made by `make page` of sources ([0-9a-f]{64})\n")
_OPTIONS = (
    "--bundle",
    "--format=esm",
    "--target=es2022",
    "--minify",
    "--charset=utf8",
    "--legal-comments=none",
)


def sources(root: Path) -> str:
    """The SHA-256 of all modules of the page, vendored files left out."""
    total = hashlib.sha256()
    for path in sorted((root / "js").rglob("*.js")):
        name = path.relative_to(root).as_posix()
        if not name.startswith("js/vendor/"):
            total.update(f"{name}\0".encode() + path.read_bytes() + b"\0")
    return total.hexdigest()


def is_current(root: Path) -> bool:
    """Whether the bundle was made of the modules as they are."""
    path = root / TARGET
    made = _BANNER.match(path.read_bytes()) if path.is_file() else None
    return made is not None and made[1].decode() == sources(root)


def build(root: Path) -> bytes:
    """The bundle's content.

    Raises:
        FileNotFoundError: no esbuild here. ValueError: it has another version. CalledProcessError: it failed.
    """
    found = subprocess.run(
        ["esbuild", "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    if found != VERSION:
        raise ValueError(f"esbuild {found} is here; the bundle is made with {VERSION}")
    command = ["esbuild", str(root / ENTRY), *_OPTIONS, "--log-level=error"]
    made = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=root).stdout
    return b"// Made by `make page` of sources " + sources(root).encode() + b"\n" + made


def main() -> None:
    """Write the bundle."""
    root = assets()
    target = root / TARGET
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(build(root))
    print(f"{TARGET}: {target.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
