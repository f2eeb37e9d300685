"""How much of a machine a model may take: context, slots, threads, layers on the GPU.

All of it is pure, except `measure_machine`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lumora.errors import ModelUnavailable
from lumora.models.gguf import GGUFFacts

MIB = 1 << 20
# Tokens read at a time. The engine notices a stop in one batch and ends with the next: within 128 tokens.
BATCH = 64
CONTEXT = 8192
LEAST_CONTEXT = 2048
SLOTS = 4
_BASE = 96 * MIB
_DEVICE_MARGIN = 512 * MIB


@dataclass(frozen=True, slots=True)
class Machine:
    """Memory in bytes, cores that may be used, and the kind of GPU that is built in, if any was seen."""

    free_bytes: int
    total_bytes: int
    physical_cores: int
    gpu: str = ""


@dataclass(frozen=True, slots=True)
class Device:
    """A device the engine can compute on. Memory in bytes; `igpu` shares the machine's own."""

    name: str
    kind: Literal["cpu", "gpu", "igpu", "other"]
    memory_free: int
    memory_total: int
    description: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What settings ask for; 0 leaves it to the plan."""

    context: int = 0
    slots: int = 0
    threads: int = 0


@dataclass(frozen=True, slots=True)
class EnginePlan:
    """What to start the engine with. `split` gives each GPU its share of layers, in the order of devices."""

    context_per_slot: int
    slots: int
    threads: int
    batch: int
    gpu_layers: int
    split: tuple[int, ...]
    cache_mib: int
    memory_bytes: int
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a model can run here, why, and what it takes in bytes."""

    fits: bool
    reason: str
    needed_bytes: int


def kv_bytes_per_token(facts: GGUFFacts) -> int:
    """Bytes of keys and values for one token: heads of all layers × (key + value length) × 2 bytes of f16.

    Source: llama.cpp, src/llama-kv-cache.cpp (n_embd_k_gqa and n_embd_v_gqa for each layer, type f16).
    """
    return facts.kv_heads * (facts.key_length + facts.value_length) * 2


def fits(weights: int, kv_per_token: int, context: int, machine: Machine) -> Fit:
    """Whether `weights` bytes and one conversation of `context` tokens fit into this machine's memory."""
    needed = weights + kv_per_token * context + _BASE
    size, free, total = (f"{n / 1e9:.1f} GB" for n in (needed, machine.free_bytes, machine.total_bytes))
    if needed <= machine.free_bytes:
        return Fit(True, f"Needs {size} at {context:,} tokens; {free} are free.", needed)
    if needed <= machine.total_bytes * 0.9:
        return Fit(False, f"Needs {size} at {context:,} tokens; only {free} are free now.", needed)
    return Fit(False, f"Needs {size} at {context:,} tokens; this machine has {total}.", needed)


def plan(facts: GGUFFacts, machine: Machine, devices: Sequence[Device], wanted: Wanted) -> EnginePlan:
    """Context, slots, threads and layers for this model on this machine.

    Raises:
        ModelUnavailable: it needs more memory than the machine has at all.
    """
    gpus = _usable(devices, machine)
    kv = kv_bytes_per_token(facts)
    overhead = _BASE + facts.vocab * BATCH * 4
    on_gpu = sum(_room(d) for d in gpus) >= facts.tensor_bytes + kv * LEAST_CONTEXT
    free = sum(_room(d) for d in gpus) if on_gpu else machine.free_bytes
    room = free - facts.tensor_bytes - (0 if on_gpu else overhead)
    context = _context(facts, kv, room, wanted)
    slots = wanted.slots or _slots(kv * context, min(free // 4, max(room, 0)))
    layers = _layers(facts, kv * context * slots, gpus)
    needed = facts.tensor_bytes + kv * context * slots + overhead
    off_host = (facts.tensor_bytes + kv * context * slots) * sum(layers) // (facts.block_count + 1)
    if needed - off_host > machine.total_bytes:
        short = fits(facts.tensor_bytes, kv * slots, context, machine)
        raise ModelUnavailable(short.reason, hint="Choose a smaller model or a shorter context.")
    return EnginePlan(
        context_per_slot=context,
        slots=slots,
        threads=wanted.threads or machine.physical_cores,
        batch=BATCH,
        gpu_layers=sum(layers),
        split=tuple(layers) if sum(map(bool, layers)) > 1 else (),
        cache_mib=min(512, int(machine.total_bytes * 0.05) // MIB),
        memory_bytes=needed,
        notice=" ".join(_notices(facts, machine, devices, wanted, sum(layers), needed - off_host)),
    )


def _context(facts: GGUFFacts, kv: int, room: int, wanted: Wanted) -> int:
    if wanted.context:
        return min(wanted.context, facts.context_length)
    context = min(facts.context_length, CONTEXT)
    while context > LEAST_CONTEXT and kv * context > room:
        context = max(LEAST_CONTEXT, context // 2)
    return context


def _slots(kv_of_slot: int, room: int) -> int:
    return next((n for n in range(SLOTS, 1, -1) if n * kv_of_slot <= room), 1)


def _usable(devices: Sequence[Device], machine: Machine) -> list[Device]:
    """GPUs with memory of their own; without any, those that share the machine's."""
    own = [d for d in devices if d.kind == "gpu"]
    shared = [d for d in devices if d.kind == "igpu" and d.memory_free <= machine.total_bytes]
    return own or shared


def _room(device: Device) -> int:
    """What may be filled: the engine's own buffers and the screen need the rest."""
    return max(0, device.memory_free - max(_DEVICE_MARGIN, device.memory_free // 10))


def _layers(facts: GGUFFacts, kv: int, gpus: Sequence[Device]) -> list[int]:
    """Layers for each GPU; the output layer counts as one, as llama.cpp does."""
    left = facts.block_count + 1
    layer = max(1, (facts.tensor_bytes + kv) // left)
    taken = []
    for device in gpus:
        taken.append(min(left, _room(device) // layer))
        left -= taken[-1]
    return taken


def _notices(
    facts: GGUFFacts, machine: Machine, devices: Sequence[Device], wanted: Wanted, layers: int, host: int
) -> list[str]:
    said = []
    gpu = next((d.description or d.name for d in devices if d.kind in ("gpu", "igpu")), "")
    if gpu and not layers:
        said.append(f"Nothing of the model fits into the free memory of {gpu}, so it runs on the processor.")
    elif gpu and layers <= facts.block_count:
        said.append(
            f"{layers} of {facts.block_count + 1} layers fit into {gpu}; the rest runs on the processor."
        )
    elif machine.gpu and not gpu:
        said.append(f"The installed engine cannot use {machine.gpu}, so the model runs on the processor.")
    if wanted.context > facts.context_length:
        said.append(
            f"The model was trained for {facts.context_length:,} tokens, so the context is that long."
        )
    if host > machine.free_bytes:
        said.append(f"Memory is short: {host / 1e9:.1f} GB wanted, {machine.free_bytes / 1e9:.1f} GB free.")
    if not facts.has_chat_template:
        said.append("The model brings no chat template; a common one is used and answers may be odd.")
    return said


def measure_machine() -> Machine:
    """This machine now, within what its container and its processor affinity allow."""
    import psutil

    memory = psutil.virtual_memory()
    limit, used = _cgroup_memory()
    total = min(memory.total, limit) if limit else memory.total
    free = min(memory.available, max(0, limit - used)) if limit else memory.available
    cores = min(psutil.cpu_count(logical=False) or 1, _allowed_cores())
    return Machine(int(free), int(total), max(1, cores), _seen_gpu())


def _allowed_cores() -> int:
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    quota = _words(_cgroup_folder() / "cpu.max")
    if len(quota) == 2 and quota[0].isdigit():
        cores = min(cores, max(1, round(int(quota[0]) / int(quota[1]))))
    return cores


def _cgroup_memory() -> tuple[int, int]:
    """Limit in bytes (0: none) and bytes used that could not be given back."""
    for folder, most, now in (
        (_cgroup_folder(), "memory.max", "memory.current"),
        (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        limit, used = _words(folder / most), _words(folder / now)
        if limit and used and limit[0].isdigit() and int(limit[0]) < 1 << 60:
            return int(limit[0]), max(0, int(used[0]) - _given_back(folder / "memory.stat"))
    return 0, 0


def _given_back(path: Path) -> int:
    words = _words(path)
    pairs = dict(zip(words[::2], words[1::2], strict=False))
    return int(pairs.get("inactive_file", "0"))


def _cgroup_folder() -> Path:
    lines = [w for w in _words(Path("/proc/self/cgroup")) if w.startswith("0::")]
    return Path("/sys/fs/cgroup") / (lines[0][3:].lstrip("/") if lines else "")


def _words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return []


def _seen_gpu() -> str:
    if sys.platform == "linux":
        if Path("/proc/driver/nvidia/version").exists():
            return "the NVIDIA GPU"
        if Path("/dev/kfd").exists():
            return "the AMD GPU"
    return ""
