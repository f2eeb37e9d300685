"""An import of 5,000 chats, with answers from the server all the while, and all of it out again."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.portable.large import many
from tests.serving import Serving


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_5000_chats(tmp_path: Path) -> None:
    content = many(5000)
    with Serving(tmp_path / "data") as server, server.client(timeout=900) as client:
        process = psutil.Process(server.pid)
        before, worked = process.memory_info().rss, sum(process.cpu_times()[:2])
        slowest: dict[str, float] = {}
        most, over = before, threading.Event()

        def look() -> None:
            nonlocal most
            with server.client() as other:
                while not over.is_set():
                    for path in ("/health", "/api/v1/conversations"):
                        began = time.monotonic()
                        assert other.get(path).status_code == 200
                        slowest[path] = max(slowest.get(path, 0.0), time.monotonic() - began)
                    most = max(most, process.memory_info().rss)
                    time.sleep(0.02)

        looking = threading.Thread(target=look)
        looking.start()
        began = time.monotonic()
        job = client.post("/api/v1/imports", content=content).json()["job"]
        lines = client.get(f"/api/v1/jobs/{job}/events").text.splitlines()
        took, worked = time.monotonic() - began, sum(process.cpu_times()[:2]) - worked
        over.set()
        looking.join()
        said: list[dict[str, Any]] = [json.loads(line[5:]) for line in lines if line.startswith("data:")]
        told = f"{len(content) / 1e6:.0f} MB in {took:.1f} s"
        told += f" ({worked:.1f} s of processor), {(most - before) / 1e6:.0f} MB more, {slowest}"
        print(told)
        assert next(e["done"] for e in said if e.get("step") == "chats imported") == 5000
        assert worked < 40 and most - before < 250_000_000 and max(slowest.values()) < 1.5, told
        began = time.monotonic()
        size, first = 0, 0.0
        with client.stream("GET", "/api/v1/export") as reply:
            for data in reply.iter_bytes():
                first = first or time.monotonic() - began
                size += len(data)
        print(f"export of {size / 1e6:.0f} MB in {time.monotonic() - began:.1f} s, first byte {first:.2f} s")
        assert size > 50_000_000 and first < 1.0
        assert process.memory_info().rss - before < 300_000_000
