from __future__ import annotations

import subprocess
import sys

_SCRIPT = """
import ui, gradio, gradio.component_meta as meta
from pathlib import Path
assert meta.create_or_modify_pyi.__module__ == "ui.stubs", meta.create_or_modify_pyi
assert Path(meta.__file__).name == "component_meta.py"
with gradio.Blocks() as blocks:
    gradio.HTML("whole")
assert len(blocks.config["components"] if hasattr(blocks, "config") else blocks.blocks) > 0
"""


def test_gradio_is_imported_whole_but_writes_no_stubs() -> None:
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


_POLLING = """
from fastapi import FastAPI
from ui.mount import POLL_SECONDS, mount
import gradio, gradio.queueing as queueing
app = mount(FastAPI())
blocks = next(r.app for r in app.routes if hasattr(r, "app") and hasattr(r.app, "blocks")).blocks
assert blocks._queue.sleep_when_free == POLL_SECONDS, blocks._queue.sleep_when_free
assert blocks._queue.progress_update_sleep_when_free == 2 * POLL_SECONDS
with gradio.Blocks() as plain:
    pass
assert plain._queue.sleep_when_free < POLL_SECONDS  # else nothing is left to do here
"""


def test_gradio_does_not_keep_the_processor_awake() -> None:
    """Its default polls a thousand times a second, for ever."""
    done = subprocess.run([sys.executable, "-c", _POLLING], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_gradio_still_has_what_is_skipped() -> None:
    """When it goes, so may `ui.stubs`."""
    script = "import gradio.component_meta as m; assert m.create_or_modify_pyi.__module__ == m.__name__"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
