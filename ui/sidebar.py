"""The left pane: new chats, search, projects and chats, what takes long, and what leaves this machine."""

from __future__ import annotations

import gradio as gr

from ui.bundle import Bundle
from ui.pane import pane

HTML = """
<nav class="lu-side" data-t-label="Conversations">
  <div class="lu-brand">
    <span class="lu-mark" aria-hidden="true"></span><span class="lu-grow">Lumora</span>
    <button type="button" class="lu-icon lu-side-hide" id="lu-side-hide"
      data-t-label="Hide the sidebar" data-t-title="Hide the sidebar"></button>
    <button type="button" class="lu-icon" id="lu-more-all" aria-haspopup="menu"
      data-t-label="Import, export, select" data-t-title="Import, export, select"></button>
  </div>
  <div class="lu-begin">
    <button type="button" class="lu-new" id="lu-new">
      <span class="lu-grow" data-t>New chat</span>
      <span class="lu-key" aria-hidden="true"></span>
    </button>
    <button type="button" class="lu-icon lu-ghost" id="lu-new-temporary"
      data-t-label="Temporary chat: nothing is stored"
      data-t-title="Temporary chat: nothing is stored"></button>
  </div>
  <button type="button" class="lu-nav" id="lu-everything">
    <span class="lu-grow" data-t>Search everything</span>
    <span class="lu-key" aria-hidden="true"></span>
  </button>
  <button type="button" class="lu-nav" id="lu-library-open">
    <span class="lu-grow" data-t>Library</span>
    <span class="lu-key" aria-hidden="true"></span>
  </button>
  <div class="lu-find" role="search">
    <input id="lu-search" type="search" data-t-placeholder="Search messages" data-t-label="Search messages"
      dir="auto" autocomplete="off" spellcheck="false">
  </div>
  <div class="lu-list" id="lu-list" tabindex="-1"></div>
  <div class="lu-bulk" id="lu-bulk" hidden></div>
  <div class="lu-tasks" id="lu-tasks"></div>
  <div class="lu-foot">
    <span class="lu-lock lu-grow" id="lu-lock"></span>
    <button type="button" class="lu-icon" id="lu-settings" data-t-label="Settings" data-t-title="Settings">
    </button>
    <button type="button" class="lu-icon" id="lu-theme"></button>
  </div>
  <div class="lu-drop-here" aria-hidden="true"
    ><span data-t>Drop an exported file to import its chats</span></div>
</nav>
"""


def sidebar(bundle: Bundle) -> gr.HTML:
    """The pane."""
    return pane("sidebar", HTML, bundle)
