"""The login in a real browser: what headers and cookies promise on paper, Chromium must do."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from tests.api.guarded import PASSCODE, guarded, serving


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as play:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await play.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        yield browser
        await browser.close()


@pytest.fixture
async def page(chromium: Browser) -> AsyncIterator[Page]:
    context = await chromium.new_context()
    yield await context.new_page()
    await context.close()


async def _log_in(page: Page, text: str) -> None:
    await page.get_by_label("Passcode").fill(text)
    await page.get_by_role("button", name="Log in").click()


async def test_a_person_logs_in_and_nothing_is_blocked(data: Path, page: Page) -> None:
    said: list[ConsoleMessage] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message))
    page.on("request", lambda request: asked.append(request.url))
    async with serving(guarded(data, access="passcode")) as base:
        await page.goto(f"{base}/?a=b")
        assert page.url.endswith("/login?next=/%3Fa%3Db")
        await _log_in(page, "open sesame now")
        assert await page.get_by_role("alert").inner_text() == "That is not the passcode."
        background = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert background == "rgb(251, 249, 246)"  # the style passed its own policy
        said.clear()  # Chromium reports the 401 itself
        await _log_in(page, PASSCODE)
        await page.get_by_text("empty").wait_for()
        assert page.url == f"{base}/?a=b"
        blocked = [
            m.text for m in said if "Content Security Policy" in m.text or "Unrecognized feature" in m.text
        ]
        assert blocked == []
        assert [url for url in asked if not url.startswith((base, "data:", "blob:"))] == []


async def test_the_page_may_open_its_own_socket_and_no_other(data: Path, page: Page) -> None:
    opens = """url => new Promise(done => {
        const socket = new WebSocket(url)
        socket.onmessage = event => done(event.data)
        socket.onerror = () => done('refused')
    })"""
    async with serving(guarded(data)) as base:
        await page.goto(base)
        own = base.replace("http:", "ws:") + "/api/v1/socket"
        assert await page.evaluate(opens, own) == "owner"
        assert await page.evaluate(opens, own.replace("127.0.0.1", "localhost")) == "refused"
        assert await page.evaluate("fetch('/api/v1/who').then(r => r.status)") == 200


async def _elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
    target = scope["query_string"].decode()
    await HTMLResponse(f'<a href="{target}">go</a>')(scope, receive, send)


async def test_a_link_elsewhere_finds_the_session(data: Path, page: Page) -> None:
    """A Strict cookie is withheld from the first step, and back after the bounce."""
    async with serving(guarded(data, access="passcode")) as base, serving(_elsewhere) as other:
        await page.goto(f"{base}/login")
        await _log_in(page, PASSCODE)
        await page.goto(f"{other.replace('127.0.0.1', 'localhost')}/?{base}/")
        await page.get_by_text("go").click()
        await page.get_by_text("empty").wait_for()
        assert page.url == f"{base}/"


async def test_a_page_elsewhere_reads_and_writes_nothing(data: Path, page: Page) -> None:
    """As the owner on this machine, with another local server's page open beside Lumora."""
    tries = """async base => {
        const ask = (path, options) => fetch(base + path, options).then(r => r.type, () => 'refused')
        return [await ask('/api/v1/who'), await ask('/api/v1/echo', {method: 'POST', body: 'x'}),
                await ask('/api/v1/echo', {method: 'POST', body: 'x', mode: 'no-cors'})]
    }"""
    socket = """base => new Promise(done => {
        const socket = new WebSocket(base.replace('http', 'ws') + '/api/v1/socket')
        socket.onopen = () => done('open'); socket.onerror = () => done('refused')
    })"""
    frame = """base => new Promise(done => {
        const frame = document.createElement('iframe')
        frame.src = base; frame.onload = done; document.body.append(frame)
    })"""
    statuses: list[int] = []
    async with serving(guarded(data)) as base, serving(_elsewhere) as other:
        page.on("response", lambda r: statuses.append(r.status) if r.url.startswith(base) else None)
        await page.goto(f"{other.replace('127.0.0.1', 'localhost')}/?x")
        assert (await page.evaluate(tries, base))[:2] == ["refused", "refused"]
        assert await page.evaluate(socket, base) == "refused"
        assert set(statuses) <= {403}
        await page.evaluate(frame, base)
        assert 200 not in statuses
