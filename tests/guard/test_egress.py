"""The offline lock and the record of hosts, against real sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from lumora.errors import OfflineError
from lumora.guard import egress

# TEST-NET-1: an address nobody has. With the lock off a connect to it would hang or fail, never succeed.
ELSEWHERE = "192.0.2.1"


@pytest.fixture
def locked() -> Iterator[None]:
    egress.lock_offline(True)
    yield
    egress.lock_offline(False)


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(302 if self.path == "/away" else 200)
        if self.path == "/away":
            self.send_header("Location", f"http://{ELSEWHERE}/there")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answer) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


LOCAL = [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "127.0.0.1",
    "127.8.9.1",
    "::1",
    "[::1]",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "",
]
FOREIGN = [
    "localhost.evil.com",
    "evil.com",
    "evil.com.",
    "127.0.0.1.evil.com",
    "127.0.0.1%.evil.com",
    "::1%.evil.com",
    "fe80::1%lo",
    "app.localhost",
    "2130706433",
    "134744072",
    "0x7f.1",
    "0x7f000001",
    "017700000001",
    "127.1",
    "0.0.0.0",
    "::",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "8.8.8.8",
    "10.0.0.1",
    "localhost\x00.evil.com",
]


@pytest.mark.parametrize("host", LOCAL)
def test_this_machine(host: str) -> None:
    assert egress.is_local(host)


@pytest.mark.parametrize("host", FOREIGN)
def test_not_surely_this_machine(host: str) -> None:
    assert not egress.is_local(host)


@pytest.mark.parametrize("host", [h for h in FOREIGN if "\x00" not in h])
def test_the_lock_refuses_look_ups_and_connects(locked: None, host: str) -> None:
    with pytest.raises(OfflineError):
        socket.getaddrinfo(host, 80)
    with closing(socket.socket()) as raw, pytest.raises(OfflineError):
        raw.connect((host, 80))


@pytest.mark.parametrize("look_up", [socket.gethostbyname, socket.gethostbyname_ex, socket.gethostbyaddr])
def test_the_lock_refuses_old_look_ups(locked: None, look_up: object) -> None:
    with pytest.raises(OfflineError):
        look_up(ELSEWHERE)  # type: ignore[operator]


def test_the_lock_refuses_reverse_look_ups(locked: None) -> None:
    with pytest.raises(OfflineError):
        socket.getnameinfo((ELSEWHERE, 80), 0)


def test_the_lock_refuses_datagrams(locked: None) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as raw:
        for send in (
            lambda: raw.sendto(b"x", (ELSEWHERE, 53)),
            lambda: raw.sendmsg([b"x"], [], 0, (ELSEWHERE, 53)),
            lambda: raw.connect((ELSEWHERE, 53)),
            lambda: raw.connect_ex((ELSEWHERE, 53)),
        ):
            with pytest.raises(OfflineError):
                send()
    with closing(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)) as raw, pytest.raises(OfflineError):
        raw.sendto(b"x", ("2001:db8::1", 53))


def test_the_lock_refuses_other_http_libraries(locked: None) -> None:
    import requests

    with pytest.raises(OfflineError):
        urllib.request.urlopen(f"http://{ELSEWHERE}/")
    with pytest.raises(OfflineError):
        requests.get(f"http://{ELSEWHERE}/", timeout=5)
    with pytest.raises(OfflineError):
        httpx.get(f"http://{ELSEWHERE}/")


async def test_the_lock_refuses_asyncio_streams(locked: None) -> None:
    with pytest.raises(OfflineError):
        await asyncio.open_connection(ELSEWHERE, 80)


async def test_the_lock_refuses_our_client_before_it_looks_anything_up(
    locked: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*args: object, **more: object) -> None:
        raise AssertionError("looked up")

    monkeypatch.setattr(socket, "getaddrinfo", never)
    async with egress.client() as client:
        with pytest.raises(OfflineError) as caught:
            await client.get("https://models.example.com/v1")
    assert "models.example.com" in caught.value.message
    assert caught.value.status == 403


async def test_the_lock_holds_for_redirects(locked: None, server: str) -> None:
    async with egress.client(follow_redirects=True) as client:
        with egress.contacts() as seen, pytest.raises(OfflineError):
            await client.get(f"{server}/away")
    assert seen == set()


async def test_the_lock_permits_loopback(locked: None, server: str) -> None:
    async with egress.client() as client:
        assert (await client.get(server)).text == "ok"
        assert (await client.get(server.replace("127.0.0.1", "localhost"))).text == "ok"
    reply = await asyncio.to_thread(urllib.request.urlopen, server)
    with reply:
        assert reply.read() == b"ok"


def test_the_lock_permits_unix_sockets(locked: None, tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    with closing(socket.socket(socket.AF_UNIX)) as ours, closing(socket.socket(socket.AF_UNIX)) as theirs:
        theirs.bind(path)
        theirs.listen()
        ours.connect(path)
        assert ours.send(b"x") == 1


def test_a_connected_socket_may_go_on(locked: None) -> None:
    with closing(socket.socket(type=socket.SOCK_DGRAM)) as here, closing(socket.socket(type=2)) as there:
        there.bind(("127.0.0.1", 0))
        here.connect(there.getsockname())
        here.sendmsg([b"x"])
        assert there.recv(1) == b"x"


def test_the_lock_can_be_opened_again(locked: None) -> None:
    egress.lock_offline(False)
    egress.check("models.example.com")
    with closing(socket.socket()) as raw:
        raw.settimeout(0.05)
        with pytest.raises(OSError):
            raw.connect((ELSEWHERE, 80))


async def _touch(hosts: list[str]) -> set[str]:
    """What a job would record that contacts `hosts` through our client, with the network played by httpx."""

    async def reply(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.001)
        return httpx.Response(200)

    with egress.contacts() as seen:
        async with (
            egress.client(transport=httpx.MockTransport(reply)) as client,
            asyncio.TaskGroup() as tasks,
        ):
            for host in hosts:
                tasks.create_task(client.get(f"https://{host}/x"))
    return seen


async def test_jobs_at_the_same_time_record_their_own_hosts() -> None:
    jobs = [[f"a{i}.example", f"b{i}.example", "shared.example", "127.0.0.1"] for i in range(20)]
    found = await asyncio.gather(*(_touch(job) for job in jobs))
    assert found == [set(job) - {"127.0.0.1"} for job in jobs]


async def test_threads_and_generators_of_a_job_record_to_it() -> None:
    async def stream() -> AsyncIterator[None]:
        egress.record("generator.example")
        yield

    with egress.contacts() as outer:
        await asyncio.to_thread(egress.record, "thread.example")
        async for _ in stream():
            pass
        with egress.contacts() as inner:
            egress.record("inner.example")
        egress.record("after.example")
    egress.record("nobody.example")
    assert outer == {"thread.example", "generator.example", "after.example"}
    assert inner == {"inner.example"}


async def test_a_failed_connection_is_still_a_contact() -> None:
    with egress.contacts() as seen:
        async with egress.client(timeout=0.05) as client:
            with pytest.raises(httpx.TransportError):
                await client.get(f"http://{ELSEWHERE}/")
    assert seen == {ELSEWHERE}


async def test_a_proxy_of_the_environment_never_sees_this_machine(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nothing listens there
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    async with egress.client() as client:
        assert (await client.get(server)).text == "ok"
        with pytest.raises(httpx.ConnectError):
            await client.get("http://models.example.com/")
