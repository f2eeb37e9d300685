"""The bottom pane: what is being written, what goes along with it, Send and Stop."""

from __future__ import annotations

import gradio as gr

from ui.bundle import Bundle
from ui.pane import pane

HTML = """
<form class="lu-dock" id="lu-form">
  <div class="lu-box" id="lu-box">
    <div class="lu-chips" id="lu-chips" role="list" aria-label="Goes along with the question"
      data-t-label="Goes along with the question" hidden></div>
    <div class="lu-refused" id="lu-refused" role="alert" hidden></div>
    <textarea id="lu-text" rows="1" aria-label="Message" data-t-label="Message" aria-describedby="lu-hint"
      placeholder="Ask anything…" data-t-placeholder="Ask anything…" autocomplete="off"
      dir="auto"></textarea>
    <div class="lu-bar">
      <button type="button" class="lu-tool" id="lu-attach"><span data-t>Attach</span></button>
      <input type="file" id="lu-files" multiple hidden>
      <button type="button" class="lu-tool" id="lu-prompts" aria-haspopup="listbox"
        ><span data-t>Prompts</span></button>
      <button type="button" class="lu-tool lu-asked" id="lu-asked" aria-haspopup="dialog"></button>
      <span class="lu-grow"></span>
      <button type="button" class="lu-tool lu-meter" id="lu-meter" aria-haspopup="dialog"
        aria-expanded="false" hidden></button>
      <button type="submit" class="lu-send" id="lu-send" disabled data-t>Send</button>
    </div>
  </div>
  <p class="lu-hint" id="lu-hint"></p>
</form>
"""


def composer(bundle: Bundle) -> gr.HTML:
    """The pane."""
    return pane("composer", HTML, bundle)
