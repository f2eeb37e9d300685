"""The library in the middle, in the place of the conversation: collections, documents, and search in them."""

from __future__ import annotations

import gradio as gr

from ui.bundle import Bundle
from ui.pane import pane

HTML = """
<section class="lu-library" id="lu-library" data-t-label="Library">
  <header class="lu-top lu-lib-top">
    <button type="button" class="lu-icon lu-menu" id="lu-lib-menu" data-t-label="Conversations"></button>
    <h1 id="lu-lib-title" tabindex="-1" data-t>Library</h1>
    <div class="lu-lib-search" role="search">
      <input type="search" id="lu-lib-search" data-t-placeholder="Search in your documents"
        data-t-label="Search in your documents" dir="auto" autocomplete="off" spellcheck="false">
    </div>
    <button type="button" class="lu-icon" id="lu-lib-close" data-t-label="Back to the chat"
      data-t-title="Back to the chat"></button>
  </header>
  <div class="lu-lib-body" id="lu-lib-body">
    <nav class="lu-lib-rail" id="lu-lib-rail" data-t-label="Collections"></nav>
    <div class="lu-lib-main" id="lu-lib-main"></div>
  </div>
  <div class="lu-lib-drop" id="lu-lib-drop" aria-hidden="true" hidden></div>
</section>
"""


def library(bundle: Bundle) -> gr.HTML:
    """The pane."""
    return pane("library", HTML, bundle)
