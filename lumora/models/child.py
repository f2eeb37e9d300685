"""The engine's own process: `python -m lumora.models.child`, started by `engine_process` and by nothing else.

It reads one line of JSON from stdin (the secret comes this way and no other), loads the model, serves on
loopback, and writes one line of JSON to stdout: how it can be reached, or why not. It leaves as soon as
stdin closes, which the end of the parent does on every platform. A hostile model file can break this process
and nothing else, and ending it gives all memory back.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lumora.errors import LumoraError
from lumora.guard.child import private_stdout, tie_to
from lumora.models import gguf
from lumora.models.plan import Device, EnginePlan, Wanted, measure_machine, plan

Serve = Callable[[dict[str, Any], gguf.GGUFFacts], tuple[str, EnginePlan, object]]
_KINDS = {0: "cpu", 1: "gpu", 2: "igpu"}


def main() -> None:
    """Serve until stdin closes."""
    answer = private_stdout()
    config = json.loads(sys.stdin.buffer.readline())
    tie_to(config["parent"], oom_score=800)
    threading.Thread(target=_leave_with_stdin, daemon=True).start()
    try:
        url, planned, server = _engine(config["engine"])(config, gguf.read(Path(config["file"])))
    except LumoraError as e:
        said: dict[str, Any] = {"error": e.message, "hint": e.hint}
    except (RuntimeError, ValueError, ImportError, MemoryError) as e:
        said = {"error": f"The engine cannot load {Path(config['file']).name}: {e}"[:500], "hint": ""}
    else:
        said = {"url": url, "plan": asdict(planned)}
    answer.write(json.dumps(said).encode() + b"\n")
    answer.flush()
    if "url" in said:
        threading.Event().wait()
        del server  # held until here: it serves while it lives


def _engine(name: str) -> Serve:
    if name == "llama-cpp-python":
        from lumora.models.child_llama_cpp import serve as serve_llama_cpp

        return serve_llama_cpp
    return serve


def serve(config: dict[str, Any], facts: gguf.GGUFFacts) -> tuple[str, EnginePlan, object]:
    """Load the file and serve it with xllamacpp; (URL, plan, server).

    Raises:
        ModelUnavailable: not enough memory.
        RuntimeError: llama.cpp refuses the file.
    """
    import xllamacpp

    planned = plan(facts, measure_machine(), devices(xllamacpp.get_device_info()), wanted(config))
    p = xllamacpp.CommonParams()
    p.model.path = config["file"]
    p.model_alias = {config["model"]}
    p.hostnames, p.port, p.api_keys = ["127.0.0.1"], 0, [config["secret"]]
    p.n_parallel, p.n_ctx = planned.slots, planned.slots * planned.context_per_slot
    p.n_batch = p.n_ubatch = planned.batch
    p.cpuparams.n_threads = p.cpuparams_batch.n_threads = planned.threads
    p.n_gpu_layers = planned.gpu_layers
    if planned.split:
        p.tensor_split = [float(n) for n in planned.split] + [0.0] * (128 - len(planned.split))
    p.fit_params = False  # the plan has decided
    p.cache_ram_mib = planned.cache_mib
    p.ui = p.warmup = False
    p.use_jinja = p.endpoint_slots = True
    server = xllamacpp.Server(p)
    return server.listening_address, planned, server


def wanted(config: dict[str, Any]) -> Wanted:
    """The part of the configuration that the plan takes."""
    return Wanted(config["context"], config["slots"], config["threads"])


def devices(found: list[dict[str, Any]]) -> list[Device]:
    """Device facts as xllamacpp reports them."""
    return [
        Device(
            d["name"],
            _KINDS.get(int(d["type"]), "other"),  # type: ignore[arg-type]
            d["memory_free"],
            d["memory_total"],
            d["description"],
        )
        for d in found
    ]


def _leave_with_stdin() -> None:
    while os.read(0, 4096):
        continue
    os._exit(0)


if __name__ == "__main__":
    main()
