"""The middle pane: the messages, the answer as it comes, and the first run."""

from __future__ import annotations

import gradio as gr

from ui.bundle import Bundle
from ui.pane import pane

HTML = """
<div class="lu-scroll" id="lu-scroll" tabindex="0" role="region"
  aria-label="Conversation" data-t-label="Conversation">
  <p class="lu-temporary" id="lu-temporary" role="note" hidden data-t>Temporary: nothing of this is stored</p>
  <div class="lu-col" id="lu-messages"></div>
</div>
<button type="button" class="lu-latest" id="lu-latest" hidden data-t>Jump to latest</button>
<div class="lu-sr" id="lu-status" role="status" aria-live="polite"></div>
"""


def conversation(bundle: Bundle) -> gr.HTML:
    """The pane."""
    return pane("conversation", HTML, bundle)
