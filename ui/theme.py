"""Gradio's theme, cut down to our fonts. The look itself is assets/css/page.css."""

from __future__ import annotations

import gradio as gr
from gradio.themes.utils.fonts import Font


def theme() -> gr.themes.Base:
    """Fonts as `Font`, never as a bare string: a string makes Gradio look for files or web fonts."""
    return gr.themes.Base(
        font=[Font("Inter Variable"), Font("system-ui"), Font("sans-serif")],
        font_mono=[Font("JetBrains Mono Variable"), Font("ui-monospace"), Font("monospace")],
    )
