"""Answers from documents: numbers that open the source, sentences marked, the trace, the choice."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import shelf
from tests.browser.pages import Chat, faults, fits
from tests.fake_provider import FakeProvider
from tests.serving import Serving

Shoot = Callable[[Page, str], None]

QUOTED = "Nordlund Energy offers the heat pump NP-8 installed for 11,480 euros."
INVENTED = "The compressor has a guarantee of twenty years."
ANSWER = f"{QUOTED} [1]\n\nThis is what else the documents say:\n\n- {INVENTED}\n\nI hope that helps."
QUESTION = "What does the heat pump NP-8 of Nordlund cost, and how long is the guarantee of the compressor?"

# Answers in Markdown, and their sentences as the check would name them.
PLACED: list[tuple[str, list[str]]] = [
    ("Plain one. And **bold two** here [1]. Third.", ["Plain one.", "And **bold two** here [1].", "Third."]),
    (
        "- item **one** is `code x` here. Second.\n"
        '- other [link](http://a.com/(x) "t. t") done. End \\* and &amp; it.',
        [
            "item **one** is `code x` here.",
            "Second.",
            'other [link](http://a.com/(x) "t. t") done.',
            "End \\* and &amp; it.",
        ],
    ),
    (
        "> Quoted one\n> goes on. Next *quoted*\n> sentence.",
        ["Quoted one\n> goes on.", "Next *quoted*\n> sentence."],
    ),
    (
        "Before 😀 here. After 😀 it.\n\n1. First `a.b`.\n   Goes on. Then $x^2$.",
        ["Before 😀 here.", "After 😀 it.", "First `a.b`.", "Goes on.", "Then $x^2$."],
    ),
    (
        "Ends **bold.** Then _it._ See https://example.com/a.b here.",
        ["Ends **bold.**", "Then _it._", "See https://example.com/a.b here."],
    ),
    ("same same. same same.\r\n\r\nsame same. same same.", ["same same."] * 4),
]
SHOWN = [
    ["Plain one.", "And bold two here.", "Third."],
    ["item one is code x here.", "Second.", "other link done.", "End * and & it."],
    ["Quoted onegoes on.", "Next quotedsentence."],
    ["Before 😀 here.", "After 😀 it.", "First a.b.", "Goes on.", "Then $x^2$."],
    ["Ends bold.", "Then it.", "See https://example.com/a.b here."],
    ["same same."] * 4,
]
PLACE = """async (samples) => {
  const own = (name) => import(new URL(lumoraPage.ui + 'js/' + name, document.baseURI).href);
  const [{ render }, { citedOf }, { Growing }] = await Promise.all(
    ['answer/markdown.js', 'sources/cited.js', 'answer/growing.js'].map(own));
  const points = (text) => [...text].length;
  const marks = ['supported', 'weak', 'unsupported'];
  const strip = (node) => node.innerHTML.replaceAll(' data-end=""', '');
  return samples.map(([text, sentences]) => {
    let at = 0;
    const checks = sentences.map((sentence, i) => {
      const from = text.indexOf(sentence, at);
      at = from + sentence.length;
      const [start, end] = [points(text.slice(0, from)), points(text.slice(0, at))];
      return { start, end, mark: marks[i % 3], source: 1, span_start: 0, span_end: 0, why: '' };
    });
    const sources = [{ number: 1, name: 'One', document: 'd', start: 0, end: 3 }];
    const whole = document.createElement('div');
    whole.append(render(text, citedOf({ text, checks, sources })));
    const said = [];
    for (const node of whole.querySelectorAll('.lu-said')) {
      const copy = node.cloneNode(true);
      copy.querySelectorAll('.lu-cites, .lu-sign, .lu-sr').forEach((each) => each.remove());
      const last = said.at(-1);
      if (last?.mark === node.dataset.mark && !last.over) last.text += copy.textContent;
      else said.push({ mark: node.dataset.mark, text: copy.textContent });
      said.at(-1).over = Boolean(node.querySelector('.lu-sign, .lu-sr'));
    }
    // The same as it comes: checks follow the words.
    const coming = document.createElement('div');
    const message = { text: '', sources, checks: [] };
    const growing = new Growing(coming, citedOf(message));
    for (let end = 5; end < text.length + 5; end += 5) {
      message.text = text.slice(0, end);
      growing.rest = 0;
      growing.paint(message.text);
      message.checks = checks.filter((c) => c.end < points(message.text));
      citedOf(message);
      growing.checked();
    }
    message.checks = checks;
    citedOf(message);
    growing.checked();
    growing.mark(null);
    return { said: said.map((s) => s.text), same: strip(coming) === strip(whole) };
  });
}"""


def test_sentences_are_found_again_in_what_is_shown(scripted: Chat) -> None:
    found: list[dict[str, Any]] = scripted.page.evaluate(PLACE, PLACED)
    assert [each["said"] for each in found] == SHOWN
    assert [each["same"] for each in found] == [True] * len(PLACED)


def choose_collection(chat: Chat, name: str) -> None:
    chat.page.locator("#lu-asked").click()
    panel = chat.page.get_by_role("dialog", name="Answer from documents")
    panel.get_by_role("checkbox", name=re.compile(re.escape(name))).check()
    chat.page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(chat.page.locator("#lu-asked")).to_contain_text(name)


def named(serving: Serving, collection: str) -> str:
    name: str = serving.get(f"/api/v1/collections/{collection}")["name"]
    return name


@pytest.fixture
def house(serving: Serving) -> str:
    """A collection with the offer and the garden plan."""
    return shelf.collection(serving, "House")


def test_an_answer_is_marked_and_its_numbers_open_the_page(
    scripted: Chat, serving: Serving, provider: FakeProvider, house: str, shoot: Shoot
) -> None:
    page = scripted.page
    choose_collection(scripted, named(serving, house))
    shoot(page, "cited-chosen")
    provider.text = ANSWER
    scripted.ask(QUESTION)
    answer = scripted.finished()
    said = answer.locator(".lu-said")
    expect(said.filter(has_text="11,480 euros")).to_have_attribute("data-mark", "supported")
    expect(said.filter(has_text="twenty years")).to_have_attribute(
        "data-mark", re.compile("unsupported|weak")
    )
    expect(answer.locator(".lu-said").filter(has_text="I hope")).to_have_count(0)
    expect(answer.locator(".lu-verdict")).to_contain_text("1 of 2 sentences supported")
    expect(answer.locator(".lu-sources")).to_contain_text("Nordlund.pdf")
    assert "[1]" not in answer.locator(".lu-ans").inner_text()
    shoot(page, "cited")
    assert faults(page) == []
    assert fits(page)
    chip = answer.locator(".lu-cite").first
    chip.click()
    aside = page.locator("#lu-aside")
    expect(aside.locator("#lu-aside-title")).to_be_focused()
    expect(aside.locator(".lu-page-boxes i").first).to_be_visible()
    expect(aside.locator(".lu-page-quote")).to_contain_text("11,480 euros")
    aside.locator(".lu-page-image").evaluate("image => image.decode()")
    shoot(page, "cited-source")
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(aside).to_be_hidden()
    expect(chip).to_be_focused()
    page.reload()
    expect(said.filter(has_text="11,480 euros")).to_have_attribute("data-mark", "supported")
    sign = answer.get_by_role("button", name=re.compile("why$")).first
    sign.click()
    expect(page.get_by_role("dialog", name=re.compile("Not found|Weak"))).to_be_visible()
    shoot(page, "cited-why")
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(sign).to_be_focused()


def test_marks_come_while_the_answer_is_written(
    scripted: Chat, serving: Serving, provider: FakeProvider, house: str
) -> None:
    choose_collection(scripted, named(serving, house))
    provider.text = f"{QUOTED}\n\n" + "And then there is more to say about it all. " * 60
    provider.delay = 0.03
    scripted.ask(QUESTION)
    expect(scripted.live.locator(".lu-said[data-mark=supported]").first).to_be_visible(timeout=60_000)
    expect(scripted.live.locator(".lu-cite").first).to_be_visible()
    scripted.stop()
    expect(scripted.answers.last.locator(".lu-said[data-mark=supported]").first).to_be_visible()


def test_the_trace_and_the_receipt_tell_how_it_came_about(
    scripted: Chat, serving: Serving, provider: FakeProvider, house: str, shoot: Shoot
) -> None:
    page = scripted.page
    choose_collection(scripted, named(serving, house))
    provider.text = ANSWER
    scripted.ask(QUESTION)
    answer = scripted.finished()
    answer.get_by_role("button", name="Trace").click()
    dialog = page.get_by_role("dialog", name="How this answer came about")
    expect(dialog).to_contain_text("NP-8")
    expect(dialog.get_by_role("table")).to_contain_text("used as source 1")
    expect(dialog.get_by_role("heading", name="Where the time went")).to_be_visible()
    shoot(page, "trace")
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(answer.get_by_role("button", name="Trace")).to_be_focused()
    answer.locator(".lu-usage").click()
    expect(page.get_by_role("dialog", name="Receipt of this answer")).to_contain_text("Nordlund.pdf")


def test_too_little_evidence_is_said_and_kept(
    scripted: Chat, serving: Serving, provider: FakeProvider, house: str, shoot: Shoot
) -> None:
    choose_collection(scripted, named(serving, house))
    provider.text = "The capital of France is Paris."
    scripted.ask("Which treaty ended the Thirty Years' War, and who signed it in Osnabrück?")
    answer = scripted.finished()
    expect(answer).to_contain_text("There is too little about this")
    expect(answer.locator(".lu-notice")).to_have_count(1)
    shoot(scripted.page, "cited-too-little")
    scripted.page.reload()
    expect(scripted.answers.last).to_contain_text("There is too little about this")


def test_the_choice_belongs_to_the_chat_and_to_the_project(
    scripted: Chat, serving: Serving, provider: FakeProvider, house: str
) -> None:
    page, name = scripted.page, named(serving, house)
    choose_collection(scripted, name)
    scripted.ask("Where does the choice go?")
    scripted.finished()
    kept = serving.get(f"/api/v1/conversations/{scripted.conversation()}")
    assert kept["collections"] == [house]
    page.reload()
    expect(page.locator("#lu-asked")).to_contain_text(name)
    project = serving.post(
        "/api/v1/projects", {"name": f"Has documents {house[-6:]}", "collections": [house]}
    )
    page.goto(serving.url)
    scripted.ready()
    expect(page.locator("#lu-asked")).to_contain_text("Documents")
    scripted.show_sidebar()
    row = page.locator(f'.lu-folder[data-project="{project["id"]}"]')
    scripted.row_menu(row, "Project settings…")
    expect(
        page.get_by_role("dialog").get_by_role("checkbox", name=re.compile(re.escape(name)))
    ).to_be_checked()
    page.keyboard.press("Escape")
    scripted.show_sidebar()
    row.hover()
    row.locator(".lu-add").click()
    expect(page.locator("#lu-asked")).to_contain_text(name)


def test_a_collection_or_document_is_named_for_one_question(
    scripted: Chat, serving: Serving, provider: FakeProvider, house: str, shoot: Shoot
) -> None:
    page = scripted.page
    name = named(serving, house)
    scripted.field.press_sequentially(f"@{name.split()[1]}")
    page.get_by_role("option", name=re.compile(re.escape(name))).click()
    expect(page.locator("#lu-chips")).to_contain_text(name)
    shoot(page, "cited-mention")
    assert faults(page) == []
    provider.text = ANSWER
    scripted.field.press_sequentially(QUESTION)
    scripted.field.press("Enter")
    answer = scripted.finished()
    expect(answer.locator(".lu-sources")).to_contain_text("Nordlund.pdf")
    assert not serving.get(f"/api/v1/conversations/{scripted.conversation()}")["collections"]
    choose_collection(scripted, name)
    scripted.field.press_sequentially("@gard")
    page.get_by_role("option", name=re.compile("garden.md")).first.click()
    scripted.field.press_sequentially("When are tulip bulbs planted, and how deep?")
    scripted.field.press("Enter")
    listed = scripted.finished().locator(".lu-sources")
    expect(listed).to_contain_text("garden.md")
    expect(listed).not_to_contain_text("Nordlund.pdf")


def test_without_a_model_the_passages_are_quoted(
    open_page: Callable[..., Page], tmp_path: Any, look: tuple[int, bool], shoot: Shoot
) -> None:
    with Serving(tmp_path / "data") as bare:
        one = shelf.collection(bare, "Bare")
        page = open_page(f"{bare.url}/#library/{one}", width=look[0], dark=look[1])
        page.get_by_role("button", name=re.compile("^Ask")).click()
        chat = Chat(page)
        expect(chat.field).to_be_enabled()
        chat.ask("How deep do tulip bulbs go into the soil?")
        answer = chat.finished()
        expect(answer.locator(".lu-ans")).to_contain_text("15 cm deep")
        expect(answer.locator(".lu-usage")).to_contain_text("Quoted from your documents")
        expect(answer.locator(".lu-cite").first).to_be_visible()
        shoot(page, "cited-extractive")
        assert faults(page) == []
        answer.locator(".lu-cite").first.click()
        expect(page.locator(".lu-source-text mark").filter(has_text="15 cm deep")).to_be_in_viewport()
