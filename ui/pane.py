"""One pane of the page: a constant piece of HTML handed over to the module of the same name in assets/js.

No data ever goes into a template, because Gradio runs templates as code; the module fetches and
builds nodes itself.
"""

from __future__ import annotations

import gradio as gr

from ui.bundle import Bundle


def pane(name: str, html: str, bundle: Bundle) -> gr.HTML:
    """A `gr.HTML` without value; the page's module translates it and calls `mount` of its module."""
    script = f"import(new URL('{bundle.page}',document.baseURI)).then(page => page.mount('{name}', element));"
    return gr.HTML(
        html_template=html,
        js_on_load=script,
        apply_default_css=False,
        elem_id=f"pane-{name}",
        container=False,
        padding=False,
    )
