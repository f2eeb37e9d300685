"""The bar above the conversation: menu on narrow screens, title, and the model that answers."""

from __future__ import annotations

import gradio as gr

from ui.bundle import Bundle
from ui.pane import pane

HTML = """
<header class="lu-top">
  <button type="button" class="lu-icon lu-menu" id="lu-menu"
    aria-label="Conversations" aria-expanded="false"></button>
  <h1 id="lu-title">New chat</h1>
  <button type="button" class="lu-pill" id="lu-model" aria-haspopup="dialog" aria-expanded="false"></button>
</header>
"""


def topbar(bundle: Bundle) -> gr.HTML:
    """The pane."""
    return pane("topbar", HTML, bundle)
