"""The browser page. Imported by app.py alone, because importing Gradio costs seconds.

The environment is set here, before any module below imports gradio: it must not phone home.
"""

import os

from ui import stubs

stubs.skip()
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
