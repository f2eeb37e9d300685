"""Lumora: a private AI workspace in one Python process. Start reading at `lumora/assistant.py`."""

__version__ = "0.1.0"
