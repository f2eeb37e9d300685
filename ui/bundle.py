"""The page's own files below assets/: one digest names them all, so that a browser may keep them for good.

Served below `ui/<digest>/`, because Gradio has `/assets` for itself. The stylesheets are served as one, the
catalogues as JSON. Not known here: what is in the files.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from functools import cached_property, lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from lumora.assets_path import assets
from ui import build, catalogue

FOLDERS = ("bundle", "js", "css", "fonts", "icons", catalogue.FOLDER)
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
SQUEEZED = frozenset({".css", ".js", ".json", ".svg"})
FOR_GOOD = "public, max-age=31536000, immutable"
PAGE_SHEET = "css/page.css"
# In this order they are one stylesheet: tokens first, corrections for narrow screens last.
SHEETS = (
    "tokens",
    "frame",
    "elements",
    "dialogs",
    "sidebar",
    "topbar",
    "conversation",
    "answer",
    "welcome",
    "composer",
    "settings",
    "library",
    "evaluation",
    "memory",
    "sources",
    "narrow",
)


class Bundle:
    """All files of the page, by their path such as `js/main.js`."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root = root or assets()
        self.files = {
            path.relative_to(root).as_posix(): path
            for folder in FOLDERS
            for path in sorted((root / folder).rglob("*"))
            if path.suffix in TYPES or path.suffix == ".po"
        }
        self.load = lru_cache(maxsize=None)(self._load)

    @cached_property
    def digest(self) -> str:
        """Twelve hex digits that change with any byte of any file."""
        total = hashlib.sha256()
        for name, path in self.files.items():
            total.update(name.encode())
            total.update(path.read_bytes())
        return total.hexdigest()[:12]

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages there are catalogues of, such as `de`."""
        return tuple(p.stem for n, p in self.files.items() if n.startswith(f"{catalogue.FOLDER}/"))

    def url(self, name: str) -> str:
        """The address of a file, relative to the page.

        Raises:
            KeyError: there is no such file.
        """
        if not self._has(name):
            raise KeyError(name)
        return f"ui/{self.digest}/{name}"

    @cached_property
    def page(self) -> str:
        """The address of the page's module: the bundle, or where that is of older modules, the source."""
        return self.url(build.TARGET if build.is_current(self.root) else build.ENTRY)

    def text(self, name: str) -> str:
        """The content of a text file, for what stands inside the page itself."""
        return self.files[name].read_text(encoding="utf-8")

    def _has(self, name: str) -> bool:
        made = {PAGE_SHEET, *(f"{catalogue.FOLDER}/{language}.json" for language in self.languages)}
        return name in made or (name in self.files and not name.endswith(".po"))

    def _load(self, name: str) -> tuple[bytes, bytes | None]:
        plain = self._content(name)
        squeezed = Path(name).suffix in SQUEEZED
        return plain, gzip.compress(plain, 6, mtime=0) if squeezed else None

    def _content(self, name: str) -> bytes:
        if name == PAGE_SHEET:
            return b"\n".join(self.files[f"css/{sheet}.css"].read_bytes() for sheet in SHEETS)
        if name.startswith(f"{catalogue.FOLDER}/"):
            return catalogue.compiled(self.files[name.removesuffix(".json") + ".po"])
        return self.files[name].read_bytes()

    async def serve(self, request: Request) -> Response:
        """One file, compressed when the browser takes it; 404 for any other name or an old digest."""
        name = request.path_params["name"]
        if not self._has(name) or request.path_params["digest"] != self.digest:
            return Response("Not found", 404, {"cache-control": "no-store"})
        plain, small = await asyncio.to_thread(self.load, name)  # a diagram script takes 0.2 s to compress
        media = TYPES[Path(name).suffix]
        headers = {"cache-control": FOR_GOOD, "vary": "accept-encoding", "x-content-type-options": "nosniff"}
        if small is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(small, headers=headers | {"content-encoding": "gzip"}, media_type=media)
        return Response(plain, headers=headers, media_type=media)
