"""Assembles the page out of its panes. Gradio is the frame; content comes from /api/v1."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from ui.aside import aside
from ui.bundle import Bundle
from ui.composer import composer
from ui.conversation import conversation
from ui.dialogs import dialogs
from ui.library import library
from ui.sidebar import sidebar
from ui.topbar import topbar


@dataclass(frozen=True, slots=True)
class View:
    """What the page itself says of the workspace, before anything is fetched."""

    title: str = "Lumora"
    description: str = "A private AI workspace on this machine."


def build(view: View, bundle: Bundle) -> gr.Blocks:
    """The page: sidebar; conversation or library beside it; sources on the right; what opens above them."""
    blocks: gr.Blocks = gr.Blocks(
        title=view.title, analytics_enabled=False, fill_height=True, fill_width=True
    )
    with blocks, gr.Row(elem_id="app"):
        with gr.Column(elem_id="side", min_width=0):
            sidebar(bundle)
        with gr.Column(elem_id="talk", min_width=0):
            topbar(bundle)
            conversation(bundle)
            composer(bundle)
        with gr.Column(elem_id="library", min_width=0):
            library(bundle)
        with gr.Column(elem_id="aside", min_width=0):
            aside(bundle)
        dialogs(bundle)
    return blocks
