"""The planner on device facts as real machines report them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lumora.errors import ModelUnavailable
from lumora.models.gguf import GGUFFacts
from lumora.models.plan import Device, Machine, Wanted, fits, kv_bytes_per_token, measure_machine, plan

GB, GIB = 10**9, 1 << 30

SMOL = GGUFFacts(
    "llama", "SmolLM2", 8192, 30, 576, 9, 3, 90, 64, 64, 49152, 134_515_008, 98_362_432, 96_576_768, True
)
QWEN_4B = GGUFFacts(
    "qwen3",
    "Qwen3 4B",
    40960,
    36,
    2560,
    32,
    8,
    288,
    128,
    128,
    151936,
    4_022_468_096,
    2_497_280_256,
    2_491_000_000,
    True,
)
LLAMA_8B = GGUFFacts(
    "llama",
    "Llama 3.1 8B",
    131072,
    32,
    4096,
    32,
    8,
    256,
    128,
    128,
    128256,
    8_030_261_312,
    4_920_739_232,
    4_912_000_000,
    True,
)

CPU = Device("CPU", "cpu", 25_276_514_304, 25_276_514_304, "AMD EPYC")
METAL_16 = Device("Metal", "gpu", 11_453_251_584, 11_453_251_584, "Apple M2")
CUDA_8 = Device("CUDA0", "gpu", 7_620_001_792, 8_232_108_032, "NVIDIA GeForce RTX 3070")
CUDA_24 = Device("CUDA0", "gpu", 24_809_111_552, 25_294_995_456, "NVIDIA GeForce RTX 4090")
CUDA_12 = Device("CUDA1", "gpu", 12_100_000_000, 12_622_168_064, "NVIDIA GeForce RTX 3060")
VULKAN_IGPU = Device("Vulkan0", "igpu", 7_900_000_000, 8_300_000_000, "Intel(R) Iris(R) Xe Graphics")
FULL_GPU = Device("CUDA0", "gpu", 300_000_000, 4_200_000_000, "NVIDIA GeForce GTX 1650")

LAPTOP = Machine(10 * GIB, 16 * GIB, 8)
SERVER = Machine(56 * GIB, 64 * GIB, 16)


def test_kv_bytes_follow_the_formula() -> None:
    assert kv_bytes_per_token(SMOL) == 30 * 3 * (64 + 64) * 2
    assert kv_bytes_per_token(LLAMA_8B) == 131072


def test_processor_only() -> None:
    p = plan(SMOL, LAPTOP, [CPU], Wanted())
    assert (p.context_per_slot, p.slots, p.threads, p.batch) == (8192, 4, 8, 64)
    assert (p.gpu_layers, p.split, p.notice) == (0, (), "")
    assert p.cache_mib == 512
    assert SMOL.tensor_bytes + 4 * 8192 * kv_bytes_per_token(SMOL) < p.memory_bytes < LAPTOP.free_bytes


@pytest.mark.parametrize(
    ("facts", "machine", "devices", "layers"),
    [
        (LLAMA_8B, Machine(9 * GIB, 16 * GIB, 8), [METAL_16, CPU], 33),
        (QWEN_4B, SERVER, [CUDA_8, CPU], 37),
        (LLAMA_8B, SERVER, [CUDA_24, CPU], 33),
        (QWEN_4B, LAPTOP, [VULKAN_IGPU, CPU], 37),
    ],
)
def test_all_layers_go_where_they_fit(
    facts: GGUFFacts, machine: Machine, devices: list[Device], layers: int
) -> None:
    p = plan(facts, machine, devices, Wanted())
    assert p.gpu_layers == layers
    assert p.notice == ""
    used = facts.tensor_bytes + p.slots * p.context_per_slot * kv_bytes_per_token(facts)
    assert used <= devices[0].memory_free * 0.95


def test_only_some_layers_fit() -> None:
    p = plan(LLAMA_8B, SERVER, [replace(CUDA_8, memory_free=4 * GB), CPU], Wanted())
    assert 0 < p.gpu_layers < 33
    assert "layers fit" in p.notice and "RTX 3070" in p.notice


def test_two_gpus_share_the_layers() -> None:
    big = replace(LLAMA_8B, tensor_bytes=26 * GB, file_bytes=26 * GB)
    p = plan(big, SERVER, [CUDA_24, CUDA_12, CPU], Wanted())
    assert p.gpu_layers == 33
    assert len(p.split) == 2 and sum(p.split) == 33 and p.split[0] > p.split[1] > 0


def test_a_gpu_of_its_own_is_preferred_to_a_shared_one() -> None:
    p = plan(QWEN_4B, SERVER, [VULKAN_IGPU, CUDA_8, CPU], Wanted())
    assert p.gpu_layers == 37 and p.split == ()


def test_a_full_gpu_means_processor_with_a_notice() -> None:
    p = plan(SMOL, LAPTOP, [FULL_GPU, CPU], Wanted())
    assert p.gpu_layers == 0
    assert "GTX 1650" in p.notice and "processor" in p.notice


def test_a_gpu_that_the_wheel_cannot_use_is_told() -> None:
    p = plan(SMOL, replace(LAPTOP, gpu="the NVIDIA GPU"), [CPU], Wanted())
    assert "cannot use the NVIDIA GPU" in p.notice


def test_little_memory_means_less_context_and_fewer_slots() -> None:
    p = plan(LLAMA_8B, Machine(6 * GB, 8 * GIB, 4), [CPU], Wanted())
    assert p.context_per_slot == 4096 and p.slots == 1
    q = plan(LLAMA_8B, Machine(5 * GB, 8 * GIB, 4), [CPU], Wanted())
    assert q.context_per_slot == 2048 and "Memory is short" in q.notice


def test_host_cache_is_a_twentieth_of_a_small_machine() -> None:
    assert plan(SMOL, Machine(3 * GIB, 4 * GIB, 2), [], Wanted()).cache_mib == 204


def test_too_big_for_the_machine_is_refused() -> None:
    with pytest.raises(ModelUnavailable, match="this machine has"):
        plan(LLAMA_8B, Machine(2 * GIB, 4 * GIB, 4), [CPU], Wanted())


def test_settings_win_but_not_over_what_was_trained() -> None:
    p = plan(SMOL, LAPTOP, [CPU], Wanted(context=4096, slots=2, threads=3))
    assert (p.context_per_slot, p.slots, p.threads) == (4096, 2, 3)
    q = plan(SMOL, LAPTOP, [CPU], Wanted(context=100_000))
    assert q.context_per_slot == 8192 and "8,192" in q.notice


def test_no_chat_template_is_told() -> None:
    assert "chat template" in plan(replace(SMOL, has_chat_template=False), LAPTOP, [], Wanted()).notice


def test_fits() -> None:
    yes = fits(5 * GB, 131072, 8192, LAPTOP)
    assert yes.fits and yes.needed_bytes > 6 * GB
    later = fits(11 * GB, 131072, 8192, LAPTOP)
    assert not later.fits and "free now" in later.reason
    never = fits(40 * GB, 131072, 8192, LAPTOP)
    assert not never.fits and "this machine has" in never.reason


def test_this_machine_can_be_measured() -> None:
    m = measure_machine()
    assert 0 < m.free_bytes <= m.total_bytes
    assert m.physical_cores >= 1
