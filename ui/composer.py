"""The bottom pane: what is being written, Send and Stop."""

from __future__ import annotations

import gradio as gr

from ui.bundle import Bundle
from ui.pane import pane

HTML = """
<form class="lu-dock" id="lu-form">
  <div class="lu-box">
    <textarea id="lu-text" rows="1" aria-label="Message" aria-describedby="lu-hint"
      placeholder="Ask anything…" autocomplete="off"></textarea>
    <div class="lu-bar">
      <span class="lu-hint" id="lu-hint"></span>
      <button type="submit" class="lu-send" id="lu-send" disabled>Send</button>
    </div>
  </div>
</form>
"""


def composer(bundle: Bundle) -> gr.HTML:
    """The pane."""
    return pane("composer", HTML, bundle)
