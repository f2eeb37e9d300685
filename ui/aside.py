"""The right pane: a source at the passage an answer cites, or a document of the library. Closed at first."""

from __future__ import annotations

import gradio as gr

from ui.bundle import Bundle
from ui.pane import pane

HTML = """
<aside class="lu-aside" id="lu-aside" data-t-label="Sources" hidden></aside>
"""


def aside(bundle: Bundle) -> gr.HTML:
    """The pane."""
    return pane("aside", HTML, bundle)
