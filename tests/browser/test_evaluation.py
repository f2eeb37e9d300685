"""The evaluation of a collection on the page: golden questions, runs with progress, two runs side by side."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import shelf
from tests.browser.pages import Chat, faults, fits
from tests.serving import Serving

Shoot = Callable[[Page, str], None]
QUESTIONS = [
    {"question": "What does the heat pump cost?", "expected": ["Nordlund.pdf"]},
    {"question": "When is the hedge cut?", "expected": [{"name": "garden.md", "text": "before 1 March"}]},
    {"question": "How deep do tulip bulbs go?", "expected": ["garden.md"]},
    {"question": "Who painted the ceiling?", "expected": ["chapel.pdf"]},
]


@pytest.fixture(autouse=True)
def _no_collections(serving: Serving) -> Iterator[None]:
    """The next test finds an empty library."""
    yield
    shelf.clear(serving)


def lines() -> str:
    return "".join(f"{json.dumps(each)}\n" for each in QUESTIONS)


def evaluation(chat: Chat, collection: str) -> Locator:
    """Open the library at a collection and choose Evaluate from its menu."""
    page = chat.page
    page.evaluate(f"location.hash = 'library/{collection}'")
    page.get_by_role("region", name=re.compile("^Evaluated")).get_by_role("button", name="More").first.click()
    page.get_by_role("menuitem", name="Evaluate…").click()
    part = page.get_by_role("region", name="Evaluation", exact=True)
    expect(part.get_by_text("Loading…")).to_have_count(0)
    return part


def rows(part: Locator) -> Locator:
    return part.get_by_role("list", name="Golden questions").get_by_role("listitem")


def run(part: Locator) -> None:
    """Run all questions and wait for the end."""
    before = part.locator(".lu-runs tbody tr").count()
    part.get_by_role("button", name="Run all questions").click()
    expect(part.locator(".lu-runs tbody tr")).to_have_count(before + 1, timeout=40_000)


def test_questions_are_added_edited_deleted_and_imported(
    scripted: Chat, serving: Serving, shoot: Shoot, tmp_path: Path
) -> None:
    page = scripted.page
    part = evaluation(scripted, shelf.collection(serving, "Evaluated", {}))
    expect(part).to_contain_text("Questions whose answers you know")
    expect(part.get_by_role("button", name="Run all questions")).to_be_disabled()
    assert faults(page) == [] and fits(page)
    shoot(page, "evaluation-empty")
    part.get_by_role("button", name="Add a question…").click()
    form = page.get_by_role("dialog", name="Add a question")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("Write a question first.")).to_be_visible()
    form.get_by_label("Question").fill("When is the hedge cut?")
    form.get_by_label("Documents that should be found").fill("garden.md: before 1 March\nNordlund.pdf")
    assert faults(page) == []
    shoot(page, "evaluation-question")
    form.get_by_role("button", name="Save").click()
    expect(rows(part)).to_have_count(1)
    expect(rows(part)).to_contain_text("garden.md: “before 1 March” · Nordlund.pdf")
    rows(part).get_by_role("button", name="Edit").click()
    form = page.get_by_role("dialog", name="Edit this question")
    expect(form.get_by_label("Documents that should be found")).to_have_value(
        "garden.md: before 1 March\nNordlund.pdf"
    )
    form.get_by_label("Question").fill("When is the hedge to be cut?")
    form.get_by_role("button", name="Save").click()
    expect(rows(part)).to_contain_text("to be cut")
    rows(part).get_by_role("button", name="Delete").click()
    expect(rows(part)).to_have_count(0)
    page.get_by_role("button", name="Undo").last.click()
    expect(rows(part)).to_have_count(1)
    bring(part, tmp_path, '{"question": "a", "expected": ["b"]}\n{"question": 1}')
    expect(page.get_by_text(re.compile("Line 2 cannot be used"))).to_be_visible()
    expect(rows(part)).to_have_count(1)
    bring(part, tmp_path, lines())
    expect(rows(part)).to_have_count(5)
    with page.expect_download() as download:
        part.get_by_role("button", name="Import…").click()
        page.get_by_role("menuitem", name="Export JSON lines").click()
    kept = Path(download.value.path()).read_text("utf-8").splitlines()
    assert [json.loads(line) for line in kept][1:] != [] and len(kept) == 5


def bring(part: Locator, folder: Path, text: str) -> None:
    """Choose a file of JSON lines."""
    file = folder / "golden.jsonl"
    file.write_text(text, "utf-8")
    part.get_by_role("button", name="Import…").click()
    with part.page.expect_file_chooser() as chooser:
        part.page.get_by_role("menuitem", name="Import JSON lines…").click()
    chooser.value.set_files(file)


def test_two_runs_side_by_side(scripted: Chat, serving: Serving, shoot: Shoot) -> None:
    page = scripted.page
    collection = shelf.collection(serving, "Evaluated")
    with serving.client() as client:
        client.post(f"/api/v1/collections/{collection}/golden/import", content=lines()).raise_for_status()
    part = evaluation(scripted, collection)
    part.get_by_label("Search by").select_option("lexical")
    run(part)
    table = part.get_by_role("region", name="Results", exact=True).last
    expect(table).to_contain_text("0.750")  # three of four questions find their document
    shoot(page, "evaluation-one")
    part.get_by_label("Passages").fill("1")
    part.get_by_label("Passages").press("Tab")
    part.get_by_text("Answer them too").click()
    run(part)
    side = part.get_by_role("region", name="Side by side", exact=True).last
    expect(side).to_contain_text("nDCG@10")
    expect(side.get_by_role("row").filter(has_text="MRR")).to_contain_text(
        re.compile("the same|better|worse")
    )
    expect(part.get_by_role("heading", name="Questions that changed")).to_be_visible()
    assert faults(page) == [] and fits(page)
    part.get_by_role("heading", name="Questions that changed").scroll_into_view_if_needed()
    shoot(page, "evaluation-two")
    page.reload()
    part = page.get_by_role("region", name="Evaluation", exact=True)
    expect(part.locator(".lu-runs tbody tr")).to_have_count(2)
    part.get_by_role("button", name="Remove the run").first.click()
    expect(part.locator(".lu-runs tbody tr")).to_have_count(1)
    part.get_by_role("button", name="Back to the documents").click()
    expect(page.get_by_role("region", name=re.compile("^Evaluated"))).to_be_visible()


def test_a_run_shows_how_far_it_is_and_stops(scripted: Chat, serving: Serving, shoot: Shoot) -> None:
    page = scripted.page
    collection = shelf.collection(serving, "Evaluated")
    many = "".join(
        f'{{"question": "How deep do tulip bulbs go in garden {n}?", "expected": ["garden.md"]}}\n'
        for n in range(1500)
    )
    with serving.client() as client:
        client.post(f"/api/v1/collections/{collection}/golden/import", content=many).raise_for_status()
    part = evaluation(scripted, collection)
    expect(rows(part)).to_have_count(8)
    part.get_by_role("button", name="Run all questions").click()
    going = part.get_by_role("group", name="Running")
    expect(going).to_contain_text(re.compile(r"Asking: \d+ of 1,500"))
    shoot(page, "evaluation-running")
    assert faults(page) == []
    going.get_by_role("button", name="Stop").click()
    expect(part.get_by_role("button", name="Run all questions")).to_be_enabled()
    expect(part.locator(".lu-runs")).to_have_count(0)
