"""The real processes that are measured: Lumora, an empty Gradio app, the engine alone, a provider alone."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

REPOSITORY = Path(__file__).parents[2]
MODEL = "smollm2-135m"
QUIET = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}
PATIENCE = 60.0


@dataclass(frozen=True)
class Running:
    """A server that answers; `seconds` is how long that took from the start of its process."""

    url: str
    seconds: float
    process: asyncio.subprocess.Process

    def resident(self) -> int:
        """Bytes of the process and all it started."""
        tree = psutil.Process(self.process.pid)
        return sum(p.memory_info().rss for p in (tree, *tree.children(recursive=True)))


@asynccontextmanager
async def lumora(data: Path, *paths: str) -> AsyncIterator[Running]:
    """`python app.py` on a data folder, from when all `paths` answer 200 one after the other."""
    port = free_port()
    env = {"LUMORA_DATA": str(data), "LUMORA_PORT": str(port)}
    async with serving(["app.py"], env, port, paths or ("/health",)) as running:
        yield running


@asynccontextmanager
async def empty_gradio() -> AsyncIterator[Running]:
    """A process that imports Gradio and mounts an empty Blocks."""
    port = free_port()
    async with serving(["-m", "tests.benchmarks.empty_gradio", str(port)], QUIET, port, ("/",)) as running:
        yield running


@asynccontextmanager
async def serving(
    arguments: list[str], env: dict[str, str], port: int, paths: tuple[str, ...]
) -> AsyncIterator[Running]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LUMORA_", "GRADIO_"))}
    with tempfile.TemporaryFile() as words:
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, cwd=REPOSITORY, env=kept | env, stderr=words
        )
        url = f"http://127.0.0.1:{port}"
        try:
            await _answers(process, url, paths)
            yield Running(url, time.perf_counter() - began, process)
        except BaseException:
            words.seek(0)
            sys.stderr.write(words.read()[-3000:].decode("utf-8", "replace"))
            raise
        finally:
            await _end(process)


async def _answers(process: asyncio.subprocess.Process, url: str, paths: tuple[str, ...]) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client, asyncio.timeout(PATIENCE):
        for path in paths:
            while True:
                if process.returncode is not None:
                    raise RuntimeError(f"the server ended with exit code {process.returncode}")
                try:
                    (await client.get(url + path)).raise_for_status()
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.01)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(20):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


@asynccontextmanager
async def child(module: str, config: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """`tests.benchmarks.<module>` given `config` on stdin; yields the JSON of its first line."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"tests.benchmarks.{module}"),
        cwd=REPOSITORY,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=1 << 24,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(config).encode() + b"\n")
        line = await process.stdout.readline()
        if not line:
            raise RuntimeError(f"{module} ended with exit code {await process.wait()}")
        yield json.loads(line)
    finally:
        process.stdin.close()
        await _end(process)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def starter_file() -> Path:
    """The GGUF that `make models` fetched."""
    folder = Path(os.environ.get("LUMORA_TEST_MODELS", REPOSITORY / ".models"))
    found = sorted(folder.rglob("SmolLM2-135M-Instruct.Q4_1.gguf"))
    if not found:
        raise SystemExit(f"No starter model below {folder}: run `make models`.")
    return found[0]


def data_with_model(folder: Path) -> Path:
    """A data folder in which the starter model is installed."""
    data = folder / "data"
    (data / "models").mkdir(parents=True)
    (data / "models" / f"{MODEL}.gguf").symlink_to(starter_file().resolve())
    return data


async def get(url: str, path: str) -> Any:
    """The JSON at `path`."""
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        return (await client.get(url + path)).raise_for_status().json()
