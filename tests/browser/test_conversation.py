"""What can be done with an answer, and a page that leaves its reader in peace."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SCRIPTED
from tests.browser.pages import Chat, faults, fits
from tests.fake_provider import FakeProvider
from tests.serving import Serving

Shoot = Callable[[Page, str], None]
LONG = "\n\n".join(f"Paragraph {i} of an answer that takes more room than a window has." for i in range(500))


def asked(chat: Chat, provider: FakeProvider, question: str, answer: str) -> Locator:
    """The finished answer to a question."""
    provider.text = answer
    chat.ask(question)
    expect(chat.questions.last).to_contain_text(question)
    return chat.finished()


def menu(chat: Chat, message: Locator, item: str) -> None:
    """Choose an item of a message's menu."""
    message.hover()
    message.get_by_role("button", name="More").click()
    chat.page.get_by_role("menuitem", name=item).click()


def stored(serving: Serving, chat: Chat) -> list[dict[str, object]]:
    """The messages as the server has them."""
    found: list[dict[str, object]] = serving.get(f"/api/v1/conversations/{chat.conversation()}")["messages"]
    return found


def test_copy_as_markdown_and_as_plain_text(scripted: Chat, provider: FakeProvider) -> None:
    page = scripted.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    answer = asked(scripted, provider, "Copy this", "Some **bold** words.\n\n```python\nx = 1\n```")
    answer.get_by_role("button", name="Copy", exact=True).click()
    expect(answer.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("Some **bold** words.")
    menu(scripted, answer, "Copy as plain text")
    expect(page.get_by_text("Copied", exact=True).last).to_be_visible()
    plain = page.evaluate("navigator.clipboard.readText()")
    assert plain.startswith("Some bold words.")
    assert "x = 1" in plain


def test_receipt_says_what_an_answer_took(
    scripted: Chat, provider: FakeProvider, serving: Serving, shoot: Shoot
) -> None:
    answer = asked(scripted, provider, "What did it take?", "Seven words are what this answer has.")
    line = answer.locator(".lu-usage")
    expect(line).to_contain_text("7 tokens")
    expect(line).to_contain_text("s to first word")
    line.click()
    dialog = scripted.page.get_by_role("dialog", name="Receipt of this answer")
    used = stored(serving, scripted)[-1]["usage"]
    assert isinstance(used, dict)
    for words in ("Tokens read", f"{used['prompt_tokens']}", "Time to first word", "no host contacted"):
        expect(dialog).to_contain_text(words)
    expect(dialog).to_contain_text("The model had said all")
    assert faults(scripted.page) == []
    shoot(scripted.page, "receipt")
    scripted.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(line).to_be_focused()


def test_thumbs_with_a_reason(scripted: Chat, provider: FakeProvider, serving: Serving, shoot: Shoot) -> None:
    page = scripted.page
    answer = asked(scripted, provider, "Was this any good?", "Perhaps.")
    good = answer.get_by_role("button", name="Good answer")
    poor = answer.get_by_role("button", name="Poor answer")
    good.click()
    expect(good).to_have_attribute("aria-pressed", "true")
    good.click()
    expect(good).to_have_attribute("aria-pressed", "false")
    poor.click()
    why = page.get_by_role("dialog", name="What was wrong?")
    why.get_by_role("button", name="Too short").click()
    why.get_by_role("textbox").fill("It says nothing")
    assert faults(page) == []
    shoot(page, "rating")
    why.get_by_role("button", name="Save").click()
    expect(why).to_have_count(0)
    expect(poor).to_be_focused()
    page.reload()
    expect(poor).to_have_attribute("aria-pressed", "true")
    kept = stored(serving, scripted)[-1]
    assert (kept["rating"], kept["rating_reason"]) == (-1, "Too short; It says nothing")


def test_quote_what_is_selected_and_the_whole(scripted: Chat, provider: FakeProvider, shoot: Shoot) -> None:
    page = scripted.page
    answer = asked(scripted, provider, "Say something worth quoting", "Alpha beta gamma.\n\nA second part.")
    page.evaluate(
        "n => getSelection().selectAllChildren(n)", answer.locator(".lu-ans p").first.element_handle()
    )
    page.get_by_role("button", name="Quote", exact=True).click()
    expect(scripted.field).to_have_value(re.compile(r"^> Alpha beta gamma\."))
    expect(page.locator(".lu-quote-button")).to_have_count(0)
    scripted.field.fill("")
    menu(scripted, answer, "Quote")
    expect(scripted.field).to_have_value(re.compile(r"^> Alpha beta gamma\.\n>\s?\n> A second part\."))
    shoot(page, "quote")
    scripted.field.fill("")


def test_delete_with_undo(scripted: Chat, provider: FakeProvider, serving: Serving, shoot: Shoot) -> None:
    page = scripted.page
    asked(scripted, provider, "The first of two", "One.")
    asked(scripted, provider, "The second of two", "Two.")
    menu(scripted, scripted.questions.last, "Delete from here on")
    expect(scripted.questions).to_have_count(1)
    expect(page.locator(".lu-toast")).to_contain_text("Deleted the message and what came after it.")
    shoot(page, "deleted-message")
    assert len(stored(serving, scripted)) == 2
    page.get_by_role("button", name="Undo").click()
    expect(scripted.questions).to_have_count(2)
    expect(scripted.answers.last).to_contain_text("Two.")
    assert len(stored(serving, scripted)) == 4
    menu(scripted, scripted.answers.last, "Delete from here on")
    expect(scripted.answers).to_have_count(1)
    asked(scripted, provider, "A third one", "Three.")
    expect(scripted.answers).to_have_count(2)


def test_delete_stops_the_answer_first(scripted: Chat, provider: FakeProvider, serving: Serving) -> None:
    provider.delay = 0.03
    provider.text = "word " * 400
    scripted.ask("Delete me while I answer")
    scripted.streaming()
    menu(scripted, scripted.questions.last, "Delete from here on")
    expect(scripted.questions).to_have_count(0)
    expect(scripted.button).to_have_text("Send")
    assert stored(serving, scripted) == []


def test_regenerate_with_another_model(scripted: Chat, provider: FakeProvider, shoot: Shoot) -> None:
    answer = asked(scripted, provider, "Who are you?", "The first.")
    provider.text = "The second."
    menu(scripted, answer, "Regenerate with…")
    choices = scripted.page.get_by_role("menu", name="Regenerate with")
    expect(choices.get_by_role("menuitemradio")).to_have_count(2)
    expect(choices.locator("[aria-checked=true]")).to_contain_text("scripted/one")
    assert faults(scripted.page) == []
    shoot(scripted.page, "regenerate-with")
    choices.locator("[aria-checked=true]").click()
    expect(scripted.answers.last).to_contain_text("2 of 2")
    scripted.finished()
    expect(scripted.answers.last).to_contain_text("The second.")


def test_edit_keeps_attachments_and_escape_cancels(
    scripted: Chat, provider: FakeProvider, serving: Serving, shoot: Shoot
) -> None:
    page = scripted.page
    text = "\n".join(f"line {i}" for i in range(20_000))
    with serving.client() as client:
        kept = client.post("/api/v1/attachments?name=notes.txt", content=text.encode()).json()
        body = {"text": "Read the notes", "model": SCRIPTED, "attachments": [kept["id"]], "stream": False}
        made = client.post("/api/v1/chat/ask", json=body).json()
    page.goto(f"{serving.url}/#c={made['conversation']}")
    scripted.ready()
    question = scripted.questions.last
    chip = question.get_by_role("button", name="Show notes.txt")
    expect(chip).to_contain_text("notes.txt · 20,000 lines")
    chip.click()
    viewer = page.get_by_role("dialog", name=re.compile("notes.txt"))
    expect(viewer).to_contain_text("line 3")
    assert faults(page) == []
    shoot(page, "attachment")
    page.keyboard.press("Escape")
    question.hover()
    question.get_by_role("button", name="Edit").click()
    field = page.get_by_role("textbox", name="Edit your message")
    field.fill("Something else")
    shoot(page, "editing")
    assert faults(page) == []
    field.press("Escape")
    expect(field).to_have_count(0)
    expect(question).to_contain_text("Read the notes")
    question.get_by_role("button", name="Edit").click()
    field.fill("Read them once more")
    field.press("Control+Enter")
    expect(scripted.questions.last).to_contain_text("Read them once more")
    scripted.finished()
    expect(scripted.questions.last.get_by_role("button", name="Show notes.txt")).to_be_visible()
    files = stored(serving, scripted)[-2]["attachments"]
    assert isinstance(files, list)
    assert files[0]["id"] == kept["id"]


def test_long_messages_fold(scripted: Chat, provider: FakeProvider, shoot: Shoot) -> None:
    provider.text = "Read."
    scripted.field.fill("A long question. " * 200)
    scripted.field.press("Enter")
    scripted.finished()
    bubble = scripted.questions.last.locator(".lu-me")
    low = bubble.bounding_box()
    shoot(scripted.page, "folded")
    scripted.questions.last.get_by_role("button", name="Show all").click()
    high = bubble.bounding_box()
    assert low and high and high["height"] > low["height"] + 100
    scripted.questions.last.get_by_role("button", name="Show less").click()
    assert bubble.bounding_box() == low


def test_reasoning_is_folded_away(scripted: Chat, provider: FakeProvider, shoot: Shoot) -> None:
    provider.behaviour = "reasoning"
    scripted.ask("Think first")
    answer = scripted.finished()
    fold = answer.locator("details.lu-think")
    expect(fold).to_be_visible()
    expect(fold.locator("div")).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.locator("div")).to_have_text("Let me think.")
    shoot(scripted.page, "reasoning")


def test_export_is_a_download_of_the_branch_shown(
    scripted: Chat, provider: FakeProvider, tmp_path: Path
) -> None:
    answer = asked(scripted, provider, "Export this question", "The branch left out.")
    provider.text = "The branch shown."
    answer.get_by_role("button", name="Regenerate").click()
    expect(scripted.answers.last).to_contain_text("2 of 2")
    scripted.finished()
    menu(scripted, scripted.answers.last, "Export this chat…")
    with scripted.page.expect_download() as found:
        scripted.page.get_by_role("menuitem", name="Markdown").click()
    found.value.save_as(tmp_path / "chat.md")
    text = (tmp_path / "chat.md").read_text("utf-8")
    assert "Export this question" in text
    assert "The branch shown." in text
    assert "The branch left out." not in text


def test_scrolling_up_is_never_fought(scripted: Chat, provider: FakeProvider, shoot: Shoot) -> None:
    page = scripted.page
    provider.text, provider.delay = LONG, 0.012
    scripted.ask("Talk for a while")
    scripted.streaming()
    end = "(s => s.scrollHeight - s.scrollTop - s.clientHeight)(document.getElementById('lu-scroll'))"
    page.wait_for_function(
        "(s => s.scrollHeight > s.clientHeight + 300)(document.getElementById('lu-scroll'))"
    )
    assert page.evaluate(end) < 60
    page.mouse.move(700 if not scripted.narrow else 200, 400)
    page.mouse.wheel(0, -250)
    page.wait_for_timeout(200)
    before = page.evaluate("document.getElementById('lu-scroll').scrollTop")
    said = len(scripted.text())
    page.wait_for_function(f"document.querySelector('.lu-live').innerText.length > {said + 200}")
    assert abs(page.evaluate("document.getElementById('lu-scroll').scrollTop") - before) < 3
    latest = page.get_by_role("button", name="Jump to latest")
    expect(latest).to_have_class(re.compile("lu-fresh"))
    assert faults(page) == []
    shoot(page, "scrolled-up")
    latest.click()
    expect(latest).to_be_hidden()
    page.wait_for_function(f"{end} < 60")
    said = len(scripted.text())
    page.wait_for_function(f"document.querySelector('.lu-live').innerText.length > {said + 200}")
    assert page.evaluate(end) < 60
    scripted.stop()


def bring(serving: Serving, title: str, said: list[dict[str, object]]) -> str:
    """Store a conversation through the import of Lumora's own JSON; its id."""
    moment = "2026-01-02T03:04:05+00:00"
    messages = [{"created_at": moment, "state": "complete", **m} for m in said]
    chats = [{"id": title, "title": title, "created_at": moment, "messages": messages}]
    body = json.dumps({"format": "lumora", "version": 1, "conversations": chats})
    with serving.client() as client:
        job = client.post("/api/v1/imports?name=chats.json", content=body.encode()).json()["job"]
        client.get(f"/api/v1/jobs/{job}/events")
        found: list[dict[str, str]] = client.get("/api/v1/conversations?limit=200").json()["items"]
    return next(c["id"] for c in found if c["title"] == title)


@pytest.fixture
def thousand(serving: Serving, look: tuple[int, bool]) -> str:
    """A conversation of 1,000 messages, the same one until `look` deletes everything."""
    words = "with **bold** and `code`.\n\n- one thing\n- another\n\nAnd a last line about it."
    said: list[dict[str, object]] = [
        {
            "id": f"t{n}",
            "parent": f"t{n - 1}" if n else None,
            "role": "assistant" if n % 2 else "user",
            "text": f"Answer number {n}: {words}" if n % 2 else f"Question number {n}",
        }
        for n in range(1000)
    ]
    said[501]["text"] = "Zanzibar lies off the coast, and Zanzibár again."
    return bring(serving, "A thousand messages", said)


LONG_TASKS = """
window.tasks = [];
new PerformanceObserver(l => l.getEntries().forEach(e => window.tasks.push(e.duration)))
  .observe({ type: 'longtask' });
"""


def test_a_thousand_messages_are_drawn_in_slices(
    scripted: Chat, serving: Serving, thousand: str, provider: FakeProvider
) -> None:
    page = scripted.page
    page.evaluate(LONG_TASKS)
    page.evaluate("id => { location.hash = '#c=' + id }", thousand)
    drawn = page.locator("#lu-messages article")
    expect(drawn.last).to_contain_text("Answer number 999")
    expect(drawn).to_have_count(1000)
    expect(page.locator("[data-drawing]")).to_have_count(0)
    # The page answers meanwhile; the exact figures are the benchmark's.
    assert max(page.evaluate("window.tasks"), default=0) < 400
    at_end = "(s => s.scrollHeight - s.scrollTop - s.clientHeight < 60)(document.getElementById('lu-scroll'))"
    assert page.evaluate(at_end)
    # One more question touches none of them.
    page.evaluate("document.querySelectorAll('#lu-messages article').forEach(n => { n.marked = true })")
    asked(scripted, provider, "One more", "Yes.")
    count = "[...document.querySelectorAll('#lu-messages article')].filter(n => n.marked).length"
    assert page.evaluate(count) == 1000
    with serving.client() as client:
        found = stored(serving, scripted)
        client.delete(f"/api/v1/messages/{found[-2]['id']}")


def test_a_chat_opens_where_it_was_left(
    scripted: Chat, serving: Serving, thousand: str, provider: FakeProvider
) -> None:
    page = scripted.page
    page.goto(f"{serving.url}/#c={thousand}")
    expect(page.locator("#lu-messages article")).to_have_count(1000)
    page.locator("article", has_text="Answer number 333:").scroll_into_view_if_needed()
    page.wait_for_timeout(600)
    top = page.locator("article", has_text="Answer number 333:").bounding_box()
    page.keyboard.press("Control+Shift+O")
    expect(page.locator("#lu-messages article")).to_have_count(0)
    page.go_back()
    expect(page.locator("#lu-messages article")).to_have_count(1000)
    expect(page.locator("article", has_text="Answer number 333:")).to_be_in_viewport()
    again = page.locator("article", has_text="Answer number 333:").bounding_box()
    assert top and again and abs(top["y"] - again["y"]) < 3
    page.reload()
    expect(page.locator("#lu-messages article")).to_have_count(1000)
    expect(page.locator("article", has_text="Answer number 333:")).to_be_in_viewport()
    page.evaluate("s => s.scrollTo(0, s.scrollHeight)", page.locator("#lu-scroll").element_handle())
    page.wait_for_timeout(600)


def test_a_search_hit_is_shown_with_its_words_marked(
    scripted: Chat, serving: Serving, thousand: str, shoot: Shoot
) -> None:
    page = scripted.page
    scripted.show_sidebar()
    page.get_by_role("searchbox", name="Search messages").fill("zanzibar")
    page.locator(".lu-hit").first.click()
    hit = page.locator("article", has_text="Zanzibar lies off the coast")
    expect(hit).to_be_in_viewport()
    assert page.evaluate("CSS.highlights.get('lu-found')?.size") == 2
    page.wait_for_timeout(400)
    expect(hit).to_be_in_viewport()
    assert fits(page)
    shoot(page, "search-hit")


def test_keys_move_between_messages(scripted: Chat, provider: FakeProvider) -> None:
    page = scripted.page
    asked(scripted, provider, "Question the first", "Answer the first.")
    asked(scripted, provider, "Question the second", "Answer the second.")
    scripted.field.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(scripted.answers.last).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(scripted.questions.last).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(scripted.answers.first).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Alt+ArrowDown")
    expect(scripted.field).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("textbox", name="Edit your message")).to_be_focused()
    page.keyboard.press("Escape")
    expect(scripted.questions.last).to_contain_text("Question the second")


def test_offline_keeps_the_question(scripted: Chat, provider: FakeProvider) -> None:
    page = scripted.page
    asked(scripted, provider, "Before the line is cut", "Yes.")
    page.context.set_offline(True)
    scripted.ask("Is anybody there?")
    expect(page.locator("#lu-messages .lu-card")).to_contain_text("could not be sent")
    expect(scripted.field).to_have_value("Is anybody there?")
    scripted.questions.last.hover()
    scripted.questions.last.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Edit your message").fill("Edited while offline")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("textbox", name="Edit your message")).to_have_value("Edited while offline")
    page.context.set_offline(False)
    page.get_by_role("textbox", name="Edit your message").press("Control+Enter")
    expect(scripted.questions.last).to_contain_text("Edited while offline")
    scripted.finished()
    scripted.field.fill("")
