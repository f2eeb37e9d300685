"""An answer is data: nothing in it runs, styles the page, is fetched, or keeps the page from being used."""

# ruff: noqa: E501 (texts and scripts of the page)
from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.drawing import Drawing
from tests.browser.pages import Chat
from tests.fake_provider import FakeProvider
from tests.serving import Serving

HOSTILE = """Start <script>window.pwned = 1</script> <img src=x onerror="window.pwned = 2">

![a cat](https://evil.example/cat.png "t") ![relative](/api/v1/status) ![data](data:image/png;base64,AAAA)

[run](javascript:window.pwned=3) [data](data:text/html,<script>window.pwned=4</script>) [fine](https://fine.example/x)

<style>body { display: none }</style><iframe src="https://evil.example/frame"></iframe>

<svg onload="window.pwned=5"><a xlink:href="javascript:window.pwned=6">x</a></svg> ${window.pwned=7} {{pwned}}

[VB](vbscript:window.pwned=11) [tab](java\tscript:window.pwned=12) [up](JAVASCRIPT&colon;window.pwned=13) [r]

<form name="lumoraPage" action="https://evil.example"><input name="getElementById" id="lu-send"></form>
<a id="app" name="body">clobber</a> <button onclick="window.pwned=14">press</button>

<div style="position:fixed;inset:0;z-index:9999;background:red">covered</div>

$\\href{javascript:window.pwned=15}{x}$ $\\htmlStyle{position:fixed}{y}$ $\\includegraphics{https://evil.example/i.png}$

[r]: javascript:window.pwned=16

<https://auto.example/> https://linked.example/path &lt;img src=x onerror=window.pwned=8&gt;

```html
<script>window.pwned = 9</script>
```

End of it."""


def test_nothing_in_an_answer_runs_or_is_fetched(scripted: Chat, provider: FakeProvider) -> None:
    provider.text = HOSTILE
    scripted.ask("Be hostile: <img src=x onerror='window.pwned=10'> **not bold**")
    answer = scripted.finished()
    expect(answer).to_contain_text("End of it.")
    _check(scripted)
    scripted.page.reload()  # drawn at once this time, not streamed
    expect(scripted.answers.last).to_contain_text("End of it.")
    _check(scripted)


def _check(chat: Chat) -> None:
    page, body = chat.page, chat.answers.last.locator(".lu-ans")
    assert page.evaluate("window.pwned") is None
    assert body.locator("script, style, iframe, img, svg:not(.lu-i), object, form, input").count() == 0
    assert page.locator("#app").count() == page.locator("#lu-send").count() == 1
    names: list[str] = body.evaluate(
        "n => [...n.querySelectorAll(':not(.katex *)')].flatMap(e => e.getAttributeNames())"
    )
    assert not [n for n in names if n == "style" or n.startswith("on")]
    for link in body.locator("a").all():
        assert link.get_attribute("rel") == "noopener noreferrer nofollow"
        assert link.get_attribute("target") == "_blank"
        assert (link.get_attribute("href") or "").startswith("https://")
    expect(body.locator("a.lu-picture")).to_have_count(1)
    expect(body.locator("a.lu-picture")).to_contain_text("https://evil.example/cat.png")
    expect(body.get_by_role("link", name="fine")).to_have_attribute("href", "https://fine.example/x")
    expect(chat.questions.last).to_contain_text("**not bold**")
    assert chat.questions.last.locator("img, strong").count() == 0


@pytest.fixture
def drawing(serving: Serving, open_page: OpenPage) -> Drawing:
    return Drawing(open_page(serving.url))


DIAGRAMS = [
    'flowchart LR\n A["<img src=https://evil.example/a onerror=parent.pwned=1>"] --> B["<script>top.pwned=2</script>"]',
    'flowchart LR\n A-->B\n click A "javascript:parent.pwned=3"\n click B call alert(4)\n click A href "https://evil.example"',
    "%%{init: {'securityLevel': 'loose', 'themeCSS': '* { background: url(https://evil.example/c) }'}}%%\nflowchart LR\n A-->B",
    "flowchart LR\n A-->B\n classDef x fill:url(https://evil.example/d),position:fixed\n class A x\n style B fill:red",
    "sequenceDiagram\n participant A as <iframe src=https://evil.example>\n A->>A: <b onclick=parent.pwned=5>x</b>",
]


# What a saved drawing must not hold, where scripts could run when it is opened. As text it may.
FOUL = r"""(svg) => {
  const all = [...new DOMParser().parseFromString(svg, "image/svg+xml").querySelectorAll("*")];
  const bad = all.filter((n) => /^(script|foreignObject|iframe|img|image|a|parsererror)$/i.test(n.localName));
  const attributes = all.flatMap((n) => [...n.attributes]);
  const fouled = attributes.filter((a) => /^on/i.test(a.name) || (/href$/i.test(a.name) && !a.value.startsWith("#")) || /url\([^#]*:/.test(a.value));
  const styles = all.filter((n) => n.localName === "style" && /@import|url\(\s*["']?[^#"'\s]/.test(n.textContent));
  return [...bad, ...styles].map((n) => n.localName).concat(fouled.map((a) => a.name));
}"""


def test_hostile_diagrams_do_nothing(drawing: Drawing) -> None:
    """`open_page` fails the test when anything is asked of another host."""
    page = drawing.page
    body = drawing.show("\n\n".join(f"```mermaid\n{text}\n```" for text in DIAGRAMS))
    for node in body.locator(".lu-diagram").all():
        node.scroll_into_view_if_needed()
        expect(node.locator("img, .lu-fault").first).to_be_attached(timeout=40_000)
    assert page.evaluate("window.pwned") is None
    assert body.locator("script, style, iframe, .lu-drawing svg").count() == 0
    assert page.locator("iframe").get_attribute("sandbox") == "allow-scripts"
    drawn = body.locator(".lu-diagram", has=page.locator("img")).all()
    assert len(drawn) >= 2
    for node in drawn:
        assert (node.locator("img").get_attribute("src") or "").startswith("blob:")
        with page.expect_download() as saved:
            node.get_by_role("button", name="Download the diagram as SVG").click()
        svg = Path(saved.value.path()).read_text("utf-8")
        assert page.evaluate(FOUL, svg) == [], svg


FLOODS = {
    "nested lists, 10 MB": "Array.from({ length: 4400 }, (_, i) => ' '.repeat(i) + '- x').join('\\n')",
    "list marks in a line, 10 MB": "'- '.repeat(5e6)",
    "quotes, 10 MB": "'>'.repeat(1e7)",
    "brackets, 10 MB": "'['.repeat(1e7)",
    "emphasis, 1.9 MB": "'*a **b '.repeat(270000)",
    "quote lines": "('> '.repeat(60) + 'a\\n').repeat(200)",
    "emphasis": "'*a **b '.repeat(2200)",
    "brackets": "'['.repeat(15000)",
    "links": "'[a]('.repeat(3900)",
    "pictures": "'![[]('.repeat(3000)",
    "backticks": "Array.from({ length: 170 }, (_, i) => '`'.repeat(i + 1)).join(' ')",
    "dollars": "'$a '.repeat(5000)",
    "pipes": "'|'.repeat(8000) + '\\n' + '|-'.repeat(4000)",
    "notes": "'^['.repeat(8000)",
    "one word, 1 MB": "'x'.repeat(1e6)",
    "zero width, 1 MB": "'a' + '\\u200b'.repeat(1e6)",
    "accents": "'a' + '\\u0301'.repeat(15000)",
    "families": "'\\u{1F469}\\u200d\\u{1F467}'.repeat(3000)",
}

USABLE = """async (made) => {
  const text = new Function(`return ${made}`)();
  const root = drawing.place();
  let worst = 0, done = false, before = performance.now();
  const beat = () => {
    worst = Math.max(worst, performance.now() - before);
    before = performance.now();
    if (!done) setTimeout(beat);
  };
  setTimeout(beat);
  root.append(drawing.render(text));
  const wanted = Math.min(text.length, 200000) * 0.5;
  const until = performance.now() + 15000;
  while (root.textContent.length < wanted && performance.now() < until) await new Promise((f) => setTimeout(f, 50));
  await new Promise((f) => setTimeout(f, 200));
  done = true;
  return [worst, root.textContent.length, wanted];
}"""


def test_floods_leave_the_page_usable(drawing: Drawing) -> None:
    """Nothing is lost, and the page answers all the while. Unguarded, each takes many seconds or ends the tab."""
    field = drawing.page.get_by_role("textbox", name="Message")
    for name, made in FLOODS.items():
        drawing.clear()
        worst, shown, wanted = drawing.run(USABLE, made)
        print(f"{name}: longest {worst:.0f} ms")
        assert worst < 2500, name
        if "list" not in name and "pipes" not in name and "quote" not in name and name != "emphasis":
            assert shown >= wanted, name
        field.fill(name)
        expect(field).to_have_value(name)


def test_turned_text_turns_nothing_around_it(drawing: Drawing) -> None:
    """An override ends with its own block, code or link; what follows stands where it stood."""
    plain = drawing.show("one `abc` two\n\nthree")
    turned = drawing.show("one `\u202eabc` two\n\nthree")
    end = "n => { const r = document.createRange(); const t = n.firstElementChild.lastChild; r.setStart(t, 1); r.setEnd(t, 4); return r.getBoundingClientRect().left - n.getBoundingClientRect().left }"
    assert abs(plain.first.evaluate(end) - turned.evaluate(end)) < 1
    body = drawing.show("\u202eturned\n\nstraight")
    assert body.locator("p").last.evaluate("n => getComputedStyle(n).unicodeBidi") == "isolate"
