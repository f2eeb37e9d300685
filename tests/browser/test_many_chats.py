"""Five thousand chats in the sidebar: scrolled, deleted and selected with no task of the page over 50 ms."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import OpenPage
from tests.serving import Serving

MANY = 5_000
LONGEST_TASK_MS = 50.0


@pytest.fixture(scope="module")
def thousands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server that holds MANY chats, brought in as a person would: by an import."""
    with Serving(tmp_path_factory.mktemp("many") / "data") as serving:
        with serving.client(timeout=120) as client:
            job = client.post("/api/v1/imports?name=many.json", content=many()).json()["job"]
            client.get(f"/api/v1/jobs/{job}/events")
        yield serving


def many() -> bytes:
    """An Open WebUI export of MANY chats, an hour apart."""
    return json.dumps([openwebui(i) for i in range(MANY)]).encode()


def openwebui(i: int) -> dict[str, Any]:
    at = 1_750_000_000 - 3600 * i
    asked: dict[str, Any] = {
        "id": "a",
        "parentId": None,
        "childrenIds": [],
        "role": "user",
        "content": f"Note {i}",
        "timestamp": at,
    }
    history = {"messages": {"a": asked}, "currentId": "a"}
    chat = {"title": f"Chat number {i}", "history": history, "messages": [asked], "timestamp": at * 1000}
    return {"id": f"many-{i}", "title": chat["title"], "chat": chat, "created_at": at, "updated_at": at}


class Traced:
    """The longest task of the page's main thread while the block runs, in ms of processor time."""

    def __init__(self, browser: Browser, page: Page) -> None:
        self.browser, self.page, self.longest = browser, page, 0.0

    def __enter__(self) -> Traced:
        self.browser.start_tracing(page=self.page, categories=["toplevel", "devtools.timeline"])
        return self

    def __exit__(self, *_: object) -> None:
        events = json.loads(self.browser.stop_tracing())["traceEvents"]
        named = [e for e in events if e.get("name") == "thread_name"]
        main = {(e["pid"], e["tid"]) for e in named if e["args"]["name"] == "CrRendererMain"}
        tasks = [e for e in events if "RunTask" in e.get("name", "") and (e["pid"], e["tid"]) in main]
        assert tasks, "the trace shows no tasks"
        self.longest = max(e.get("tdur", 0) for e in tasks) / 1000


def test_five_thousand_chats_stay_instant(
    thousands: Serving, open_page: OpenPage, browser: Browser, shoot: Callable[[Page, str], None]
) -> None:
    page = open_page(thousands.url)
    rows = page.locator(".lu-item")
    expect(rows.first).to_be_visible()
    expect(page.locator("#lu-text")).to_be_visible()
    with Traced(browser, page) as scrolling:
        page.locator("#lu-list").evaluate("n => n.scrollTo(0, n.scrollHeight)")
        expect(page.get_by_text(f"Chat number {MANY - 1}", exact=True)).to_be_visible()
        expect(page.locator(".lu-gap")).to_have_count(0)
        page.mouse.move(100, 500)
        for _ in range(20):
            page.mouse.wheel(0, -700)
    assert rows.count() < 80
    page.wait_for_timeout(500)  # the wheel runs on
    last = page.locator(f'[data-key="{rows.nth(8).get_attribute("data-key")}"]')
    title = last.inner_text()
    with Traced(browser, page) as deleting:
        last.hover()
        last.locator(".lu-more").click()
        page.get_by_role("menuitem", name="Delete").click()
        expect(page.get_by_role("button", name="Undo")).to_be_visible()
        expect(page.get_by_text(title, exact=True)).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text(title, exact=True)).to_have_count(1)
    page.locator("#lu-more-all").click()
    page.get_by_role("menuitem", name="Select chats").click()
    bar = page.locator("#lu-bulk")
    with Traced(browser, page) as selecting:
        bar.get_by_role("button", name="All").click()
        expect(bar).to_contain_text("5,000 selected")
        bar.get_by_role("button", name="Delete").click()
        expect(page.locator("#lu-list")).to_contain_text("Your conversations will appear here.")
        page.get_by_role("button", name="Undo").last.click()
        expect(rows.first).to_be_visible()
    shoot(page, "sidebar-thousands")
    longest = {"scrolling": scrolling.longest, "deleting": deleting.longest, "selecting": selecting.longest}
    assert max(longest.values()) < LONGEST_TASK_MS, longest
    page.locator(".lu-item").first.locator(".lu-chat").focus()
    page.keyboard.press("End")
    expect(page.get_by_role("checkbox", name=f"Chat number {MANY - 1}")).to_be_focused()
