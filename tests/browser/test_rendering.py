"""How an answer's text is drawn: whole, while it comes, with the tools on code, formulas and diagrams."""

# ruff: noqa: E501 (texts and scripts of the page)
from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.answers import EVERYTHING, TRICKY
from tests.browser.conftest import OpenPage
from tests.browser.drawing import Drawing
from tests.browser.pages import Chat, faults, fits
from tests.browser.person import forget_preferences
from tests.conftest import REPOSITORY
from tests.fake_provider import FakeProvider
from tests.serving import Serving

VENDOR = REPOSITORY / "assets" / "js" / "vendor"
LONG = "```python\n" + "".join(f"x{i} = {i}\n" for i in range(45)) + "```\n"


@pytest.fixture
def drawing(serving: Serving, open_page: OpenPage) -> Drawing:
    return Drawing(open_page(serving.url))


def _is_whole(body: Locator) -> None:
    expect(body.locator(".lu-math .katex")).to_have_count(5)
    expect(body.locator(".lu-math .katex-mathml math")).to_have_count(5)
    expect(body.locator(".lu-unread")).to_have_text(r"$\frac{1}{$")
    expect(body.locator(".lu-c-keyword").first).to_be_attached()
    expect(body.locator(".lu-drawing img")).to_have_js_property("complete", True, timeout=40_000)
    expect(body.locator(".lu-task input")).to_have_count(3)
    expect(body.get_by_role("checkbox", name="Done", exact=True)).to_be_checked()
    expect(body.get_by_role("cell", name="11,480 €")).to_have_css("text-align", "end")
    expect(body).to_contain_text("from $5 to $10 a watt")
    expect(body.locator("p", has_text="هذه")).to_have_css("direction", "rtl")
    expect(body.locator("s")).to_have_text("or so they say")


def test_everything_in_one_answer(
    scripted: Chat, provider: FakeProvider, shoot: Callable[[Page, str], None]
) -> None:
    provider.text, provider.delay = EVERYTHING, 0.002
    scripted.ask("Everything an answer can show, please")
    body = scripted.finished().locator(".lu-ans")
    _is_whole(body)
    scripted.page.reload()  # drawn at once this time
    body = scripted.answers.last.locator(".lu-ans")
    body.locator(".lu-diagram").scroll_into_view_if_needed()
    body.locator("h4").scroll_into_view_if_needed()
    _is_whole(body)
    assert faults(scripted.page) == []
    assert fits(scripted.page)
    _shoot_all(scripted.page, shoot)


def _shoot_all(page: Page, shoot: Callable[[Page, str], None]) -> None:
    size = page.viewport_size
    assert size
    page.set_viewport_size({"width": size["width"], "height": 2800 if size["width"] > 700 else 3300})
    page.wait_for_timeout(400)  # the picture shall have its fonts and drawings laid out
    shoot(page, "everything")
    page.set_viewport_size(size)


def test_footnotes_lead_there_and_back_by_keyboard(drawing: Drawing) -> None:
    page = drawing.page
    drawing.show("One[^a].\n\n" + "Some words.\n\n" * 60 + "[^a]: First note.")
    body = drawing.show("Two[^a] and again[^a].\n\n" + "Some words.\n\n" * 60 + "[^a]: Second note.")
    address = page.url
    ids: list[str] = page.evaluate("[...document.querySelectorAll('.lu-ans [id]')].map(n => n.id)")
    assert len(ids) == len(set(ids)) == 5
    body.locator("[role=doc-noteref]").first.focus()
    page.keyboard.press("Enter")
    note = body.locator(".lu-notes li")
    expect(note).to_be_focused()
    expect(note).to_be_in_viewport()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # the second way back
    page.keyboard.press("Enter")
    expect(body.locator("[role=doc-noteref]").nth(1)).to_be_focused()
    expect(body.locator("[role=doc-noteref]").nth(1)).to_be_in_viewport()
    assert page.url == address
    assert faults(page) == []


@pytest.mark.parametrize("most", [1, 9, 80])
def test_what_grew_is_what_is_drawn_at_once(drawing: Drawing, most: int) -> None:
    for text in TRICKY:
        drawing.clear()
        # One by one is slow for the long ones, and cuts them nowhere that the others do not.
        one, other = drawing.grown(text, max(most, len(text) // 1500))
        assert one == other, text[:80]


@pytest.mark.parametrize(
    "text",
    [
        "```python\n" + "value = compute(1, 'two')  # three\n" * 300 + "```",
        "\n".join(f"- item {i} with *words* and `code`" for i in range(400)),
        "| a | b |\n|---|---|\n" + "\n".join(f"| {i} | *x* |" for i in range(400)),
        "> quote\n>\n" + "\n".join(f"> line {i}\n>" for i in range(300)),
        "\n\n".join(f"Paragraph {i} with *words*." for i in range(400)),
    ],
    ids=["code", "list", "table", "quote", "paragraphs"],
)
def test_a_growing_block_is_not_drawn_again_and_again(drawing: Drawing, text: str) -> None:
    """Counted, not timed: nodes made while it grows, beside those it has in the end."""
    code = """async (text) => {
      const root = drawing.place();
      let made = 0;
      const watch = new MutationObserver((all) => all.forEach((m) => m.addedNodes.forEach((n) => (made += 1 + (n.querySelectorAll?.("*").length ?? 0)))));
      watch.observe(root, { childList: true, subtree: true });
      const growing = new drawing.Growing(root);
      for (let at = 0; at < text.length; at += 25) growing.paint(text.slice(0, at));
      growing.finish();
      await new Promise((f) => setTimeout(f, 50));
      watch.disconnect();
      return [made, root.querySelectorAll("*").length, text.length / 25];
    }"""
    made, kept, paints = drawing.run(code, text)
    assert made < 3 * kept + 12 * paints  # again and again would be kept * paints / 2


def test_code_can_be_copied_saved_wrapped_and_folded(scripted: Chat, provider: FakeProvider) -> None:
    page = scripted.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    provider.text, provider.delay = f"Here:\n\n{LONG}\nDone.", 0.001
    scripted.ask("A long block of code")
    scripted.finished()
    page.reload()
    block = scripted.answers.last.locator(".lu-code")
    expect(block).to_contain_text("45 lines")
    unfold = block.get_by_role("button", name="Show all 45 lines")
    expect(unfold).to_have_attribute("aria-expanded", "false")
    low = block.bounding_box()
    unfold.click()
    expect(block.get_by_role("button", name="Show less")).to_have_attribute("aria-expanded", "true")
    high = block.bounding_box()
    assert low and high and high["height"] > low["height"] + 200
    block.get_by_role("button", name="Copy code").click()
    expect(block.get_by_role("button", name="Copy code")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").splitlines()[44] == "x44 = 44"
    with page.expect_download() as saved:
        block.get_by_role("button", name="Download code").click()
    assert saved.value.suggested_filename == "code.py"
    assert Path(saved.value.path()).read_text().endswith("x44 = 44\n")
    wrap = block.get_by_role("button", name="Wrap long lines")
    wrap.click()
    expect(wrap).to_have_attribute("aria-pressed", "true")
    expect(block.locator("code")).to_have_css("white-space-collapse", "preserve")
    expect(block.locator("code")).to_have_css("text-wrap-mode", "wrap")
    page.reload()
    expect(scripted.answers.last.locator(".lu-code.lu-wrap")).to_be_visible()
    assert faults(page) == []
    scripted.answers.last.get_by_role("button", name="Wrap long lines").click()
    expect(scripted.answers.last.locator(".lu-code.lu-wrap")).to_have_count(0)


def test_code_is_not_folded_while_it_grows_nor_where_nobody_wants_it(drawing: Drawing) -> None:
    grown = """(text) => {
      window.root = drawing.place();
      window.growing = new drawing.Growing(root);
      for (let at = 0; at <= text.length; at += 60) growing.paint(text.slice(0, at));
    }"""
    drawing.run(grown, LONG + "\nand words after it that go on and on and on and on and on\n")
    cut = drawing.page.locator(".lu-cut")
    expect(drawing.page.locator(".lu-code")).to_contain_text("x44 = 44")
    expect(cut).to_have_count(0)
    drawing.run("() => growing.finish()")
    expect(cut).to_have_count(1)
    drawing.clear()
    preference = """async (value) => {
      const { preferences } = await import(new URL(lumoraPage.ui + "js/core/preferences.js", document.baseURI));
      preferences.collapse_long = value;
    }"""
    drawing.run(preference, False)
    drawing.show(LONG)
    expect(drawing.page.locator(".lu-code")).to_contain_text("x44 = 44")
    expect(cut).to_have_count(0)


def test_languages_come_on_demand_and_unknown_ones_stay_plain(drawing: Drawing) -> None:
    asked: list[str] = []
    drawing.page.on("request", lambda r: asked.append(r.url))
    body = drawing.show(
        '```hs\nmain :: IO ()\nmain = putStrLn "x" -- c\n```\n\n```nonsense\nlet x\n```\n\n```\nplain\n```'
    )
    expect(body.locator("pre").first.locator(".lu-c-comment")).to_have_text("-- c")
    expect(body.locator("pre").nth(1).locator("span")).to_have_count(0)
    assert body.locator("pre").all_inner_texts()[1:] == ["let x", "plain"]
    assert any(u.endswith("/languages/haskell.min.js") for u in asked)
    assert not any(re.search("katex|mermaid", u) for u in asked)


def test_signs_that_turn_code_around_are_seen(drawing: Drawing) -> None:
    body = drawing.show("```js\nif (admin) { /*\u202e } \u2066if (ok)\u2069 \u2066 */\n```")
    expect(body.locator(".lu-turning")).to_have_count(4)
    assert body.locator(".lu-turning").first.get_attribute("data-sign") == "U+202E"
    assert "\u202e }" in body.locator("code").evaluate("n => n.textContent")


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("$x$", 1),
        ("a $x_1$ b $y$ c", 2),
        (r"\(a\) and \[b\]", 2),
        ("$$\nx\n$$", 1),
        ("- $x$\n- y\n\n  $$z$$", 2),
        ("$5 and $10", 0),
        ("US$5 and US$6", 0),
        ("$5 million and 10$ more", 0),
        ("`$x$` and \\$x\\$", 0),
        ("$ x $ and $x $", 0),
    ],
)
def test_which_texts_are_formulas(drawing: Drawing, text: str, drawn: int) -> None:
    body = drawing.show(f"{text}\n\nEnd $e$")
    expect(body.locator(".katex").last).to_be_visible()
    expect(body.locator(".katex-html")).to_have_count(drawn + 1)


def test_formulas_that_cannot_be_read_show_their_source(drawing: Drawing) -> None:
    texts = [r"\frac{1}{", r"\def\x{\x\x}\x", r"\nope{a}", "a" * 4100, "{" * 2000]
    body = drawing.show("\n\n".join(f"${t}$" for t in texts))
    body.locator(".lu-math").last.scroll_into_view_if_needed()  # each is drawn when it comes near
    expect(body.locator(".lu-unread")).to_have_count(len(texts))
    expect(body.locator(".lu-unread").first).to_have_text(r"$\frac{1}{$")
    expect(body.locator(".lu-unread").first).to_have_attribute("title", re.compile("cannot be read"))


def test_a_diagram_is_drawn_turned_saved_and_follows_the_theme(
    drawing: Drawing, serving: Serving, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(lambda: forget_preferences(serving))
    page = drawing.page
    body = drawing.show("```mermaid\nflowchart LR\n  A[Start] --> B[End]\n```")
    picture = body.locator(".lu-drawing img")
    expect(picture).to_be_visible(timeout=40_000)
    light = picture.get_attribute("src")
    body.get_by_role("button", name="Show the source").click()
    expect(body.locator("pre")).to_contain_text("A[Start] --> B[End]")
    expect(picture).to_be_hidden()
    body.get_by_role("button", name="Show the diagram").click()
    with page.expect_download() as saved:
        body.get_by_role("button", name="Download the diagram as SVG").click()
    assert saved.value.suggested_filename == "diagram.svg"
    svg = Path(saved.value.path()).read_text()
    assert svg.startswith("<svg") and "Start" in svg
    with page.expect_response(re.compile("/preferences$")):
        page.evaluate("lumoraTheme.toggle()")
    expect(picture).not_to_have_attribute("src", light or "", timeout=40_000)
    assert faults(page) == []


def test_a_diagram_that_cannot_be_drawn_shows_its_source_and_why(drawing: Drawing) -> None:
    many = "\n".join(f"  a{i} --> a{i + 1}" for i in range(400))
    body = drawing.show(f"```mermaid\nflowchart LR\n A[[[ --> \n```\n\n```mermaid\nflowchart LR\n{many}\n```")
    expect(body.locator(".lu-fault")).to_have_count(2, timeout=40_000)
    expect(body.locator(".lu-fault").first).to_contain_text("cannot be drawn")
    expect(body.locator("pre").first).to_contain_text("A[[[ -->")
    assert faults(drawing.page) == []


def test_vendored_files_are_those_the_table_names() -> None:
    rows = re.findall(
        r"^\| (\S+) \| .* \| ([0-9a-f]{64}) \|$", (VENDOR / "README.md").read_text("utf-8"), re.M
    )
    told = dict(rows)
    there = {
        p.relative_to(VENDOR).as_posix() for p in VENDOR.rglob("*") if p.suffix in (".js", ".css", ".woff2")
    }
    assert set(told) == there
    for name, digest in told.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name
