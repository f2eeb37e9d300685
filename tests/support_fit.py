"""Grow the trees that decide whether a sentence is supported: `python -m tests.support_fit`.

They are grown on the tune half of tests/data/support.jsonl and on the sentences of its passages quoted as
they are. What is surely wrong is left out, since the trees never see it. Printed are precision and recall on
passages that the trees were not grown on, each tenth of them in turn.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import GroupKFold

from lumora.assets_path import assets
from lumora.guard.support import Similar
from lumora.guard.support.checker import observe
from lumora.guard.support.decision import TREES
from lumora.guard.support.judge import find
from lumora.guard.support.passages import claim, units
from lumora.guard.support.sentences import sentences
from lumora.knowledge.embedder import Embedder
from lumora.settings import load
from lumora.store import Store
from lumora.types import LOCAL_OWNER
from tests.support_scores import Pair, pairs, span_of

MODEL = "all-minilm-l6-v2"
MODELS = Path(__file__).parents[1].resolve() / ".models"
SEEDS = 3
QUOTED = 0.15  # what a quoted sentence weighs beside a pair
FIRST = 340  # pairs that rules were tried on while they were written, and that weigh less therefore
FIRST_WEIGHT = 0.4
TRIED = (0.55, 0.6, 0.62, 0.65, 0.7)


def quoted(chosen: list[Pair]) -> list[Pair]:
    """Each sentence of each passage as a sentence of an answer."""
    out: list[Pair] = []
    for pair in {pair["span"]: pair for pair in chosen}.values():
        for start, end in sentences(pair["span"]):
            out.append({**pair, "sentence": pair["span"][start:end], "label": "supported"})
    return out


async def seen(pair: Pair, similar: Similar | None) -> tuple[str, dict[str, float]]:
    """What is surely wrong with a pair, and its features."""
    said = claim(pair["sentence"])
    match = await find(said, units([span_of(pair)]), similar)
    assert match is not None
    return await observe(said, match)


def grower(seed: int) -> GradientBoostingClassifier:
    """Trees to be grown."""
    return GradientBoostingClassifier(
        n_estimators=90,
        max_depth=3,
        learning_rate=0.06,
        subsample=0.7,
        max_features=0.4,
        min_samples_leaf=6,
        random_state=seed,
    )


def written(grown: list[GradientBoostingClassifier], names: list[str]) -> dict[str, Any]:
    """The trees as lumora.guard.support.decision reads them: the mean of all that were grown."""
    start = float(np.mean([np.log(p := g.init_.class_prior_[1]) - np.log(1 - p) for g in grown]))
    trees = []
    for each in grown:
        for (tree,) in each.estimators_:
            t = tree.tree_
            scale = each.learning_rate / len(grown)
            trees.append(
                [
                    [
                        int(t.feature[n]),
                        round(float(t.threshold[n]), 5),
                        int(t.children_left[n]),
                        int(t.children_right[n]),
                    ]
                    if t.children_left[n] >= 0
                    else [round(float(t.value[n][0][0]) * scale, 5)]
                    for n in range(t.node_count)
                ]
            )
    return {"names": names, "start": round(start, 5), "trees": trees}


async def main() -> None:
    """Grow, measure and write."""
    chosen = pairs("tune")
    every = [*chosen, *quoted(chosen)]
    with tempfile.TemporaryDirectory() as folder:
        settings = load({}, data=Path(folder))
        settings.models.mkdir(parents=True)
        (settings.models / MODEL).symlink_to(MODELS / MODEL)
        store = await Store.open(settings.database)
        embedder = Embedder(MODEL, settings, store.vectors)
        await embedder.load()
        found = [await seen(pair, partial(embedder.similar, LOCAL_OWNER)) for pair in every]
        await embedder.close()
        await store.close()
    grow(chosen, every, found)


def grow(chosen: list[Pair], every: list[Pair], found: list[tuple[str, dict[str, float]]]) -> None:
    """Measure by passage, then grow on all and write."""
    names = list(found[0][1])
    x = np.array([[features[name] for name in names] for _, features in found])
    y = np.array([pair["label"] == "supported" for pair in every])
    wrong = np.array([bool(why) for why, _ in found])
    group = np.array([pair["id"].rsplit("-", 1)[0] for pair in every])
    weight = np.array(
        [FIRST_WEIGHT if n < FIRST else 1.0 if n < len(chosen) else QUOTED for n in range(len(every))]
    )
    likely = np.zeros(len(every))
    for train, test in GroupKFold(10).split(x, y, group):
        train = train[~wrong[train]]
        for seed in range(SEEDS):
            model = grower(seed).fit(x[train], y[train], sample_weight=weight[train])
            likely[test] += model.decision_function(x[test]) / SEEDS
    likely = np.where(wrong, 0, 1 / (1 + np.exp(-likely)))
    for name, part in (
        ("first", slice(0, FIRST)),
        ("later", slice(FIRST, len(chosen))),
        ("quoted", slice(len(chosen), None)),
    ):
        for least in TRIED:
            taken = likely[part] >= least
            right = (taken & y[part]).sum()
            precision, recall = right / taken.sum(), right / y[part].sum()
            print(f"{name} from {least}: precision {precision:.3f}, recall {recall:.3f}")
    kept = ~wrong
    grown = [grower(seed).fit(x[kept], y[kept], sample_weight=weight[kept]) for seed in range(SEEDS)]
    path = assets() / "lexicon" / TREES
    path.write_text(json.dumps(written(grown, names), separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    asyncio.run(main())
