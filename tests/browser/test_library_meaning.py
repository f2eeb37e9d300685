"""With the real embedding model: a file is dropped and read, asked in other words, and its source opened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import shelf
from tests.browser.conftest import free_port
from tests.browser.pages import Chat, faults
from tests.fake_provider import FakeProvider
from tests.intake import hostile
from tests.serving import Serving, events

DROP = """async ([name, text]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name));
  const told = { bubbles: true, cancelable: true, dataTransfer: transfer };
  for (const type of ["dragenter", "dragover", "drop"])
    document.querySelector("#lu-lib-main").dispatchEvent(new DragEvent(type, told));
}"""


@pytest.fixture(scope="module")
def serving(
    tmp_path_factory: pytest.TempPathFactory, embedding_model: Path, _provider: FakeProvider
) -> Iterator[Serving]:
    """A server that has the embedding model beside the scripted provider."""
    data = tmp_path_factory.mktemp("meaning") / "data"
    (data / "models").mkdir(parents=True)
    (data / "models" / embedding_model.name).symlink_to(embedding_model)
    told = f'[[providers]]\nname = "scripted"\nbase_url = "{_provider.base_url}"\nmodels = ["one"]\n'
    (data / "lumora.toml").write_text(told)
    with Serving(data, env={"LUMORA_PORT": str(free_port())}) as serving:
        yield serving


def test_a_dropped_file_answers_by_its_meaning(
    scripted: Chat, provider: FakeProvider, serving: Serving, shoot: Callable[[Page, str], None]
) -> None:
    one = shelf.collection(serving, "Garden", {})
    page = scripted.page
    page.evaluate(f"location.hash = '#library/{one}'")
    expect(page.locator(".lu-lib-empty")).to_be_visible()
    page.evaluate(DROP, ["garden.md", shelf.GARDEN])
    expect(page.locator(".lu-doc[data-state=ready]")).to_have_count(1, timeout=60_000)
    page.get_by_role("button", name=re.compile("^Ask “Garden")).click()
    provider.text = "Tulip bulbs go 15 cm deep into the soil in October. [1]"
    scripted.ask("How far below ground are flowers planted?")
    answer = scripted.finished()
    expect(answer.locator(".lu-said")).to_have_attribute("data-mark", "supported")
    answer.locator(".lu-cite").first.click()
    expect(page.locator(".lu-source-text mark").filter(has_text="15 cm deep")).to_be_in_viewport()
    page.keyboard.press("Escape")
    answer.get_by_role("button", name="Trace").click()
    trace = page.get_by_role("dialog", name="How this answer came about")
    expect(trace).to_contain_text("by meaning and by words, and one list made of both")
    expect(trace).to_contain_text("Working out what the question means")
    expect(trace.locator(".lu-steps")).not_to_contain_text(re.compile("Another step|scope|join|·"))
    assert faults(page) == []
    shoot(page, "trace")


def test_indexing_a_long_document_tells_how_far_it_is(serving: Serving) -> None:
    one = shelf.collection(serving, "Long", {})
    added = shelf.put(serving, one, "long.pdf", hostile.pdf_of_pages(1400))
    with serving.client() as client, client.stream("GET", f"/api/v1/jobs/{added['job']}/events") as response:
        said = [event for event in events(response) if event["type"] == "progress"]
    told = [event for event in said if event["step"] == f"embedding {added['id']}"]
    (total,) = {event["total"] for event in told}
    assert told[0]["done"] == 0 < told[1]["done"] < total
