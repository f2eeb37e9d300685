from __future__ import annotations

import random
import struct
import time
from pathlib import Path
from typing import Any

import pytest

from lumora.errors import ModelUnavailable
from lumora.models.gguf import GGUFFacts, read


def text(value: str | bytes) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(raw)) + raw


def typed(value: Any) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, str):
        return struct.pack("<I", 8) + text(value)
    if value and isinstance(value[0], str):
        return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(text, value))
    return struct.pack("<IIQ", 9, 4, len(value)) + b"".join(struct.pack("<I", v) for v in value)


DEFAULT: dict[str, Any] = {
    "general.architecture": "llama",
    "general.name": "Tiny",
    "llama.context_length": 2048,
    "llama.block_count": 4,
    "llama.embedding_length": 64,
    "llama.attention.head_count": 8,
    "llama.attention.head_count_kv": 2,
    "tokenizer.ggml.tokens": ["a", "b", "c"],
    "tokenizer.chat_template": "{{ messages }}",
}


def build(
    changes: dict[str, Any] | None = None,
    *,
    version: int = 3,
    tensors: list[tuple[str, tuple[int, ...], int, int]] | None = None,
    data: int = 64 * 4,
    keys: int | None = None,
    count: int | None = None,
    raw: bytes = b"",
) -> bytes:
    values = {k: v for k, v in {**DEFAULT, **(changes or {})}.items() if v is not None}
    infos = [("w", (8, 8), 0, 0)] if tensors is None else tensors
    head = b"GGUF" + struct.pack("<IQQ", version, len(infos) if count is None else count, keys or len(values))
    head += b"".join(text(k) + typed(v) for k, v in values.items()) + raw
    for name, shape, kind, offset in infos:
        head += text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)
    head += b"\0" * (-len(head) % 32)
    return head + b"\0" * data


def facts(tmp_path: Path, data: bytes) -> GGUFFacts:
    path = tmp_path / "model.gguf"
    path.write_bytes(data)
    return read(path)


def refused(tmp_path: Path, data: bytes) -> str:
    with pytest.raises(ModelUnavailable) as e:
        facts(tmp_path, data)
    assert "model.gguf" in e.value.message and e.value.hint
    return e.value.message


def test_starter_model(starter_model: Path) -> None:
    took = []
    for _ in range(3):
        began = time.process_time()
        found = read(starter_model)
        took.append(time.process_time() - began)
    assert found.architecture == "llama" and found.context_length == 8192 and found.block_count == 30
    assert (found.head_count, found.head_count_kv, found.kv_heads) == (9, 3, 90)
    assert (found.key_length, found.value_length) == (64, 64)
    assert found.vocab == 49152 and found.has_chat_template
    assert found.parameters == 134_515_008
    assert found.file_bytes == 98_362_432 and 0 < found.tensor_bytes < found.file_bytes
    assert min(took) < 0.1, took


def test_small_file(tmp_path: Path) -> None:
    found = facts(tmp_path, build())
    assert (found.name, found.kv_heads, found.key_length, found.tensor_bytes) == ("Tiny", 8, 8, 256)
    assert facts(tmp_path, build(version=2)) == found


def test_heads_may_differ_by_layer(tmp_path: Path) -> None:
    found = facts(tmp_path, build({"llama.attention.head_count_kv": [1, 2, 3, 0]}))
    assert (found.kv_heads, found.head_count_kv) == (6, 3)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"GGUF", "not a GGUF"),
        (b"hello, this is a text file and no model", "not a GGUF"),
        (build(version=1), "version 1"),
        (build(version=3 << 24), "version"),
        (build(count=1 << 40), "tensors"),
        (build(tensors=[], count=0), "0 tensors"),
        (build(keys=1 << 40), "settings"),
        (build({"llama.block_count": 1 << 31}), "block_count"),
        (build({"llama.context_length": 0}), "context_length"),
        (build({"llama.context_length": "many"}), "context_length"),
        (build({"general.architecture": None}), "architecture"),
        (build({"general.architecture": "nomic-bert"}), "not a chat model"),
        (build({"tokenizer.ggml.tokens": None}), "not a chat model"),
        (build({"general.alignment": 3}), "alignment"),
        (build({"split.count": 3}), "one part of several"),
        (build(data=100), "cut short"),
        (build(tensors=[("w", (1 << 40, 1 << 40), 0, 0)]), "impossible size"),
        (build(tensors=[("w", (8, 8), 0, 1 << 50)]), "cut short"),
        (build(tensors=[("w", (2,) * 5, 0, 0)]), "dimensions"),
        (build(keys=10, raw=text("general.name") + typed("again")), "twice"),
        (build(keys=10, raw=text("x") + struct.pack("<I", 77)), "unknown type"),
        (build(keys=10, raw=text("x") + struct.pack("<IQ", 8, 1 << 60)), "longer than the file"),
        (build(keys=10, raw=text("x") + struct.pack("<IIQ", 9, 4, 1 << 60)), "more than the file"),
        (build(keys=10, raw=text("x") + struct.pack("<IIQ", 9, 8, 1 << 60)), "more than the file"),
        (build(keys=10, raw=text("x") + struct.pack("<IIQQ", 9, 8, 1, 1 << 60)), "longer than the file"),
        (build(keys=10, raw=text("x") + struct.pack("<IIQIQ", 9, 9, 1, 9, 1)), "nested"),
        (build(keys=10, raw=text("x" * 5000)), "overlong name"),
    ],
)
def test_broken_or_hostile_files_are_refused(tmp_path: Path, data: bytes, why: str) -> None:
    assert why in refused(tmp_path, data)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        read(tmp_path / "none.gguf")
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        read(tmp_path)


def test_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = build()
    for length in range(len(whole)):
        refused(tmp_path, whole[:length])


@pytest.mark.parametrize("seed", range(8))
def test_random_mutations_never_crash(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    whole = build()
    path = tmp_path / "model.gguf"
    for _ in range(250):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 12)):
            at = rng.randrange(4, len(data) - 8)
            edit = rng.choice(
                [rng.randbytes(1), rng.randbytes(8), b"\xff" * 8, b"\0" * 8, b"\x7f" + b"\xff" * 3]
            )
            data[at : at + len(edit)] = edit
        path.write_bytes(data)
        try:
            found = read(path)
        except ModelUnavailable:
            continue
        assert found.block_count > 0 and found.context_length > 0 and found.kv_heads >= 0
