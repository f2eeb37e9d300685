"""How Chromium is started: Debian's own where it is, and silent towards the network."""

from __future__ import annotations

from pathlib import Path

CHROMIUM = "/usr/bin/chromium"
SHELL = "/usr/bin/chromium-headless-shell"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def shell() -> str | None:
    """Debian's browser without windows of its own: a page costs half the processor time. For the tests."""
    return SHELL if Path(SHELL).exists() else executable()


def executable() -> str | None:
    """Debian's browser; None lets Playwright use one it has downloaded."""
    return CHROMIUM if Path(CHROMIUM).exists() else None
