"""Reads the header of a GGUF file, trusting nothing in it.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, versions 2 and 3, little-endian. Every
count and length is checked against the bytes that are there before anything is read or allocated by it.
What this does not check is whether the weights make sense: the engine that loads them runs in a process of
its own for that reason.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

from lumora.errors import ModelUnavailable

_STEP = 4 << 20
_MAX_HEADER = 256 << 20
_MAX_KEYS = 4096
_MAX_TENSORS = 100_000
_MAX_NAME = 1024
_KEPT_STRING = 1 << 20
_U32, _U64 = struct.Struct("<I"), struct.Struct("<Q")
_SCALARS = {
    0: struct.Struct("<B"),
    1: struct.Struct("<b"),
    2: struct.Struct("<H"),
    3: struct.Struct("<h"),
    4: _U32,
    5: struct.Struct("<i"),
    6: struct.Struct("<f"),
    7: struct.Struct("<?"),
    10: _U64,
    11: struct.Struct("<q"),
    12: struct.Struct("<d"),
}
_STRING, _ARRAY = 8, 9
# (values in a block, bytes of a block) by ggml type: ggml/src/ggml.c, type_traits
_BLOCKS = {
    **{0: (1, 4), 1: (1, 2), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 30: (1, 2)},
    **{
        2: (32, 18),
        3: (32, 20),
        6: (32, 22),
        7: (32, 24),
        8: (32, 34),
        9: (32, 36),
        20: (32, 18),
        39: (32, 17),
    },
    **{10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292)},
    **{16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 21: (256, 110), 22: (256, 82)},
    **{23: (256, 136), 29: (256, 56), 34: (256, 54), 35: (256, 66)},
}
_NOT_CHAT = ("bert", "clip", "t5encoder", "whisper", "wavtokenizer", "mmproj")
_LIMITS = {"context_length": 1 << 28, "block_count": 4096, "embedding_length": 1 << 20}


@dataclass(frozen=True, slots=True)
class GGUFFacts:
    """What the header says. `kv_heads` is the sum of key-value heads over all layers; sizes are in bytes."""

    architecture: str
    name: str
    context_length: int
    block_count: int
    embedding_length: int
    head_count: int
    head_count_kv: int
    kv_heads: int
    key_length: int
    value_length: int
    vocab: int
    parameters: int
    file_bytes: int
    tensor_bytes: int
    has_chat_template: bool


def read(path: Path) -> GGUFFacts:
    """The facts of a chat model's file.

    Raises:
        ModelUnavailable: missing, unreadable, not GGUF, cut short, inconsistent, or not a chat model.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            return _Header(file, size, path.name).facts()
    except OSError as e:
        raise ModelUnavailable(
            f"The model file {path.name} cannot be read: {e.strerror or e}.", hint="Download the model again."
        ) from e


class _Header:
    """A cursor over the header that reads ahead in steps and never beyond the file."""

    def __init__(self, file: IO[bytes], size: int, name: str) -> None:
        self._file = file
        self._size = size
        self._name = name
        self._data = bytearray()
        self._at = 0

    def facts(self) -> GGUFFacts:
        if self._size == 0:
            self._refuse("is empty")
        if self._size < 24 or self._take(4) != b"GGUF":
            self._refuse("is not a GGUF file")
        version = self._number(_U32)
        if version not in (2, 3):
            self._refuse(f"has GGUF version {version}, which is not supported")
        tensors, keys = self._number(_U64), self._number(_U64)
        if not 0 < tensors <= _MAX_TENSORS:
            self._refuse(f"claims to hold {tensors} tensors")
        if not 0 < keys <= _MAX_KEYS:
            self._refuse(f"claims to hold {keys} settings")
        values = self._values(keys)
        if _int(values, "split.count", 1) > 1:
            self._refuse("is one part of several", "Lumora needs models in a single file.")
        return self._combine(values, *self._tensors(tensors, values))

    def _values(self, keys: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for _ in range(keys):
            key = self._text(_MAX_NAME)
            if key in found:
                self._refuse(f"says {key!r} twice")
            found[key] = self._value(self._number(_U32))
        return found

    def _value(self, kind: int) -> Any:
        if kind in _SCALARS:
            return self._number(_SCALARS[kind])
        if kind == _STRING:
            return self._text(self._size)
        if kind == _ARRAY:
            return self._array()
        return self._refuse(f"holds a value of unknown type {kind}")

    def _array(self) -> _Array:
        kind, count = self._number(_U32), self._number(_U64)
        if kind == _STRING:
            self._skip_texts(count)
            return _Array(count)
        if kind not in _SCALARS:
            self._refuse("holds nested or unknown lists")
        form = _SCALARS[kind]
        if count > (self._size - self._at) // form.size:
            self._refuse(f"claims a list of {count} values, more than the file holds")
        raw = self._take(count * form.size)
        return _Array(count, tuple(v for (v,) in form.iter_unpack(raw)) if count <= _MAX_KEYS else ())

    def _skip_texts(self, count: int) -> None:
        if count > (self._size - self._at) // 8:
            self._refuse(f"claims a list of {count} texts, more than the file holds")
        at = self._at
        for _ in range(count):
            if at + 8 > len(self._data):
                self._need(at + 8)
            at += 8 + int.from_bytes(self._data[at : at + 8], "little")
            if at > self._size:
                self._refuse("holds a text longer than the file")
        self._need(at)
        self._at = at

    def _tensors(self, count: int, values: Mapping[str, Any]) -> tuple[int, int]:
        """Number of parameters, and bytes of tensor data that the file must and does hold."""
        parameters = end = 0
        for _ in range(count):
            self._text(_MAX_NAME)
            dimensions = self._number(_U32)
            if not 0 < dimensions <= 4:
                self._refuse(f"holds a tensor of {dimensions} dimensions")
            numbers = 1
            for _ in range(dimensions):
                numbers *= self._number(_U64)
            kind, offset = self._number(_U32), self._number(_U64)
            if not 0 < numbers < 1 << 50:
                self._refuse("holds a tensor of an impossible size")
            block, stored = _BLOCKS.get(kind, (1, 0))
            parameters += numbers
            end = max(end, offset + -(-numbers // block) * stored)
        alignment = _int(values, "general.alignment", 32)
        if not (0 < alignment <= 1 << 20 and alignment % 8 == 0):
            self._refuse(f"claims an alignment of {alignment}")
        begin = -(-self._at // alignment) * alignment
        if begin + end > self._size:
            self._refuse(
                f"is cut short: {begin + end:,} bytes are needed and {self._size:,} are there",
                "Download the model again.",
            )
        return parameters, end

    def _combine(self, values: Mapping[str, Any], parameters: int, tensor_bytes: int) -> GGUFFacts:
        kind = values.get("general.architecture")
        if not isinstance(kind, str) or not kind:
            self._refuse("does not say which architecture it has")
        tokens = values.get("tokenizer.ggml.tokens")
        if any(word in kind for word in _NOT_CHAT) or not isinstance(tokens, _Array) or not tokens.count:
            self._refuse(f"is not a chat model ({kind[:40]})", "Choose a model made for chat.")
        size = {n: self._bounded(values, f"{kind}.{n}", limit) for n, limit in _LIMITS.items()}
        heads = _most(values.get(f"{kind}.attention.head_count"), 0)
        shared = values.get(f"{kind}.attention.head_count_kv", heads)
        layers = size["block_count"]
        total = sum(_ints(shared)) if isinstance(shared, _Array) else _most(shared, heads) * layers
        width = size["embedding_length"] // heads if heads else 0
        lengths = [_int(values, f"{kind}.attention.{n}_length", width) for n in ("key", "value")]
        if not all(0 <= n <= 1 << 16 for n in (heads, *lengths)) or not 0 <= total <= 1 << 24:
            self._refuse("claims impossible attention sizes")
        return GGUFFacts(
            architecture=kind,
            name=str(values.get("general.name") or Path(self._name).stem)[:200],
            **size,
            head_count=heads,
            head_count_kv=_most(shared, heads),
            kv_heads=total,
            key_length=lengths[0],
            value_length=lengths[1],
            vocab=tokens.count,
            parameters=parameters,
            file_bytes=self._size,
            tensor_bytes=tensor_bytes,
            has_chat_template=bool(values.get("tokenizer.chat_template")),
        )

    def _bounded(self, values: Mapping[str, Any], key: str, most: int) -> int:
        value = _int(values, key, 0)
        if not 0 < value <= most:
            self._refuse(f"has no sensible {key}")
        return value

    def _text(self, most: int) -> str:
        length = self._number(_U64)
        if length > self._size - self._at:
            self._refuse("holds a text longer than the file")
        if length > most:
            self._refuse("holds an overlong name")
        return self._take(length)[:_KEPT_STRING].decode("utf-8", "replace")

    def _number(self, form: struct.Struct) -> Any:
        return form.unpack(self._take(form.size))[0]

    def _take(self, count: int) -> bytes:
        self._need(self._at + count)
        self._at += count
        return bytes(self._data[self._at - count : self._at])

    def _need(self, end: int) -> None:
        """Read on until `end` bytes of the file are here."""
        if end > self._size:
            self._refuse("is cut short inside its header", "Download the model again.")
        if end > _MAX_HEADER:
            self._refuse("has a header larger than 256 MB")
        while len(self._data) < end:
            piece = self._file.read(_STEP)
            if not piece:
                self._refuse("became shorter while it was read")
            self._data += piece

    def _refuse(self, why: str, hint: str = "Download it again or choose another model.") -> NoReturn:
        raise ModelUnavailable(f"The model file {self._name} {why}.", hint=hint)


@dataclass(frozen=True, slots=True)
class _Array:
    """A list in the header: its length, and its values when they are few numbers."""

    count: int
    values: tuple[Any, ...] = ()


def _ints(array: _Array) -> list[int]:
    return [v for v in array.values if isinstance(v, int)]


def _int(values: Mapping[str, Any], key: str, default: int) -> int:
    value = values.get(key, default)
    return value if isinstance(value, int) else default


def _most(value: Any, default: int) -> int:
    """A number that may be given for each layer: the largest."""
    if isinstance(value, _Array):
        return max(_ints(value), default=default)
    return value if isinstance(value, int) else default
