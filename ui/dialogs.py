"""What lies above the page: the line about the connection, the settings and the command palette.

All of it is closed at first; assets/js/above/dialogs.js loads the module of each when it is opened.
"""

from __future__ import annotations

import json
from html import escape

import gradio as gr

from ui.bundle import Bundle
from ui.pane import pane
from ui.parts import parts
from ui.settings import HTML as SETTINGS

LINK = """
<div class="lu-link" id="lu-link" role="status" hidden></div>
"""

PALETTE = """
<dialog class="lu-dialog lu-palette" id="lu-palette" aria-label="Command palette"
  data-t-label="Command palette">
  <div class="lu-palette-field">
    <input type="text" id="lu-palette-text" role="combobox" aria-expanded="true"
      aria-controls="lu-palette-list"
      aria-autocomplete="list" autocomplete="off" spellcheck="false" aria-label="Find a command or a chat"
      data-t-label="Find a command or a chat" placeholder="Find a command, a chat, a word…"
      data-t-placeholder="Find a command, a chat, a word…">
  </div>
  <div class="lu-palette-list" id="lu-palette-list" role="listbox" aria-label="Found"
    data-t-label="Found"></div>
  <p class="lu-palette-foot" id="lu-palette-foot" role="status"></p>
</dialog>
"""


def dialogs(bundle: Bundle) -> gr.HTML:
    """The pane. Whose work is inside stands in an attribute, for the page that says so."""
    told = f'<div id="lu-parts" data-parts="{escape(json.dumps(parts()))}" hidden></div>'
    return pane("dialogs", LINK + SETTINGS + PALETTE + told, bundle)
