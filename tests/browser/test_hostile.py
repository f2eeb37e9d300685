"""An answer is data: nothing in it runs, styles the page, or is fetched."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.pages import Chat
from tests.fake_provider import FakeProvider

HOSTILE = """Start <script>window.pwned = 1</script> <img src=x onerror="window.pwned = 2">

![a cat](https://evil.example/cat.png "t") ![relative](/api/v1/status) ![data](data:image/png;base64,AAAA)

[run](javascript:window.pwned=3) [data](data:text/html,<script>window.pwned=4</script>) [fine](https://fine.example/x)

<style>body { display: none }</style><iframe src="https://evil.example/frame"></iframe>

<svg onload="window.pwned=5"><a xlink:href="javascript:window.pwned=6">x</a></svg> ${window.pwned=7} {{pwned}}

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
    names: list[str] = body.evaluate("n => [...n.querySelectorAll('*')].flatMap(e => e.getAttributeNames())")
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
