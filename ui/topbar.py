"""The bar above the conversation: menu on narrow screens, title, project, model, and a menu of the chat."""

from __future__ import annotations

import gradio as gr

from ui.bundle import Bundle
from ui.pane import pane

HTML = """
<header class="lu-top">
  <button type="button" class="lu-icon lu-menu" id="lu-menu" aria-label="Conversations"
    data-t-label="Conversations" aria-expanded="false"></button>
  <h1 id="lu-heading"><button type="button" id="lu-title-button" disabled
    ><span id="lu-title" dir="auto" data-t>New chat</span></button></h1>
  <button type="button" class="lu-pill lu-project" id="lu-project" hidden></button>
  <button type="button" class="lu-pill" id="lu-model" aria-haspopup="dialog" aria-expanded="false"></button>
  <button type="button" class="lu-icon" id="lu-more" aria-label="More" data-t-label="More"
    aria-haspopup="menu" aria-expanded="false"></button>
</header>
"""


def topbar(bundle: Bundle) -> gr.HTML:
    """The pane."""
    return pane("topbar", HTML, bundle)
