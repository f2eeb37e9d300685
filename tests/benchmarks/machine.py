"""Where the figures were taken, without saying whose machine it is."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psutil

PACKAGES = ("gradio", "fastapi", "uvicorn", "xllamacpp")


def describe() -> list[str]:
    """Processor, memory, system and versions, a line each."""
    cores = psutil.cpu_count(logical=False), psutil.cpu_count()
    return [
        f"Processor: {_processor()}, {cores[0]} cores, {cores[1]} threads",
        f"Memory: {psutil.virtual_memory().total / 2**30:.0f} GiB",
        f"System: {_system()}",
        f"Python {platform.python_version()}, " + ", ".join(f"{p} {version(p)}" for p in PACKAGES),
    ]


def load() -> float:
    """Processes that wanted to run in the last minute; over 0.6 says that others were at work here."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else psutil.getloadavg()[0]


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    found = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return found or platform.processor() or platform.machine()


def _system() -> str:
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.platform(terse=True)
    return f"{name}, {platform.system()} {platform.release().partition('-')[0]}"
