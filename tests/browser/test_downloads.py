"""A download from the page: progress, cancel, a failure with a way on; and removing a model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.pages import Chat
from tests.fake_hub import FakeHub, Repo
from tests.serving import MODEL, Serving

REPO = "Qwen/Qwen3-0.6B-GGUF"
FILE = "Qwen3-0.6B-Q8_0.gguf"


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub({REPO: Repo({FILE: bytes(4_000_000)})}) as running:
        yield running


@pytest.fixture
def serving(tmp_path: Path, starter_model: Path, hub: FakeHub) -> Iterator[Serving]:
    with Serving(tmp_path / "data", starter_model, env={"HF_ENDPOINT": hub.endpoint}) as running:
        yield running


def test_a_download_shows_progress_stops_and_says_why_it_failed(
    serving: Serving, hub: FakeHub, open_page: OpenPage
) -> None:
    hub.faults.bytes_per_second = 400_000
    chat = Chat(open_page(serving.url, model=MODEL)).ready()
    page = chat.page
    page.locator("#lu-model").click()
    start = page.get_by_role("button", name="Download Qwen3 0.6B")
    start.click()
    bar = page.get_by_role("progressbar", name="Qwen3 0.6B")
    expect(bar).to_be_visible()
    expect(page.locator(".lu-progress-text")).to_contain_text("B/s")
    expect(page.locator("#lu-model")).to_contain_text("%")  # told in the pill, wherever one is
    page.get_by_role("button", name="Cancel").click()
    expect(bar).to_have_count(0)
    expect(start).to_be_visible()
    assert not (serving.data / "models" / "qwen3-0.6b").exists()

    hub.repos[REPO].gated = True
    start.click()
    failure = page.get_by_role("alert").filter(has_text="licence")
    expect(failure).to_contain_text("HF_TOKEN")
    hub.repos[REPO].gated = False
    failure.get_by_role("button", name="Try again").click()
    expect(bar).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(bar).to_have_count(0)


def test_a_model_is_removed_after_asking_once(serving: Serving, open_page: OpenPage) -> None:
    page = Chat(open_page(serving.url, model=MODEL)).ready().page
    page.locator("#lu-model").click()
    page.get_by_role("button", name="Remove SmolLM2 135M").click()
    page.get_by_role("button", name="Keep").click()
    assert serving.get("/api/v1/models")["items"][0]["installed"]
    page.get_by_role("button", name="Remove SmolLM2 135M").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_role("heading", name="Welcome to Lumora")).to_be_attached()
    assert not (serving.data / "models" / MODEL).exists()
