"""Lumora as a web application: settings → Workspace → FastAPI with Gradio mounted on it.

`lumora serve` is this with options; `python app.py` takes settings from the environment alone.
"""

from __future__ import annotations

import asyncio
import gc
import os
import secrets
import signal
import socket
import sys
import threading
import webbrowser
from contextlib import nullcontext
from typing import TYPE_CHECKING

from lumora.errors import StartupError
from lumora.observe import log
from lumora.settings import Settings, load

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp

    from lumora.identity.access import Access
    from lumora.workspace import Workspace

GRACE_SECONDS = 2  # open pages hold their connections; waiting longer for them helps nobody
_QUIET = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}


def run(settings: Settings, *, open_browser: bool | None = None) -> int:
    """Serve until told to stop; opens a browser when asked, by default when a person is watching.

    Raises:
        StartupError: port, access, data folder or database.
    """
    log.configure(settings.log_level, settings.data / "logs")
    try:
        asyncio.run(_serve(settings, open_browser))
    except KeyboardInterrupt:
        return 130
    return 0


async def _serve(settings: Settings, open_browser: bool | None) -> None:
    from lumora.identity.access import Access
    from lumora.store import ServerInfo
    from lumora.workspace import Workspace

    listener = _listen(settings)
    with listener:
        url = _url(settings, listener)
        async with await Workspace.open(settings) as workspace:
            access = await asyncio.to_thread(Access.open, settings)
            token = secrets.token_urlsafe(32)
            server = _server(_application(workspace, access, token), workspace)
            workspace.lock.publish(ServerInfo(url, os.getpid(), token))
            workspace.begin()
            print(f"Lumora is at {url}", file=sys.stderr, flush=True)
            if open_browser if open_browser is not None else _watched():
                asyncio.get_running_loop().call_later(0.5, webbrowser.open, url)
            gc.freeze()  # what is loaded stays: walking all of it once more cost a request 150 ms
            await server.serve(sockets=[listener])


def _application(workspace: Workspace, access: Access, token: str) -> ASGIApp:
    """API, page, and around both the protection that no route escapes."""
    os.environ.update(_QUIET)
    from lumora.api.app import build
    from lumora.api.security import protect
    from ui.mount import mount

    return protect(mount(build(workspace)), workspace.settings, access, token)


def _server(application: ASGIApp, workspace: Workspace) -> uvicorn.Server:
    import uvicorn

    server = uvicorn.Server(
        uvicorn.Config(
            application,
            loop="asyncio",  # the offline lock sees the sockets of Python's own loop
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    _obey_signals(server)
    end = server.shutdown

    async def shutdown(sockets: list[socket.socket] | None = None) -> None:
        # Jobs first: open streams then end with what happened instead of breaking off.
        await workspace.jobs.close()
        await end(sockets)

    server.shutdown = shutdown  # type: ignore[method-assign]
    return server


def _obey_signals(server: uvicorn.Server) -> None:
    """Ctrl-C and SIGTERM end `serve`: uvicorn would raise them again before the workspace closes."""
    if threading.current_thread() is threading.main_thread():
        server.capture_signals = nullcontext  # type: ignore[method-assign, assignment]
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, server.handle_exit)


def _listen(settings: Settings) -> socket.socket:
    """The bound socket, before anything slow is loaded.

    Raises:
        StartupError: the port is taken or the address is not of this machine.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # The protocol is named because asyncio sends small writes at once (TCP_NODELAY) only where it is.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host.strip("[]"), settings.port))
    except (OSError, OverflowError) as e:
        listener.close()
        raise StartupError(
            f"Lumora cannot listen on {settings.host}:{settings.port}: {getattr(e, 'strerror', None) or e}.",
            hint="Stop what uses it, or choose another with --port or LUMORA_PORT.",
        ) from e
    return listener


def _url(settings: Settings, listener: socket.socket) -> str:
    host = settings.host if settings.host not in ("", "0.0.0.0", "::") else "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"


def _watched() -> bool:
    """Whether a person sits at this machine's screen."""
    screen = sys.platform in ("win32", "darwin") or any(
        os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    return screen and sys.stderr.isatty()


if __name__ == "__main__":
    try:
        sys.exit(run(load()))
    except StartupError as error:
        sys.exit(f"lumora: {error.message} {error.hint}")
