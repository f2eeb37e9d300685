"""What Lumora adds to a provider that answers at once."""

from __future__ import annotations

from pathlib import Path
from statistics import median, quantiles

from tests.benchmarks.processes import child, lumora
from tests.benchmarks.rows import Found, Row

BLOCKS = 6
TOKENS = 100
_LIMITS = {1: 12.0, 20: 5.0}
_ROUNDS = {1: 60, 20: 12}
_Samples = tuple[list[float], list[float], list[tuple[float, float]]]


async def _sample(folder: Path, clients: int) -> _Samples:
    """Milliseconds to first tokens through Lumora and without, and the medians of each pair of blocks."""
    data = folder / "data"
    data.mkdir()
    ours: list[float] = []
    theirs: list[float] = []
    pairs = []
    async with child("provider_alone", {"tokens": TOKENS}) as provider:
        base = provider["base_url"]
        (data / "lumora.toml").write_text(
            f'[[providers]]\nname = "fake"\nbase_url = "{base}"\nmodels = ["fake-a"]\n', encoding="utf-8"
        )
        async with lumora(data) as running:
            for _ in range(BLOCKS):
                a = await _firsts(running.url, "fake/fake-a", clients)
                b = await _firsts(base, "fake-a", clients)
                ours, theirs = ours + a, theirs + b
                pairs.append((median(a), median(b)))
    return ours, theirs, pairs


async def _firsts(url: str, model: str, clients: int) -> list[float]:
    config = {
        "url": url,
        "path": "/v1/chat/completions",
        "model": model,
        "clients": clients,
        "rounds": _ROUNDS[clients],
    }
    async with child("clients", config) as said:
        return [1000 * seconds for seconds in said["first"]]


def _p95(samples: list[float]) -> float:
    return quantiles(samples, n=20)[-1]


def _row(clients: int) -> Row:
    async def run(folder: Path) -> Found:
        ours, theirs, pairs = await _sample(folder, clients)
        alone = clients == 1
        return Found(
            f"{median(ours):.1f} ms",
            f"{median(theirs):.1f} ms",
            median(a - b if alone else a / b for a, b in pairs),
            _LIMITS[clients],
            form="+ {:.1f} ms" if alone else "{:.1f}×",
            notes=tuple(
                f"{who}, ms: median {median(s):.2f}, 95 of 100 within {_p95(s):.2f}, n = {len(s)}"
                for who, s in (("through Lumora", ours), ("provider alone", theirs))
            ),
        )

    who = "1 client" if clients == 1 else f"{clients} clients"
    return Row(
        f"provider_{clients}",
        f"first token through `/v1` from a fake provider at full speed, {who}",
        "the provider alone",
        "+ ≤ 12 ms" if clients == 1 else "≤ 5×",
        f"{who}, each asking again as soon as it is answered ({TOKENS} tokens an answer); from the request "
        "to the first text. Provider, Lumora and clients are three processes; blocks through Lumora and "
        "without alternate.",
        run,
    )


ROW_1 = _row(1)
ROW_20 = _row(20)
