"""PDFs: readable again, good for any script, and never a failure whatever a message holds."""

from __future__ import annotations

import asyncio
import random
import re
import threading
import time
import zlib
from datetime import UTC, datetime

import pytest

from lumora.portable import pdf
from lumora.portable.pdf.document import GivenUp, typeset
from lumora.portable.pdf.fonts import CHINESE, JAPANESE, KOREAN, MONO, SANS, runs, writable
from lumora.store import Conversation, Message

NOW = datetime(2026, 5, 12, 14, 3, tzinfo=UTC)


def chat(*texts: str, title: str = "Heat pumps") -> tuple[Conversation, list[Message]]:
    messages = [
        Message(str(n), "c", None, "user" if n % 2 == 0 else "assistant", text, "complete", "m", None, NOW)
        for n, text in enumerate(texts)
    ]
    return Conversation("c", title, NOW, NOW), messages


def made(*texts: str, title: str = "Heat pumps") -> bytes:
    """The PDF, typeset without falling back to plain."""
    return typeset(*chat(*texts, title=title), "", threading.Event())


def pages(data: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", data))


def is_whole(data: bytes) -> bool:
    return data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")


def streams(data: bytes) -> bytes:
    """What is drawn on the pages, unpacked."""
    from base64 import a85decode

    out = b""
    for found in re.finditer(rb"/ASCII85Decode /FlateDecode \].*?stream\r?\n(.*?)~>", data, re.DOTALL):
        out += zlib.decompress(a85decode(found.group(1)))
    return out


MARKDOWN = """# Heading
Some **bold** and *slanted* words, `code`, [a link](https://example.org/?a=1&b=2), ~~gone~~.

1. one
   - two
     > three

| a | b |
| --- | --- |
| 1 | `2` |

```python
print("x")
```

---
"""


def test_every_kind_of_block_is_set() -> None:
    data = made("Please?", MARKDOWN)
    assert is_whole(data) and pages(data) == 1
    assert b"https://example.org/?a=1&b=2" in data
    for font in (b"DejaVuSans-Bold", b"DejaVuSansMono", b"DejaVuSans-Oblique"):
        assert font in data


def test_only_safe_links_are_links() -> None:
    data = made("q", "[x](javascript:alert(1)) [y](file:///etc/passwd) <https://ok.example/>")
    assert b"ok.example" in data and b"javascript:" not in data and b"/etc/passwd" not in data


def test_long_code_goes_over_pages_and_is_fast() -> None:
    code = "```\n" + "\n".join(f"value_{n} = compute({n})  # and a comment" for n in range(26_000)) + "\n```"
    assert len(code) > 1_000_000
    began = time.process_time()
    data = made("q", code)
    assert is_whole(data) and pages(data) > 300
    assert time.process_time() - began < 30


def test_no_line_of_code_is_lost() -> None:
    data = made("q", "```\n" + "\n".join(f"L{n:04}" for n in range(700)) + "\n```")
    drawn = streams(data)
    assert pages(data) > 8 and drawn.count(b"Tj") >= 700


HOSTILE = {
    "deep list": "\n".join("  " * n + f"- x{n}" for n in range(200)),
    "deep quotes": ">" * 5000 + " x",
    "stars": "*" * 5000 + "x" + "*" * 5000,
    "brackets": "[" * 20_000,
    "links": "[a](" * 3000,
    "long word": "a" * 100_000,
    "long paragraph": "word and more " * 9000,
    "emoji": "🚀👩‍🚀✅" * 3000,
    "controls": "".join(chr(n) for n in range(0x250)),
    "surrogates": "a\ud800b\udfffc",
    "combining": "a" + "\u0301" * 3000,
    "bidi": "\u202e\u2066abc\u2069 שלום (x) [y] مرحبا 12 \u202d" * 50,
    "tall cell": "| a | b |\n|---|---|\n| " + "word " * 4000 + " | x |",
    "word in a cell": "| a | b |\n|---|---|\n| " + "w" * 4000 + " | مرحبا |",
    "200 columns": "|" + "a|" * 200 + "\n|" + "-|" * 200 + "\n|" + "b|" * 200,
    "500 rows": "|a|b|\n|-|-|\n" + "|1|2|\n" * 500,
    "markup": "<para><b>x</i> &amp; &#0; <img src='http://evil/x.png'/> ]]> <font size=9000>",
    "list of code": "- a\n\n      code\n" * 100,
    "heading before a page of code": "# h\n```\n" + "x\n" * 2000 + "```",
    "nothing": "",
    "only lines": "\n" * 50_000,
    "large numbers": "999999999. a\n1000000000. b",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_makes_a_page(name: str) -> None:
    data = made(HOSTILE[name], HOSTILE[name][:3000], title=HOSTILE[name][:500] or "x")
    assert is_whole(data) and pages(data) >= 1


def test_any_characters_make_a_page() -> None:
    chance = random.Random(7)
    for _ in range(10):
        text = "".join(chr(chance.randrange(0x110000)) for _ in range(2000))
        assert is_whole(made(text, title=text[:100]))


async def test_what_cannot_be_set_is_set_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the typesetter ever fail on a text, the text is still in the file."""

    def broken(_: str) -> list[object]:
        raise ValueError("a text nobody thought of")

    monkeypatch.setattr("lumora.portable.pdf.document.flow", broken)
    data = b"".join([piece async for piece in pdf.rendered(*chat("Hello", "**World**"))])
    assert is_whole(data)


def test_each_script_has_a_font() -> None:
    assert {font for font, _ in runs("Ελληνικά Русский שלום مرحبا", SANS)} == {SANS}
    assert dict(runs("中文", SANS)) == {CHINESE: "中文"}
    assert {font for font, _ in runs("日本のこと", SANS)} == {JAPANESE}
    assert {font for font, _ in runs("한국", MONO)} == {KOREAN}
    assert "".join(part for _, part in runs("a中b한cの", SANS)) == "a中b한cの"
    assert writable("go 🚀\x07\u202e!") == "go [rocket]!" and writable("\U000e0fff\u1780") == "□"


def test_arabic_is_joined_and_runs_from_the_right() -> None:
    from lumora.portable.pdf.bidi import MixedText, broken, starts_right

    assert starts_right("مرحبا world") and not starts_right("hello שלום") and not starts_right("12 + 3")
    shaped = MixedText("مرحبا", SANS, 10, 14, None, 0)._paragraphs[0]
    assert all("\ufe70" <= letter <= "\ufeff" for letter in shaped), "presentation forms, which DejaVu has"
    lines = broken("one two three " * 20, SANS, 10, 100)
    assert " ".join(lines).split() == ["one", "two", "three"] * 20 and len(lines) > 5


def test_giving_up_ends_the_work() -> None:
    given_up = threading.Event()
    given_up.set()
    with pytest.raises(GivenUp):
        typeset(*chat("q", "a"), "", given_up)


async def test_the_loop_stays_free_and_leaving_stops_the_thread() -> None:
    text = "```\n" + "x = 1\n" * 150_000 + "```"
    before = threading.active_count()
    making = pdf.rendered(*chat("q", text, text))
    task = asyncio.ensure_future(anext(making))
    longest, last = 0.0, time.monotonic()
    for _ in range(20):
        await asyncio.sleep(0.01)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    assert longest < 1.0
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert threading.active_count() <= before + 1
