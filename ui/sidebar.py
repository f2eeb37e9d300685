"""The left pane: brand, New chat, search, conversations by day, and what leaves this machine."""

from __future__ import annotations

import gradio as gr

from ui.bundle import Bundle
from ui.pane import pane

HTML = """
<nav class="lu-side" aria-label="Conversations">
  <div class="lu-brand"><span class="lu-mark" aria-hidden="true"></span><span>Lumora</span></div>
  <button type="button" class="lu-new" id="lu-new"><span>New chat</span></button>
  <div class="lu-find" role="search">
    <input id="lu-search" type="search" placeholder="Search messages" aria-label="Search messages"
      autocomplete="off" spellcheck="false">
  </div>
  <div class="lu-list" id="lu-list" tabindex="-1"></div>
  <div class="lu-foot">
    <span class="lu-lock" id="lu-lock"></span>
    <button type="button" class="lu-quiet" id="lu-theme" aria-label="Switch to the dark theme"></button>
  </div>
</nav>
"""


def sidebar(bundle: Bundle) -> gr.HTML:
    """The pane."""
    return pane("sidebar", HTML, bundle)
