"""Asking, stopping, branching, and an answer that survives reloads, tabs and a killed server."""

from __future__ import annotations

import re

from playwright.sync_api import APIResponse, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.pages import Chat
from tests.fake_provider import FakeProvider
from tests.serving import STORY, Serving

WORDS = " ".join(f"word{i}" for i in range(250))
SLOW = 0.03


def test_send_stream_stop(chat: Chat) -> None:
    chat.ask(STORY)
    expect(chat.button).to_have_text("Stop")
    expect(chat.questions.last).to_contain_text(STORY)
    said = chat.streaming().locator(".lu-ans").inner_text()
    chat.stop()
    assert chat.text().startswith(said[:20])
    expect(chat.answers.last).to_contain_text("You stopped this answer.")
    expect(chat.answers.last.locator(".lu-usage")).to_contain_text("no host contacted")
    expect(chat.page.locator("#lu-status")).to_have_text("Answer stopped.")


def test_keyboard_alone_asks_and_stops(chat: Chat) -> None:
    page = chat.page
    if chat.narrow:  # a phone's keyboard stays away until it is asked for
        chat.field.focus()
    expect(chat.field).to_be_focused()
    page.keyboard.type("Tell a long story")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("about the sea.")
    assert chat.field.input_value() == "Tell a long story\nabout the sea."
    page.keyboard.press("Enter")
    chat.streaming()
    page.keyboard.press("Escape")
    chat.finished()
    expect(chat.answers.last).to_contain_text("You stopped this answer.")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement !== document.body")


def test_reload_in_mid_answer_loses_no_word(scripted: Chat, provider: FakeProvider) -> None:
    provider.text, provider.delay = WORDS, SLOW
    scripted.ask("Count")
    scripted.streaming()
    scripted.page.reload()
    scripted.streaming()
    scripted.finished()
    assert scripted.text().split() == WORDS.split()
    usage = scripted.answers.last.locator(".lu-usage")
    expect(usage).to_contain_text("tokens")


def test_second_tab_follows_the_same_answer(
    scripted: Chat, provider: FakeProvider, open_page: OpenPage
) -> None:
    provider.text, provider.delay = WORDS, SLOW
    scripted.ask("Count again")
    scripted.streaming()
    second = Chat(open_page(scripted.page.url, beside=scripted.page))
    second.streaming()
    second.finished()
    scripted.page.bring_to_front()  # what is below the fold of a hidden page is not laid out
    scripted.finished()
    assert scripted.text().split() == second.text().split() == WORDS.split()


def test_edit_makes_a_branch_and_regenerate_a_sibling(scripted: Chat, provider: FakeProvider) -> None:
    provider.text = "The first answer."
    scripted.ask("How much is one and one?")
    scripted.finished()
    provider.text = "The second answer."
    scripted.answers.last.get_by_role("button", name="Regenerate").click()
    expect(scripted.answers.last).to_contain_text("2 of 2")
    scripted.finished()
    expect(scripted.answers.last).to_contain_text("The second answer.")
    scripted.answers.last.get_by_role("button", name="Previous version").click()
    expect(scripted.answers.last).to_contain_text("The first answer.")
    expect(scripted.answers.last).to_contain_text("1 of 2")
    provider.text = "The answer to the edit."
    scripted.questions.last.hover()
    scripted.questions.last.get_by_role("button", name="Edit").click()
    scripted.page.get_by_role("textbox", name="Edit your message").fill("How much is two and two?")
    scripted.page.keyboard.press("Enter")
    expect(scripted.questions.last).to_contain_text("two and two")
    scripted.finished()
    expect(scripted.questions.last).to_contain_text("2 of 2")
    expect(scripted.answers.last).to_contain_text("The answer to the edit.")
    scripted.questions.last.get_by_role("button", name="Previous version").click()
    expect(scripted.questions.last).to_contain_text("one and one")


def test_draft_is_kept_per_conversation(scripted: Chat, provider: FakeProvider) -> None:
    provider.text = "Yes."
    scripted.field.fill("A draft of a new chat")
    scripted.page.reload()
    expect(scripted.ready().field).to_have_value("A draft of a new chat")
    scripted.field.press("Enter")
    scripted.finished()
    expect(scripted.field).to_have_value("")
    scripted.field.fill("A draft below an answer")
    scripted.show_sidebar()
    scripted.page.locator("#lu-new").click()
    expect(scripted.field).to_have_value("")
    scripted.page.go_back()
    expect(scripted.field).to_have_value("A draft below an answer")
    scripted.field.fill("")


def test_too_long_a_question_is_refused_with_a_reason(scripted: Chat) -> None:
    scripted.page.evaluate(
        "() => { const f = document.getElementById('lu-text'); f.value = 'x'.repeat(1000001);"
        " f.dispatchEvent(new Event('input')); }"
    )
    expect(scripted.page.locator("#lu-hint")).to_contain_text("1,000,001 characters; 1,000,000 are the most")
    expect(scripted.button).to_be_disabled()


def test_failed_answer_says_why_and_retry_works(scripted: Chat, provider: FakeProvider) -> None:
    provider.behaviour = "500"
    try:
        scripted.ask("Will it fail?")
        expect(scripted.answers.last.locator(".lu-card")).to_be_visible()
    finally:
        provider.behaviour = "slow"
    provider.text = "Now it works."
    scripted.answers.last.get_by_role("button", name="Retry").click()
    expect(scripted.answers.last).to_contain_text("Now it works.")
    scripted.finished()


def test_killed_server_leaves_an_answer_that_can_be_continued(chat: Chat, serving: Serving) -> None:
    chat.ask(STORY)
    expect(chat.live.locator(".lu-ans")).to_contain_text(re.compile(r".{60}", re.DOTALL), timeout=60_000)
    chat.page.wait_for_timeout(1200)  # the server keeps what was said at least once a second
    serving.kill()
    expect(chat.live).to_contain_text("Reconnecting…")
    # The page had read on further than the server had kept: what is kept replaces it.
    with chat.page.expect_response(lambda r: "/api/v1/conversations/" in r.url and r.ok, timeout=30_000):
        serving.start()
    expect(chat.answers.last).to_contain_text("This answer was interrupted.", timeout=30_000)
    expect(chat.answers.last.locator(".lu-ans")).to_contain_text(re.compile(r".{21}", re.DOTALL))
    kept = chat.text()
    chat.answers.last.get_by_role("button", name="Continue").click()
    expect(chat.button).to_have_text("Stop")
    longer = re.compile(re.escape(kept[:20]) + f".{{{len(kept) - 10},}}", re.DOTALL)
    expect(chat.live.locator(".lu-ans")).to_contain_text(longer, timeout=60_000)
    chat.stop()
    assert chat.text().startswith(kept[:20])
    assert len(chat.text()) > len(kept)
    expect(chat.answers).to_have_count(1)


def test_what_the_store_said_before_an_answer_does_not_undo_it(scripted: Chat) -> None:
    page = scripted.page
    scripted.ask("Is it open?")
    scripted.finished()
    late: list[tuple[Route, APIResponse]] = []
    page.route("**/api/v1/conversations/*", lambda route: late.append((route, route.fetch())), times=1)
    told = {"name": "turn", "detail": scripted.conversation()}  # another tab has changed something
    page.evaluate("told => new BroadcastChannel('lumora').postMessage(told)", told)
    while not late:
        page.wait_for_timeout(20)
    scripted.ask("Is it open now?")
    scripted.finished()
    expect(scripted.answers).to_have_count(2)
    route, old = late[0]
    with page.expect_response("**/api/v1/conversations/*"):
        route.fulfill(response=old)
    page.wait_for_timeout(500)
    expect(scripted.answers).to_have_count(2)
