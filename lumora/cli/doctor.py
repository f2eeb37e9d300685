"""`lumora doctor`: what is installed, what is missing, what to do. It changes nothing and contacts nobody."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from ctypes.util import find_library
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Literal

from lumora import __version__
from lumora.errors import LumoraError
from lumora.settings import Settings
from lumora.units import human_bytes

MARKS = {"good": "ok  ", "note": "note", "bad": "BAD "}
PACKAGES = ("gradio", "fastapi", "uvicorn", "sqlalchemy", "alembic", "httpx", "xllamacpp")
ROOM = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `todo` says what to do when it is not good."""

    state: Literal["good", "note", "bad"]
    what: str
    todo: str = ""


def doctor(settings: Settings) -> int:
    """Print every finding. Returns 1 when something must be mended before Lumora works."""
    findings = list(examine(settings))
    for finding in findings:
        print(f"{MARKS[finding.state]} {finding.what}")
        if finding.todo:
            print(f"     → {finding.todo}")
    return int(any(f.state == "bad" for f in findings))


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at the program, its folder, its models and its way out."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("good", f"Lumora {__version__}, Python {python}, SQLite {sqlite3.sqlite_version}")
    yield from _packages(settings)
    yield from _folder(settings)
    yield from _server(settings)
    yield from _models(settings)
    yield from _machine()
    yield from _outside(settings)


def _packages(settings: Settings) -> Iterator[Finding]:
    names = {*PACKAGES, "llama_cpp"} if settings.engine == "llama-cpp-python" else set(PACKAGES)
    missing = sorted(name for name in names if find_spec(name) is None)
    for name in missing:
        extra = '".[llama-cpp-python]"' if name == "llama_cpp" else "."
        yield Finding("bad", f"{name} is not installed", f"pip install -c constraints.txt {extra}")
    if sys.platform == "linux" and find_library("gomp") is None:
        yield Finding("bad", "the system library libgomp is missing", "apt-get install libgomp1")
    if not missing:
        found = ", ".join(f"{name} {_version(name)}" for name in ("gradio", "xllamacpp"))
        yield Finding("good", f"all packages are installed ({found})")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "of unknown version"


def _folder(settings: Settings) -> Iterator[Finding]:
    data = settings.data
    there = next(p for p in (data, *data.parents) if p.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        yield Finding("bad", f"the data folder {data} cannot be written", "Choose another with LUMORA_DATA.")
        return
    free = shutil.disk_usage(there).free
    state: Literal["good", "note"] = "good" if free > ROOM else "note"
    yield Finding(
        state,
        f"data folder {data}, {human_bytes(free)} free",
        "" if state == "good" else "Models need room; free some space.",
    )
    if settings.database.exists():
        yield _database(settings)


def _database(settings: Settings) -> Finding:
    try:
        with closing(sqlite3.connect(f"file:{settings.database}?mode=ro", uri=True)) as db:
            said = db.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as e:
        said = str(e)
    if said == "ok":
        return Finding("good", "the database is sound")
    backups = settings.data / "backups"
    return Finding(
        "bad", f"the database is damaged: {said}", f"Put the newest copy from {backups} in its place."
    )


def _server(settings: Settings) -> Iterator[Finding]:
    from lumora.store.lock import running_server

    info = running_server(settings.data)
    if info is not None:
        yield Finding("good", f"Lumora runs at {info.url} (process {info.pid})")
        return
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as e:
            todo = "Stop what uses it, or choose another with LUMORA_PORT."
            yield Finding("bad", f"{settings.host}:{settings.port} cannot be listened on: {e.strerror}", todo)
        else:
            yield Finding("good", f"{settings.host}:{settings.port} is free")


def _models(settings: Settings) -> Iterator[Finding]:
    from lumora.models.installed import Installed

    chat = [m for m in Installed(settings.models).list() if m.task == "chat"]
    for model in chat:
        yield Finding(
            "note" if model.note else "good", f"model {model.name}, {human_bytes(model.bytes)}", model.note
        )
    if not chat and not settings.providers:
        yield Finding("note", "no chat model is installed", "lumora models pull --starter")
    for provider in settings.providers:
        if provider.key_env and not os.environ.get(provider.key_env):
            yield Finding("note", f"provider {provider.name} has no key", f"Set {provider.key_env}.")
        else:
            yield Finding("good", f"provider {provider.name} at {provider.base_url}")


def _machine() -> Iterator[Finding]:
    from lumora.models.plan import measure_machine

    try:
        machine = measure_machine()
    except LumoraError as e:
        yield Finding("note", e.message, e.hint)
        return
    free, total = human_bytes(machine.free_bytes), human_bytes(machine.total_bytes)
    yield Finding("good", f"{machine.physical_cores} cores, {free} of {total} memory free")


def _outside(settings: Settings) -> Iterator[Finding]:
    if settings.offline:
        yield Finding("good", "the offline lock is on: nothing leaves this machine")
    elif settings.providers:
        names = ", ".join(p.name for p in settings.providers)
        yield Finding("note", f"chats with models of {names} leave this machine; all others stay")
    else:
        yield Finding("good", "nothing leaves this machine but model downloads you ask for")
