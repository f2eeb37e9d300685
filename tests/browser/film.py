"""`python -m tests.browser.film` films a first answer of the starter model for the README."""

from __future__ import annotations

import io
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, executable
from tests.browser.pages import Chat
from tests.serving import MODEL, REPOSITORY, Serving

TARGET = REPOSITORY / "docs" / "pictures" / "first-answer.webp"
SIZE = {"width": 1120, "height": 700}
QUESTION = "What is a heat pump?"
FRAME_SECONDS = 0.16
MOST_FRAMES = 70


def main() -> None:
    """Write the film."""
    model = next((REPOSITORY / ".models").rglob("*.gguf"))
    with (
        tempfile.TemporaryDirectory() as folder,
        Serving(Path(folder) / "data", model) as serving,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        page = browser.new_page(viewport=SIZE, color_scheme="light")  # type: ignore[arg-type]
        page.add_init_script(f"localStorage.setItem('lumora.model', '{MODEL}')")
        page.goto(serving.url)
        frames = _film(Chat(page).ready())
        browser.close()
    _save(frames)
    print(f"{TARGET.relative_to(REPOSITORY)}: {len(frames)} pictures, {TARGET.stat().st_size:,} bytes")


def _film(chat: Chat) -> list[Image.Image]:
    frames = [_picture(chat.page)]
    for at in range(4, len(QUESTION) + 4, 4):
        chat.field.fill(QUESTION[:at])
        frames.append(_picture(chat.page))
    chat.field.press("Enter")
    while len(frames) < MOST_FRAMES:
        began = time.monotonic()
        frames.append(_picture(chat.page))
        if chat.button.inner_text() == "Send":
            break
        time.sleep(max(0.0, FRAME_SECONDS - (time.monotonic() - began)))
    else:
        chat.button.click()  # a small model may go on and on
        expect(chat.button).to_have_text("Send")
    return [*frames, *[_picture(chat.page)] * 12]


def _picture(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")


def _save(frames: list[Image.Image]) -> None:
    first, *rest = frames
    milliseconds = int(1000 * FRAME_SECONDS)
    first.save(TARGET, save_all=True, append_images=rest, duration=milliseconds, loop=0, quality=70, method=4)


if __name__ == "__main__":
    main()
