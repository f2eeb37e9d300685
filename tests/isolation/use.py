"""Lumora as a person uses it, in one go: server, page in a real browser, command line.

`python -m tests.isolation.use FOLDER MODEL` prints what was done, a line each, and fails when a page asked
for anything beyond its own origin or broke the content security policy.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, executable
from tests.browser.pages import Chat
from tests.serving import SHORT, Serving

# The browser's own errands (its maker's accounts, updates, extensions) end at a closed port of this machine.
_NOWHERE = "http://127.0.0.1:9"
_NO_ERRANDS = [
    *("--disable-quic", "--disable-extensions", "--disable-default-apps", "--allow-browser-signin=false"),
    *(
        f"--{name}={_NOWHERE}"
        for name in ("gaia-url", "google-apis-url", "google-base-url", "autofill-server-url")
    ),
    f"--component-updater=url-source={_NOWHERE}/",
]
_REPORT_VIOLATIONS = (
    "window.violations = []; document.addEventListener('securitypolicyviolation', "
    "e => window.violations.push(e.violatedDirective + ' ' + e.blockedURI))"
)


def main(folder: Path, model: Path) -> None:
    """Use everything once."""
    embedder = model.parent.parent / "all-minilm-l6-v2"
    (folder / "data" / "models").mkdir(parents=True)
    (folder / "data" / "models" / embedder.name).symlink_to(embedder)
    with Serving(folder / "data", model, env={"LUMORA_CONTEXT": SHORT}) as serving:
        with sync_playwright() as playwright:
            context = playwright.chromium.launch_persistent_context(
                folder / "profile", executable_path=executable(), args=[*ARGUMENTS, *_NO_ERRANDS]
            )
            use_page(serving, context.new_page())
            context.close()
        for arguments in (("models", "list"), ("doctor",), ("ask", "Reply with the single word yes.")):
            done = serving.command(*arguments)
            print("command", *arguments, done.returncode, flush=True)
            assert arguments[0] == "doctor" or done.returncode == 0, done.stderr
        use_documents(serving, folder)
        said = serving.ask("Say yes.", max_tokens=3)
        assert said.last["type"] == "done"
        print("log", len(serving.log))


def use_documents(serving: Serving, folder: Path) -> None:
    """Take documents in, with the model that embeds, and search them."""
    (folder / "tea.md").write_text(
        "# Oolong\n\nSee https://elsewhere.example/tea ![x](https://elsewhere.example/x.png)\n"
    )
    done = serving.command("ingest", str(folder / "tea.md"))
    print("command ingest", done.returncode, done.stdout, flush=True)
    assert done.returncode == 0, done.stderr
    found = serving.post("/api/v1/search/semantic", {"query": "which tea?", "kind": "vector"})
    assert [hit["name"] for hit in found["hits"]] == ["tea.md"]


def use_page(serving: Serving, page: Page) -> None:
    """Open it, ask, read the answer, look at the models, search."""
    asked: list[str] = []
    own = (serving.url, serving.url.replace("http", "ws"), "data:", "blob:", "about:")
    page.on("request", lambda r: None if r.url.startswith(own) else asked.append(r.url))
    page.on("websocket", lambda s: None if s.url.startswith(own) else asked.append(s.url))
    page.add_init_script(_REPORT_VIOLATIONS)
    page.set_default_timeout(60_000)
    page.goto(serving.url)
    chat = Chat(page).ready()
    chat.ask("Tell a story about the sea with this picture: ![x](https://elsewhere.example/x.png)")
    chat.streaming()
    chat.stop()
    print("answer", len(chat.text()), flush=True)
    page.evaluate("fetch('/api/v1/models').then(r => r.json())")
    page.get_by_role("searchbox").first.fill("picture")
    expect(page.get_by_text("picture").first).to_be_visible()
    violations = page.evaluate("window.violations")
    assert violations == [], f"the page broke its policy: {violations}"
    assert asked == [], f"the page asked {asked}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
