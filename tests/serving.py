"""The real server as a process of its own: started, killed, restarted, and asked over HTTP.

with Serving(tmp_path / "data", starter_model) as serving:
    said = serving.ask("What is a heat pump?", max_tokens=20)
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx
import psutil

REPOSITORY = Path(__file__).resolve().parent.parent
MODEL = "smollm2-135m"
START_SECONDS = 60.0
STORY = "Tell a very long story about a lighthouse, an old sailor and the sea."
LONG = "Say what this is about. " + "The keeper counts the ships that pass in the fog of the morning. " * 45
SHORT = "384"  # as LUMORA_CONTEXT it ends an answer for which no one can say max_tokens
Event = dict[str, Any]


@dataclass
class Said:
    """What one client saw of a turn: its events, each with the time it came, and how the stream ended."""

    events: list[tuple[float, Event]] = field(default_factory=list)
    status: int = 0
    broken: str = ""

    def of(self, kind: str) -> list[Event]:
        """The events of one type."""
        return [e for _, e in self.events if e["type"] == kind]

    def text(self, until: float = float("inf")) -> str:
        """The answer as far as it had come at the time `until`."""
        return "".join(e["text"] for at, e in self.events if e["type"] == "text_delta" and at <= until)

    @property
    def started(self) -> Event:
        """The first event."""
        return self.of("started")[0]

    @property
    def last(self) -> Event:
        """The last event."""
        return self.events[-1][1]


class Serving:
    """`python app.py` on a free port of loopback and a data folder of its own, from entry to exit."""

    def __init__(
        self,
        data: Path,
        model: Path | None = None,
        *,
        env: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
    ) -> None:
        """`model` is linked in as the starter model; `before` is a command line to run the server under."""
        self.data = data
        self.env = clean_environment(data, env)
        self.before = list(before)
        self.url = self.token = ""
        self._log = data.parent / f"{data.name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._killing = threading.Lock()
        self.pid = 0
        if model is not None:
            install(model, data)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self._log.open("ab") as log:
            command = [*self.before, sys.executable, str(REPOSITORY / "app.py")]
            self._process = subprocess.Popen(
                command, env=self.env, cwd=self.data.parent, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        end = time.monotonic() + START_SECONDS
        while not self._is_ready():
            assert self._process.poll() is None, f"the server ended at once:\n{self.log}"
            assert time.monotonic() < end, f"the server does not answer:\n{self.log}"
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        try:
            info = json.loads((self.view / "server.json").read_text("utf-8"))
            if info["pid"] not in {p.pid for p in self._processes()}:
                return False
            self.pid, self.url, self.token = info["pid"], info["url"], info["token"]
            return httpx.get(self.url + "/health", trust_env=False, timeout=5).status_code == 200
        except (OSError, ValueError, httpx.HTTPError):
            return False

    def _processes(self) -> list[psutil.Process]:
        if self._process is None:
            return []
        try:
            top = psutil.Process(self._process.pid)
            return [top, *top.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    @property
    def view(self) -> Path:
        """The data folder as the server sees it, which may have mounts of its own."""
        assert self._process is not None
        return Path(f"/proc/{self._process.pid}/root{self.data}") if self.before else self.data

    @property
    def log(self) -> str:
        """What it has written to its terminal so far."""
        return self._log.read_text("utf-8", "replace") if self._log.exists() else ""

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return None if self._process is None else self._process.poll()

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def engine(self, patience: float = 20.0) -> psutil.Process:
        """The engine's process, as soon as there is one."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            for process in self._processes():
                if is_engine(process):
                    return process
            time.sleep(0.005)
        raise AssertionError("there is no engine process")

    def kill(self) -> None:
        """`kill -9`, and wait until it and its children are gone. Harmless when it has ended."""
        with self._killing:  # a timer's thread and the test's own may both want to
            self._kill()

    def _kill(self) -> None:
        family = self._processes()
        for process in family if self.before else family[:1]:  # a killed strace lets its children go on
            end_now(process)
        gone_by = time.monotonic() + 10
        while any(is_alive(p) for p in family):
            if self._process is not None:
                self._process.poll()
            if time.monotonic() > gone_by:
                for process in family:
                    end_now(process)
                raise AssertionError(f"left behind by a killed server: {family}")
            time.sleep(0.01)
        if self._process is not None:
            self._process.wait()
            self._process = None

    def terminate(self, patience: float = 10.0) -> float:
        """SIGTERM; the seconds until it and its children are gone."""
        family = self._processes()
        began = time.monotonic()
        os.kill(self.pid, signal.SIGTERM)
        assert self._process is not None
        self._process.wait(patience)
        left = [p for p in family if is_alive(p)]
        assert not left, f"left behind after SIGTERM: {left}"
        return time.monotonic() - began

    def restart(self) -> None:
        """Kill it if it runs and start it again."""
        self.kill()
        self.start()

    def client(self, **options: Any) -> httpx.Client:
        """An HTTP client of this server, without proxies. Close it."""
        return httpx.Client(base_url=self.url, trust_env=False, **{"timeout": 120.0, **options})

    def ask(
        self, text: str, *, max_tokens: int = 24, during: Callable[[Said], None] | None = None, **more: Any
    ) -> Said:
        """Ask and read the stream to its end; see `follow`."""
        sampling = {"max_tokens": max_tokens, "temperature": 0.0} | more.pop("sampling", {})
        return self.follow("/api/v1/chat/ask", {"text": text, "sampling": sampling, **more}, during)

    def follow(
        self, path: str, body: Mapping[str, Any], during: Callable[[Said], None] | None = None
    ) -> Said:
        """Post `body`, read the events, call `during` after each. What came before a break is kept."""
        said = Said()
        try:
            with (
                self.client() as client,
                client.stream(
                    "POST", path, content=json.dumps(body), headers={"Content-Type": "application/json"}
                ) as response,
            ):
                said.status = response.status_code
                assert response.status_code == 200, response.read().decode()
                for event in events(response):
                    said.events.append((time.monotonic(), event))
                    if during is not None:
                        during(said)
        except httpx.TransportError as e:
            said.broken = f"{type(e).__name__}: {e}"
        return said

    def get(self, path: str, **options: Any) -> Any:
        """The JSON at `path`."""
        with self.client() as client:
            response = client.get(path, **options)
        assert response.status_code == 200, response.text
        return response.json()

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What a POST answers, as JSON."""
        with self.client() as client:
            response = client.post(path, json=body or {})
        assert response.status_code in (200, 202), response.text
        return response.json()

    def message(self, conversation: str, id: str) -> dict[str, Any]:
        """One message as the API shows it."""
        found: list[dict[str, Any]] = self.get(f"/api/v1/conversations/{conversation}")["messages"]
        return next(m for m in found if m["id"] == id)

    def command(self, *arguments: str, patience: float = 90.0) -> subprocess.CompletedProcess[str]:
        """`lumora ARGUMENTS` on the same data folder, to its end."""
        return command(self.data, *arguments, env=self.env, patience=patience)


def command(
    data: Path, *arguments: str, env: Mapping[str, str] | None = None, patience: float = 90.0
) -> subprocess.CompletedProcess[str]:
    """`lumora ARGUMENTS` on the data folder `data`, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "lumora.cli", *arguments],
        env=clean_environment(data, env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=patience,
    )


def clean_environment(data: Path, env: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment without settings of Lumora, then `env`, the data folder, any free port."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("LUMORA_")}
    path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    ours = {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "LUMORA_PORT": "0", "LUMORA_DATA": str(data)}
    return {**kept, **ours, **(env or {})}


def install(model: Path, data: Path) -> None:
    """Link the model into the data folder, as one put there by hand."""
    home = data / "models" / MODEL
    home.mkdir(parents=True, exist_ok=True)
    target = home / model.name
    if not target.exists():
        try:
            os.link(model, target)
        except OSError:  # another file system
            target.symlink_to(model)


def events(response: httpx.Response) -> Iterator[Event]:
    """The events of a server-sent stream."""
    for line in response.iter_lines():
        if line.startswith("data:"):
            event: Event = json.loads(line[5:])
            yield event


def is_engine(process: psutil.Process) -> bool:
    """Whether this is the engine's own process."""
    try:
        return "lumora.models.child" in process.cmdline()
    except psutil.Error:
        return False


def is_alive(process: psutil.Process) -> bool:
    """Whether it runs; one that only waits to be collected does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end_now(process: psutil.Process) -> None:
    """`kill -9`, also of one that has ended."""
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return


def later(seconds: float, act: Callable[[], object]) -> threading.Timer:
    """Do something in `seconds`, from another thread."""
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()
    return timer


def problems_of(data: Path) -> list[str]:
    """What is wrong with the database of a data folder nobody holds; empty when it is sound."""
    from lumora.store import Store

    async def look() -> list[str]:
        store = await Store.open(data / "lumora.db")
        try:
            return await store.check()
        finally:
            await store.close()

    return asyncio.run(look())
