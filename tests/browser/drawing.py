"""Draws texts as answers on an open page, without a conversation around them."""

# ruff: noqa: E501 (texts and scripts of the page)
from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

_TOOLS = r"""async () => {
  const { render, Growing } = await import(new URL(lumoraPage.ui + "js/answer/markdown.js", document.baseURI));
  const place = () => {
    const root = Object.assign(document.createElement("div"), { className: "lu-ans" });
    const message = Object.assign(document.createElement("article"), { className: "lu-msg" });
    message.append(root);
    document.getElementById("drawn").append(message);
    return root;
  };
  // What comes later by itself (colours, formulas, drawings) and the numbers that tell texts apart are left out.
  const plain = (root) => {
    const copy = root.cloneNode(true);
    for (const node of copy.querySelectorAll(".lu-math")) {
      node.classList.remove("lu-unread");
      node.removeAttribute("title");
      node.replaceChildren(node.querySelector("annotation")?.textContent ?? node.textContent.replace(/^(\$\$?|\\[([])|(\$\$?|\\[)\]])$/g, ""));
    }
    for (const node of copy.querySelectorAll("pre code")) node.replaceChildren(node.textContent);
    for (const node of copy.querySelectorAll(".lu-diagram")) node.replaceChildren(node.querySelector("pre").textContent);
    return copy.innerHTML.replace(/lu-(note|mark)-\d+/g, "lu-$1");
  };
  const still = async (root) => {
    for (let before = null, now = plain(root); before !== now; before = now, now = plain(root)) await new Promise((f) => setTimeout(f, 120));
  };
  const column = Object.assign(document.createElement("div"), { id: "drawn", className: "lu-col" });
  document.getElementById("lu-scroll").append(column);
  window.drawing = { render, Growing, place, plain, still };
}"""


class Drawing:
    """A message column of its own, below what the page shows, and what draws in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        expect(page.locator("#lu-messages > *").first).to_be_attached()
        page.evaluate(_TOOLS)

    def clear(self) -> None:
        """Take away everything drawn."""
        self.page.evaluate("document.getElementById('drawn').replaceChildren()")

    def show(self, text: str) -> Locator:
        """A finished answer; the node that holds it."""
        self.page.evaluate("text => drawing.place().append(drawing.render(text))", text)
        return self.page.locator("#drawn .lu-ans").last

    def grown(self, text: str, most: int, seed: int = 1) -> tuple[str, str]:
        """The markup of `text` streamed in pieces of 1 to `most` characters, and of the same text drawn at once."""
        code = """async ([text, most, seed]) => {
          const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
          const [one, other] = [drawing.place(), drawing.place()];
          const growing = new drawing.Growing(one);
          for (let at = 0; at < text.length; growing.paint(text.slice(0, at))) at += 1 + Math.floor(next() * most);
          growing.finish();
          other.append(drawing.render(text));
          await drawing.still(one);
          await drawing.still(other);
          return [drawing.plain(one), drawing.plain(other)];
        }"""
        one, other = self.page.evaluate(code, [text, most, seed])
        return one, other

    def run(self, code: str, *values: object) -> Any:
        """What the JavaScript function `code` returns for `values`."""
        return self.page.evaluate(code, list(values) if len(values) > 1 else values[0] if values else None)
