"""Puts the page onto a FastAPI application."""

from __future__ import annotations

import gradio as gr
from fastapi import FastAPI

from ui.blocks import View, build
from ui.bundle import Bundle
from ui.head import Head, head
from ui.stock import Stock, folder
from ui.theme import theme

THREADS = 256
POLL_SECONDS = 0.05


def mount(app: FastAPI, view: View | None = None) -> FastAPI:
    """Serve the page at `/` and its files below `/ui/`. Call it last: `/` swallows what comes after."""
    view = view or View()
    bundle = Bundle()
    app.add_route("/ui/{digest}/{name:path}", bundle.serve, methods=["GET"])
    stock = folder()
    app.add_middleware(Head, lines=head(bundle, view.description))
    if stock:
        app.add_middleware(Stock, root=stock)
    blocks = build(view, bundle)
    # Before the mount: Gradio sizes its job table by it, and its default of 40 makes readers wait.
    blocks.max_threads = THREADS
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        theme=theme(),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        favicon_path=None,
    )
    _let_it_sleep(blocks)
    return mounted


def _let_it_sleep(blocks: gr.Blocks) -> None:
    """Gradio polls its queue every millisecond: 5% of a core, for events that never come."""
    blocks._queue.sleep_when_free = POLL_SECONDS
    blocks._queue.progress_update_sleep_when_free = 2 * POLL_SECONDS
