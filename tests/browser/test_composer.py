"""Writing a question: keys, long pastes, files, drafts, prompts, mentions, the context meter."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.pages import Chat, faults, fits
from tests.fake_provider import FakeProvider
from tests.serving import MODEL, Serving

Shoot = Callable[[Page, str], None]

PASTE = """([text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  const field = document.getElementById("lu-text");
  const before = performance.now();
  const taken = !field.dispatchEvent(paste);
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(() =>
    resolve({ taken, took: performance.now() - before }))));
}"""
DROP = """([files]) => {
  const data = new DataTransfer();
  for (const [name, text] of files) data.items.add(new File([text], name));
  const at = document.getElementById("lu-messages");
  const fire = (kind) => at.dispatchEvent(
    new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  fire("dragenter"); fire("dragover");
  window.veiled = !document.querySelector(".lu-drop").hidden;
  fire("drop");
}"""
TELL = """async ([name, detail]) =>
  (await import(document.querySelector('script[type=module][src*="/page.js"]').src)).tell(name, detail)"""
LONG = "\n".join(f"line {i} of a log" for i in range(300))


def chip(chat: Chat, name: str) -> Locator:
    return chat.page.locator(".lu-chip").filter(has_text=name)


def paste(chat: Chat, text: str) -> dict[str, Any]:
    found: dict[str, Any] = chat.page.evaluate(PASTE, [text])
    return found


def attach(chat: Chat, *files: tuple[str, bytes]) -> None:
    chat.page.locator("#lu-files").set_input_files(
        [FilePayload(name=name, mimeType="text/plain", buffer=content) for name, content in files]
    )


def ready(chat: Chat, name: str) -> None:
    expect(chip(chat, name).and_(chat.page.locator(".lu-ready"))).to_be_visible()


def options(chat: Chat) -> Locator:
    return chat.page.get_by_role("option")


def answered(chat: Chat, provider: FakeProvider, text: str = "Fine.") -> None:
    provider.text = text
    chat.ask("A question to begin with")
    chat.finished()


# Keys


def test_the_send_key_is_a_choice_and_an_input_method_keeps_its_enter(
    scripted: Chat, serving: Serving
) -> None:
    with serving.client() as client:
        client.patch("/api/v1/preferences", json={"send": "mod-enter"}).raise_for_status()
        scripted.page.reload()
        scripted.ready().field.fill("one")
        expect(scripted.page.locator("#lu-hint")).to_have_text(
            "" if scripted.narrow else "Ctrl + Enter sends, Enter starts a new line"
        )
        scripted.field.press("Enter")
        scripted.field.press("a")
        assert scripted.field.input_value() == "one\na"
        scripted.field.press("Control+Enter")
        scripted.finished()
        expect(scripted.questions.last).to_contain_text("one")
        client.patch("/api/v1/preferences", json={"send": None}).raise_for_status()
    scripted.page.reload()
    scripted.ready().field.fill("日本")
    scripted.page.evaluate(
        "document.getElementById('lu-text').dispatchEvent(new KeyboardEvent('keydown',"
        " { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }))"
    )
    expect(scripted.field).to_have_value("日本")
    scripted.field.fill("")


def test_up_in_an_empty_field_edits_the_last_message(scripted: Chat, provider: FakeProvider) -> None:
    answered(scripted, provider)
    scripted.field.fill("typing")
    scripted.field.press("ArrowUp")
    editor = scripted.page.get_by_role("textbox", name="Edit your message")
    expect(editor).to_have_count(0)
    scripted.field.fill("")
    scripted.field.press("ArrowUp")
    expect(editor).to_be_focused()
    expect(editor).to_have_value("A question to begin with")


def test_a_quote_stands_as_lines_of_their_own_at_the_caret(scripted: Chat) -> None:
    scripted.field.fill("Look:")
    scripted.page.evaluate(TELL, ["quote", "first\nsecond"])
    expect(scripted.field).to_have_value("Look:\n> first\n> second\n\n")
    expect(scripted.field).to_be_focused()
    scripted.field.press("Control+z")
    expect(scripted.field).to_have_value("Look:")
    scripted.field.fill("")


def test_typing_in_a_draft_of_200_kB_keeps_up(scripted: Chat) -> None:
    """The page's own work at each key, beside what the browser needs for the text itself."""
    scripted.page.evaluate(
        "() => { const f = document.getElementById('lu-text'); f.value = 'word '.repeat(40_000);"
        " f.dispatchEvent(new Event('input')); }"
    )
    took = scripted.page.evaluate(
        """() => {
          const field = document.getElementById("lu-text");
          const all = [];
          for (let i = 0; i < 30; i++) {
            const before = performance.now();
            field.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
            field.dispatchEvent(new InputEvent("input", { bubbles: true }));
            all.push(performance.now() - before);
          }
          return all.sort((a, b) => a - b)[15];
        }"""
    )
    assert took < 16
    scripted.field.fill("")


# Long pastes


def test_a_paste_of_20000_lines_is_an_attachment_at_once(
    scripted: Chat, provider: FakeProvider, shoot: Shoot
) -> None:
    text = "\n".join(f"line {i} of a long log with some words in it" for i in range(20_000))
    found = paste(scripted, text)
    assert found["taken"]
    assert found["took"] < 200, "ms until the page was painted and answered again"
    expect(scripted.field).to_have_value("")
    ready(scripted, "pasted-1.txt")
    expect(chip(scripted, "pasted-1.txt")).to_contain_text("20,000 lines")
    expect(chip(scripted, "pasted-1.txt")).to_contain_text(re.compile(r"\d+ (kB|MB)"))
    expect(scripted.page.locator("#lu-meter")).to_be_hidden()  # nobody knows this model's context
    shoot(scripted.page, "composer-paste")
    assert not faults(scripted.page)
    assert fits(scripted.page)
    chip(scripted, "pasted-1.txt").get_by_role("button", name="Show").click()
    dialog = scripted.page.get_by_role("dialog")
    expect(dialog).to_contain_text("line 0 of a long log")
    scripted.page.keyboard.press("Escape")
    scripted.ask("How many lines?")
    scripted.finished()
    expect(scripted.page.locator(".lu-chip")).to_have_count(0)
    expect(scripted.questions.last).to_contain_text("pasted-1.txt")
    assert "line 19999 of a long log" in json.dumps(provider.sent)


def test_a_paste_can_be_text_after_all(scripted: Chat) -> None:
    assert not paste(scripted, "short\ntext")["taken"]
    assert paste(scripted, LONG.replace("\n", "\r\n"))["taken"]
    ready(scripted, "pasted-1.txt")
    chip(scripted, "pasted-1.txt").get_by_role("button", name="As text").click()
    expect(scripted.page.locator(".lu-chip")).to_have_count(0)
    expect(scripted.field).to_be_focused()
    assert LONG in scripted.field.input_value()
    height = scripted.field.evaluate("f => f.offsetHeight / innerHeight")
    assert 0.2 < height < 0.45
    scripted.field.fill("")
    assert scripted.field.evaluate("f => f.offsetHeight") < 60


def test_what_was_removed_can_be_brought_back(scripted: Chat) -> None:
    paste(scripted, LONG)
    ready(scripted, "pasted-1.txt")
    chip(scripted, "pasted-1.txt").get_by_role("button", name="Remove").click()
    expect(scripted.page.locator(".lu-chip")).to_have_count(0)
    expect(scripted.field).to_be_focused()
    scripted.page.get_by_role("button", name="Undo").click()
    ready(scripted, "pasted-1.txt")
    chip(scripted, "pasted-1.txt").get_by_role("button", name="Remove").click()


# Files


def test_files_that_are_text_go_along_and_others_are_named(
    scripted: Chat, provider: FakeProvider, shoot: Shoot
) -> None:
    attach(
        scripted,
        ("notes.md", b"# Notes\n\nThe password is swordfish."),
        ("photo.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00"),
        ("huge.csv", b"a,b\n" * 1_100_000),
        ("empty.txt", b" \n"),
        ("umlauts.csv", "Größe;Straße".encode("windows-1252")),
    )
    ready(scripted, "notes.md")
    ready(scripted, "umlauts.csv")
    refused = scripted.page.locator("#lu-refused")
    expect(refused).to_contain_text("“photo.png” is not a text file")
    expect(refused).to_contain_text("“huge.csv” has 4,400,000 bytes; 4,000,000 are the most")
    expect(refused).to_contain_text("“empty.txt” is empty")
    shoot(scripted.page, "composer-files")
    assert not faults(scripted.page)
    assert fits(scripted.page)
    refused.get_by_role("button", name="Dismiss").click()
    expect(refused).to_be_hidden()
    scripted.field.press("Enter")  # a question may be nothing but attachments
    scripted.finished()
    sent = json.dumps(provider.sent, ensure_ascii=False)
    assert "swordfish" in sent
    assert "Größe;Straße" in sent


def test_files_dropped_on_the_conversation_go_along(scripted: Chat) -> None:
    scripted.page.evaluate(DROP, [[["a.txt", "first"], ["b.json", "{}"]]])
    assert scripted.page.evaluate("veiled")
    expect(scripted.page.locator(".lu-drop")).to_be_hidden()
    ready(scripted, "a.txt")
    ready(scripted, "b.json")


def test_the_attach_button_and_its_shortcut_open_the_file_dialog(scripted: Chat) -> None:
    with scripted.page.expect_file_chooser() as opened:
        scripted.page.get_by_role("button", name="Attach").click()
    opened.value.set_files([])  # closed again: the browser shows one at a time
    with scripted.page.expect_file_chooser():
        scripted.page.keyboard.press("Control+u")


def test_a_question_waits_for_its_attachments(scripted: Chat, shoot: Shoot) -> None:
    held: list[Route] = []
    scripted.page.route("**/api/v1/attachments?*", lambda route: held.append(route))
    attach(scripted, ("slow.txt", b"slowly"))
    expect(chip(scripted, "slow.txt").get_by_role("progressbar")).to_be_attached()
    scripted.ask("Read it")
    expect(scripted.button).to_have_text("Waiting…")
    expect(scripted.page.locator("#lu-hint")).to_contain_text("as soon as 1 attachment is ready")
    shoot(scripted.page, "composer-waiting")
    scripted.page.keyboard.press("Escape")
    expect(scripted.button).to_have_text("Send")
    expect(scripted.field).to_have_value("Read it")
    scripted.field.press("Enter")
    held[0].continue_()
    scripted.finished()
    expect(scripted.questions.last).to_contain_text("slow.txt")


def test_an_attachment_that_was_not_sent_is_sent_again(scripted: Chat, shoot: Shoot) -> None:
    scripted.page.route("**/api/v1/attachments?*", lambda route: route.abort())
    attach(scripted, ("lost.txt", b"on its way"))
    expect(chip(scripted, "lost.txt")).to_contain_text("not sent")
    scripted.field.fill("Read it")
    expect(scripted.button).to_be_disabled()
    expect(scripted.page.locator("#lu-hint")).to_contain_text("Try again or remove it")
    shoot(scripted.page, "composer-not-sent")
    assert not faults(scripted.page)
    scripted.page.unroute("**/api/v1/attachments?*")
    chip(scripted, "lost.txt").get_by_role("button", name="Try again").click()
    ready(scripted, "lost.txt")
    scripted.field.press("Enter")
    scripted.finished()
    expect(scripted.questions.last).to_contain_text("lost.txt")


# Drafts


def test_text_attachments_and_mentions_survive_reload_and_switching(
    scripted: Chat, provider: FakeProvider
) -> None:
    answered(scripted, provider)
    page = scripted.page
    scripted.field.fill("@one")
    scripted.field.press("Enter")
    paste(scripted, LONG)
    ready(scripted, "pasted-1.txt")
    scripted.field.fill("A draft with everything")
    page.reload()
    scripted.ready()
    expect(scripted.field).to_have_value("A draft with everything")
    ready(scripted, "pasted-1.txt")
    expect(page.locator(".lu-mention")).to_contain_text("one")
    scripted.show_sidebar()
    page.locator("#lu-new").click()
    expect(scripted.field).to_have_value("")
    expect(page.locator(".lu-chip")).to_have_count(0)
    page.go_back()
    expect(scripted.field).to_have_value("A draft with everything")
    ready(scripted, "pasted-1.txt")
    scripted.field.press("Enter")
    scripted.finished()
    assert "line 299 of a log" in json.dumps(provider.sent)
    page.reload()
    scripted.ready()
    expect(scripted.field).to_have_value("")
    expect(page.locator(".lu-chip")).to_have_count(0)


def test_a_temporary_chat_sends_nothing_ahead_and_keeps_no_draft(
    scripted: Chat, provider: FakeProvider, serving: Serving
) -> None:
    page = scripted.page
    page.goto(serving.url + "/#temporary")
    page.reload()
    scripted.ready()
    uploads: list[str] = []
    page.on("request", lambda r: uploads.append(r.url) if "/attachments" in r.url else None)
    paste(scripted, LONG)
    ready(scripted, "pasted-1.txt")
    scripted.field.fill("A secret draft")
    page.wait_for_timeout(500)
    stored = page.evaluate("JSON.stringify(localStorage)")
    assert "secret draft" not in stored
    assert "pasted-1" not in stored
    scripted.field.press("Enter")
    scripted.finished()
    assert "line 299 of a log" in json.dumps(provider.sent)
    assert not uploads


def test_what_was_written_stays_while_lumora_cannot_be_reached(
    scripted: Chat, provider: FakeProvider
) -> None:
    page = scripted.page
    paste(scripted, LONG)
    ready(scripted, "pasted-1.txt")
    page.context.set_offline(True)
    scripted.ask("Is anybody there?")
    expect(scripted.field).to_have_value("Is anybody there?")
    ready(scripted, "pasted-1.txt")
    page.context.set_offline(False)
    page.get_by_role("button", name="Retry").click()
    scripted.finished()
    expect(scripted.field).to_have_value("")
    expect(page.locator(".lu-chip")).to_have_count(0)
    assert "line 299 of a log" in json.dumps(provider.sent)


def test_a_question_sent_while_its_chat_opens_waits_for_it(scripted: Chat, provider: FakeProvider) -> None:
    answered(scripted, provider)
    page = scripted.page
    held: list[Route] = []
    page.route(f"**/conversations/{scripted.conversation()}", lambda route: held.append(route))
    page.reload()
    scripted.ready()
    expect(page.locator("#lu-attach .lu-i")).to_be_attached()
    expect(page.locator("#lu-messages")).to_contain_text("Opening…")
    scripted.field.fill("And now?")
    expect(scripted.button).to_be_enabled()
    scripted.field.press("Enter")
    expect(scripted.button).to_have_text("Waiting…")
    for route in held:
        route.continue_()
    page.unroute_all()
    scripted.finished()
    expect(scripted.questions).to_have_count(2)
    assert len(provider.sent["messages"]) == 4  # the system's, a question, its answer and this one


# Prompts


@pytest.fixture
def prompt(serving: Serving) -> Any:
    """A prompt of one's own; all are gone afterwards."""
    with serving.client() as client:
        text = "Translate into {{language=German}} for {{reader}}:"
        made = client.post("/api/v1/prompts", json={"name": "to-german", "text": text})
        made.raise_for_status()
        yield made.json()
        for each in client.get("/api/v1/prompts").json()["items"]:
            client.delete(f"/api/v1/prompts/{each['id']}").raise_for_status()


def test_a_slash_opens_the_prompts_and_places_are_asked_for(
    scripted: Chat, prompt: Any, shoot: Shoot
) -> None:
    page = scripted.page
    page.reload()
    scripted.ready()
    scripted.field.press("/")
    expect(options(scripted).first).to_contain_text("to-german")
    expect(scripted.field).to_have_attribute("aria-activedescendant", "lu-option-0")
    shoot(page, "composer-prompts")
    assert not faults(page)
    scripted.field.press("Escape")
    expect(options(scripted)).to_have_count(0)
    expect(scripted.field).to_have_value("/")
    scripted.field.fill("")
    scripted.field.press_sequentially("/ger")
    expect(options(scripted)).to_have_count(1)
    scripted.field.press("Tab")
    language = page.get_by_role("textbox", name="language")
    expect(language).to_be_focused()
    expect(language).to_have_value("German")
    shoot(page, "composer-places")
    assert not faults(page)
    assert fits(page)
    language.fill("French")
    language.press("Enter")
    page.get_by_role("textbox", name="reader").fill("a child")
    page.keyboard.press("Enter")
    expect(scripted.field).to_have_value("Translate into French for a child:")
    expect(scripted.field).to_be_focused()
    scripted.field.fill("/nothing like this")
    expect(options(scripted)).to_have_count(0)
    scripted.field.fill("and / in the middle")
    expect(options(scripted)).to_have_count(0)
    scripted.field.fill("")


def test_the_prompts_button_has_a_filter_of_its_own(scripted: Chat, prompt: Any) -> None:
    page = scripted.page
    page.reload()
    scripted.ready()
    scripted.field.fill("Hello. ")
    page.locator("#lu-prompts").click()
    finder = page.get_by_role("combobox", name="Prompts")
    expect(finder).to_be_focused()
    expect(options(scripted).first).to_contain_text("to-german")
    assert not faults(page)
    finder.fill("zzz")
    expect(page.locator(".lu-suggest")).to_contain_text("No prompt contains “zzz”")
    finder.fill("german")
    options(scripted).first.click()
    page.get_by_role("textbox", name="language").press("Escape")
    expect(scripted.field).to_have_value("Hello. ")
    expect(scripted.field).to_be_focused()
    page.locator("#lu-prompts").click()
    options(scripted).first.click()
    page.get_by_role("textbox", name="reader").fill("all")
    page.get_by_role("button", name="Insert").click()
    expect(scripted.field).to_have_value("Hello. Translate into German for all:")
    scripted.field.fill("")


def test_prompts_are_copied_made_changed_deleted_and_brought_back(scripted: Chat, shoot: Shoot) -> None:
    page = scripted.page
    scripted.field.press("/")
    expect(options(scripted).first).to_contain_text("summarise")
    options(scripted).filter(has_text="Manage prompts").click()
    manage = page.get_by_role("dialog")
    shoot(page, "prompts-empty")
    manage.get_by_role("button", name="Copy to my prompts: translate").click()
    expect(manage.locator(".lu-prompt-list li")).to_have_count(1)
    manage.get_by_role("button", name="New prompt").click()
    manage.get_by_role("textbox", name="Name").fill("Weekly Report")
    manage.get_by_role("textbox", name="Text").fill("Write a report on {{week=this week}}.")
    expect(manage).to_contain_text("Asks for: week (this week)")
    manage.get_by_role("button", name="Save").click()
    expect(manage.get_by_role("alert")).to_contain_text("small letters, digits and hyphens")
    manage.get_by_role("textbox", name="Name").fill("translate")
    page.keyboard.press("Enter")
    expect(manage.get_by_role("alert")).to_contain_text("already")
    shoot(page, "prompts-form")
    assert not faults(page)
    assert fits(page)
    manage.get_by_role("textbox", name="Name").fill("weekly-report")
    page.keyboard.press("Enter")
    expect(manage.locator(".lu-prompt-list li")).to_have_count(2)
    manage.get_by_role("button", name="Edit weekly-report").click()
    manage.get_by_role("textbox", name="Text").fill("Changed.")
    manage.get_by_role("button", name="Save").click()
    expect(manage).to_contain_text("Changed.")
    manage.get_by_role("button", name="Delete weekly-report").click()
    expect(manage.locator(".lu-prompt-list li")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(manage.locator(".lu-prompt-list li")).to_have_count(2)
    for name in ("weekly-report", "translate"):
        manage.get_by_role("button", name=f"Delete {name}").click()
    expect(manage.get_by_role("button", name="Copy to my prompts: translate")).to_be_visible()


# Mentions


def test_a_mentioned_model_answers_this_question_alone(
    open_page: OpenPage, serving: Serving, provider: FakeProvider, look: tuple[int, bool], shoot: Shoot
) -> None:
    chat = Chat(open_page(serving.url, width=look[0], dark=look[1], model=MODEL)).ready()
    provider.text = "The mentioned one speaks."
    chat.field.press_sequentially("Well, mail@one is not one, but @on")
    expect(options(chat).filter(has_text="one")).to_have_count(1)
    shoot(chat.page, "composer-mention")
    assert not faults(chat.page)
    chat.field.press("Enter")
    expect(chat.field).to_have_value("Well, mail@one is not one, but ")
    expect(chat.page.locator(".lu-mention")).to_contain_text("one")
    chat.field.press("Enter")
    chat.finished()
    assert chat.text() == "The mentioned one speaks."
    expect(chat.page.locator(".lu-mention")).to_have_count(0)
    expect(chat.page.locator("#lu-model")).to_contain_text("SmolLM2")


def test_a_mentioned_assistant_answers_and_can_be_taken_back(
    scripted: Chat, serving: Serving, provider: FakeProvider
) -> None:
    with serving.client() as client:
        body = {"name": "Pirate", "picture": "🦜", "instructions": "Speak like a pirate."}
        made = client.post("/api/v1/assistants", json=body)
        made.raise_for_status()
        scripted.page.reload()
        scripted.ready()
        scripted.field.press_sequentially("@pir")
        options(scripted).filter(has_text="Pirate").click()
        scripted.page.get_by_role("button", name="Remove Pirate").click()
        expect(scripted.page.locator(".lu-mention")).to_have_count(0)
        expect(scripted.field).to_be_focused()
        scripted.field.press_sequentially("@pir")
        scripted.field.press("Enter")
        scripted.ask("Hello")
        scripted.finished()
        assert "Speak like a pirate." in json.dumps(provider.sent)
        client.delete(f"/api/v1/assistants/{made.json()['id']}").raise_for_status()


# The context meter


def test_the_meter_tells_what_fills_the_context(
    open_page: OpenPage, serving: Serving, look: tuple[int, bool], shoot: Shoot
) -> None:
    chat = Chat(open_page(serving.url, width=look[0], dark=look[1], model=MODEL)).ready()
    meter = chat.page.locator("#lu-meter")
    expect(meter).to_have_accessible_name(re.compile(r"Context: about 0 of 8,192 tokens, 0%"))
    chat.field.fill("word " * 700)
    expect(meter).to_have_accessible_name(re.compile(r"about (9\d\d|1,0\d\d|7\d\d|8\d\d) of"))
    if not chat.narrow:
        expect(meter).to_contain_text("of 8k")
    expect(meter).not_to_have_class(re.compile("lu-full"))
    paste(chat, LONG)
    meter.click()
    popover = chat.page.get_by_role("dialog", name="Context")
    expect(popover).to_contain_text("Attachments")
    expect(popover).to_contain_text("8,192")
    shoot(chat.page, "composer-meter")
    assert not faults(chat.page)
    assert fits(chat.page)
    chat.page.keyboard.press("Escape")
    expect(popover).to_be_hidden()
    paste(chat, "token " * 9000)
    expect(meter).to_have_class(re.compile("lu-over"))
    expect(chat.page.locator("#lu-hint")).to_contain_text("longer than SmolLM2")
    chat.field.fill("")


def test_the_meter_counts_what_was_said(scripted: Chat, provider: FakeProvider, serving: Serving) -> None:
    answered(scripted, provider, "word " * 50)
    page = scripted.page
    page.locator("#lu-model").click()
    page.locator(f"[data-focus='pick-{MODEL}']").click()
    meter = page.locator("#lu-meter")
    expect(meter).to_have_accessible_name(re.compile(r"about (?!0 )[\d,]+ of"))
    with serving.client() as client:
        stored = client.get(f"/api/v1/conversations/{scripted.conversation()}").json()
    usage = stored["messages"][-1]["usage"]
    used = usage["prompt_tokens"] + usage["completion_tokens"]
    expect(meter).to_have_accessible_name(re.compile(f"about {used:,} of"))
    assert stored["model"] == MODEL


def test_drafts_are_bounded(scripted: Chat) -> None:
    """The drafts of many conversations do not fill the browser's storage."""
    kept = scripted.page.evaluate(
        """async () => {
          const drafts = await import(new URL(`${lumoraPage.ui}js/composer/drafts.js`, document.baseURI));
          const text = "x".repeat(200_000);
          for (let i = 0; i < 90; i++)
            drafts.writeDraft(`test-${i}`, { text: text + i, attachments: [], mentions: [] });
          const last = drafts.readDraft("test-89").text.length;
          const names = Object.keys(localStorage).filter((k) => k.startsWith("lumora.draft.test"));
          names.forEach((k) => localStorage.removeItem(k));
          return { last, names: names.length };
        }"""
    )
    assert kept["last"] == 200_002
    assert 5 < kept["names"] <= 60


def test_the_composer_is_usable_at_every_width(scripted: Chat, shoot: Shoot) -> None:
    shoot(scripted.page, "composer")
    assert not faults(scripted.page)
    assert fits(scripted.page)
    if scripted.narrow:
        small = scripted.page.evaluate(
            "[...document.querySelectorAll('.lu-bar button, .lu-top button')]"
            ".filter((b) => b.offsetParent && (b.offsetHeight < 36 || b.offsetWidth < 36)).map((b) => b.id)"
        )
        assert small == []
