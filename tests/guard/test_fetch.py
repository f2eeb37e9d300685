"""Fetching a page over real sockets: servers on loopback, reachable by an explicit allowance alone."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lumora.errors import InvalidInput, LumoraError, OfflineError
from lumora.guard import egress
from lumora.guard.fetch import fetch
from lumora.guard.public_address import Address, is_public

WEB = Path(__file__).parents[1] / "data" / "web"
_MIXED = ("127.0.0.1", "10.0.0.1")
PAGE = b"<html><title>Hello</title><p>Text</p></html>"


class _Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]
        where = self.path.split("?")[0].strip("/")
        getattr(self, f"_{where.split('.')[0] or 'page'}", self._page)()

    def _say(self, body: bytes, kind: str = "text/html", status: int = 200, **more: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", more.pop("length", str(len(body))))
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _page(self) -> None:
        self._say(PAGE, "text/html; charset=utf-8", set_cookie="a=b")

    def _go(self) -> None:
        self._say(b"", status=302, location=self.path.split("?", 1)[1], set_cookie="secret=1")

    def _loop(self) -> None:
        self._say(b"", status=301, location="/loop")

    def _missing(self) -> None:
        self._say(b"no", status=404)

    def _picture(self) -> None:
        self._say(b"\x89PNG", "image/png")

    def _file(self) -> None:
        self._say(b"%PDF-1.4", "application/octet-stream")

    def _large(self) -> None:
        self._say(b"x" * 10_000, "text/plain")

    def _liar(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(b"x" * 300_000)
        self.close_connection = True

    def _bomb(self) -> None:
        self._say(gzip.compress(b"0" * 50_000_000), content_encoding="gzip")

    def _packed(self) -> None:
        self._say(gzip.compress(PAGE), content_encoding="gzip")

    def _odd(self) -> None:
        self._say(b"abc", content_encoding="br")

    def _slow(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b"x")
                time.sleep(0.05)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def _serving(context: ssl.SSLContext | None = None) -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        server.asked = []  # type: ignore[attr-defined]
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def site() -> Iterator[ThreadingHTTPServer]:
    with _serving() as server:
        yield server


def _url(server: ThreadingHTTPServer, path: str = "/page.html", host: str = "127.0.0.1") -> str:
    return f"http://{host}:{server.server_port}{path}"


def _loopback(address: Address) -> bool:
    return address == ipaddress.ip_address("127.0.0.1")


async def _failure(url: str, **options: object) -> LumoraError:
    with pytest.raises(LumoraError) as caught:
        await fetch(url, **{"allowed": _loopback, "seconds": 10, **options})  # type: ignore[arg-type]
    assert caught.value.message
    assert caught.value.hint
    return caught.value


async def test_a_page_comes_with_its_name_and_type(site: ThreadingHTTPServer) -> None:
    got = await fetch(_url(site, "/notes%20one.html?x=1#part"), allowed=_loopback)
    assert (got.name, got.media_type, got.body) == ("notes one.html", "text/html", PAGE)
    assert got.url == _url(site, "/notes%20one.html?x=1")
    (_, headers) = site.asked[0]  # type: ignore[attr-defined]
    assert "Cookie" not in headers
    assert "Referer" not in headers
    assert headers["Host"] == f"127.0.0.1:{site.server_port}"


async def test_loopback_is_refused_without_the_allowance(site: ThreadingHTTPServer) -> None:
    for host in ("127.0.0.1", "localhost"):
        error = await _failure(_url(site, host=host), allowed=is_public)
        assert error.code == "fetch_failed"
        assert "not on the open internet" in error.message
    assert site.asked == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data", "http://[::1]:80/", "http://0/"]
)
async def test_a_redirect_inwards_is_refused_at_its_hop(site: ThreadingHTTPServer, target: str) -> None:
    error = await _failure(_url(site, f"/go?{target}"))
    assert "not on the open internet" in error.message
    assert len(site.asked) == 1  # type: ignore[attr-defined]


async def test_a_redirect_is_followed_and_ends(site: ThreadingHTTPServer) -> None:
    got = await fetch(_url(site, "/go?/page.html"), allowed=_loopback)
    assert got.url.endswith("/page.html")
    assert all("Cookie" not in headers for _, headers in site.asked)  # type: ignore[attr-defined]
    assert "without end" in (await _failure(_url(site, "/loop"))).message


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/x",
        "file:///etc/passwd",
        "example.org",
        "http://",
        "",
        "http://u:p@example.org/",
        "http://\0/",
        "gopher://x",
    ],
)
async def test_what_is_no_web_address_is_refused(url: str) -> None:
    assert isinstance(await _failure(url), InvalidInput)


async def test_credentials_in_a_redirect_are_refused(site: ThreadingHTTPServer) -> None:
    error = await _failure(_url(site, f"/go?http://user:word@127.0.0.1:{site.server_port}/page.html"))
    assert isinstance(error, InvalidInput)


async def test_errors_types_and_sizes_are_told(site: ThreadingHTTPServer) -> None:
    assert "404" in (await _failure(_url(site, "/missing"))).message
    assert "image/png" in (await _failure(_url(site, "/picture"))).message
    assert "packed as br" in (await _failure(_url(site, "/odd"))).message
    for path in ("/large", "/liar", "/bomb"):
        assert "larger than" in (await _failure(_url(site, path), limit_bytes=5_000)).message


async def test_packed_pages_and_named_files_come_whole(site: ThreadingHTTPServer) -> None:
    assert (await fetch(_url(site, "/packed"), allowed=_loopback)).body == PAGE
    assert (await fetch(_url(site, "/file.pdf"), allowed=_loopback)).name == "file.pdf"
    assert "not a document" in (await _failure(_url(site, "/file"))).message


async def test_time_is_bounded(site: ThreadingHTTPServer) -> None:
    began = time.monotonic()
    assert "did not answer" in (await _failure(_url(site, "/slow.txt"), seconds=0.4)).message
    assert time.monotonic() - began < 3


async def test_nobody_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert "could not be fetched" in (await _failure(f"http://127.0.0.1:{port}/")).message


async def test_the_offline_lock_holds(site: ThreadingHTTPServer) -> None:
    egress.lock_offline(True)
    try:
        assert isinstance(await _failure("http://192.0.2.1/"), OfflineError)
        assert isinstance(await _failure(_url(site, "/go?http://192.0.2.1/")), OfflineError)
    finally:
        egress.lock_offline(False)


async def test_hosts_are_recorded(monkeypatch: pytest.MonkeyPatch, site: ThreadingHTTPServer) -> None:
    _names(monkeypatch, {"lumora.test": ["127.0.0.1"]})
    with egress.contacts() as hosts:
        await fetch(_url(site, host="lumora.test"), allowed=_loopback)
    assert hosts == {"lumora.test"}


def _names(monkeypatch: pytest.MonkeyPatch, known: dict[str, list[str]]) -> list[str]:
    """Answer look-ups from a table; the list of names asked. Later look-ups get the later addresses."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *args: object, **options: object) -> object:
        if host not in known:
            return real(host, port, *args, **options)  # type: ignore[arg-type]
        asked.append(host)
        addresses = known[host] if len(asked) == 1 or len(known[host]) == 1 else known[host][1:]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses[:1]]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


async def test_a_name_that_changes_its_mind_is_of_no_use(
    monkeypatch: pytest.MonkeyPatch, site: ThreadingHTTPServer
) -> None:
    asked = _names(monkeypatch, {"rebind.test": ["127.0.0.1", "127.0.0.2"]})
    checked: list[Address] = []

    def note(address: Address) -> bool:
        checked.append(address)
        return True

    await fetch(_url(site, host="rebind.test"), allowed=note)
    assert asked == ["rebind.test"]
    assert [str(a) for a in checked] == ["127.0.0.1"]  # looked up once, and where it went


async def test_one_bad_address_among_good_ones_refuses_the_name(
    monkeypatch: pytest.MonkeyPatch, site: ThreadingHTTPServer
) -> None:
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *args: object, **options: object) -> object:
        if host == "mixed.test":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in _MIXED]
        return real(host, port, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert "10.0.0.1" in (await _failure(_url(site, host="mixed.test"))).message
    assert site.asked == []  # type: ignore[attr-defined]


async def test_tls_verifies_the_name_not_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    _names(monkeypatch, {"lumora.test": ["127.0.0.1"], "other.test": ["127.0.0.1"]})
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(WEB / "cert.pem", WEB / "key.pem")
    trusting = ssl.create_default_context(cafile=WEB / "cert.pem")
    with _serving(serving) as server:
        url = f"https://lumora.test:{server.server_port}/"
        assert (await fetch(url, allowed=_loopback, tls=trusting)).body == PAGE
        wrong = await _failure(url.replace("lumora", "other"), tls=trusting)
        assert "match" in wrong.message.lower()
        assert "verify failed" in (await _failure(url)).message


async def test_proxies_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, site: ThreadingHTTPServer
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    _names(monkeypatch, {"lumora.test": ["127.0.0.1"]})
    assert (await fetch(_url(site, host="lumora.test"), allowed=_loopback)).body == PAGE


async def test_cancelling_closes_the_connection(site: ThreadingHTTPServer) -> None:
    task = asyncio.create_task(fetch(_url(site, "/slow.txt"), allowed=_loopback))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001::1"]
)
def test_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.9.9.9",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1",
        "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1",
        "255.255.255.255", "::", "::1", "::8.8.8.8", "::ffff:8.8.8.8", "::ffff:127.0.0.1",
        "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:0808:0808::1",
        "3fff::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%lo", "fec0::1", "ff02::1",
        "2606:4700::1%eth0", "5f00::1",
    ],
)  # fmt: skip
def test_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
