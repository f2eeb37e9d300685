"""How a model computes fastest here: measured for about a second once, then remembered in the data folder."""

from __future__ import annotations

import json
import platform
import time
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from lumora.errors import ModelUnavailable
from lumora.knowledge.embedding_model import EmbeddingModel, Precision, revision_of
from lumora.knowledge.workers import Workers
from lumora.models.catalog import Row
from lumora.observe import log

_logger = log.get(__name__)
FILE = "embedding.json"
PRECISIONS: tuple[Precision, ...] = ("fp32", "bf16")
_WORTH = 1.1  # times as fast as full precision, or it is not given up
_SECONDS = 0.2  # for each thing that is tried
# Plain words, about 60 tokens of any tokenizer: as long as a usual paragraph.
_TEXT = "The quick brown fox jumps over the lazy dog while seven wizards quietly read old books. " * 3
_BATCH = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """Precision of the numbers, and how many threads embed at once."""

    precision: Precision
    threads: int


def load(
    home: Path, row: Row, folder: Path, cores: int, dimensions: int = 0
) -> tuple[EmbeddingModel, Choice]:
    """The model in the precision that is fastest on this machine, and the choice. Blocking; seconds.

    Raises:
        ModelUnavailable
    """
    import torch

    key = f"{revision_of(home)} torch {torch.__version__} {platform.machine()} {_processor()} {cores}"
    key += " ipex" * bool(_extended())
    known = _remembered(folder / FILE)
    if key in known:
        return EmbeddingModel(home, row, known[key].precision, dimensions), known[key]
    model, choice = _probe(home, row, cores, dimensions)
    _remember(folder / FILE, {**known, key: choice})
    return model, choice


def _probe(home: Path, row: Row, cores: int, dimensions: int) -> tuple[EmbeddingModel, Choice]:
    """Full precision stays unless another is a tenth faster; as many threads as make it faster together."""
    rates: dict[Precision, float] = {}
    models: dict[Precision, EmbeddingModel] = {}
    for precision in (*PRECISIONS, *_extended()):
        try:
            models[precision] = EmbeddingModel(home, row, precision, dimensions)
        except ModelUnavailable as e:
            if precision in PRECISIONS:
                raise
            _logger.warning("%s", e.message)  # an extension of another version than PyTorch
            continue
        rates[precision] = _rate_alone(models[precision]) / (1 if precision == "fp32" else _WORTH)
    best = max(rates, key=rates.__getitem__)
    choice = Choice(best, _threads(models[best], cores))
    _logger.info("%s: texts a second of a core %s; it computes as %s", row.name, rates, choice)
    return models[best], choice


def _extended() -> tuple[Precision, ...]:
    """What Intel's extension for PyTorch adds, where it is installed."""
    return ("ipex",) if find_spec("intel_extension_for_pytorch") else ()


def _threads(model: EmbeddingModel, cores: int) -> int:
    counts = sorted({1, max(1, cores // 2), cores})
    if len(counts) == 1:
        return cores
    rates = {n: _rate_together(model, n) for n in counts}
    # Threads that share a core slow each other; fewer must be clearly better.
    return max(n for n in counts if rates[n] * 1.2 > max(rates.values()))


def _rate_alone(model: EmbeddingModel) -> float:
    """Texts a second of one core's own time, so that other programs do not matter."""
    ids = model.tokens([_TEXT] * _BATCH, "document")
    model.vectors(ids)  # the first time lays out weights
    began, count = time.thread_time(), 0
    while (spent := time.thread_time() - began) < _SECONDS:
        model.vectors(ids)
        count += _BATCH
    return count / spent


def _rate_together(model: EmbeddingModel, threads: int) -> float:
    """Texts a second of so many threads at once, by their own time, so that other programs do not matter."""
    ids = model.tokens([_TEXT] * _BATCH, "document")
    workers, end = Workers(threads, "lumora-probe"), time.perf_counter() + _SECONDS
    rates = [workers.submit(lambda: _until(end, model, ids)) for _ in range(threads)]
    together = sum(rate.result() for rate in rates)
    workers.close()
    return together


def _until(end: float, model: EmbeddingModel, ids: list[list[int]]) -> float:
    began, count = time.thread_time(), 0
    while time.perf_counter() < end or not count:
        model.vectors(ids)
        count += len(ids)
    return count / (time.thread_time() - began)


def _remembered(path: Path) -> dict[str, Choice]:
    try:
        return {key: Choice(**value) for key, value in json.loads(path.read_text("utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}  # lost or of another version: measuring again takes a second


def _remember(path: Path, choices: dict[str, Choice]) -> None:
    fresh = path.with_suffix(".new")
    try:
        fresh.write_text(json.dumps({key: asdict(each) for key, each in choices.items()}, indent=1), "utf-8")
        fresh.replace(path)
    except OSError as e:
        _logger.warning("the choice of precision is not remembered: %s", e)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()
