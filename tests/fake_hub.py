"""A stand-in for a model hub: the Hugging Face protocol on real loopback sockets, with faults on demand.

Two origins, as in life: the hub answers listings and redirects large files to a content network on another
port, which must never see a token. Every request is kept in `requests`.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LFS_FROM = 1000  # bytes from which a file is kept in large file storage


@dataclass
class Repo:
    files: dict[str, bytes]
    gated: bool = False
    commit: str = "c0ffee" + "0" * 34


@dataclass
class Faults:
    """What goes wrong. Each answer of the content network uses up one item of each list."""

    cut_after: list[int | None] = field(default_factory=list)  # close the connection after so many bytes
    stall_after: list[int | None] = field(default_factory=list)  # send nothing more after so many bytes
    status: list[int] = field(default_factory=list)  # answer with this status instead
    corrupt: bool = False  # send other bytes of the same length
    ignore_range: bool = False  # always answer 200 from the start
    bytes_per_second: int = 0
    page_size: int = 0  # list so many files a page


@dataclass
class Request:
    origin: str
    path: str
    range: str
    authorization: str
    if_range: str = ""
    sent: int = 0


class FakeHub:
    """`with FakeHub({...}) as hub:` then point HF_ENDPOINT at `hub.endpoint`."""

    def __init__(self, repos: dict[str, Repo]) -> None:
        self.repos = repos
        self.faults = Faults()
        self.requests: list[Request] = []
        self.released = threading.Event()
        self._servers = {origin: self._serve(origin) for origin in ("hub", "cdn")}

    def _serve(self, origin: str) -> ThreadingHTTPServer:
        hub = self

        class Handler(_Handler):
            fake = hub
            at = origin

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.block_on_close = False
        return server

    def __enter__(self) -> FakeHub:
        for server in self._servers.values():
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        for server in self._servers.values():
            server.shutdown()
            server.server_close()

    def url(self, origin: str) -> str:
        return f"http://127.0.0.1:{self._servers[origin].server_address[1]}"

    @property
    def endpoint(self) -> str:
        return self.url("hub")

    def downloads(self) -> list[Request]:
        """Requests for content that were not redirects."""
        return [r for r in self.requests if r.origin == "cdn"]


class _Handler(BaseHTTPRequestHandler):
    fake: FakeHub
    at: str
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        h = self.headers
        said = Request(
            self.at, url.path, h.get("Range", ""), h.get("Authorization", ""), h.get("If-Range", "")
        )
        self.fake.requests.append(said)
        try:
            if self.at == "cdn":
                self._content(said)
            elif url.path.startswith("/api/models/"):
                self._api(url.path.removeprefix("/api/models/"), parse_qs(url.query))
            else:
                self._resolve(url.path, said)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _error(self, status: int, code: str, message: str) -> None:
        self._send(status, b"{}", X_Error_Code=code, X_Error_Message=message)

    def _repo(self, name: str) -> Repo | None:
        repo = self.fake.repos.get(name)
        if repo is None:
            self._error(404, "RepoNotFound", "Repository not found")
        return repo

    def _api(self, path: str, query: dict[str, list[str]]) -> None:
        owner, name, kind, revision = path.split("/", 3)
        repo = self._repo(f"{owner}/{name}")
        if repo is None:
            return
        if revision not in ("main", repo.commit):
            self._error(404, "RevisionNotFound", "Invalid rev id")
        elif kind == "revision":
            self._send(200, json.dumps({"id": f"{owner}/{name}", "sha": repo.commit}).encode())
        else:
            self._tree(repo, path, int(query.get("cursor", ["0"])[0]))

    def _tree(self, repo: Repo, path: str, cursor: int) -> None:
        listed = [self._listed(p, data) for p, data in repo.files.items()]
        size = self.fake.faults.page_size or len(listed)
        more = {}
        if cursor + size < len(listed):
            at = f"{self.fake.endpoint}/api/models/{path}?recursive=true&cursor={cursor + size}"
            more = {"Link": f'<{at}>; rel="next"'}
        folder = {"type": "directory", "path": "folder", "oid": "0" * 40, "size": 0}
        self._send(200, json.dumps([folder, *listed[cursor : cursor + size]]).encode(), **more)

    @staticmethod
    def _listed(path: str, data: bytes) -> dict[str, Any]:
        blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
        entry: dict[str, Any] = {"type": "file", "path": path, "size": len(data), "oid": blob}
        if len(data) >= LFS_FROM:
            entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
            entry["oid"] = "f" * 40  # the blob of the pointer
        return entry

    def _resolve(self, path: str, said: Request) -> None:
        owner, name, _, revision, file = path.lstrip("/").split("/", 4)
        repo = self._repo(f"{owner}/{name}")
        if repo is None:
            return
        if repo.gated and said.authorization != "Bearer good":
            self._error(
                403 if said.authorization else 401,
                "GatedRepo",
                f"Access to model {owner}/{name} is restricted",
            )
        elif file not in repo.files or revision != repo.commit:
            self._error(404, "EntryNotFound", "Entry not found")
        elif len(repo.files[file]) < LFS_FROM:
            etag = hashlib.sha1(repo.files[file]).hexdigest()
            self._send(200, repo.files[file], ETag=f'"{etag}"', X_Repo_Commit=repo.commit)
        else:
            digest = hashlib.sha256(repo.files[file]).hexdigest()
            self._send(
                302,
                Location=f"{self.fake.url('cdn')}/{owner}/{name}/{file}?signature=secret",
                X_Repo_Commit=repo.commit,
                X_Linked_Etag=f'"{digest}"',
                X_Linked_Size=str(len(repo.files[file])),
            )

    def _content(self, said: Request) -> None:
        faults = self.fake.faults
        if faults.status:
            self._error(faults.status.pop(0), "", "try later")
            return
        owner, name, file = said.path.lstrip("/").split("/", 2)
        data = self.fake.repos[f"{owner}/{name}"].files[file]
        etag = f'"{hashlib.sha256(data).hexdigest()}"'
        start = 0
        if said.range and not faults.ignore_range and said.if_range in ("", etag):
            start = int(said.range.removeprefix("bytes=").rstrip("-"))
        self.send_response(206 if start else 200)
        self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        self._body(bytes(len(data)) if faults.corrupt else data, start, said)

    def _body(self, data: bytes, start: int, said: Request) -> None:
        faults = self.fake.faults
        cut = faults.cut_after.pop(0) if faults.cut_after else None
        stall = faults.stall_after.pop(0) if faults.stall_after else None
        limit = min(x for x in (cut, stall, len(data) - start) if x is not None)
        pace = faults.bytes_per_second
        step = max(1, pace // 20) if pace else 1 << 16
        while said.sent < limit:
            piece = data[start + said.sent : start + min(limit, said.sent + step)]
            self.wfile.write(piece)
            self.wfile.flush()
            said.sent += len(piece)
            if pace:
                time.sleep(len(piece) / pace)
        if stall is not None:
            self.fake.released.wait(30)
        if cut is not None or stall is not None:
            self.close_connection = True
